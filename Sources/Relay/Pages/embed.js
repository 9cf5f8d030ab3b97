// The picture alone, or several, each healing itself. They are framed by pages that want nothing else of the relay, so a source's health
// is asked for only while no new picture comes.
import { clock } from "./clock.js";
import { contact } from "./contact.js";
import { mark } from "./marks.js";
import { Picture } from "./picture.js";
import { ask } from "./poll.js";
import { setText } from "./text.js";
import { whileSeen } from "./visibility.js";

/** Seconds without a picture after which the source's health is asked for, and seconds between two such questions. */
const quietLimit = 3;
const askInterval = 2;

/** A picture in an element of its own, by which the addresses of its source begin. */
class Framed {
  constructor(element) {
    this.base = element.dataset.base;
    this.frame = element.querySelector(".picture");
    /** Where the time is written, null where it is not wanted. */
    this.clockFace = element.querySelector(".clock");
    this.picture = new Picture(this.frame.querySelector("canvas"), `${this.base}ws?ack=1&on_loss=silent`);
    /** What the relay has last said is wrong with the source, null while the source is well. */
    this.reason = null;
    this.lastAsked = -Infinity;
    this.picture.onchange = () => this.show();
  }

  /** What a page with a status would know of the source. */
  get source() {
    const { reason, picture } = this;
    if (reason !== null && picture.silence >= quietLimit) return { state: "waiting", reason, last_frame: null };
    // The relay has nothing to say against the source, so its newest frame is the one that is seen, however slow the camera is.
    return { state: "streaming", reason: null, last_frame: { age_seconds: picture.age ?? 0 } };
  }

  async askForHealth() {
    this.lastAsked = performance.now();
    try {
      await ask(`${this.base}healthz`, async (response) => {
        clock.set(Date.parse(response.headers.get("Date") ?? "") / 1000);
        this.reason = response.ok ? null : (await response.text()).trim();
      });
      contact.gotAnswer();
    } catch {
      contact.gotNone();
    }
    this.show();
  }

  /** The time at which the picture that is seen was taken; a clock that goes on would make an old picture look alive. */
  get time() {
    if (this.picture.taken === null) return "";
    const two = (number) => String(number).padStart(2, "0");
    const date = new Date(this.picture.taken);
    const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
    return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
  }

  show() {
    mark(this.frame, this.picture, this.source, this.reason);
    if (this.clockFace) setText(this.clockFace, this.time);
  }

  update() {
    if (document.hidden) {
      this.picture.close();
      return this.show();
    }
    this.picture.open();
    if (this.reason === null) this.picture.heal({ state: "streaming", last_frame: null });
    if (this.picture.silence >= quietLimit && performance.now() - this.lastAsked >= askInterval * 1000) this.askForHealth();
    this.show();
  }
}

const all = [...document.querySelectorAll("[data-base]")].map((element) => new Framed(element));
whileSeen(() => { for (const one of all) one.update(); }, () => { for (const one of all) one.picture.close(); });
