// The page's side of the players: one worker for all canvases, and for each source a Picture that knows whether it is fresh.

const workerAddress = new URL("worker.js", import.meta.url);
const pictures = new Map();
let counter = 0;

/** Sends messages to the players, wherever they live. */
const players = (() => {
  const canTransfer = "transferControlToOffscreen" in HTMLCanvasElement.prototype && typeof Worker !== "undefined";
  if (canTransfer) {
    const worker = new Worker(workerAddress, { type: "module" });
    worker.onmessage = (event) => deliver(event.data);
    return {
      canvas: (element) => element.transferControlToOffscreen(),
      send: (message, transfer = []) => worker.postMessage(message, transfer),
    };
  }
  const loaded = import(workerAddress.href).then((module) => {
    module.page.addEventListener("message", (event) => deliver(event.data));
    return module;
  });
  return { canvas: (element) => element, send: (message) => { loaded.then((module) => module.receive(message)); } };
})();

function deliver(message) { pictures.get(message.id)?.receive(message); }

/** The relay's clock minus ours in milliseconds, once it is known. */
export const clock = {
  offset: null,
  /** Takes the relay's time, in seconds since the epoch. */
  set(seconds) { if (Number.isFinite(seconds)) this.offset = seconds * 1000 - Date.now(); },
};

/** A source's picture on a canvas. */
export class Picture {
  constructor(canvas, address) {
    this.id = ++counter;
    this.canvas = canvas;
    this.isOpen = false;
    /** When the newest painted frame was taken, by the relay's clock, in milliseconds. */
    this.taken = null;
    /** When it was painted, by ours. */
    this.painted = null;
    const url = new URL(address, document.baseURI);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const surface = players.canvas(canvas);
    pictures.set(this.id, this);
    players.send(
      { action: "add", id: this.id, url: url.href, canvas: surface, width: this.width }, surface === canvas ? [] : [surface]);
    this.observer = new ResizeObserver(() => players.send({ action: "size", id: this.id, width: this.width }));
    this.observer.observe(canvas);
  }

  /** The pixels that the canvas has across on this screen. */
  get width() { return Math.round(this.canvas.clientWidth * Math.min(devicePixelRatio || 1, 2)); }

  open() {
    if (this.isOpen) return;
    this.isOpen = true;
    this.opened = performance.now();
    players.send({ action: "open", id: this.id });
  }

  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    players.send({ action: "close", id: this.id });
  }

  /**
   * Begins anew when the relay has newer frames than it brings us, as after a network that changed without a word: the socket would
   * wait for ever. `source` is its entry in the status.
   */
  heal(source) {
    if (!this.isOpen || document.hidden || source?.state !== "streaming") return;
    const newest = source.last_frame?.age_seconds ?? 0;
    const silence = (performance.now() - Math.max(this.opened, this.painted ?? 0)) / 1000;
    if (silence < 8 || silence < newest + 4) return;
    this.opened = performance.now();
    players.send({ action: "reconnect", id: this.id });
  }

  remove() {
    this.close();
    this.observer.disconnect();
    pictures.delete(this.id);
    players.send({ action: "remove", id: this.id });
  }

  receive(message) {
    if (message.type === "frame") {
      this.taken = message.milliseconds;
      this.painted = performance.now();
      this.size = [message.width, message.height];
      this.canvas.dataset.frames = message.frames;
    }
    this.onchange?.();
  }

  /** The picture's age in seconds, null before the first. */
  get age() {
    if (this.taken === null) return null;
    const sincePainted = (performance.now() - this.painted) / 1000;
    if (clock.offset === null) return sincePainted;
    return Math.max(sincePainted, (Date.now() + clock.offset - this.taken) / 1000);
  }
}

/** Has every player begin anew. */
export function reconnect() { players.send({ action: "reconnect" }); }

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

