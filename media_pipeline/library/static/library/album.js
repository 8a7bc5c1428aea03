/** The order of an album: by dragging, by Shift and arrows, by the buttons of a selection. */
import { $, $$ } from "./dom.js";
import { around, arrange, blockOf, currentTile, frameOf, goTo, idOf, tileAt, tileOf, visible } from "./grid.js";
import { toast } from "./toast.js";

const { album } = $("main").dataset;

/** Show it there, then say so; when that fails the page is read again, as nobody knows the order then. */
async function place(tile, before) {
  if (tile === before || tile.nextElementSibling === before) return;
  blockOf(before ?? tileAt(-1)).insertBefore(tile, before);
  arrange();
  const moved = new FormData();
  moved.append("photo", idOf(tile));
  if (before) moved.append("before", idOf(before));
  const headers = { "X-CSRFToken": $("meta[name=csrf-token]").content, "HX-Request": "true" };
  const answer = await fetch(`/albums/${album}/move`, { method: "POST", headers, body: moved }).catch(() => undefined);
  if (answer?.ok) return;
  toast(answer?.status === 409 ? await answer.text() : "Not moved: the server did not answer.", {
    action: "Reload", run: () => location.reload(), bad: true,
  });
}

/** One place on (1) or back (-1); the end of what is loaded is the end of the album only when there is no more. */
function step(tile, by) {
  if (!tile) return;
  const list = around(tile), to = list.indexOf(tile) + by;
  if (to < 0 || to >= list.length || (to === list.length - 1 && by > 0 && $("#months .more"))) return;
  place(tile, by > 0 ? (list[to + 1] ?? null) : list[to]);
}

const steps = (by) => () => {
  const tile = currentTile();
  step(tile, by);
  goTo(tile);
};
addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by || !event.shiftKey || event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
  if (!event.target.closest("#months .tile")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  steps(by)();
}, true);

const chosen = () => $$("#months .pick :checked").map((check) => tileOf(check.value));
addEventListener("click", (event) => {
  const by = { earlier: -1, later: 1 }[event.target.closest("[data-do]")?.dataset.do];
  if (!by) return;
  const [tile, more] = chosen();
  if (tile && !more) step(tile, by);
});

// Dragging. The tile is what is dragged, not the link or the picture in it.
let dragged;
const makeDraggable = () => {
  for (const tile of $$("#months .tile:not([draggable])")) {
    tile.draggable = true;
    for (const inner of $$("a, img", tile)) inner.draggable = false;
  }
};
makeDraggable();
new MutationObserver(makeDraggable).observe($("#months"), { childList: true, subtree: true });

/** The tile that the dragged one would come before: the one under the pointer, or the next from its middle on. */
function target(event) {
  const under = event.target.closest?.("#months .tile");
  if (!under) return undefined;
  const box = under.getBoundingClientRect();
  if (event.clientX < box.left + box.width / 2) return under;
  const list = visible();
  return list[list.indexOf(under) + 1] ?? ($("#months .more") ? undefined : null);
}

function mark(before) {
  for (const tile of $$(".drop-before, .drop-after")) tile.classList.remove("drop-before", "drop-after");
  if (before) before.classList.add("drop-before");
  else if (before === null) visible().at(-1)?.classList.add("drop-after");
}

addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("#months .tile");
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setDragImage(frameOf(dragged), 20, 20);
  dragged.classList.add("dragged");
});
addEventListener("dragover", (event) => {
  if (!dragged) return;
  event.preventDefault();
  mark(target(event));
});
addEventListener("drop", (event) => {
  if (!dragged) return;
  event.preventDefault();
  const before = target(event);
  if (before !== undefined) place(dragged, before);
});
addEventListener("dragend", () => {
  dragged?.classList.remove("dragged");
  dragged = undefined;
  mark();
});
