// The words of the pages for states and figures.

/** Seconds as people say them: 4 s, 3 min, 2 h, 5 d. */
export function duration(seconds) {
  if (seconds < 100) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} d`;
}

/** Bits per second as people say them. */
export function bitRate(bits) {
  if (bits >= 1e6) return `${(bits / 1e6).toFixed(bits < 1e7 ? 1 : 0)} Mb/s`;
  return `${Math.round(bits / 1000)} kb/s`;
}

/** A number of viewers in words. */
export function viewerCount(viewers) { return viewers === 1 ? "1 viewer" : `${viewers} viewers`; }

const stateWords = {
  streaming: "Live", connecting: "Connecting", stalled: "Stalled", idle: "Idle", off: "Off", closed: "Closed", removed: "Removed", refused: "Refused",
  waiting: "Waiting",
};

/** A source's state in a word or two, for its pill. */
export function stateWord(source) {
  if (source.state === "waiting" && source.retry_in_seconds !== null) return `Next try in ${duration(Math.ceil(source.retry_in_seconds))}`;
  return stateWords[source.state] ?? source.state;
}

const lossTitles = {
  connecting: "Connecting", stalled: "No new picture", waiting: "No signal", refused: "The camera says no", idle: "Idle",
  off: "Switched off", closed: "Closed", removed: "This camera is no longer here",
};

/** What a picture says in large letters while its source does not stream. */
export function lossTitle(state) { return lossTitles[state] ?? state; }

/** A source's figures in one line. */
export function factLine(source) {
  const facts = [];
  if (source.state === "streaming") {
    facts.push(`${source.rates.fps_in.toFixed(source.rates.fps_in < 10 ? 1 : 0)} fps`, bitRate(source.rates.bits_in));
  }
  facts.push(viewerCount(source.viewers));
  if (source.last_frame && source.state === "streaming") facts.push(`${source.last_frame.width} × ${source.last_frame.height}`);
  if (source.limited_by && source.state === "streaming") facts.push(`limited to ${source.fps_limit.toFixed(1)} fps`);
  return facts.join(" · ");
}
