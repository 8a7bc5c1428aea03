/** Choosing photos: by the check on each, by x, with Shift up to here, or by a long press. What is done with them is
    a form's work: the checks belong to it. */
import { $, $$ } from "./dom.js";
import { arrange, blockOf, blocks, bring, shownIn, tileOf, visible } from "./grid.js";
import { toast } from "./toast.js";

const LONG_PRESS = 450; // milliseconds; Android opens its own menu after 500
const STEADY = 10; // pixels that a finger may move meanwhile

const chosen = new Set(); // ids, because a tile that changes is replaced by another
let last;

const checkOf = (tile) => $(".pick input", tile);

/** Choose a tile or let it go; `upToHere` chooses all from the last one on. */
export function choose(tile, upToHere = false) {
  const check = tile && checkOf(tile);
  if (!check) return; // still being announced
  const from = upToHere && last && tileOf(last);
  if (from) between(from, tile).forEach((each) => set(each, true));
  else set(tile, !chosen.has(check.value));
  last = check.value;
  show();
}

/** Also what is far away and has left the page. */
function between(one, other) {
  const all = blocks(), ends = [one, other].map((tile) => all.indexOf(blockOf(tile))).toSorted((a, b) => a - b);
  const touched = all.slice(ends[0], ends[1] + 1);
  bring(touched);
  const list = shownIn(touched), [from, to] = [list.indexOf(one), list.indexOf(other)].toSorted((a, b) => a - b);
  return from < 0 ? [other] : list.slice(from, to + 1).filter(checkOf);
}

function set(tile, on) {
  const check = checkOf(tile);
  check.checked = on;
  if (on) chosen.add(check.value);
  else chosen.delete(check.value);
}

function show() {
  document.body.classList.toggle("picking", chosen.size > 0);
  $("#selected").textContent = `${chosen.size} selected`;
  $("#selected").dataset.count = chosen.size;
}

function clearChoice() {
  $$("#months .tile").filter(checkOf).forEach((tile) => set(tile, false));
  chosen.clear();
  last = undefined;
  for (const popover of $$("#selection [popover]")) popover.hidePopover();
  show();
}

const ids = () => visible().filter(checkOf).map((tile) => checkOf(tile).value).filter((id) => chosen.has(id));

async function downloadChosen({ target }) {
  const size = target.closest("[data-size]")?.dataset.size;
  if (!size) return;
  $("#download-selected").hidePopover();
  (await import("./download.js")).download(ids(), size);
}

function start() {
  $("#download-selected")?.addEventListener("click", downloadChosen);
  chooseByLongPress(); // first: its click must not be taken for another tap
  $("#selection").addEventListener("reset", clearChoice);
  for (const event of ["trashed", "restored", "tagged"]) addEventListener(`darkroom:${event}`, clearChoice);
  for (const event of ["filed", "unfiled", "purged"]) {
    addEventListener(`darkroom:${event}`, ({ detail: { ids: gone, sentence } }) => {
      clearChoice();
      if (event !== "filed") {
        for (const tile of gone.map(tileOf).filter(Boolean)) tile.remove();
        arrange();
      }
      toast(sentence);
    });
  }
  $("#selection").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault(); // of several fields, the browser would press the first one's button
    event.target.parentElement.querySelector("button").click();
  });
  addEventListener("htmx:oobAfterSwap", () => {
    for (const imageId of chosen) {
      const tile = tileOf(imageId);
      if (tile && checkOf(tile)) checkOf(tile).checked = true;
    }
  });
  // Before anybody else hears of the click: while choosing, the photos themselves are checks.
  addEventListener("click", (event) => {
    const tile = event.target.closest(".tile"), isCheck = event.target.matches(".pick input");
    const isTap = event.target.closest(".frame") && event.detail > 0 && !event.ctrlKey && !event.metaKey;
    if (!tile || !(isCheck || (isTap && chosen.size))) return;
    event.stopPropagation();
    if (isCheck) setTimeout(() => choose(tile, event.shiftKey)); // when the browser is done with the check itself
    else {
      event.preventDefault();
      choose(tile, event.shiftKey);
    }
  }, true);
}

function chooseByLongPress() {
  let clock, from, chose = false;
  const end = () => clearTimeout(clock);
  const press = (tile) => { end(); if (!chose) choose(tile); chose = true; };
  addEventListener("pointerdown", (event) => {
    const tile = event.target.closest("#months .frame")?.closest(".tile");
    end();
    chose = false;
    if (!tile || event.pointerType !== "touch") return;
    from = event;
    clock = setTimeout(press, LONG_PRESS, tile);
  });
  addEventListener("pointermove", (event) => {
    if (from && Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) > STEADY) end();
  });
  for (const over of ["pointerup", "pointercancel", "scroll"]) addEventListener(over, end);
  addEventListener("contextmenu", (event) => {
    const tile = event.target.closest("#months .frame")?.closest(".tile");
    if (!tile || event.pointerType !== "touch") return;
    event.preventDefault();
    press(tile);
  });
  // The finger that chose by pressing long clicks as it leaves.
  addEventListener("click", (event) => {
    if (!chose || !event.target.closest("#months .frame")) return;
    chose = false;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
}

start();
// What was checked before this code was there.
for (const tile of $$("#months .tile")) if (checkOf(tile)?.checked) choose(tile);
