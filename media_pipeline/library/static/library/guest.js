/** Full rows for guests; addresses of pictures live for minutes, so a page that was left open is read again. */
import { justify } from "./layout.js";

const wall = document.querySelector(".wall");
const TARGET = 220, GAP = 6, MINUTE = 60_000;

function arrange() {
  const style = getComputedStyle(document.documentElement);
  const row = parseFloat(style.getPropertyValue("--row")) || TARGET, gap = parseFloat(style.getPropertyValue("--gap")) || GAP;
  const items = [...wall.children];
  const ratios = items.map((item) => {
    const image = item.querySelector("img");
    return image.getAttribute("width") / image.getAttribute("height");
  });
  justify(ratios, wall.clientWidth, row, gap).forEach(([w, h], position) => {
    items[position].style.setProperty("--w", `${w}px`);
    items[position].style.setProperty("--h", `${h}px`);
  });
  wall.classList.add("laid-out");
}

if (wall) {
  arrange();
  new ResizeObserver(arrange).observe(wall);
}

addEventListener("error", ({ target }) => {
  if (target.tagName !== "IMG" || Date.now() - (sessionStorage.reread ?? 0) < MINUTE) return;
  sessionStorage.reread = Date.now();
  location.reload();
}, true);
