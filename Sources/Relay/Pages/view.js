// One source, large: every frame, and what other programs want to be told.
import { Picture, clock, factLine, mark, poll, reconnect, setText, stateWord } from "./player.js";

const stage = document.querySelector(".stage");
const frame = stage.querySelector(".picture");
const pill = document.querySelector(".bar .pill");
const facts = document.querySelector(".tools .facts");
const full = document.querySelector("#full");
const picture = new Picture(frame.querySelector("canvas"), "ws?ack=1&on_loss=silent");
let source = null;
let isRelayLost = false;
let lastHeard = performance.now();

function show() {
  const state = isRelayLost ? "lost" : source?.state ?? "connecting";
  pill.className = `pill ${state}`;
  setText(pill, isRelayLost ? "No connection" : source ? stateWord(source) : "Connecting");
  if (source) setText(facts, factLine(source));
  mark(frame, picture, source, isRelayLost);
}

function update() {
  if (document.hidden) picture.close(); else picture.open();
  show();
}

function heard(status) {
  const wasLost = isRelayLost && performance.now() - lastHeard > 5000;
  clock.set(status.time);
  source = status;
  isRelayLost = false;
  lastHeard = performance.now();
  if (wasLost) reconnect();
  picture.heal(source);
  show();
}

function lost(status) {
  if (status === 404 && source) source = { ...source, state: "removed", reason: null };
  else if (performance.now() - lastHeard > 2500) isRelayLost = true;
  show();
}

picture.onchange = () => {
  const [width, height] = picture.size ?? [16, 9];
  // The frame takes the picture's form; wider or taller ones than the window keep their bars.
  if (frame.dataset.form !== `${width}/${height}`) {
    frame.dataset.form = `${width}/${height}`;
    frame.style.aspectRatio = `${width} / ${height}`;
  }
  show();
};
document.addEventListener("visibilitychange", update);
addEventListener("pagehide", () => picture.close());
addEventListener("pageshow", (event) => { if (event.persisted) update(); });
setInterval(() => { if (!document.hidden) show(); }, 1000);
update();
poll("status?format=json&viewers=0", 1000, heard, lost);

function toggleFull() {
  if (document.fullscreenElement) document.exitFullscreen();
  else stage.requestFullscreen?.().catch(() => {});
}
full.hidden = !document.fullscreenEnabled;
full.addEventListener("click", toggleFull);
frame.addEventListener("dblclick", toggleFull);
addEventListener("keydown", (event) => {
  if (event.key === "f" && !event.ctrlKey && !event.metaKey && !event.altKey) toggleFull();
});

async function copy(text, pre) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages over plain HTTP have no clipboard; the older way needs a selection.
    getSelection().selectAllChildren(pre);
    if (!document.execCommand("copy")) throw new Error("no clipboard");
  }
}
const lines = document.querySelector("#lines");
const here = new URL(".", document.baseURI);
// This page may be on the operators' address, the pictures' own is on another port then.
if (lines.dataset.port) here.port = lines.dataset.port;
const base = here.href;
for (const line of document.querySelectorAll(".line")) {
  const pre = line.querySelector("pre");
  const button = line.querySelector("button");
  pre.textContent = pre.textContent.replaceAll("{base}", base);
  button.addEventListener("click", async () => {
    try {
      await copy(pre.textContent, pre);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Press Ctrl-C";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}
lines.hidden = false;
