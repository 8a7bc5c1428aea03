const WIDEST = 4, TALLEST = 0.4; // beyond that a picture is trimmed: it would take a row, or a sliver of one
const NARROWEST = 24;
const GROWN = 1.35; // how much taller than the others the last row may be, if that fills it

/**
 * Justified rows: the [width, height] of each picture, in whole pixels, so that every row but the last is exactly
 * `width` wide. A row ends where its height comes closest to `target`, so it may shrink as well as grow. Where more
 * pictures follow elsewhere, the last row is filled too; or it is `left`, so many pictures, for them to go on with.
 */
export function justify(ratios, { width, target, gap }, moreFollow) {
  const sizes = [], heights = [];
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
    heights.push(Math.round(height));
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
  const last = row.length ? heightOf(row.length, sum) : 0, isFilled = moreFollow && last <= target * GROWN;
  const left = moreFollow && !isFilled ? row.length : 0;
  if (row.length) endRow(isFilled ? last : Math.min(last, target), isFilled);
  return { sizes, heights: left ? heights.slice(0, -1) : heights, left };
}
