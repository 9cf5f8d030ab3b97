// Whether the relay can be reached, which it can while it answers or sends pictures.

let lastHeard = performance.now();
let hasFailed = false;

export const contact = {
  /** Called when the relay answers again after a long silence. */
  onreturn: () => {},

  /** Seconds since the last answer or picture of the relay. */
  get silence() { return (performance.now() - lastHeard) / 1000; },

  /** Whether the page should say that the relay cannot be reached. A single failed question does not count. */
  get isLost() { return hasFailed && this.silence > 2.5; },

  /** A picture came. */
  sawPicture() {
    lastHeard = performance.now();
    hasFailed = false;
  },

  /** The relay answered a question. */
  gotAnswer() {
    if (this.isLost && this.silence > 5) this.onreturn();
    this.sawPicture();
  },

  /** A question got no answer. */
  gotNone() { hasFailed = true; },
};
