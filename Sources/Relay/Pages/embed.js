// One picture or several, and nothing else, for frames in other pages. Such a page needs no status, so a source's health is asked for
// only while no new picture comes. Each picture comes back by itself after a loss.
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

/** A picture in an element that holds the beginning of the source's addresses. */
class Framed {
  constructor(element) {
    this.base = element.dataset.base;
    this.frame = element.querySelector(".picture");
    /** The element for the time; null where the time is not wanted. */
    this.clockFace = element.querySelector(".clock");
    this.picture = new Picture(this.frame.querySelector("canvas"), `${this.base}ws?ack=1&on_loss=silent`);
    /** The last reason from the relay why the source is not well; null while the source is well. */
    this.reason = null;
    this.lastAsked = -Infinity;
    this.picture.onchange = () => this.show();
  }

  /** The source's entry in the status, as far as it is known without a status. */
  get source() {
    const { reason, picture } = this;
    if (reason !== null && picture.silence >= quietLimit) return { state: "waiting", reason, last_frame: null };
    // The source is well, so the visible frame counts as the newest frame, however slow the camera is.
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

  /** The time at which the visible picture was taken; a running clock would make an old picture look alive. */
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
