// The one rule by which pages mark a picture as old and open a new socket for it.
import { contact } from "./contact.js";

/** Seconds until the first frame of a picture must have come. */
const firstFrameLimit = 3;

/**
 * The age in seconds up to which a picture counts as fresh, when the relay's own newest frame is `newest` seconds old. A slow camera is
 * no fault, so a picture is old only if the relay has a newer one; four seconds are allowed for the way from the relay to the browser.
 * The limit is at least eight seconds, because a relay without new frames repeats the last frame only at each heartbeat, by default
 * every five seconds.
 */
function ageLimit(newest) { return Math.max(8, newest + 4); }

/**
 * The state of a picture: "fresh", "opening" (the picture was asked for and may still come), "old" (the picture did not come, or the
 * relay has newer frames), "lost" (the camera does not send), "refused" (the relay does not give this page the picture) or
 * "unreachable" (the relay does not answer). `source` is the source's entry in the status; null before the first status.
 */
export function standing(picture, source) {
  if (contact.isLost) return "unreachable";
  if (picture.refusal !== null) return "refused";
  if (source !== null && source.state !== "streaming") return "lost";
  if (picture.isOpen && picture.taken === null) return picture.silence > firstFrameLimit ? "old" : "opening";
  const age = ageOf(picture, source);
  return age !== null && age > ageLimit(source?.last_frame?.age_seconds ?? 0) ? "old" : "fresh";
}

/** The age in seconds of the painted picture, or of the relay's newest frame while none is painted. */
export function ageOf(picture, source) { return picture.age ?? source?.last_frame?.age_seconds ?? null; }

/**
 * Whether a picture needs a new socket: after a change of network, an old socket may wait for ever without an error. The sign is that
 * `source` tells of newer frames than the socket has brought. `source` may be some seconds old, because the page's questions for the
 * status hang in the same network: the browser may send them over several dead connections before it makes a new connection.
 */
export function needsNewSocket(picture, source) {
  if (!picture.isOpen || document.hidden || source?.state !== "streaming") return false;
  return picture.silence >= ageLimit(source.last_frame?.age_seconds ?? 0);
}
