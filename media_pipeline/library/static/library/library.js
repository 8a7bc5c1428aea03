/** The pages with a grid: photos and trash. What is needed later is loaded later. */
import { $, csrfToken, dialogIsOpen, onClick, onKey, showKeys, startKeys } from "./dom.js";
import { arrange, currentTile, goTo, idOf, startGrid, step, stepRow, tileOf, visible } from "./grid.js";
import { startLive } from "./live.js";
import { startToasts, toast } from "./toast.js";

addEventListener("htmx:configRequest", ({ detail }) => { detail.headers["X-CSRFToken"] = csrfToken(); });
startGrid();
startToasts();
startKeys();
startLive();

const canUpload = $("#tray") !== null;
const hasViewer = $("#viewer") !== null;
const chooseFiles = () => $("#files").click();
const post = (url) => htmx.ajax("POST", url, { source: "#months", swap: "none" });

onClick({
  keys: () => { $("#account").hidePopover(); showKeys(); },
  upload: chooseFiles,
});

onKey({
  ArrowRight: () => step(1),
  ArrowLeft: () => step(-1),
  ArrowDown: () => stepRow(1),
  ArrowUp: () => stepRow(-1),
  Home: () => goTo(visible()[0]),
  End: () => goTo(visible().at(-1)),
  u: () => (canUpload ? chooseFiles() : false),
  Delete: () => {
    const tile = document.activeElement.closest("#months .tile");
    return tile && canUpload ? void post(`/photos/${idOf(tile)}/trash`) : false;
  },
  "?": showKeys,
}, () => !dialogIsOpen());

// The server says what moved; the grid takes the tile away, and can bring it back.

function takeAway({ id }) {
  const tile = tileOf(id);
  if (!tile) return;
  const list = visible(), position = list.indexOf(tile), hadFocus = tile.contains(document.activeElement);
  tile.hidden = true;
  arrange();
  if (hadFocus) goTo(visible()[Math.min(position, list.length - 2)]);
}

addEventListener("darkroom:trashed", ({ detail }) => {
  takeAway(detail);
  toast(detail.sentence, { action: "Undo", run: () => post(`/photos/${detail.id}/restore`) });
});

addEventListener("darkroom:restored", ({ detail }) => {
  const tile = tileOf(detail.id);
  if (!canUpload) takeAway(detail);
  else if (tile) {
    tile.hidden = false;
    arrange();
    goTo(tile);
  }
  toast(detail.sentence);
});

if (canUpload) {
  const add = async (list) => {
    const files = [...list]; // now: the browser empties the list when the event is over
    (await import("./tray.js")).add(files);
  };
  $("#files").addEventListener("change", ({ target }) => { add(target.files); target.value = ""; });
  receiveFiles(add);
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
