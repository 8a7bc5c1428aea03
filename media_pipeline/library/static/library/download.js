/** Photos as one zip, made by the browser: no server holds it, and it begins at once. */
import { $, el } from "./dom.js";
import { toast } from "./toast.js";
import { Zip, uniqueNames } from "./zip.js";

const MAX_PHOTOS = 500;
const BATCH = 20; // addresses asked for at once; they live for minutes
const AHEAD = 3; // files fetched at the same time
const MANY = 20; // so many originals are streamed to disk where the browser can, instead of held until the end

document.head.append(el("link", { rel: "stylesheet", href: new URL("download.css", import.meta.url).href }));

/** A reason that people read. */
class DownloadError extends Error {}

async function addressesOf(ids, size, signal) {
  const query = new URLSearchParams([["size", size], ...ids.map((id) => ["photo", id])]);
  const answer = await fetch(`/photos/addresses?${query}`, { signal, headers: { "HX-Request": "true" } });
  if (!answer.ok) throw new DownloadError("The server did not answer as it should.");
  if (!answer.headers.get("Content-Type")?.includes("json")) throw new DownloadError("You are signed out.");
  const { files } = await answer.json();
  return new Map(files.map((file) => [file.photo, file]));
}

async function bytesOf({ url }, signal) {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new DownloadError("The storage did not hand it out.");
  return new Uint8Array(await answer.arrayBuffer());
}

/** One file; with another address when the first one did not work. */
async function fetchOne(id, known, size, signal) {
  if (!known.has(id)) throw new DownloadError("It cannot be downloaded now.");
  let file = known.get(id);
  try {
    return { file, bytes: await bytesOf(file, signal) };
  } catch (error) {
    signal.throwIfAborted();
    file = (await addressesOf([id], size, signal)).get(id);
    if (!file) throw error;
    return { file, bytes: await bytesOf(file, signal) };
  }
}

/** {id, file, bytes} or {id, error} of each, in order, a few fetched ahead. */
async function* fetchAll(ids, size, signal) {
  for (let start = 0; start < ids.length; start += BATCH) {
    const batch = ids.slice(start, start + BATCH), known = await addressesOf(batch, size, signal);
    const begin = (id) => fetchOne(id, known, size, signal)
      .then((found) => ({ id, ...found }), (error) => ({ id, error }));
    const ahead = batch.slice(0, AHEAD).map(begin);
    for (let next = AHEAD; ahead.length; next += 1) {
      yield await ahead.shift();
      signal.throwIfAborted();
      if (next < batch.length) ahead.push(begin(batch[next]));
    }
  }
}

/** Where the zip goes: {write, finish, abort}. */
async function openTarget(name, streams) {
  if (streams) {
    const types = [{ accept: { "application/zip": [".zip"] } }];
    const handle = await self.showSaveFilePicker({ suggestedName: name, types });
    const stream = await handle.createWritable();
    return { write: (piece) => stream.write(piece), finish: () => stream.close(), abort: () => stream.abort() };
  }
  const pieces = [];
  const finish = () => {
    const address = URL.createObjectURL(new Blob(pieces, { type: "application/zip" }));
    el("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  };
  return { write: (piece) => { pieces.push(piece); }, finish, abort: () => {} };
}

/** What is shown meanwhile, and what is left to read afterwards. */
function openPanel(total, cancel) {
  const heading = el("h2", {}, `Downloading ${count(total)}`), bar = el("progress", { max: total, value: 0 });
  const figure = el("p", { className: "mono" }), failures = el("ul");
  const stop = el("button", { type: "button", className: "btn", onclick: cancel }, "Cancel");
  const panel = el("section", { className: "download" }, heading, bar, figure, failures, stop);
  heading.setAttribute("aria-live", "polite");
  bar.setAttribute("aria-label", "Photos fetched");
  $("section.download")?.remove();
  document.body.append(panel);
  return {
    step(done, bytes) {
      bar.value = done;
      figure.textContent = `${done} of ${total} · ${(bytes / 1e6).toFixed(1)} MB`;
    },
    fail: (name, reason) => failures.append(el("li", {}, el("b", {}, name), ` ${reason}`)),
    end(sentence) {
      heading.textContent = sentence;
      bar.remove();
      stop.textContent = "Close";
      stop.onclick = () => panel.remove();
    },
  };
}

const count = (number) => (number === 1 ? "1 photo" : `${number} photos`);
const nameOf = (id) => document.querySelector(`#tile-${id} img`)?.alt ?? id;

let running = false;

/** Make the zip of these photos, as originals or in web size. */
export async function download(ids, size) {
  if (running) return toast("One download at a time: wait for it, or cancel it.", { bad: true });
  if (ids.length > MAX_PHOTOS) {
    return toast(`Up to ${MAX_PHOTOS} photos go into one download. Choose fewer.`, { bad: true });
  }
  const streams = size === "original" && ids.length > MANY && "showSaveFilePicker" in self;
  const name = `Darkroom ${new Date().toISOString().slice(0, 10)}.zip`;
  let target;
  try {
    target = await openTarget(name, streams);
  } catch {
    return; // nobody chose a place for it
  }
  running = true;
  const abort = new AbortController(), panel = openPanel(ids.length, () => abort.abort());
  try {
    await fill(target, ids, size, panel, abort.signal);
  } catch (error) {
    await target.abort();
    const reason = error instanceof DownloadError ? error.message : "The connection was lost, or the disk is full.";
    panel.end(abort.signal.aborted ? "Download cancelled" : `Download stopped: ${reason}`);
  } finally {
    running = false;
  }
}

async function fill(target, ids, size, panel, signal) {
  const zip = new Zip(target.write), nameFor = uniqueNames();
  let done = 0, added = 0, bytes = 0;
  for await (const found of fetchAll(ids, size, signal)) {
    done += 1;
    if (found.error) {
      const reason = found.error instanceof DownloadError ? found.error.message : "The connection was lost.";
      panel.fail(nameOf(found.id), reason);
    } else {
      await zip.add(nameFor(found.file.name), found.bytes);
      added += 1;
      bytes += found.bytes.length;
    }
    panel.step(done, bytes);
  }
  if (!added) {
    await target.abort();
    return panel.end("Nothing could be downloaded");
  }
  await zip.close();
  await target.finish();
  panel.end(added === ids.length ? `${count(added)} downloaded` : `${added} of ${ids.length} photos downloaded`);
}