/** A state in a word. */
export function stateWord(source) {
  switch (source.state) {
    case "streaming": return "Live";
    case "connecting": return "Connecting";
    case "stalled": return "Stalled";
    case "idle": return "Idle";
    case "off": return "Off";
    case "removed": return "Removed";
    case "refused": return "Refused";
    case "waiting": return source.retry_in_seconds === null ? "Waiting" : `Next try in ${duration(Math.ceil(source.retry_in_seconds))}`;
    default: return source.state;
  }
}

/** The figures of a source in one line. */
export function factLine(source) {
  const facts = [];
  if (source.state === "streaming") {
    facts.push(`${source.rates.fps_in.toFixed(source.rates.fps_in < 10 ? 1 : 0)} fps`, bitRate(source.rates.bits_in));
  }
  facts.push(source.viewers === 1 ? "1 viewer" : `${source.viewers} viewers`);
  if (source.last_frame && source.state === "streaming") facts.push(`${source.last_frame.width} × ${source.last_frame.height}`);
  return facts.join(" · ");
}

/** Writes text only where it changes, so that nothing is laid out in vain. */
export function setText(element, text) { if (element.textContent !== text) element.textContent = text; }

/**
 * Says over a picture what is wrong with it: dims it, tells its age and the reason. `source` is its entry in the status, null
 * where that is not known.
 */
export function mark(frame, picture, source, isRelayLost, reason) {
  const parts = {
    message: frame.querySelector(".message"), title: frame.querySelector(".message strong"),
    text: frame.querySelector(".message span"), age: frame.querySelector(".age"),
  };
  const age = picture.age ?? source?.last_frame?.age_seconds ?? null;
  // A camera that is well and slow is not stale: a picture is when the relay has a newer one. What fills its pauses comes every
  // heartbeat, five seconds unless the file says otherwise.
  const limit = Math.max(8, (source?.last_frame?.age_seconds ?? 0) + 4);
  const isLive = source === null || source.state === "streaming";
  const isWaiting = picture.isOpen && picture.taken === null;
  const isStale = isRelayLost || !isLive || (age !== null && age > limit) || (isWaiting && performance.now() - picture.opened > 3000);
  frame.classList.toggle("is-stale", isStale);
  parts.message.hidden = !isStale && !isWaiting;
  parts.age.hidden = !isStale || age === null;
  if (!parts.age.hidden) setText(parts.age, `${duration(age)} old`);
  if (parts.message.hidden) return;
  if (isRelayLost) {
    setText(parts.title, "No connection to the relay");
    setText(parts.text, "It is tried again by itself.");
  } else if (!isLive) {
    const titles = {
      connecting: "Connecting", stalled: "No new picture", waiting: "No signal", refused: "The camera says no", idle: "Idle",
      off: "Switched off", removed: "This camera is no longer here",
    };
    setText(parts.title, titles[source.state] ?? source.state);
    setText(parts.text, source.state === "idle" || source.state === "off" ? "" : source.reason ?? "");
  } else if (isStale) {
    setText(parts.title, age === null ? "No picture yet" : "No new picture");
    setText(parts.text, reason ?? "");
  } else {
    setText(parts.title, "");
    setText(parts.text, "");
  }
}

/**
 * Fetches JSON again and again while the page is visible; `heard` gets each answer, `lost` each failure, with the answer's status if
 * there was one.
 */
export function poll(address, milliseconds, heard, lost) {
  let timer = 0;
  let round = 0;
  async function ask() {
    clearTimeout(timer);
    const mine = ++round;
    const limit = new AbortController();
    const alarm = setTimeout(() => limit.abort(), 4000);
    try {
      const response = await fetch(address, { signal: limit.signal, cache: "no-store", headers: { Accept: "application/json" } });
      if (!response.ok) throw Object.assign(new Error(`status ${response.status}`), { status: response.status });
      const value = await response.json();
      if (mine === round) heard(value);
    } catch (error) {
      if (mine === round && !document.hidden) lost(error.status);
    } finally {
      clearTimeout(alarm);
      if (mine === round && !document.hidden) timer = setTimeout(ask, milliseconds);
    }
  }
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  addEventListener("online", ask);
  addEventListener("pageshow", (event) => { if (event.persisted) ask(); });
  ask();
}
