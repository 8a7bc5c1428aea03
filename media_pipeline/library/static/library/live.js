/** What the page asks the server for by itself: what comes next, what changed, what ran out. */
import { $, $$ } from "./dom.js";
import { idOf } from "./grid.js";

const SECOND = 1000;
const PATIENCE = 60; // looks in vain before looking less often
const RENEW_AT_MOST_EVERY = 30 * SECOND;
const MOST = 100; // tiles that the server looks at in one request
const AHEAD = "1600px"; // two screens and more

/** While tiles are unfinished, ask once a second for those that changed, through hx-get of #poll; of many in turn. */
export function startLive() {
  const poll = $("#poll");
  let looks = 0, inVain = 0;
  addEventListener("htmx:oobAfterSwap", () => { inVain = 0; });
  addEventListener("darkroom:uploaded", () => { inVain = 0; });
  setInterval(() => {
    looks += 1;
    const isDue = inVain < PATIENCE || looks % 10 === 0;
    if (document.hidden || !isDue || !$(".tile input[name=tile]")) return;
    inVain += 1;
    htmx.trigger(poll, "darkroom:look");
  }, SECOND);
  poll.addEventListener("htmx:configRequest", ({ detail: { formData } }) => {
    const unfinished = formData.getAll("tile"), from = (looks * MOST) % unfinished.length;
    if (unfinished.length <= MOST) return;
    formData.delete("tile");
    for (const tile of [...unfinished, ...unfinished].slice(from, from + MOST)) formData.append("tile", tile);
  });
  renewAddresses(poll.getAttribute("hx-get"));
  fetchAhead();
}

/** What is older comes before anybody has scrolled to the end; the way back up, with the slider, after the first step. */
function fetchAhead() {
  fetchAt("#months .more:not(.newer)", AHEAD);
  addEventListener("scroll", async () => {
    const scrubber = $("#scrubber");
    if (!scrubber) return;
    await import("./scrubber.js");
    htmx.trigger(scrubber, "darkroom:scrolled");
  }, { once: true });
}

/** Follow links to further photos that come so near. */
export function fetchAt(links, rootMargin) {
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) htmx.trigger(target, "darkroom:near");
  }, { rootMargin });
  const watch = () => $$(links).forEach((link) => near.observe(link));
  addEventListener("htmx:afterSettle", watch);
  watch();
}

/** Addresses of thumbnails live for minutes; a page that was open for longer asks for new ones when it needs them. */
function renewAddresses(url) {
  const renewed = new Map();
  let waiting = new Set();
  const ask = () => {
    const query = new URLSearchParams([...waiting].map((imageId) => ["tile", `${imageId}:0`]));
    waiting = new Set();
    htmx.ajax("GET", `${url}?${query}`, { source: "#months", swap: "none" });
  };
  addEventListener("error", ({ target }) => {
    const tile = target.closest?.("#months .tile");
    const imageId = tile && idOf(tile);
    if (!tile || Date.now() - (renewed.get(imageId) ?? 0) < RENEW_AT_MOST_EVERY) return;
    renewed.set(imageId, Date.now());
    if (!waiting.size) setTimeout(ask, 100);
    waiting.add(imageId);
  }, true);
}
