/** Addresses of thumbnails live for minutes; a page that was open for longer asks for new ones when it needs them. */
const AT_MOST_EVERY = 30_000; // milliseconds
const TOGETHER = 100;

const renewed = new Map();
let waiting = new Set();

/** Ask for the tile anew, with others that failed in the same moment: its picture did not come. */
export function renew(imageId, url) {
  if (Date.now() - (renewed.get(imageId) ?? 0) < AT_MOST_EVERY) return;
  renewed.set(imageId, Date.now());
  if (!waiting.size) setTimeout(ask, TOGETHER, url);
  waiting.add(imageId);
}

function ask(url) {
  const query = new URLSearchParams([...waiting].map((imageId) => ["tile", `${imageId}:0`]));
  waiting = new Set();
  htmx.ajax("GET", `${url}?${query}`, { source: "#months", swap: "none" });
}
