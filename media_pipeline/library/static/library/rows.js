/** Up and down in the grid. Loaded with the first key that goes there. */
import { around, currentTile, goTo, step } from "./grid.js";

/** To the tile in the row above or below whose middle is nearest. */
export function stepRow(direction) {
  const tile = currentTile();
  if (!tile) return step(0);
  const nearby = around(tile), from = tile.getBoundingClientRect(), middle = from.left + from.width / 2;
  const cost = (other) => {
    const box = other.getBoundingClientRect(), down = (box.top - from.top) * direction;
    return down < 20 ? Infinity : down * 4 + Math.abs(box.left + box.width / 2 - middle);
  };
  const [best] = nearby.map((other) => [cost(other), other]).toSorted(([a], [b]) => a - b);
  if (best && best[0] < Infinity) goTo(best[1]);
}
