/** Full rows for guests; addresses of pictures live for minutes, so a page that was left open is read again. */
import { justify } from "./layout.js";

const wall = document.querySelector(".wall");
const MINUTE = 60_000;

function arrange() {
  const style = getComputedStyle(document.documentElement);
  const [target, gap] = ["--row", "--gap"].map((name) => parseFloat(style.getPropertyValue(name)));
  const items = [...wall.children];
  const ratios = items.map((item) => {
    const image = item.querySelector("img");
    return image.getAttribute("width") / image.getAttribute("height");
  });
  justify(ratios, { width: wall.clientWidth, target, gap }, false).sizes.forEach(([w, h], position) => {
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
