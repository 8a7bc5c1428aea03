import { $, $$, copyOf, onClick } from "./dom.js";
import { arrange, blockOf, previews } from "./grid.js";
import { enqueue, isBusy } from "./uploads.js";

const PREVIEW_WIDTH = 480;
const tray = $("#tray"), list = $("ul", tray);
const counts = () => ({
  all: list.children.length, added: $$(".added", list).length, failed: $$(".bad", list).length,
});

/** Upload `files`: a line in the tray and a tile in the grid for each, at once. */
export function add(files) {
  if (!files.length) return;
  if (!isBusy()) list.replaceChildren();
  tray.hidden = false;
  for (const file of files) {
    const line = copyOf("tray-line");
    $(".name", line).textContent = file.name;
    list.append(line);
    start(file, line);
    $("[data-do=retry]", line).addEventListener("click", () => start(file, line));
  }
  tell();
}

function start(file, line) {
  const bar = $("progress", line), figure = $(".figure", line), why = $("p", line);
  const tile = newTile(file);
  const show = (word, className = "") => { figure.textContent = word; line.className = className; };
  why.hidden = true;
  bar.hidden = false;
  bar.value = 0;
  show("Waiting");
  enqueue(tray.dataset.url, file, (event, value) => {
    if (event === "announced") name(tile, value);
    if (event === "progress") { bar.value = value; show(`${Math.round(value)}\u2009%`); }
    if (event === "waiting") show("Waiting");
    if (event === "added") { bar.hidden = true; show("Added", "added"); dispatchEvent(new Event("darkroom:uploaded")); }
    if (event === "failed") {
      bar.hidden = true;
      show("Failed", "bad");
      why.hidden = false;
      $(".why", why).textContent = value;
      (document.getElementById(tile.id) ?? tile).remove();
    }
    if (event === "added" || event === "failed") tell();
  });
}

/** The heading, the only part that is read aloud: at the start, at the end and with each failure. */
function tell() {
  const { all, added, failed } = counts();
  const photos = (count) => `${count} ${count === 1 ? "photo" : "photos"}`;
  const isDone = added + failed === all;
  const ended = [added || !failed ? `${added} added` : "", failed ? `${failed} failed` : ""].filter(Boolean).join(", ");
  $("h2", tray).textContent = isDone ? ended : `Uploading ${photos(all)}${failed ? `, ${failed} failed` : ""}`;
  $("footer", tray).hidden = failed < 2;
  document.body.classList.toggle("busy", !isDone);
}

/** A tile at the top of this month, with the picture itself where the browser can read it. */
function newTile(file) {
  const month = copyOf("new-month"), tile = copyOf("new-tile");
  const section = document.getElementById(month.id) ?? month;
  if (!section.isConnected) $("#months").prepend(section);
  tile.id = `tile-new-${crypto.randomUUID()}`;
  $(".name", tile).textContent = file.name;
  $(".grid", section).prepend(tile);
  preview(file, tile);
  return tile;
}

async function preview(file, tile) {
  const bitmap = await createImageBitmap(file, { resizeWidth: PREVIEW_WIDTH }).catch(() => null);
  if (!bitmap) return; // a format that this browser does not show
  const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  bitmap.close();
  previews.set(tile.id, canvas);
  arrange([blockOf(tile)]);
}

/** From now on the server's tile of this image takes the place of ours. */
function name(tile, imageId) {
  const preview = previews.get(tile.id);
  previews.delete(tile.id);
  tile.id = `tile-${imageId}`;
  if (preview) previews.set(tile.id, preview);
  $(".frame", tile).href = `/photos/${imageId}`;
  tile.append(Object.assign(document.createElement("input"), { type: "hidden", name: "tile", value: `${imageId}:0` }));
}

onClick({
  "close-tray": () => { tray.hidden = true; $(".up").focus(); },
  "retry-all": () => $$(".bad [data-do=retry]", list).forEach((button) => button.click()),
});
addEventListener("beforeunload", (event) => { if (isBusy()) event.preventDefault(); });
