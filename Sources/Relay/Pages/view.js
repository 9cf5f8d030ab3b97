// One source, large.
import { signLinks } from "./address.js";
import { clock } from "./clock.js";
import { contact } from "./contact.js";
import { showLines } from "./lines.js";
import { mark, setState } from "./marks.js";
import { Picture } from "./picture.js";
import { asJSON, poll } from "./poll.js";
import { setText } from "./text.js";
import { whileSeen } from "./visibility.js";
import { factLine } from "./wording.js";

const stage = document.querySelector(".stage");
const frame = stage.querySelector(".picture");
const pill = document.querySelector(".bar .pill");
const news = document.querySelector("#news");
const facts = document.querySelector(".tools .facts");
const full = document.querySelector("#full");
const picture = new Picture(frame.querySelector("canvas"), "ws?ack=1&on_loss=silent");
/** The source's entry in the status; null before the first status. */
let source = null;

function show() {
  setState(pill, source);
  if (source) setText(facts, factLine(source));
  const trouble = mark(frame, picture, source);
  // The pill counts down every second; people who hear the page are told of changes only.
  setText(news, trouble ?? (picture.taken === null ? "" : "Live"));
}

function update() {
  if (document.hidden) picture.close(); else picture.open();
  picture.heal(source);
  show();
}

function heard(status) {
  clock.set(status.time);
  contact.gotAnswer();
  source = status;
  update();
}

function lost(status) {
  if (status === 404 && source) source = { ...source, state: "removed", reason: null };
  else contact.gotNone();
  update();
}

picture.onchange = () => {
  const [width, height] = picture.size ?? [16, 9];
  // The frame gets the picture's aspect ratio; a picture that is wider or taller than the window has bars.
  if (frame.dataset.form !== `${width}/${height}`) {
    frame.dataset.form = `${width}/${height}`;
    frame.style.aspectRatio = `${width} / ${height}`;
  }
  show();
};

function toggleFull() {
  if (document.fullscreenElement) document.exitFullscreen();
  else stage.requestFullscreen?.().catch(() => {});
}
full.hidden = !document.fullscreenEnabled;
full.addEventListener("click", () => {
  toggleFull();
  // The hidden button loses the focus, and gets it back so that people with a keyboard go on from there.
  document.addEventListener("fullscreenchange", function left() {
    if (document.fullscreenElement) return;
    document.removeEventListener("fullscreenchange", left);
    full.focus();
  });
});
frame.addEventListener("dblclick", toggleFull);
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "f" || (event.key === "Escape" && document.fullscreenElement)) toggleFull();
});

whileSeen(update, () => picture.close());
poll("status?format=json&viewers=0", asJSON, 1000, heard, lost);
showLines(document.querySelector("#lines"));
signLinks();
