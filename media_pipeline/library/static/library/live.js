/** What the page asks the server for by itself: what comes next, what changed, what ran out. */
import { $, $$ } from "./dom.js";
import { idOf } from "./grid.js";

const SECOND = 1000;
const MAX_IN_VAIN = 60; // looks in vain before looking less often
const MAX_TILES = 100; // that the server looks at in one request
const AHEAD = "1600px"; // two screens and more

/** While tiles are unfinished, ask once a second for those that changed: all in one request, or very many in turn. */
export function startLive() {
  const poll = $("#poll"), { url } = poll.dataset;
  let looks = 0, inVain = 0;
  addEventListener("htmx:oobAfterSwap", () => { inVain = 0; });
  addEventListener("darkroom:uploaded", () => { inVain = 0; });
  setInterval(() => {
    looks += 1;
    const unfinished = $$(".tile [name=tile]").map(({ value }) => value);
    const isDue = inVain < MAX_IN_VAIN || looks % 10 === 0;
    if (document.hidden || !isDue || !unfinished.length) return;
    inVain += 1;
    const inTurn = new Set([...unfinished.slice((looks * MAX_TILES) % unfinished.length), ...unfinished]);
    htmx.ajax("GET", url, { source: poll, swap: "none", values: { tile: [...inTurn].slice(0, MAX_TILES) } });
  }, SECOND);
  addEventListener("error", async ({ target }) => {
    const tile = target.closest?.("#months .tile");
    if (tile) (await import("./addresses.js")).renew(idOf(tile), url);
  }, true);
  fetchAhead();
}

/** What is older comes before anybody has scrolled to the end; the way up, and the slider, after the first step. */
function fetchAhead() {
  fetchAt("#months .more:not(.newer)", AHEAD);
  addEventListener("scroll", async () => {
    const scrubber = $("#scrubber");
    if (!scrubber) return;
    const { startScrubber } = await import("./scrubber.js");
    await startScrubber(fetchAt);
    htmx.trigger(scrubber, "darkroom:scrolled");
  }, { once: true });
}

/** Follow links to further photos that come so near. */
function fetchAt(links, rootMargin) {
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) htmx.trigger(target, "darkroom:near");
  }, { rootMargin });
  const watch = () => $$(links).forEach((link) => near.observe(link));
  addEventListener("htmx:afterSettle", watch);
  watch();
}
