/** What a new upload looks like, shown until its thumbnail is there. */
import { $ } from "./dom.js";
import { arrange, blockOf, dressWith, frameOf } from "./grid.js";
import { reveal } from "./placeholders.js";

const WIDTH = 480;
const MAX_PREVIEWS = 60; // of hundreds of files; 40 MB

const previews = new Map(); // {tile id: canvas}
let drawing = Promise.resolve();

/** The picture itself where the browser can read it. One at a time: hundreds, decoded, would not fit into memory. */
export function preview(file, tile) {
  drawing = drawing.then(() => draw(file, tile));
}

async function draw(file, tile) {
  if (!tile.isConnected || previews.size >= MAX_PREVIEWS) return; // the server's own has taken its place
  const bitmap = await createImageBitmap(file, { resizeWidth: WIDTH }).catch(() => null);
  if (!bitmap) return; // a format that this browser does not show
  const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  bitmap.close();
  if (!tile.isConnected) return;
  previews.set(tile.id, canvas);
  arrange([blockOf(tile)]);
}

/** The tile is called otherwise from now on. */
export function rename(tile, id) {
  const canvas = previews.get(tile.id);
  previews.delete(tile.id);
  tile.id = id;
  if (canvas) previews.set(id, canvas);
}

/** Keep it under the tile's content until the thumbnail is decoded. */
dressWith((tile) => {
  const canvas = previews.get(tile.id), frame = frameOf(tile), image = $("img", frame);
  if (!canvas) return;
  if (!frame.contains(canvas)) frame.prepend(canvas);
  if (!image) {
    tile.dataset.ratio = canvas.width / canvas.height;
    return;
  }
  previews.delete(tile.id);
  image.loading = "eager";
  reveal(image, canvas);
});
