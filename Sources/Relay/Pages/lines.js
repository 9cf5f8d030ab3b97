// The lines to copy into other programs, each with a button that copies the line.
import { placeOf } from "./address.js";

/** Milliseconds for which a button shows whether copying worked. */
const answerTime = 2000;

async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
  } catch {
    // A page over plain HTTP has no clipboard object; the older command copies the selection.
    getSelection().selectAllChildren(element);
    if (!document.execCommand("copy")) throw new Error("no clipboard");
  }
}

/** The parts of an address for the placeholders in the lines. */
function partsOf(base) {
  const scheme = base.protocol.slice(0, -1);
  return {
    base: base.href, scheme, hostname: base.hostname, host: base.hostname.replace(/^\[|\]$/g, ""),
    authority: base.host, ws: scheme === "https" ? "wss" : "ws",
    port: base.port || (scheme === "https" ? "443" : "80"), path: base.pathname,
  };
}

/** Puts the parts of an address in place of the placeholders in an element. */
function complete(element, parts) {
  element.textContent = element.textContent.replace(/\{(\w+)\}/g, (whole, name) => parts[name] ?? whole);
}

/** Whether an address is a loopback address, which leads to a different machine for each reader. */
function isLocal(base) { return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(base.hostname); }

/** Completes the lines in `section` with the address of the page's folder, and shows them. */
export function showLines(section) {
  const base = placeOf(".");
  // A page on the operators' address names the port at which viewers find the pictures.
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
