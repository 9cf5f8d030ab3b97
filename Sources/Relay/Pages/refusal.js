// Why a WebSocket is refused. The browser tells the page no reason, so the page asks for the same address with an ordinary request.
// The relay judges by the page's origin, which the browser names in the request for a WebSocket, but not in an ordinary request to the
// page's own host. So the page names its origin in the query.
import { addressOf } from "./address.js";
import { ask } from "./poll.js";

/** The relay's answer to a page whose origin is not the relay's own. */
const foreignPage = "may not read pictures";
/** The relay's answer for an expired link, and to users who may not watch. */
const linkIsOver = "this link has expired";
const wrongUser = "this user may not";
/** The relay's answer when `max_viewers` is reached. */
const fullHouse = "too many viewers";

function words(status, text) {
  if (status === 401) return ["A login is wanted", "Load this page again to log in."];
  if (status === 403 && text.includes(linkIsOver)) return ["This link has expired", "Ask for a new one."];
  if (status === 403 && text.includes(wrongUser)) return ["Not for this user", "Another login may see this camera."];
  if (status === 429) return ["Too many wrong logins", "It is tried again by itself."];
  if (status === 403 && text.includes(foreignPage)) {
    return [
      "The relay refuses this page",
      `It does not know that it is called ${location.host}. The proxy before it must be named in trusted_proxies, in relay.yaml.`,
    ];
  }
  if (status === 403) return ["Pictures are forbidden here", "A proxy before the relay refuses them."];
  if (status === 503 && text.includes(fullHouse)) return ["Too many viewers", "It is tried again by itself."];
  // The relay got the question, but never the WebSocket.
  if (status === 426) {
    return ["No WebSocket reaches the relay", "A proxy before it must let WebSockets through; the examples of mjpeg-relay show how."];
  }
  return null;
}

/** Asks why the WebSocket at `path` is refused. Returns a title and a text; null where there is nothing to say. */
export async function refusal(path) {
  const address = addressOf(path);
  address.searchParams.set("origin", location.origin);
  try {
    return await ask(address, async (response) => words(response.status, await response.text()));
  } catch {
    // The relay is away, and the page says so.
    return null;
  }
}
