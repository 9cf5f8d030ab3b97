// Plays one source on one canvas. Runs in the worker if the browser can draw from a worker, else in the page.

/**
 * One source on one canvas, over a WebSocket. The player acknowledges a frame when it begins to decode the frame, and only then the
 * relay sends the next. So at most one frame is on its way while another is decoded, and no frames queue.
 */
export class Player {
  /** Draws on `canvas`, at most `width` pixels wide; calls `report` with each message for the page. */
  constructor({ id, url, canvas, width }, report) {
    Object.assign(this, { id, url, canvas, width, report });
    this.context = canvas.getContext("2d", { alpha: false });
    this.isOpen = false;
    this.socket = null;
    this.failures = 0;
    this.frames = 0;
    this.lastReport = -Infinity;
    this.timer = 0;
  }

  /** Starts to play. */
  open() {
    if (this.isOpen) return;
    this.isOpen = true;
    this.failures = 0;
    this.connect();
  }

  /** Stops; the canvas keeps its picture. */
  close() {
    this.isOpen = false;
    clearTimeout(this.timer);
    this.drop();
  }

  /** Opens a new socket in place of the old one, as after a loss of the network. */
  reconnect() {
    if (!this.isOpen) return;
    clearTimeout(this.timer);
    this.drop();
    this.connect();
  }

  /** Closes the socket without a report. */
  drop() {
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }

  /** Opens a socket, and another one after a growing wait whenever it ends. */
  connect() {
    const socket = new WebSocket(this.url);
    let wasOpen = false;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => { wasOpen = true; };
    socket.onmessage = (event) => this.take(socket, event.data);
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.report({ id: this.id, type: "lost", wasOpen });
      const wait = Math.min(4000, 250 * 2 ** this.failures++) * (0.6 + 0.4 * Math.random());
      this.timer = setTimeout(() => this.connect(), wait);
    };
    this.socket = socket;
  }

  /**
   * Takes a message: 16 bytes of numbers and the JPEG. The message is decoded now, or when the message before is painted. A waiting
   * message is forgotten when its socket ends.
   */
  async take(socket, data) {
    if (!(data instanceof ArrayBuffer) || data.byteLength <= 16) return;
    socket.waiting = data;
    if (socket.isDecoding) return;
    socket.isDecoding = true;
    while (socket.waiting && this.socket === socket) {
      const frame = socket.waiting;
      socket.waiting = null;
      // The acknowledgement is the frame's sequence number, the message's first eight bytes.
      if (socket.readyState === WebSocket.OPEN) socket.send(frame.slice(0, 8));
      await this.show(socket, frame);
    }
    socket.isDecoding = false;
  }

  /** Decodes a message's JPEG and paints it. */
  async show(socket, data) {
    const milliseconds = Number(new DataView(data).getBigUint64(8));
    try {
      const picture = await createImageBitmap(new Blob([new Uint8Array(data, 16)], { type: "image/jpeg" }));
      if (this.socket === socket) this.paint(picture, milliseconds);
      picture.close();
    } catch {
      // A picture that the browser cannot decode is skipped; the next picture may be whole.
    }
  }

  /** Paints a picture and tells the page, five times a second at most. */
  paint(picture, milliseconds) {
    const width = Math.max(1, Math.min(picture.width, this.width || picture.width));
    const height = Math.max(1, Math.round(picture.height * width / picture.width));
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.context.drawImage(picture, 0, 0, width, height);
    this.failures = 0;
    this.frames++;
    const now = performance.now();
    if (now - this.lastReport < 200) return;
    this.lastReport = now;
    this.report({ id: this.id, type: "frame", milliseconds, frames: this.frames, width: picture.width, height: picture.height });
  }
}
