import { $, $$, el } from "./dom.js";
import { justify } from "./layout.js";
import { watchPlaceholders } from "./placeholders.js";

export const frameOf = (tile) => $(".frame", tile);
export const idOf = (tile) => tile.id.replace("tile-", "");
export const visible = () => $$("#months .tile:not([hidden])");
export const blockOf = (tile) => tile.closest(".grid");

/** Wherever it is: back on the page if it had left. */
export function tileOf(imageId) {
  const id = `tile-${imageId}`, there = document.getElementById(id);
  if (!there) bring(blocks().filter((block) => isEmptied(block) && virtualScroll.isOf(block, id)));
  return there ?? document.getElementById(id);
}

/** What is done to a tile before it is laid out: uploads have previews. */
let dress;
export const dressWith = (work) => { dress = work; };

/** What rows have to fit into. Read when the window changes: to read it later would lay out the page twice. */
let room;

function measure() {
  const style = getComputedStyle(document.documentElement);
  const [target, gap, label] = ["--row", "--gap", "--label"].map((name) => parseFloat(style.getPropertyValue(name)));
  room = { width: $("#months").clientWidth, target, gap, label };
}

// Each page that the server sent is a list of its own, a block. One more costs the same after fifty photos and after
// ten thousand: only blocks that changed are laid out, and those far from the window are empty.

let virtualScroll; // comes with the first scrolling: before, nothing is far away
const isEmptied = (block) => block.matches(".emptied");
export const blocks = () => $$("#months .grid");
export const shownIn = (list) => list.flatMap((block) => $$(".tile:not([hidden])", block));

/** The tiles of these blocks, back on the page and laid out. */
export function bring(list) {
  const emptied = list.filter(isEmptied);
  emptied.forEach((block) => virtualScroll.fill(block));
  if (emptied.length) arrange(emptied);
}

/** Tiles of its own block and of those beside it. */
export function around(tile) {
  const all = blocks(), position = all.indexOf(blockOf(tile));
  const near = all.slice(Math.max(0, position - 1), position + 2);
  bring(near);
  return shownIn(near);
}

/** The first of all (0) or the last (-1). */
export function tileAt(end) {
  bring(blocks().slice(end, end + 1 || undefined));
  return visible().at(end);
}

const follower = (block) => block.nextElementSibling?.closest(".grid") ?? null;

/** Size tiles, print the days, show the empty state: after these blocks changed, or all of them. */
export function arrange(changed = blocks()) {
  const due = new Set(changed), { activeElement } = document;
  let before;
  for (const block of blocks()) {
    if (due.has(block) && !isEmptied(block)) { // those are arranged when they are filled
      const next = follower(block);
      if (place(block, next)) due.add(next);
      printDays(block, before);
      if (next && !isEmptied(next)) printDays(next, block);
      watchPlaceholders(block);
      virtualScroll?.watchDistance(block);
    }
    before = block;
  }
  for (const month of $$(".month")) month.hidden = !$(".tile:not([hidden]), .emptied", month);
  if (activeElement !== document.activeElement) activeElement.focus({ preventScroll: true }); // its tile moved on
  changes.takeRecords(); // our own
  showEmptiness();
}

/** True when tiles were left over: a row that the next block has to fill. */
function place(block, next) {
  const all = $$(".tile", block);
  if (dress) all.forEach(dress);
  const shown = all.filter((tile) => !tile.hidden);
  const { sizes, heights, left } = justify(shown.map((tile) => Number(tile.dataset.ratio)), room, next !== null);
  sizes.forEach(([w, h], position) => {
    const { dataset, style } = shown[position]; // through CSSOM: the policy refuses style attributes in HTML
    style.setProperty("--w", `${w}px`);
    style.setProperty("--h", `${h}px`);
    if (dataset.colour) style.setProperty("--tone", dataset.colour);
  });
  block.style.setProperty("--height", `${heights.reduce((sum, height) => sum + height + room.label, 0)}px`);
  block.classList.add("laid-out");
  if (!next || !left) return false;
  if (isEmptied(next)) virtualScroll.fill(next);
  next.prepend(...all.slice(all.indexOf(shown.at(-left))));
  return true;
}

