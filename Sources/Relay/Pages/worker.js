// The players' end of the transport: holds the players and hands the page's messages to them. This module runs as a worker if the
// browser can draw from a worker; else the page imports it (see players.js).
import { Player } from "./player.js";

const inWorker = typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope;
const players = new Map();

/** The events with the reports of the players, for a page that has imported this module. */
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
  /** Reconnects one player, or all players if the message names none. */
  reconnect({ id }) { for (const player of id ? [players.get(id)] : players.values()) player?.reconnect(); },
};

/** Carries out a message of the page. */
export function receive(message) { actions[message.action]?.(message); }

if (inWorker) self.onmessage = (event) => receive(event.data);
