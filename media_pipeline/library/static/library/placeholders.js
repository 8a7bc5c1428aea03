import { $, $$ } from "./dom.js";

const NEAR = "600px";
const A_FRAME = 8;
const FADE = 400; // milliseconds, longer than the transition of the image

/** Paint a ThumbHash where a thumbnail is about to come into view and is not there yet; it fades in over it. */
const nearing = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target: tile } of entries) {
    if (!isIntersecting) continue;
    nearing.unobserve(tile);
    if (!due.length) requestAnimationFrame(coverSome);
    due.push(tile);
  }
}, { rootMargin: NEAR });

const due = [];
const watched = new WeakSet();

/** A few in each frame: fifty at once would hold up the scrolling. */
function coverSome() {
  for (const tile of due.splice(0, A_FRAME)) {
    const image = $("img", tile);
    if (image && !image.complete && !$("canvas", tile)) cover(tile, image);
  }
  if (due.length) requestAnimationFrame(coverSome);
}

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

/** Observe the tiles of a block that were not there before. */
export function watchPlaceholders(block) {
  for (const tile of $$(".tile[data-thumbhash]", block)) {
    if (watched.has(tile)) continue;
    watched.add(tile);
    nearing.observe(tile);
  }
}

// A ThumbHash (https://evanw.github.io/thumbhash/) decoded onto a canvas: the first cosines of brightness and of two
// differences of colour, four bits each. A canvas needs neither a data: address nor a style attribute.
const SIDE = 16; // it holds seven waves at most, and the browser smooths what it stretches

function paint(canvas, base64) {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const { brightness, yellowBlue, redGreen, ratio } = read(bytes);
  canvas.width = Math.round(ratio > 1 ? SIDE : SIDE * ratio);
  canvas.height = Math.round(ratio > 1 ? SIDE / ratio : SIDE);
  const context = canvas.getContext("2d"), image = context.createImageData(canvas.width, canvas.height);
  const across = cosines(canvas.width), down = cosines(canvas.height);
  for (let y = 0, at = 0; y < canvas.height; y += 1) {
    for (let x = 0; x < canvas.width; x += 1, at += 4) {
      const light = valueAt(brightness, across[x], down[y]);
      const p = valueAt(yellowBlue, across[x], down[y]), q = valueAt(redGreen, across[x], down[y]);
      const blue = light - (2 / 3) * p, red = (3 * light - blue + q) / 2, green = red - q;
      image.data.set([255 * red, 255 * green, 255 * blue, 255], at); // clamped by the array
    }
  }
  context.putImageData(image, 0, 0);
}

/** The three channels, each with its mean and its [x frequency, y frequency, amplitude] triples. */
function read(bytes) {
  const head = bytes[0] | (bytes[1] << 8) | (bytes[2] << 16), tail = bytes[3] | (bytes[4] << 8);
  const hasAlpha = head >> 23, isLandscape = tail >> 15, short = tail & 7, long = hasAlpha ? 5 : 7;
  const [columns, rows] = isLandscape ? [long, short] : [short, long];
  let nibble = hasAlpha ? 12 : 10;
  const next = () => {
    const value = (bytes[nibble >> 1] >> ((nibble & 1) * 4)) & 15;
    nibble += 1;
    return value / 7.5 - 1;
  };
  const channel = (mean, scale, width, height) => {
    const waves = [];
    for (let y = 0; y < height; y += 1) {
      for (let x = y ? 0 : 1; x * height < width * (height - y); x += 1) waves.push([x, y, next() * scale]);
    }
    return { mean, waves };
  };
  return {
    ratio: columns / rows,
    brightness: channel((head & 63) / 63, ((head >> 18) & 31) / 31, Math.max(3, columns), Math.max(3, rows)),
    yellowBlue: channel(((head >> 6) & 63) / 31.5 - 1, (((tail >> 3) & 63) / 63) * 1.25, 3, 3),
    redGreen: channel(((head >> 12) & 63) / 31.5 - 1, (((tail >> 9) & 63) / 63) * 1.25, 3, 3),
  };
}

/** For each position, the cosine of every frequency there is. */
function cosines(length) {
  const cosine = (at, frequency) => Math.cos((Math.PI / length) * frequency * (at + 0.5)) * (frequency ? 2 : 1);
  return Array.from({ length }, (_, at) => Array.from({ length: 8 }, (_, frequency) => cosine(at, frequency)));
}

function valueAt({ mean, waves }, across, down) {
  let value = mean;
  for (const [x, y, amplitude] of waves) value += amplitude * across[x] * down[y];
  return value;
}
