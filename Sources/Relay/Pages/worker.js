// Plays sources over WebSocket onto canvases, off the page's main thread where the browser can: a worker by itself, and
// without OffscreenCanvas a module that the page imports.

const players = new Map();
const inWorker = typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope;
const page = new EventTarget();

/** Tells the page about a player. */
function report(message) {
  if (inWorker) self.postMessage(message);
  else page.dispatchEvent(new MessageEvent("message", { data: message }));
}

/**
 * One source on one canvas. Newest only: the relay sends the next frame when this one is acknowledged, which happens when its decoding
 * begins. So one frame is on its way while another is decoded; never more, and nothing queues here.
 */
class Player {
  constructor({ id, url, canvas, width }) {
    Object.assign(this, { id, url, canvas, width });
    this.context = canvas.getContext("2d", { alpha: false });
    this.isOpen = false;
    this.socket = null;
    this.failures = 0;
    this.lastReport = -Infinity;
    this.timer = 0;
  }

  open() {
    if (this.isOpen) return;
    this.isOpen = true;
    this.failures = 0;
    this.connect();
  }

  close() {
    this.isOpen = false;
    clearTimeout(this.timer);
    this.drop();
  }

  /** Begins anew, as after a network that was away. */
  reconnect() {
    if (!this.isOpen) return;
    clearTimeout(this.timer);
    this.drop();
    this.connect();
  }

  drop() {
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }

  connect() {
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    socket.onmessage = (event) => this.take(socket, event.data);
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = null;
      report({ id: this.id, type: "lost" });
      const wait = Math.min(4000, 250 * 2 ** this.failures++) * (0.6 + 0.4 * Math.random());
      this.timer = setTimeout(() => this.connect(), wait);
    };
    this.socket = socket;
  }

  /** A frame came: decodes it now, or when the one before is through. What waits belongs to the socket, and goes with it. */
  async take(socket, data) {
    if (!(data instanceof ArrayBuffer) || data.byteLength <= 16) return;
    socket.waiting = data;
    if (socket.isDecoding) return;
    socket.isDecoding = true;
    while (socket.waiting && this.socket === socket) {
      const frame = socket.waiting;
      socket.waiting = null;
      if (socket.readyState === WebSocket.OPEN) socket.send(frame.slice(0, 8));
      await this.show(socket, frame);
    }
    socket.isDecoding = false;
  }

  async show(socket, data) {
    const milliseconds = Number(new DataView(data).getBigUint64(8));
    try {
      const picture = await createImageBitmap(new Blob([new Uint8Array(data, 16)], { type: "image/jpeg" }));
      if (this.socket === socket) this.paint(picture, milliseconds);
      picture.close();
    } catch {
      // A picture that the browser cannot read is passed over; the next one may be whole.
    }
  }

  paint(picture, milliseconds) {
    const width = Math.max(1, Math.min(picture.width, this.width || picture.width));
    const height = Math.max(1, Math.round(picture.height * width / picture.width));
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.context.drawImage(picture, 0, 0, width, height);
    this.failures = 0;
    this.frames = (this.frames || 0) + 1;
    const now = performance.now();
    if (now - this.lastReport < 200) return;
    this.lastReport = now;
    report({
      id: this.id, type: "frame", milliseconds, frames: this.frames, width: picture.width, height: picture.height,
    });
  }
}

const actions = {
  add(message) { players.set(message.id, new Player(message)); },
  open({ id }) { players.get(id)?.open(); },
  close({ id }) { players.get(id)?.close(); },
  size({ id, width }) { const player = players.get(id); if (player) player.width = width; },
  remove({ id }) { players.get(id)?.close(); players.delete(id); },
  /** All of them, or one. */
  reconnect({ id }) { for (const player of id ? [players.get(id)] : players.values()) player?.reconnect(); },
};

function receive(message) { actions[message.action]?.(message); }

if (inWorker) self.onmessage = (event) => receive(event.data);

export { page, receive };
