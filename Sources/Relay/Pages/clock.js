// The relay's clock, from which the age of pictures is computed, because the browser's clock may be wrong.

export const clock = {
  /** The relay's clock minus the browser's in milliseconds, null until it is known. */
  offset: null,

  /** Takes the relay's time, in seconds since 1970. */
  set(seconds) { if (Number.isFinite(seconds)) this.offset = seconds * 1000 - Date.now(); },

  /** Seconds since a time of the relay's clock in milliseconds, null while that clock is not known. */
  secondsSince(milliseconds) { return this.offset === null ? null : (Date.now() + this.offset - milliseconds) / 1000; },
};
