// One source in the dashboard's grid.
import { addressOf } from "./address.js";
import { contact } from "./contact.js";
import { mark, setState } from "./marks.js";
import { Picture } from "./picture.js";
import { setText } from "./text.js";
import { factLine } from "./wording.js";

/** Milliseconds between two still pictures of a camera that others watch. */
const stillInterval = 2000;

/** A tile: live while it is in view, its camera is awake, and the source is not switched off. */
export class Tile {
  constructor(element) {
    this.element = element;
    this.name = element.dataset.name;
    /** The source's entry in the status; null before the first status. */
    this.source = null;
    this.isInView = false;
    /** Whether this page has woken the camera. */
    this.isAwake = false;
    /** Whether the camera has streamed since this page woke it. */
    this.wasLive = false;
    /** The source's last frame as an `<img>`, over a canvas without a picture. */
    this.still = null;
    this.stillAsked = 0;
    this.frame = element.querySelector(".picture");
    this.wake = element.querySelector(".wake");
    const path = encodeURIComponent(this.name);
    this.picture = new Picture(element.querySelector("canvas"), `${path}/ws?ack=1&on_loss=silent&fps=10`);
    this.picture.onchange = () => this.show();
    this.snapshot = addressOf(`${path}/snapshot?wake=0`).href;
    this.wake.addEventListener("click", () => { this.isAwake = true; this.update(); });
  }

  /** Opens or closes the socket by the present state, then shows the state. */
  update() {
    const state = this.source?.state;
    // A camera that was woken by this page and has gone to sleep again stays asleep until the next click.
    if (state === "streaming") this.wasLive = true;
    else if (state === "idle" && this.wasLive) this.isAwake = this.wasLive = false;
    const isOn = this.source !== null && state !== "off";
    const isAsleep = isOn && this.source.on_demand && !this.isAwake;
    if (isOn && !isAsleep && this.isInView && !document.hidden) this.picture.open(); else this.picture.close();
    this.picture.heal(this.source);
    if (isOn && this.isInView && (isAsleep || state !== "streaming")) this.showStill();
    this.wake.hidden = !isAsleep || contact.isLost;
    setText(this.wake, state === "idle" ? "Wake the camera" : "Watch");
    this.show();
  }

  /** Shows the last frame of a source whose camera sleeps or is lost, without waking the camera. */
  showStill() {
    const now = performance.now();
    if (this.still) {
      // While others watch the camera, the newest frame costs the camera nothing.
      if (this.source.state !== "streaming" || now - this.stillAsked <= stillInterval) return;
      this.stillAsked = now;
      this.still.src = `${this.snapshot}&${Math.round(now)}`;
      return;
    }
    if (this.picture.taken !== null || !this.source.last_frame) return;
    this.stillAsked = now;
    this.still = new Image();
    this.still.className = "still";
    this.still.alt = `last picture of ${this.name}`;
    this.still.onerror = () => this.still?.remove();
    this.still.src = this.snapshot;
    this.frame.querySelector("a").append(this.still);
  }

  /** Writes the source's state and figures into the tile. */
  show() {
    if (!this.source) return;
    if (this.picture.taken !== null && this.still) {
      this.still.remove();
      this.still = null;
    }
    this.element.dataset.state = contact.isLost ? "lost" : this.source.state;
    setState(this.element.querySelector(".pill"), this.source);
    setText(this.element.querySelector(".facts"), factLine(this.source));
    mark(this.frame, this.picture, this.source);
  }
}
