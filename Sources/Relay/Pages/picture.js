// A source's picture in a page, and the state of the picture.
import { socketAddressOf } from "./address.js";
import { clock } from "./clock.js";
import { contact } from "./contact.js";
import { needsNewSocket } from "./freshness.js";
import { players } from "./players.js";
import { refusal } from "./refusal.js";

/** Sockets that are refused in a row before the page asks for the reason: a single refusal may come from a relay that is just ending. */
const refusalsBeforeAsking = 2;
/** Seconds between two questions for the reason. */
const refusalInterval = 10;

/** A source's live picture on a canvas. */
export class Picture {
  /** `address` is the source's WebSocket, relative to the page. */
  constructor(canvas, address) {
    this.canvas = canvas;
    this.isOpen = false;
    /** When the newest painted frame was taken, by the relay's clock in milliseconds; null before the first. */
    this.taken = null;
    /** When the newest frame was painted, by the browser's clock in milliseconds. */
    this.painted = null;
    /** When the present socket was asked for. */
    this.opened = 0;
    /** The size of the newest frame, [width, height]. */
    this.size = null;
    /** Why the relay refuses the pictures, as a title and a text; null while the reason is unknown or there is no refusal. */
    this.refusal = null;
    this.refusals = 0;
    this.refusalAsked = -Infinity;
    /** Called after each change. */
    this.onchange = () => {};
    this.address = address;
    this.id = players.add(socketAddressOf(address).href, canvas, this.width, (report) => this.receive(report));
    this.observer = new ResizeObserver(() => players.send("size", this.id, { width: this.width }));
    this.observer.observe(canvas);
  }

  /** The width of the canvas in pixels of this screen. */
  get width() { return Math.round(this.canvas.clientWidth * Math.min(devicePixelRatio || 1, 2)); }

  /** The age of the painted frame in seconds; null before the first frame. */
  get age() {
    if (this.taken === null) return null;
    const sincePainted = (performance.now() - this.painted) / 1000;
    return Math.max(sincePainted, clock.secondsSince(this.taken) ?? 0);
  }

  /** For how many seconds the present socket has brought no frame. */
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
    this.refusals = 0;
    this.refusal = null;
    players.send("close", this.id);
  }

  /** Opens a new socket if the old socket is dead; call it once a second. `source` is the source's entry in the status. */
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
      this.refusals = 0;
      this.refusal = null;
    } else if (report.type === "lost") {
      this.refusals = report.wasOpen ? 0 : this.refusals + 1;
      if (this.refusals >= refusalsBeforeAsking) this.askWhy();
    }
    this.onchange();
  }

  /** Finds out why the socket is refused. */
  async askWhy() {
    const now = performance.now();
    if (now - this.refusalAsked < refusalInterval * 1000) return;
    this.refusalAsked = now;
    const words = await refusal(this.address);
    if (!this.isOpen || this.refusals < refusalsBeforeAsking) return;
    this.refusal = words;
    this.onchange();
  }
}
