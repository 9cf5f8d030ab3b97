// The picture alone, healing itself. It asks for the source's health only while no new picture comes.
import { Picture, clock, mark, reconnect } from "./player.js";

const frame = document.querySelector(".picture");
const base = document.body.dataset.base;
const picture = new Picture(frame.querySelector("canvas"), `${base}ws?ack=1&on_loss=silent`);
let reason = null;
let isHealthy = true;
let isRelayLost = false;
let asked = performance.now();

function show() {
  const silence = picture.painted === null ? Infinity : performance.now() - picture.painted;
  const isWell = isHealthy || silence < 3000;
  // A camera that is well and slow is not stale.
  const source = { state: isWell ? "streaming" : "waiting", reason, last_frame: isWell ? { age_seconds: picture.age ?? 0 } : null };
  mark(frame, picture, source, isRelayLost && silence >= 3000, reason);
}

async function ask() {
  const silence = performance.now() - (picture.painted ?? picture.opened ?? 0);
  if (document.hidden || silence < 3000 || performance.now() - asked < 2000) return show();
  asked = performance.now();
  try {
    const limit = new AbortController();
    setTimeout(() => limit.abort(), 4000);
    const response = await fetch(`${base}healthz`, { signal: limit.signal, cache: "no-store" });
    const date = Date.parse(response.headers.get("Date") ?? "");
    if (!Number.isNaN(date)) clock.set(date / 1000);
    reason = response.ok ? null : (await response.text()).trim();
    isHealthy = response.ok;
    if (isRelayLost) reconnect(); else if (isHealthy) picture.heal({ state: "streaming" });
    isRelayLost = false;
  } catch {
    isRelayLost = true;
  }
  show();
}

function update() {
  if (document.hidden) picture.close(); else picture.open();
  show();
}

picture.onchange = show;
document.addEventListener("visibilitychange", update);
addEventListener("pagehide", () => picture.close());
addEventListener("pageshow", (event) => { if (event.persisted) update(); });
setInterval(ask, 1000);
update();
