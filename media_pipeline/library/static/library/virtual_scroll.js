/** Tiles far from the window leave the page: what is in it costs memory, and long pauses to go through all of that.
    Their block keeps its height, the days printed over it, to be found and read, and the markup to make them anew. */
import { $, $$, el } from "./dom.js";

const FAR = "4000px"; // at any speed of scrolling, tiles are back before anybody sees their place
// Chosen, hidden until undone, to be found by its words, about to change, taken hold of, or where Tab leads.
const STAYS = ':checked, [hidden], .hole, [name=tile], .dragged, .frame[tabindex="0"]';

const markup = new WeakMap(); // of the blocks without their tiles

export const isOf = (block, tileId) => markup.get(block)?.includes(` id="${tileId}"`);

const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target: block } of entries) {
    if (isIntersecting) fill(block);
    else empty(block);
  }
}, { rootMargin: `${FAR} 0px` });

export const watchDistance = (block) => near.observe(block);

/** Whoever needs their sizes at once arranges the block; else the grid sees the change and does. */
export function fill(block) {
  if (!markup.has(block)) return;
  block.classList.remove("emptied");
  block.innerHTML = markup.get(block);
  markup.delete(block);
  htmx.process(block);
}

function empty(block) {
  const tiles = $$(".tile", block);
  if (!tiles.length || $(STAYS, block)) return;
  const days = $$(".day", block).map((day) => day.textContent).join(", ");
  block.dataset.lastDay = tiles.at(-1).dataset.day;
  for (const canvas of $$("canvas", block)) canvas.remove(); // what is on it is not in the markup
  for (const tile of tiles) tile.removeAttribute("style"); // the policy refuses it there; sizes are set anew
  markup.set(block, block.innerHTML);
  block.classList.add("emptied");
  block.replaceChildren(el("li", { className: "vh" }, days));
}
