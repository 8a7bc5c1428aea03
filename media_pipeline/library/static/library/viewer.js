/** A photo over the grid: a dialog with an address of its own, so that Back closes it and a reload opens its page. */
import { $, addStyles } from "./dom.js";
import { around, frameOf, goTo, tileOf } from "./grid.js";
import { startPhoto } from "./photo.js";

const dialog = $("#viewer"), gridTitle = document.title;
let shownId;

const isPhoto = (address) => new URL(address).pathname.startsWith("/photos/");
const styled = addStyles("photo.css");

async function show(address) {
  await styled;
  return htmx.ajax("GET", address, { target: dialog, source: dialog, swap: "innerHTML" });
}

const leave = () => { if (dialog.open) history.back(); };

export function open(address) {
  history.pushState({}, "", address);
  return show(address);
}

startPhoto(dialog, {
  close: leave,
  goTo: (address) => {
    history.replaceState({}, "", address);
    show(address);
  },
});

dialog.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target !== dialog) return;
  if (!isPhoto(location.href)) return hide(); // closed while it was on its way
  shownId = location.pathname.split("/").at(-1);
  stayAmongFound();
  if (dialog.open) return;
  dialog.showModal();
  $("[data-do=close]", dialog).focus();
});
/** The server links to the neighbours in the library; in what a search found they are others. */
function stayAmongFound() {
  const tile = $("#month-found") && tileOf(shownId);
  if (!tile) return;
  const list = around(tile), position = list.indexOf(tile);
  for (const [which, distance] of [["previous", -1], ["next", 1]]) {
    const link = $(`[data-do=${which}]`, dialog), neighbour = list[position + distance];
    if (link && neighbour) link.href = frameOf(neighbour).href;
    else link?.parentElement.remove();
  }
}

for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  dialog.addEventListener(failure, ({ target }) => { if (target === dialog) history.back(); });
}
dialog.addEventListener("cancel", (event) => {
  event.preventDefault();
  leave();
});
addEventListener("popstate", () => (isPhoto(location.href) ? show(location.href) : hide()));

function hide() {
  dialog.close();
  dialog.replaceChildren();
  document.title = gridTitle;
  const tile = tileOf(shownId);
  if (tile && !tile.hidden) goTo(tile);
}

dialog.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-do=trash]")) return;
  event.preventDefault();
  htmx.ajax("POST", event.target.action, { source: "#months", swap: "none" });
});
addEventListener("darkroom:trashed", leave);

// A new title is the tile's as well.
dialog.addEventListener("htmx:afterSettle", () => {
  const form = $("form.title", dialog), tile = form && tileOf(form.dataset.tile);
  const image = tile && $("img", frameOf(tile));
  if (image) image.alt = form.dataset.title;
});
