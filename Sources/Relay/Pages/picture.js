// A source's picture in a page, and what is known of it.
import { socketAddressOf } from "./address.js";
import { clock } from "./clock.js";
import { contact } from "./contact.js";
import { needsNewSocket } from "./freshness.js";
import { players } from "./players.js";

/** A source's live picture on a canvas. */
export class Picture {
  /** `address` is the source's WebSocket, relative to the page. */
  constructor(canvas, address) {
    this.canvas = canvas;
    this.isOpen = false;
    /** When the newest painted frame was taken, by the relay's clock in milliseconds; null before the first. */
    this.taken = null;
    /** When it was painted, by the browser's clock in milliseconds. */
    this.painted = null;
    /** When the socket in use was asked for. */
    this.opened = 0;
    /** The size of the newest frame, [width, height]. */
    this.size = null;
    /** Called after each change. */
    this.onchange = () => {};
    this.id = players.add(socketAddressOf(address).href, canvas, this.width, (report) => this.receive(report));
    this.observer = new ResizeObserver(() => players.send("size", this.id, { width: this.width }));
    this.observer.observe(canvas);
  }

  /** The pixels that the canvas has across on this screen. */
  get width() { return Math.round(this.canvas.clientWidth * Math.min(devicePixelRatio || 1, 2)); }

  /** The age of the painted frame in seconds, null before the first. */
  get age() {
    if (this.taken === null) return null;
    const sincePainted = (performance.now() - this.painted) / 1000;
    return Math.max(sincePainted, clock.secondsSince(this.taken) ?? 0);
  }

  /** Seconds in which the socket in use has brought nothing. */
  get silence() { return (performance.now() - Math.max(this.opened, this.painted ?? 0)) / 1000; }

  /** Starts to play. */
  open() {
    if (this.isOpen) return;
    this.isOpen = true;
    this.opened = performance.now();
    players.send("open", this.id);
  }

  /** Stops; the last frame stays on the canvas. */
  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    players.send("close", this.id);
  }

  /** Opens a new socket where the old one has died; to be called once a second. `source` is the source's entry in the status. */
  heal(source) {
    if (!needsNewSocket(this, source)) return;
    this.opened = performance.now();
    players.send("reconnect", this.id);
  }

  /** Ends the picture for good. */
  remove() {
    this.close();
    this.observer.disconnect();
    players.remove(this.id);
  }

  receive(report) {
    if (report.type === "frame") {
      contact.sawPicture();
      this.taken = report.milliseconds;
      this.painted = performance.now();
      this.size = [report.width, report.height];
      this.canvas.dataset.frames = report.frames;
    }
    this.onchange();
  }
}
