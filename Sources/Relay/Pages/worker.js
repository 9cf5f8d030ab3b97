// The players' end of the transport: holds the players and hands the page's messages to them. A worker where the browser can draw
// in one; else a module that the page imports (see players.js).
import { Player } from "./player.js";

const inWorker = typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope;
const players = new Map();

/** What the players tell a page that has imported this module. */
export const reports = new EventTarget();

function report(message) {
  if (inWorker) self.postMessage(message);
  else reports.dispatchEvent(new MessageEvent("message", { data: message }));
}

const actions = {
  add(message) { players.set(message.id, new Player(message, report)); },
  open({ id }) { players.get(id)?.open(); },
  close({ id }) { players.get(id)?.close(); },
  size({ id, width }) { const player = players.get(id); if (player) player.width = width; },
  remove({ id }) { players.get(id)?.close(); players.delete(id); },
  /** One player, or all of them where the message names none. */
  reconnect({ id }) { for (const player of id ? [players.get(id)] : players.values()) player?.reconnect(); },
};

/** Does what a message of the page says. */
export function receive(message) { actions[message.action]?.(message); }

if (inWorker) self.onmessage = (event) => receive(event.data);
