import { $, $$, el } from "./dom.js";
import { justify } from "./layout.js";
import { reveal, watchPlaceholders } from "./placeholders.js";

export const tiles = () => $$("#months .tile");
export const frameOf = (tile) => $(".frame", tile);
export const idOf = (tile) => tile.id.replace("tile-", "");
export const tileOf = (imageId) => document.getElementById(`tile-${imageId}`);

/** What a new upload looks like, shown until its thumbnail is there: {tile id: canvas}. */
export const previews = new Map();

const main = $("main");

/** Size every tile, print the days, show the empty state; after anything in the grid changed. */
export function arrange() {
  tiles().forEach(dress);
  printDays();
  watchPlaceholders();
  const style = getComputedStyle(document.documentElement);
  const target = parseFloat(style.getPropertyValue("--row")), gap = parseFloat(style.getPropertyValue("--gap"));
  for (const month of $$(".month")) {
    const shown = $$(".tile", month).filter((tile) => !tile.hidden);
    month.hidden = shown.length === 0;
    place(shown, month.parentElement.clientWidth, target, gap);
    $(".grid", month).classList.add("laid-out");
  }
  const isEmpty = !tiles().some((tile) => !tile.hidden);
  $("#empty").hidden = !isEmpty || $("#months .more") !== null; // a search may need several pages to find the first
  const filters = $("#filters:not(:has(.chips))");
  if (filters) filters.hidden = isEmpty;
  const note = $("#trash-note");
  if (note) note.hidden = isEmpty;
}

function place(shown, width, target, gap) {
  const sizes = justify(shown.map((tile) => Number(tile.dataset.ratio)), width, target, gap);
  sizes.forEach(([w, h], position) => {
    // Custom properties through CSSOM: the policy refuses style attributes in HTML.
    shown[position].style.setProperty("--w", `${w}px`);
    shown[position].style.setProperty("--h", `${h}px`);
  });
}

/** Keep the preview of an upload under the tile's content until its thumbnail is decoded. */
function dress(tile) {
  const preview = previews.get(tile.id), frame = frameOf(tile), image = $("img", frame);
  if (!preview) return;
  if (!frame.contains(preview)) frame.prepend(preview);
  if (!image) {
    tile.dataset.ratio = preview.width / preview.height;
    return;
  }
  previews.delete(tile.id);
  image.loading = "eager";
  reveal(image, preview);
}

/** The day stands over its first photo, whichever that is now; in the trash each has its own days left. */
function printDays() {
  let before;
  for (const tile of tiles().filter((tile) => !tile.hidden)) {
    const text = tile.dataset.edge ?? (tile.dataset.day === before ? "" : tile.dataset.day ?? "");
    before = tile.dataset.day ?? before;
    const printed = $(".day", tile);
    if (printed) printed.textContent = text;
    else if (text) tile.prepend(el("span", { className: "day" }, text));
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

export const visible = () => tiles().filter((tile) => !tile.hidden);

export function step(distance) {
  const list = visible();
  goTo(list[Math.max(0, Math.min(list.length - 1, list.indexOf(currentTile()) + distance))]);
}

/** To the tile in the row above or below whose middle is nearest. */
export function stepRow(direction) {
  if (!currentTile()) return step(0);
  const from = currentTile().getBoundingClientRect(), middle = from.left + from.width / 2;
  const cost = (tile) => {
    const box = tile.getBoundingClientRect(), down = (box.top - from.top) * direction;
    return down < 20 ? Infinity : down * 4 + Math.abs(box.left + box.width / 2 - middle);
  };
  const [best] = visible().map((tile) => [cost(tile), tile]).sort(([a], [b]) => a - b);
  if (best && best[0] < Infinity) goTo(best[1]);
}

export function startGrid() {
  arrange();
  tiles().forEach((tile) => setTabbable(tile, -1));
  makeStop(visible()[0]);
  new ResizeObserver(arrange).observe(main);
  new MutationObserver((records) => {
    if (!records.some(({ target }) => target.matches(".grid, #months"))) return;
    arrange();
    tiles().filter((tile) => tile !== current).forEach((tile) => setTabbable(tile, -1));
    if (!currentTile()) makeStop(visible()[0]);
  }).observe($("#months"), { childList: true, subtree: true });
  addEventListener("focusin", ({ target }) => {
    const tile = target.closest("#months .tile");
    if (tile && tile !== current) makeStop(tile);
  });
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
