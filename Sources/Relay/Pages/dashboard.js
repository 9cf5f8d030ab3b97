// The grid of all sources, kept up to date with the status.
import { clock } from "./clock.js";
import { contact } from "./contact.js";
import { asJSON, poll } from "./poll.js";
import { setText } from "./text.js";
import { Tile } from "./tile.js";
import { whileSeen } from "./visibility.js";
import { bitRate, viewerCount } from "./wording.js";

const grid = document.querySelector(".grid");
const summary = document.querySelector(".summary");
const notice = document.querySelector(".notice");
const empty = document.querySelector(".empty");
const template = document.querySelector("#tile");
const tiles = new Map();

const inView = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    const tile = tiles.get(entry.target.dataset.name);
    if (!tile) continue;
    tile.isInView = entry.isIntersecting;
    tile.update();
  }
});

/** Makes an element of the page a tile. */
function adopt(element) {
  const tile = new Tile(element);
  tiles.set(tile.name, tile);
  inView.observe(element);
  return tile;
}

/** Makes the element for a source that a reload has added, from the page's template. */
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

function remove(tile) {
  inView.unobserve(tile.element);
  tile.picture.remove();
  tile.element.remove();
  tiles.delete(tile.name);
}

/** Gives each source its tile, in the order of the status. */
function arrange(sources) {
  const names = new Set(sources.map((source) => source.name));
  for (const tile of [...tiles.values()]) if (!names.has(tile.name)) remove(tile);
  let previous = null;
  for (const source of sources) {
    let tile = tiles.get(source.name);
    if (!tile) {
      const element = build(source.name);
      if (previous) previous.after(element); else grid.prepend(element);
      tile = adopt(element);
    }
    tile.source = source;
    previous = tile.element;
  }
  empty.hidden = sources.length > 0;
}

function showSummary(sources) {
  const sum = (value) => sources.reduce((total, source) => total + value(source), 0);
  const live = sources.filter((source) => source.state === "streaming").length;
  const bits = sum((source) => source.rates.bits_out);
  setText(summary, `${live} of ${sources.length} live · ${viewerCount(sum((source) => source.viewers))} · ${bitRate(bits)} out`);
}

function update() {
  notice.hidden = !contact.isLost;
  for (const tile of tiles.values()) tile.update();
}

function heard(status) {
  clock.set(status.time);
  contact.gotAnswer();
  arrange(status.sources);
  showSummary(status.sources);
  update();
}

function lost() {
  contact.gotNone();
  update();
}

for (const element of grid.querySelectorAll(".tile")) adopt(element);
whileSeen(update, () => { for (const tile of tiles.values()) tile.picture.close(); });
poll("status?format=json&viewers=0", asJSON, 1000, heard, lost);
