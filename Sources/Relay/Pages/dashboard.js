// The grid: a tile for each source, live while it is in view of a visible tab.
import { Picture, bitRate, clock, factLine, mark, poll, reconnect, setText, stateWord } from "./player.js";

const grid = document.querySelector(".grid");
const summary = document.querySelector(".summary");
const notice = document.querySelector(".notice");
const template = document.querySelector("#tile");
const tiles = new Map();
let lastHeard = performance.now();
let isRelayLost = false;

class Tile {
  constructor(element) {
    this.element = element;
    this.name = element.dataset.name;
    this.source = null;
    this.isInView = false;
    this.isAwake = false;
    this.wasLive = false;
    this.frame = element.querySelector(".picture");
    this.wake = element.querySelector(".wake");
    const path = encodeURIComponent(this.name);
    this.picture = new Picture(element.querySelector("canvas"), `${path}/ws?ack=1&on_loss=silent&fps=10`);
    this.picture.onchange = () => this.show();
    this.snapshot = `${path}/snapshot?wake=0`;
    this.wake.addEventListener("click", () => { this.isAwake = true; this.update(); });
  }

  /** Opens or closes the socket as things are, then shows them. */
  update() {
    const state = this.source?.state;
    // One that was woken here sleeps again when its camera does, so that it is not woken by the next look at this page.
    if (state === "streaming") this.wasLive = true;
    else if (state === "idle" && this.wasLive) this.isAwake = this.wasLive = false;
    const isOn = this.source !== null && state !== "off";
    const isAsleep = isOn && this.source.on_demand && !this.isAwake;
    if (isOn && !isAsleep && this.isInView && !document.hidden) this.picture.open(); else this.picture.close();
    this.picture.heal(this.source);
    if (isOn && this.isInView && (isAsleep || state !== "streaming")) this.showStill();
    this.wake.hidden = !isAsleep;
    setText(this.wake, state === "idle" ? "Wake the camera" : "Watch");
    this.show();
  }

  /** The last frame of a source whose camera sleeps or is lost, fetched without waking it. */
  showStill() {
    const now = performance.now();
    if (this.still) {
      // Others watch it; their pictures cost the camera nothing.
      if (this.source.state !== "streaming" || now - this.stillAsked <= 2000) return;
      this.stillAsked = now;
      this.still.src = `${this.snapshot}&${Math.round(now)}`;
      return;
    }
    if (this.picture.taken !== null || !this.source.last_frame) return;
    this.stillAsked = now;
    this.still = new Image();
    this.still.className = "still";
    this.still.alt = `last picture of ${this.name}`;
    this.still.onerror = () => this.still.remove();
    this.still.src = this.snapshot;
    this.frame.querySelector("a").append(this.still);
  }

  show() {
    if (!this.source) return;
    if (this.picture.taken !== null && this.still) { this.still.remove(); this.still = null; }
    const pill = this.element.querySelector(".pill");
    const state = isRelayLost ? "lost" : this.source.state;
    const className = `pill ${state}`;
    if (pill.className !== className) pill.className = className;
    this.element.dataset.state = state;
    setText(pill, isRelayLost ? "No connection" : stateWord(this.source));
    setText(this.element.querySelector(".facts"), factLine(this.source));
    mark(this.frame, this.picture, this.source, isRelayLost);
  }
}

const inView = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    const tile = tiles.get(entry.target.dataset.name);
    if (!tile) continue;
    tile.isInView = entry.isIntersecting;
    tile.update();
  }
});

function adopt(element) {
  const tile = new Tile(element);
  tiles.set(tile.name, tile);
  inView.observe(element);
}

/** A tile for a source that came with a reload, as the page's own tiles are made. */
function build(name) {
  const element = template.content.firstElementChild.cloneNode(true);
  const path = encodeURIComponent(name);
  element.dataset.name = name;
  element.setAttribute("aria-label", name);
  for (const link of element.querySelectorAll("a")) link.href = `${path}/`;
  element.querySelector(".picture a").setAttribute("aria-label", `${name}: open large`);
  element.querySelector("h2 a").textContent = name;
  element.querySelector("canvas").setAttribute("aria-label", `live picture of ${name}`);
  return element;
}

function heard(status) {
  clock.set(status.time);
  const wasLost = isRelayLost;
  const silence = performance.now() - lastHeard;
  lastHeard = performance.now();
  isRelayLost = false;
  notice.hidden = true;
  const names = new Set(status.sources.map((source) => source.name));
  for (const [name, tile] of tiles) {
    if (names.has(name)) continue;
    inView.unobserve(tile.element);
    tile.picture.remove();
    tile.element.remove();
    tiles.delete(name);
  }
  let previous = null;
  for (const source of status.sources) {
    if (!tiles.has(source.name)) {
      const element = build(source.name);
      if (previous) previous.after(element); else grid.prepend(element);
      adopt(element);
    }
    const tile = tiles.get(source.name);
    tile.source = source;
    tile.update();
    previous = tile.element;
  }
  document.querySelector(".empty").hidden = status.sources.length > 0;
  const live = status.sources.filter((source) => source.state === "streaming").length;
  const viewers = status.sources.reduce((sum, source) => sum + source.viewers, 0);
  const bits = status.sources.reduce((sum, source) => sum + source.rates.bits_out, 0);
  setText(summary, `${live} of ${status.sources.length} live · ${viewers} ${viewers === 1 ? "viewer" : "viewers"} · ${bitRate(bits)} out`);
  if (wasLost && silence > 5000) reconnect();
}

function lost() {
  if (performance.now() - lastHeard < 2500) return;
  isRelayLost = true;
  notice.hidden = false;
  for (const tile of tiles.values()) tile.show();
}

for (const element of grid.querySelectorAll(".tile")) adopt(element);
document.addEventListener("visibilitychange", () => { for (const tile of tiles.values()) tile.update(); });
addEventListener("pagehide", () => { for (const tile of tiles.values()) tile.picture.close(); });
addEventListener("pageshow", (event) => { if (event.persisted) for (const tile of tiles.values()) tile.update(); });
setInterval(() => { if (!document.hidden) for (const tile of tiles.values()) tile.show(); }, 1000);
poll("status?format=json&viewers=0", 1000, heard, lost);
