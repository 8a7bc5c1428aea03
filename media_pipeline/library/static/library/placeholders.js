import { $, $$ } from "./dom.js";
import { paint } from "./thumbhash.js";

const NEAR = "600px";
const FADE = 400; // milliseconds, longer than the transition of the image

/** Paint a ThumbHash where a thumbnail is about to come into view and is not there yet; it fades in over it. */
const nearing = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target: tile } of entries) {
    if (!isIntersecting) continue;
    nearing.unobserve(tile);
    const image = $("img", tile);
    if (image && !image.complete && !$("canvas", tile)) cover(tile, image);
  }
}, { rootMargin: NEAR });

function cover(tile, image) {
  const canvas = document.createElement("canvas");
  paint(canvas, tile.dataset.thumbhash);
  image.before(canvas);
  reveal(image, canvas);
}

/** Let `image` take the place of the canvas below it once it can be painted in one go. */
export async function reveal(image, canvas) {
  await image.decode().catch(() => {}); // an address that ran out: live.js brings another tile
  image.classList.add("shown");
  setTimeout(() => canvas.remove(), FADE);
}

/** Observe the tiles that were not there before. */
export function watchPlaceholders() {
  for (const tile of $$("#months .tile[data-thumbhash]:not([data-watched])")) {
    tile.dataset.watched = "";
    nearing.observe(tile);
  }
}
