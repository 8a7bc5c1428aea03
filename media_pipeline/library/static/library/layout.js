const WIDEST = 4, TALLEST = 0.4; // beyond that a picture is trimmed: it would take a row, or a sliver of one
const NARROWEST = 24;

/**
 * Justified rows: the [width, height] of each picture, in whole pixels, so that every row but the last is exactly
 * `width` wide. A row ends where its height comes closest to `target`, so it may shrink as well as grow.
 */
export function justify(ratios, width, target, gap) {
  const sizes = [];
  let row = [], sum = 0;
  const heightOf = (count, total) => (width - gap * (count - 1)) / total;
  const endRow = (height, fill) => {
    let rest = width - gap * (row.length - 1);
    row.forEach((ratio, position) => {
      const isLast = position === row.length - 1;
      const own = fill && isLast ? rest : Math.round(ratio * height);
      rest -= own;
      sizes.push([Math.max(own, NARROWEST), Math.round(height)]);
    });
    row = [];
    sum = 0;
  };
  for (const given of ratios) {
    const ratio = Math.min(WIDEST, Math.max(TALLEST, given));
    const without = row.length ? heightOf(row.length, sum) : Infinity;
    const withIt = heightOf(row.length + 1, sum + ratio);
    if (withIt < target && without < target * 1.7 && without - target < target - withIt) endRow(without, true);
    row.push(ratio);
    sum += ratio;
    if (heightOf(row.length, sum) <= target) endRow(heightOf(row.length, sum), true);
  }
  if (row.length) endRow(Math.min(heightOf(row.length, sum), target), false);
  return sizes;
}
