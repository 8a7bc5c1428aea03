/** Files that were chosen and are not uploaded yet, kept in the browser until they are: no reload loses one. */
const STORE = "uploads";
const MAX_BYTES = 500_000_000; // bytes kept at the same time; what is beyond that has to be chosen again
const MAX_DAYS = 7;

const session = crypto.randomUUID();
const sizes = new Map(); // of what this page keeps
let database;

/** While this page lives, it holds a lock of this name: another page must not offer what is on its way here. */
const lockOf = (name) => `darkroom-uploads-${name}`;

function open() {
  database ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("darkroom", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    navigator.locks.request(lockOf(session), () => new Promise(() => {}));
  });
  return database;
}

/** Nothing is worth failing an upload for: a private window, or a full disk, keeps nothing. */
async function within(mode, work) {
  try {
    const request = work((await open()).transaction(STORE, mode).objectStore(STORE));
    return await new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  } catch (error) {
    console.info("Not kept for after a reload:", error.message);
    return undefined;
  }
}

/** Keep an upload, with its form once it has one. */
export function keep(upload) {
  const { id, owner, url, file, form } = upload;
  sizes.set(id, file.size);
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  if (bytes > MAX_BYTES || upload.isSettled) return undefined;
  localStorage.unfinished = "yes"; // so that the next page knows to look
  return within("readwrite", (store) => store.put({ id, owner, url, file, form, session, since: Date.now() }));
}

export async function discard(upload) {
  upload.isSettled = true;
  sizes.delete(upload.id);
  await within("readwrite", (store) => store.delete(upload.id));
  if (!(await within("readonly", (store) => store.count()))) localStorage.removeItem("unfinished");
}

/** What earlier pages of the same account did not finish. What is old, or was another account's, goes. */
export async function unfinished(owner) {
  const kept = (await within("readonly", (store) => store.getAll())) ?? [];
  const { held } = await navigator.locks.query();
  const alive = new Set(held.map(({ name }) => name));
  const left = kept.filter((upload) => !alive.has(lockOf(upload.session)));
  const isOurs = (upload) => upload.owner === owner && Date.now() - upload.since < MAX_DAYS * 86_400_000;
  await Promise.all(left.filter((upload) => !isOurs(upload)).map(discard));
  return left.filter(isOurs).toSorted((one, other) => one.since - other.since);
}
