import { $, $$, addStyles, copyOf, el, onClick } from "./dom.js";
import { tileOf } from "./grid.js";
import { discard, keep, unfinished } from "./interrupted_uploads.js";
import { preview, rename } from "./previews.js";
import { enqueue, isBusy } from "./uploads.js";

const AT_ONCE = 25; // files that get their line and tile in one go: five hundred would hold up the page
const tray = $("#tray"), list = $("ul", tray), { url, owner } = tray.dataset;
let all = 0; // files since the tray was empty
const counts = () => ({ added: $$(".added", list).length, failed: $$(".bad", list).length });

await addStyles("tray.css");

/** Upload `files`: a line in the tray and a tile in the grid for each, at once. */
export async function add(files) {
  if (!files.length) return;
  if (!isBusy()) {
    list.replaceChildren();
    all = 0;
  }
  const uploads = files.map((file) => ({ id: crypto.randomUUID(), owner, url, file }));
  await begin(uploads);
  for (const upload of uploads) await keep(upload); // one by one: they are copied to disk
}

async function begin(uploads) {
  tray.hidden = false;
  all += uploads.length;
  showProgress();
  for (let from = 0; from < uploads.length; from += AT_ONCE) {
    if (from) await new Promise((resolve) => { setTimeout(resolve); });
    const portion = uploads.slice(from, from + AT_ONCE);
    if (portion.length === AT_ONCE) firstBlock().before(el("ul", { className: "grid" })); // to be laid out alone
    portion.forEach(addLine);
  }
}

function addLine(upload) {
  const line = copyOf("tray-line");
  $(".name", line).textContent = upload.file.name;
  list.append(line);
  start(upload, line);
  $("[data-do=retry]", line).addEventListener("click", () => start(upload, line));
}

/** Files that an earlier page had begun: somebody closed it, or it crashed. */
let left = [];
export async function offer() {
  left = await unfinished(owner);
  if (!left.length) return;
  const [names, rest] = [left.slice(0, 3).map(({ file }) => file.name).join(", "), left.length - 3];
  $("#left-names").textContent = rest > 0 ? `${names} and ${rest} more` : names;
  $("#left").hidden = tray.hidden = false;
  const photos = left.length === 1 ? "1 photo is" : `${left.length} photos are`;
  $("h2", tray).textContent = `${photos} not uploaded yet`;
}

async function decideOnLeft(goOn) {
  $("#left").hidden = true;
  tray.hidden = !goOn;
  if (goOn) {
    await begin(left);
    for (const upload of left) await keep(upload); // as this page's
  } else for (const upload of left) await discard(upload);
  left = [];
}

function start(upload, line) {
  const bar = $("progress", line), figure = $(".figure", line), why = $("p", line);
  const tile = newTile(upload);
  if (upload.form) name(tile, upload.form.imageId);
  const show = (word, className = "") => { figure.textContent = word; line.className = className; };
  why.hidden = true;
  bar.hidden = false;
  bar.value = 0;
  show("Waiting");
  enqueue(upload, (event, value) => {
    if (event === "announced") { name(tile, value); keep(upload); }
    if (event === "progress") { bar.value = value; show(`${Math.round(value)}\u2009%`); }
    if (event === "waiting") show("Trying again");
    if (event === "offline") show("Waiting for the network");
    if (event === "added") {
      bar.hidden = true;
      show("Added", "added");
      list.append(line); // what is on its way, or failed, stands first
      discard(upload);
      dispatchEvent(new Event("darkroom:uploaded"));
    }
    if (event === "failed") {
      bar.hidden = true;
      show("Failed", "bad");
      why.hidden = false;
      $(".why", why).textContent = value.message;
      (document.getElementById(tile.id) ?? tile).remove();
      if (!value.isTemporary) discard(upload); // the next page would fail with it as well
    }
    if (event === "added" || event === "failed") showProgress();
  });
}

/** The heading, the only part that is read aloud: at the start, at the end and with each failure. The foot counts. */
function showProgress() {
  const { added, failed } = counts();
  const photos = (count) => `${count} ${count === 1 ? "photo" : "photos"}`;
  const isDone = added + failed === all;
  const ended = [added || !failed ? `${added} added` : "", failed ? `${failed} failed` : ""].filter(Boolean).join(", ");
  $("h2", tray).textContent = isDone ? ended : `Uploading ${photos(all)}${failed ? `, ${failed} failed` : ""}`;
  $("#so-far").textContent = isDone ? "" : `${added} of ${all} added`;
  $("#retry-failed").hidden = failed < 2;
  document.body.classList.toggle("busy", !isDone);
}

/** The topmost of this month. */
function firstBlock() {
  const month = copyOf("new-month"), section = document.getElementById(month.id) ?? month;
  if (!section.isConnected) $("#months").prepend(section);
  return $(".grid", section);
}

/** A tile at the top of this month, with a preview. */
function newTile({ file, form }) {
  const already = form && tileOf(form.imageId); // announced by an earlier page
  if (already) return already;
  const tile = copyOf("new-tile");
  tile.id = `tile-new-${crypto.randomUUID()}`;
  $(".name", tile).textContent = file.name;
  firstBlock().prepend(tile);
  preview(file, tile);
  return tile;
}

/** From now on the server's tile of this image takes the place of ours. */
function name(tile, imageId) {
  if (tile.id === `tile-${imageId}`) return; // announced before; this is another form for it
  rename(tile, `tile-${imageId}`);
  $(".frame", tile).href = `/photos/${imageId}`;
  tile.append(Object.assign(document.createElement("input"), { type: "hidden", name: "tile", value: `${imageId}:0` }));
}

onClick({
  "close-tray": () => { tray.hidden = true; $(".up").focus(); },
  "retry-all": () => $$(".bad [data-do=retry]", list).forEach((button) => button.click()),
  "left-resume": () => void decideOnLeft(true),
  "left-discard": () => void decideOnLeft(false),
});
addEventListener("beforeunload", (event) => { if (isBusy()) event.preventDefault(); });
