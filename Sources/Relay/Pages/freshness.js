// When a picture is old: the one rule by which pages mark pictures and heal them.
import { contact } from "./contact.js";

/** Seconds that a picture may take until its first frame. */
const firstFrameLimit = 3;

/**
 * The seconds up to which a picture counts as fresh when the newest frame that the relay itself has is `newest` seconds old. A slow
 * camera is no fault, so a picture is old only when the relay has a newer one; four seconds are for the way from the relay to here.
 * Eight at the least, since a relay with no new frame sends the last one again only at each heartbeat, every five seconds unless its
 * file says otherwise.
 */
function ageLimit(newest) { return Math.max(8, newest + 4); }

/**
 * How things stand with a picture:
 * "fresh", "opening" (it was asked for and may still come), "old" (it did not come, or the relay has newer frames),
 * "lost" (the camera does not send), "refused" (the relay does not let this page have it) or "unreachable" (the relay does not answer).
 * `source` is the source's entry in the status, null while that is not known.
 */
export function standing(picture, source) {
  if (contact.isLost) return "unreachable";
  if (picture.refusal !== null) return "refused";
  if (source !== null && source.state !== "streaming") return "lost";
  if (picture.isOpen && picture.taken === null) return picture.silence > firstFrameLimit ? "old" : "opening";
  const age = ageOf(picture, source);
  return age !== null && age > ageLimit(source?.last_frame?.age_seconds ?? 0) ? "old" : "fresh";
}

/** The age in seconds of what is seen of a source: of the picture that is painted, else of the relay's newest frame. */
export function ageOf(picture, source) { return picture.age ?? source?.last_frame?.age_seconds ?? null; }

/**
 * Whether a picture needs a new socket: a network that changes without a word leaves one that waits for ever. It does when the relay
 * has newer frames than the socket brings, by what `source` says. That may be some seconds old and is enough: the page's questions
 * hang in the same network, and the browser may ask them on several dead connections, one after the other, before it makes a new one.
 */
export function needsNewSocket(picture, source) {
  if (!picture.isOpen || document.hidden || source?.state !== "streaming") return false;
  return picture.silence >= ageLimit(source.last_frame?.age_seconds ?? 0);
}
