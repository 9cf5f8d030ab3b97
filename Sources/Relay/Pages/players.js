// The page's end of the transport: sends messages to the players and brings their reports back. If the browser can draw on a canvas
// from a worker, all players live in one worker, so that a busy page does not hold pictures up; else the players live in the page.

import { withoutLogin } from "./address.js";
import { contact } from "./contact.js";

const address = withoutLogin(new URL("worker.js", import.meta.url));
const receivers = new Map();

function deliver(message) { receivers.get(message.id)?.(message); }

function inWorker() {
  const worker = new Worker(address, { type: "module" });
  worker.onmessage = (event) => deliver(event.data);
  return {
    surface: (canvas) => canvas.transferControlToOffscreen(),
    send: (message, transfer = []) => worker.postMessage(message, transfer),
  };
}

function inPage() {
  const loaded = import(address.href).then((module) => {
    module.reports.addEventListener("message", (event) => deliver(event.data));
    return module;
  });
  return { surface: (canvas) => canvas, send: (message) => { loaded.then((module) => module.receive(message)); } };
}

const canDrawInWorker = typeof Worker !== "undefined" && "transferControlToOffscreen" in HTMLCanvasElement.prototype;
const transport = canDrawInWorker ? inWorker() : inPage();
let counter = 0;

// After a long silence the sockets may be dead without an error, or wait for their next try.
contact.onreturn = () => transport.send({ action: "reconnect" });

export const players = {
  /** Makes a player that plays a WebSocket's address on a canvas; `receive` gets its reports. Returns the player's number. */
  add(url, canvas, width, receive) {
    const id = ++counter;
    const surface = transport.surface(canvas);
    receivers.set(id, receive);
    transport.send({ action: "add", id, url, canvas: surface, width }, surface === canvas ? [] : [surface]);
    return id;
  },

  /** Sends a message to a player: open, close, size or reconnect. */
  send(action, id, more = {}) { transport.send({ action, id, ...more }); },

  /** Ends a player for good. */
  remove(id) {
    receivers.delete(id);
    transport.send({ action: "remove", id });
  },
};
