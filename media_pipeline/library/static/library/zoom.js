/** How large the photo is on its surround: contained, or more, up to one image pixel per device pixel. */
import { $ } from "./dom.js";

const MARGIN = 56;
const STEP = 1.4;
const WHEEL = 0.002, PINCH = 0.01; // a trackpad's pinch comes as a wheel with Ctrl, in smaller portions

export function startZoom(viewer) {
  let scale; // CSS pixels an image pixel; undefined while contained
  const parts = () => {
    const light = $(".stage-light", viewer), sheet = light && $(".sheet", light);
    return sheet && { light, sheet, scroller: $(".scroller", light), image: $(".whole", sheet) };
  };

  function draw() {
    const found = parts();
    if (!found) return;
    const { light, sheet, scroller, image } = found, one = 1 / devicePixelRatio;
    const width = Number(image.getAttribute("width")), height = Number(image.getAttribute("height"));
    const margin = innerWidth > 1000 ? MARGIN : 0;
    const [across, down] = [light.clientWidth, light.clientHeight].map((length) => length - 2 * margin);
    const contained = Math.min(across / width, down / height, one);
    if (scale !== undefined) scale = Math.min(scale, one);
    if (scale <= contained) scale = undefined;
    const now = scale ?? contained;
    sheet.style.setProperty("--w", `${Math.round(width * now)}px`);
    sheet.style.setProperty("--h", `${Math.round(height * now)}px`);
    scroller.tabIndex = isZoomed() ? 0 : -1;
    light.classList.toggle("zoomed", isZoomed());
    if (!$("#scale", light)) return;
    $("#scale", light).textContent = `${Math.round(now * devicePixelRatio * 100)}\u2009%`;
    $("[data-do=zoom]", light).setAttribute("aria-pressed", isZoomed());
  }

  const isZoomed = () => scale !== undefined;

  /** To another scale, with the point of the photo that is at x, y of the window staying there. */
  function to(wanted, x, y) {
    const found = parts();
    if (!found || !$("#scale", viewer)) return false;
    const { light, sheet, scroller } = found;
    const room = light.getBoundingClientRect(), before = sheet.getBoundingClientRect();
    const [atX, atY] = [x ?? room.left + room.width / 2, y ?? room.top + room.height / 2];
    const across = (atX - before.left) / before.width, down = (atY - before.top) / before.height;
    scale = wanted;
    draw();
    const after = sheet.getBoundingClientRect();
    const left = after.left + across * after.width - atX, top = after.top + down * after.height - atY;
    scroller.scrollBy({ left, top, behavior: "instant" });
    return true;
  }

  const current = () => {
    const { sheet, image } = parts();
    return sheet.getBoundingClientRect().width / Number(image.getAttribute("width"));
  };
  const by = (factor, x, y) => (parts() ? to(current() * factor, x, y) : false);
  const toggle = (x, y) => to(isZoomed() ? undefined : 1 / devicePixelRatio, x, y);
  const isOnPhoto = (event) => event.target.closest(".scroller") && $("#scale", viewer);

  viewer.addEventListener("dblclick", ({ target, clientX, clientY }) => {
    if (target.closest(".sheet")) toggle(clientX, clientY);
  });
  viewer.addEventListener("wheel", (event) => {
    if (!isOnPhoto(event)) return;
    event.preventDefault();
    by(Math.exp(-event.deltaY * (event.ctrlKey ? PINCH : WHEEL)), event.clientX, event.clientY);
  }, { passive: false });
  pinch(viewer, isOnPhoto, by);
  drag(viewer, isOnPhoto);
  return { draw, toggle, isZoomed, enlarge: () => by(STEP), reduce: () => by(1 / STEP), contain: () => to(undefined) };
}

/** Two fingers; one scrolls, which is the browser's work. */
function pinch(viewer, isOnPhoto, by) {
  let apart;
  const measure = ([one, other]) => ({
    distance: Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY),
    x: (one.clientX + other.clientX) / 2,
    y: (one.clientY + other.clientY) / 2,
  });
  viewer.addEventListener("touchstart", (event) => {
    apart = event.touches.length === 2 && isOnPhoto(event) ? measure(event.touches).distance : undefined;
  }, { passive: true });
  viewer.addEventListener("touchmove", (event) => {
    if (!apart || event.touches.length !== 2) return;
    event.preventDefault();
    const { distance, x, y } = measure(event.touches);
    by(distance / apart, x, y);
    apart = distance;
  }, { passive: false });
}

/** A mouse takes hold of what is larger than its room. */
function drag(viewer, isOnPhoto) {
  viewer.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse" || event.buttons !== 1 || !isOnPhoto(event)) return;
    $(".scroller", viewer).scrollBy({ left: -event.movementX, top: -event.movementY, behavior: "instant" });
  });
  viewer.addEventListener("dragstart", (event) => { if (event.target.closest(".sheet")) event.preventDefault(); });
}
