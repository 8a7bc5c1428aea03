/** The pages with a grid: photos and trash. What is needed later is loaded later. */
import { $, comeBack, comeBackTo, csrfToken, dialogIsOpen, onClick, onKey, showKeys, startKeys } from "./dom.js";
import { arrange, blockOf, currentTile, goTo, idOf, startGrid, step, tileAt, tileOf, visible } from "./grid.js";
import { startLive } from "./live.js";
import { startToasts, toast } from "./toast.js";

addEventListener("htmx:configRequest", ({ detail }) => { detail.headers["X-CSRFToken"] = csrfToken(); });
startGrid();
startToasts();
startKeys();
startLive();

const canUpload = $("#tray") !== null;
const isTrash = $("main.is-trash") !== null;
const hasViewer = $("#viewer") !== null;
const chooseFiles = () => $("#files").click();
const post = (url, values) => htmx.ajax("POST", url, { source: "#months", swap: "none", values });

// Code for what somebody is about to do: the pointer or the focus gets there first.
let chooser, coming;
const choosing = () => (coming ??= import("./selection.js").then((module) => { chooser = module; }));
const filtering = () => import("./filters.js");
const stepRow = async (direction) => (await import("./rows.js")).stepRow(direction);
const isChoosing = () => document.body.classList.contains("picking");
for (const sign of ["pointerover", "pointerdown", "focusin"]) {
  $("#months").addEventListener(sign, choosing, { once: true });
}
if (matchMedia("(any-pointer: coarse)").matches) addEventListener("load", choosing); // no finger hovers first
$(".find").addEventListener("focusin", filtering, { once: true });
if ($("#column")) filtering();
comeBack();

/** At once where possible: who types x and Delete in one go means the photo that x chose. */
async function chooseCurrent(upToHere) {
  const tile = currentTile();
  if (!chooser) await choosing();
  chooser.choose(tile && tileOf(idOf(tile)), upToHere); // it may have left the page meanwhile
}

onClick({
  keys: () => { $("#account").hidePopover(); showKeys(); },
  upload: chooseFiles,
  unfilter: () => comeBackTo("q"),
});

onKey({
  ArrowRight: () => step(1),
  ArrowLeft: () => step(-1),
  ArrowDown: () => stepRow(1),
  ArrowUp: () => stepRow(-1),
  Home: () => goTo(tileAt(0)),
  End: () => goTo(tileAt(-1)),
  u: () => (canUpload ? chooseFiles() : false),
  "/": () => $("#q").select(),
  x: () => void chooseCurrent(false),
  X: () => void chooseCurrent(true),
  Escape: () => (isChoosing() ? $("#selection").reset() : false),
  Delete: () => {
    if (isChoosing()) return void $("#selection [data-key=Delete]")?.click();
    const tile = document.activeElement.closest("#months .tile");
    return tile && !isTrash ? void post(`/photos/${idOf(tile)}/trash`) : false;
  },
  "?": showKeys,
}, () => !dialogIsOpen());

// The server says which photos moved; the grid takes their tiles away, and can bring them back.

const tilesOf = (ids) => ids.map(tileOf).filter(Boolean);

function takeAway(ids) {
  const leaving = tilesOf(ids), list = visible(), first = list.indexOf(leaving[0]);
  const { activeElement } = document;
  const hadFocus = leaving.some((tile) => tile.contains(activeElement)) || $("#selection").contains(activeElement);
  for (const tile of leaving) tile.hidden = true;
  arrange(leaving.map(blockOf));
  const left = visible();
  if (hadFocus) goTo(left[Math.min(first, left.length - 1)]);
}

addEventListener("darkroom:trashed", ({ detail: { ids, sentence } }) => {
  takeAway(ids);
  toast(sentence, { action: "Undo", run: () => post("/photos/restore", { photo: ids }) });
});

addEventListener("darkroom:restored", ({ detail: { ids, sentence } }) => {
  if (!isTrash) {
    const back = tilesOf(ids);
    for (const tile of back) tile.hidden = false;
    arrange(back.map(blockOf));
    goTo(back[0]);
  } else takeAway(ids);
  toast(sentence);
});

addEventListener("darkroom:tagged", ({ detail: { ids, sentence, tag } }) => {
  const undo = { action: "Undo", run: () => post("/photos/tags", { photo: ids, remove: tag }) };
  toast(sentence, tag ? undo : {});
});

if (canUpload) {
  const add = async (list) => {
    const files = [...list]; // now: the browser empties the list when the event is over
    (await import("./tray.js")).add(files);
  };
  $("#files").addEventListener("change", ({ target }) => { add(target.files); target.value = ""; });
  receiveFiles(add);
  if (localStorage.unfinished) import("./tray.js").then(({ offer }) => offer());
}

if (hasViewer) {
  const load = () => import("./viewer.js");
  addEventListener("click", async (event) => {
    const link = event.target.closest("#months .frame[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    (await load()).open(link.href);
  });
}

/** Files that are dropped on, or pasted into, the page. */
function receiveFiles(add) {
  const shade = $("#drop");
  let depth = 0; // dragenter and dragleave come for every element on the way
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  const enter = (change) => (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = Math.max(0, depth + change);
    shade.hidden = depth === 0;
  };
  addEventListener("dragenter", enter(1));
  addEventListener("dragleave", enter(-1));
  addEventListener("dragover", (event) => { if (carriesFiles(event)) event.preventDefault(); });
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    shade.hidden = true;
    add(event.dataTransfer.files);
  });
  addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) add(event.clipboardData.files);
  });
}
