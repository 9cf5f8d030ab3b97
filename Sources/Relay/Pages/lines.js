// The lines that other programs want to be told, each with a button that copies it.
import { addressOf } from "./address.js";

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

/** Completes the lines in `section` with the address of the page's folder, and shows them. */
export function showLines(section) {
  const base = addressOf(".");
  // A page on the operators' address names the port on which viewers find the pictures.
  if (section.dataset.port) base.port = section.dataset.port;
  for (const line of section.querySelectorAll(".line")) {
    const text = line.querySelector("pre");
    const button = line.querySelector("button");
    text.textContent = text.textContent.replaceAll("{base}", base.href);
    button.addEventListener("click", async () => {
      try {
        await copy(text);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Press Ctrl-C";
      }
      setTimeout(() => { button.textContent = "Copy"; }, answerTime);
    });
  }
  section.hidden = false;
}
