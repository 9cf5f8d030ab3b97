// The lines that other programs want to be told, each with a button that copies it.
import { placeOf } from "./address.js";

/** Milliseconds that a button tells how copying went. */
const answerTime = 2000;

async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
  } catch {
    // A page over plain HTTP has no clipboard; the older way copies what is selected.
    getSelection().selectAllChildren(element);
    if (!document.execCommand("copy")) throw new Error("no clipboard");
  }
}

/** The parts of an address that the lines name. */
function partsOf(base) {
  const scheme = base.protocol.slice(0, -1);
  return {
    base: base.href, scheme, hostname: base.hostname, host: base.hostname.replace(/^\[|\]$/g, ""),
    authority: base.host, ws: scheme === "https" ? "wss" : "ws",
    port: base.port || (scheme === "https" ? "443" : "80"), path: base.pathname,
  };
}

/** Puts the parts of an address into the texts of an element. */
function complete(element, parts) {
  element.textContent = element.textContent.replace(/\{(\w+)\}/g, (whole, name) => parts[name] ?? whole);
}

/** Whether an address leads to the machine that asks, whichever that is. */
function isLocal(base) { return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(base.hostname); }

/** Completes the lines in `section` with the address of the page's folder, and shows them. */
export function showLines(section) {
  const base = placeOf(".");
  // A page on the operators' address names the port on which viewers find the pictures.
  if (section.dataset.port) base.port = section.dataset.port;
  const parts = partsOf(base);
  for (const element of section.querySelectorAll("pre, .note, .hint")) complete(element, parts);
  section.querySelector(".hint").hidden = !isLocal(base);
  for (const line of section.querySelectorAll(".line")) {
    const button = line.querySelector("button");
    button.addEventListener("click", async () => {
      try {
        await copy(line.querySelector("pre"));
        button.textContent = "Copied";
      } catch {
        button.textContent = "Press Ctrl-C";
      }
      setTimeout(() => { button.textContent = "Copy"; }, answerTime);
    });
  }
  section.hidden = false;
}
