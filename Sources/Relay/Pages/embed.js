// The picture alone, healing itself. It is framed by pages that want nothing else of the relay, so it asks for the source's health
// only while no new picture comes.
import { clock } from "./clock.js";
import { contact } from "./contact.js";
import { mark } from "./marks.js";
import { Picture } from "./picture.js";
import { ask } from "./poll.js";
import { setText } from "./text.js";
import { whileSeen } from "./visibility.js";

/** Seconds without a picture after which the source's health is asked for, and seconds between two such questions. */
const quietLimit = 3;
const askInterval = 2;

const frame = document.querySelector(".picture");
/** Where the time is written, null where it is not wanted. */
const clockFace = document.querySelector(".clock");
const base = document.body.dataset.base;
const picture = new Picture(frame.querySelector("canvas"), `${base}ws?ack=1&on_loss=silent`);
/** What the relay has last said is wrong with the source, null while the source is well. */
let reason = null;
let lastAsked = -Infinity;

/** What a page with a status would know of the source. */
function source() {
  if (reason !== null && picture.silence >= quietLimit) return { state: "waiting", reason, last_frame: null };
  // The relay has nothing to say against the source, so its newest frame is the one that is seen, however slow the camera is.
  return { state: "streaming", reason: null, last_frame: { age_seconds: picture.age ?? 0 } };
}

async function askForHealth() {
  lastAsked = performance.now();
  try {
    await ask(`${base}healthz`, async (response) => {
      clock.set(Date.parse(response.headers.get("Date") ?? "") / 1000);
      reason = response.ok ? null : (await response.text()).trim();
    });
    contact.gotAnswer();
  } catch {
    contact.gotNone();
  }
  show();
}

/** The time at which the picture that is seen was taken; a clock that goes on would make an old picture look alive. */
function time() {
  if (picture.taken === null) return "";
  const two = (number) => String(number).padStart(2, "0");
  const date = new Date(picture.taken);
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}

function show() {
  mark(frame, picture, source(), reason);
  if (clockFace) setText(clockFace, time());
}

function update() {
  if (document.hidden) {
    picture.close();
    return show();
  }
  picture.open();
  if (reason === null) picture.heal({ state: "streaming", last_frame: null });
  if (picture.silence >= quietLimit && performance.now() - lastAsked >= askInterval * 1000) askForHealth();
  show();
}

picture.onchange = show;
whileSeen(update, () => picture.close());
