/** Files on their way to S3: a few at a time, again and again while the connection fails. */
import { csrfToken } from "./dom.js";

const PARALLEL = 3;
const ATTEMPTS = 8;
const SECOND = 1000;
const MAX_WAIT = 30 * SECOND;
const STALLED = 45 * SECOND; // without a byte on its way
const MARGIN = 30 * SECOND; // before its end, a form is not begun any more
// Browsers leave the type empty for what they cannot show; the server judges the content anyway.
const TYPES = { avif: "image/avif", heic: "image/heic", heif: "image/heif", tif: "image/tiff", tiff: "image/tiff" };
const NO_ANSWER = "The connection was lost.";

/** A refusal that a person reads. Time may heal it when `isTemporary`, another form when `isExpired`. */
class UploadError extends Error {
  constructor(message, { isTemporary = false, isExpired = false } = {}) {
    super(message);
    Object.assign(this, { isTemporary, isExpired });
  }
}

const waiting = [];
let running = 0;

/**
 * Send `upload.file` straight to S3 when its turn comes. `upload` has an `id` of its own, the `url` to announce it at,
 * and the `form` it was announced with, if it was; `report` hears of announced, progress, waiting, offline, added and
 * failed.
 */
export function enqueue(upload, report) {
  waiting.push({ upload, report });
  startNext();
}

export const isBusy = () => running + waiting.length > 0;

async function startNext() {
  if (running >= PARALLEL || !waiting.length) return;
  const { upload, report } = waiting.shift();
  running += 1;
  try {
    await attempt(upload, report);
    report("added");
  } catch (error) {
    if (!(error instanceof UploadError)) throw error;
    report("failed", error);
  } finally {
    running -= 1;
    startNext();
  }
}

/** Until it is there. While there is no network at all, nothing is tried and nothing counted. */
async function attempt(upload, report) {
  for (let number = 1; ; number += 1) {
    if (!navigator.onLine) {
      report("offline");
      await new Promise((resolve) => { addEventListener("online", resolve, { once: true }); });
    }
    try {
      if (!isGood(upload.form)) await inTurn(() => announce(upload, report));
      return await send(upload, report);
    } catch (error) {
      if (error.isExpired) upload.form.expires = 0;
      else if (!error.isTemporary) throw error;
      if (number === ATTEMPTS) throw error;
      if (!navigator.onLine) number -= 1;
      report("waiting");
      await pause(Math.min(MAX_WAIT, 2 ** (number - 1) * SECOND));
    }
  }
}

const isGood = (form) => form && form.expires > Date.now() + MARGIN;

/** As long as that, or until the network is back. */
function pause(milliseconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
    addEventListener("online", resolve, { once: true });
  });
}

/** One after another, so that the library keeps the order in which the files were chosen. */
let lastTurn = Promise.resolve();
function inTurn(work) {
  const turn = lastTurn.then(work);
  lastTurn = turn.catch(() => {});
  return turn;
}

/** Get a form. Announced again with the same key, as after a lost answer, it is the same photo with a new form. */
async function announce(upload, report) {
  const { id, url, file } = upload;
  const extension = file.name.split(".").pop().toLowerCase();
  const contentType = file.type || TYPES[extension] || "application/octet-stream";
  const body = JSON.stringify({ filename: file.name, content_type: contentType, bytes: file.size });
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken(), "Idempotency-Key": id };
  const answer = await fetch(url, { method: "POST", headers, body }).catch(() => {
    throw new UploadError(NO_ANSWER, { isTemporary: true });
  });
  if (!answer.ok) throw await refusal(answer);
  const { image_id: imageId, upload: form } = await answer.json();
  upload.form = { url: form.url, fields: form.fields, expires: Date.parse(form.expires_at), imageId };
  report("announced", imageId);
}

/** What the API's problem+json says. */
async function refusal(answer) {
  // 409: the first of two same announcements is still at work. 429: too many at once.
  if (answer.status >= 500 || [409, 429].includes(answer.status)) {
    return new UploadError("The server did not answer as it should.", { isTemporary: true });
  }
  if (answer.status === 401) return new UploadError("You are signed out. Sign in again in another tab, then retry.");
  const problem = await answer.json().catch(() => ({}));
  return new UploadError(problem.detail ?? "The server did not take this file.");
}

function send({ file, form }, report) {
  const body = new FormData();
  for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
  body.append("file", file); // S3 ignores fields that follow the file
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch cannot tell how far an upload is
    let stalled;
    const watch = () => { clearTimeout(stalled); stalled = setTimeout(() => request.abort(), STALLED); };
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      watch();
      report("progress", (100 * loaded) / total);
    });
    request.addEventListener("load", () => (request.status < 300 ? resolve() : reject(refusalOfStorage(request))));
    for (const end of ["error", "abort"]) {
      request.addEventListener(end, () => reject(new UploadError(NO_ANSWER, { isTemporary: true })));
    }
    request.addEventListener("loadend", () => clearTimeout(stalled));
    request.open("POST", form.url);
    request.send(body);
    watch();
  });
}

function refusalOfStorage({ status, responseText }) {
  if (status >= 500) return new UploadError("The storage did not answer as it should.", { isTemporary: true });
  return new UploadError("The storage did not take this file.", { isExpired: /expired/i.test(responseText) });
}
