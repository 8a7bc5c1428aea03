import { csrfToken } from "./dom.js";

const PARALLEL = 3;
const ATTEMPTS = 4;
// Browsers leave the type empty for what they cannot show; the server judges the content anyway.
const TYPES = { avif: "image/avif", heic: "image/heic", heif: "image/heif", tif: "image/tiff", tiff: "image/tiff" };
const NO_ANSWER = "The connection was lost.";

/** A refusal that a person reads; the connection was lost when `isTemporary`. */
class UploadError extends Error {
  constructor(message, { isTemporary = false } = {}) {
    super(message);
    this.isTemporary = isTemporary;
  }
}

const waiting = [];
let running = 0;

/** Send `file` straight to S3 when its turn comes; `report` hears of announced, progress, added and failed. */
export function enqueue(url, file, report) {
  waiting.push({ url, file, report });
  startNext();
}

export const isBusy = () => running + waiting.length > 0;

async function startNext() {
  if (running >= PARALLEL || !waiting.length) return;
  const upload = waiting.shift();
  running += 1;
  try {
    await attempt(upload);
    upload.report("added");
  } catch (error) {
    if (!(error instanceof UploadError)) throw error;
    upload.report("failed", error.message);
  } finally {
    running -= 1;
    startNext();
  }
}

/** A lost connection is waited out a few times; the form stays good, so nothing is announced twice. */
async function attempt({ url, file, report }) {
  let form;
  for (let number = 1; ; number += 1) {
    try {
      form ??= await inTurn(() => announce(url, file, report));
      return await send(form, file, report);
    } catch (error) {
      if (!error.isTemporary || number === ATTEMPTS) throw error;
      report("waiting");
      await connection(number * 1000);
    }
  }
}

/** One after another, so that the library keeps the order in which the files were chosen. */
let lastTurn = Promise.resolve();
function inTurn(work) {
  const turn = lastTurn.then(work);
  lastTurn = turn.catch(() => {});
  return turn;
}

function connection(milliseconds) {
  return new Promise((resolve) => {
    if (navigator.onLine) setTimeout(resolve, milliseconds);
    else addEventListener("online", resolve, { once: true });
  });
}

async function announce(url, file, report) {
  const extension = file.name.split(".").pop().toLowerCase();
  const contentType = file.type || TYPES[extension] || "application/octet-stream";
  const body = JSON.stringify({ filename: file.name, content_type: contentType, bytes: file.size });
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
  const answer = await fetch(url, { method: "POST", headers, body }).catch(() => {
    throw new UploadError(NO_ANSWER, { isTemporary: true });
  });
  if (!answer.ok) throw await refusal(answer);
  const { image_id: imageId, upload } = await answer.json();
  report("announced", imageId);
  return upload;
}

/** What the API's problem+json says. */
async function refusal(answer) {
  if (answer.status >= 500) return new UploadError("The server did not answer as it should.", { isTemporary: true });
  if (answer.status === 401) return new UploadError("You are signed out. Sign in again in another tab, then retry.");
  const problem = await answer.json().catch(() => ({}));
  return new UploadError(problem.detail ?? "The server did not take this file.");
}

function send(form, file, report) {
  const body = new FormData();
  for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
  body.append("file", file); // S3 ignores fields that follow the file
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch cannot tell how far an upload is
    request.upload.addEventListener("progress", ({ loaded, total }) => report("progress", (100 * loaded) / total));
    request.addEventListener("load", () => {
      if (request.status < 300) resolve();
      else if (request.status >= 500) reject(new UploadError("The storage did not answer as it should.", { isTemporary: true }));
      else reject(new UploadError("The storage did not take this file."));
    });
    request.addEventListener("error", () => reject(new UploadError(NO_ANSWER, { isTemporary: true })));
    request.open("POST", form.url);
    request.send(body);
  });
}