function showEmptiness() {
  const isEmpty = !$("#months :is(.tile:not([hidden]), .emptied)");
  $("#empty").hidden = !isEmpty || $("#months .more") !== null; // a search may need several pages to find the first
  const filters = $("#filters:not(:has(.chips))");
  if (filters) filters.hidden = isEmpty;
  const note = $("#trash-note");
  if (note) note.hidden = isEmpty;
}

/** The day stands over its first photo, whichever that is now; in the trash each has its own days left. */
function printDays(block, before) {
  let day = before && (isEmptied(before) ? before.dataset.lastDay : shownIn([before]).at(-1)?.dataset.day);
  for (const tile of shownIn([block])) {
    const text = tile.dataset.edge ?? (tile.dataset.day === day ? "" : tile.dataset.day ?? "");
    day = tile.dataset.day ?? day;
    const printed = $(".day", tile);
    if (printed && printed.textContent !== text) printed.textContent = text;
    else if (!printed && text) tile.prepend(el("span", { className: "day" }, text));
    if (printed && !text) printed.remove();
  }
}

// One tab stop for the whole grid; arrows move it.

let current;

export const currentTile = () => (current?.isConnected && !current.hidden ? current : undefined);

function makeStop(tile) {
  if (current?.isConnected) setTabbable(current, -1);
  current = tile;
  if (tile) setTabbable(tile, 0);
}

const setTabbable = (tile, index) => $$("a, button, .pick input", tile).forEach((stop) => { stop.tabIndex = index; });

export function goTo(tile) {
  if (!tile) return;
  makeStop(tile);
  frameOf(tile).focus();
  tile.scrollIntoView({ block: "nearest" });
}

export function step(distance) {
  const tile = currentTile(), list = tile ? around(tile) : visible();
  goTo(list[Math.max(0, Math.min(list.length - 1, list.indexOf(tile) + distance))]);
}

const changes = new MutationObserver((records) => {
  const changed = new Set();
  for (const { target, addedNodes } of records) {
    if (target.matches(".grid")) changed.add(target);
    for (const node of addedNodes) {
      if (node.matches?.(".grid")) changed.add(node).add(node.previousElementSibling);
      else if (node.matches?.(".month")) $$(".grid", node).forEach((block) => changed.add(block));
    }
  }
  if (!changed.size && !records.some(({ target }) => target.id === "months")) return;
  arrange(changed);
  for (const block of changed) makeUnreachable(block);
  if (!currentTile()) makeStop(visible()[0]);
});

function makeUnreachable(block) {
  for (const tile of $$(".tile", block)) if (tile !== current) setTabbable(tile, -1);
}

export function startGrid() {
  measure();
  arrange();
  blocks().forEach(makeUnreachable);
  makeStop(visible()[0]);
  new ResizeObserver(([{ contentRect: { width } }]) => {
    if (width === room.width) return; // taller, with every page that arrives
    measure();
    arrange();
  }).observe($("#months"));
  changes.observe($("#months"), { childList: true, subtree: true });
  addEventListener("focusin", ({ target }) => {
    const tile = target.closest("#months .tile");
    if (tile && tile !== current) makeStop(tile);
  });
  addEventListener("scroll", async () => {
    virtualScroll = await import("./virtual_scroll.js");
    blocks().forEach(virtualScroll.watchDistance);
  }, { once: true });
  keepFocusThroughSwaps();
}

/** A tile that is swapped while it has the focus keeps it. */
function keepFocusThroughSwaps() {
  let focused;
  addEventListener("htmx:oobBeforeSwap", ({ detail: { target } }) => {
    focused = target.contains(document.activeElement) ? target.id : undefined;
  });
  addEventListener("htmx:oobAfterSwap", () => {
    if (focused) goTo(document.getElementById(focused));
    focused = undefined;
  });
}
