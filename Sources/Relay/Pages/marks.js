// The texts over and beside pictures.
import { contact } from "./contact.js";
import { ageOf, standing } from "./freshness.js";
import { setText } from "./text.js";
import { duration, lossTitle, stateWord } from "./wording.js";

/** Shows a source's state in its pill. `source` is the source's entry in the status, null while that is not known. */
export function setState(pill, source) {
  const className = `pill ${contact.isLost ? "lost" : source?.state ?? "connecting"}`;
  if (pill.className !== className) pill.className = className;
  setText(pill, contact.isLost ? "No connection" : source ? stateWord(source) : "Connecting");
}

/** The title and the text over a picture; null where there is nothing to say. */
function message(how, picture, source, reason) {
  switch (how) {
    case "unreachable": return ["No connection to the relay", "It is tried again by itself."];
    case "refused": return picture.refusal;
    case "lost": return [lossTitle(source.state), source.state === "idle" || source.state === "off" ? "" : source.reason ?? ""];
    case "old": return [ageOf(picture, source) === null ? "No picture yet" : "No new picture", reason ?? ""];
    default: return null;
  }
}

/**
 * Shows over a picture what is wrong with it: dims it, tells its age and the reason. `frame` is the element around the picture,
 * `source` the source's entry in the status, null while that is not known; `reason` is told of a picture that is old. Returns the
 * title, null where nothing is wrong.
 */
export function mark(frame, picture, source, reason) {
  const how = standing(picture, source);
  const isStale = how !== "fresh" && how !== "opening";
  frame.classList.toggle("is-stale", isStale);

  // For a refused page, the age of the relay's newest frame is not the problem, so it is not shown.
  const seconds = how === "refused" ? picture.age : ageOf(picture, source);
  const age = frame.querySelector(".age");
  age.hidden = !isStale || seconds === null;
  if (!age.hidden) setText(age, `${duration(seconds)} old`);

  const words = message(how, picture, source, reason);
  const place = frame.querySelector(".message");
  place.hidden = words === null;
  if (words === null) return null;
  setText(place.querySelector("strong"), words[0]);
  setText(place.querySelector("span"), words[1]);
  return words[0];
}
