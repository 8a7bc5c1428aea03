import { $, el } from "../library/dom.js";

const SVG = "http://www.w3.org/2000/svg";
const HIDE_AFTER = 5000;
const stage = $("#stage"), frame = $(".frame"), boxes = $("#boxes"), names = $("#names");
let shown, clear, fetchClear, onReveal, clock;
let since = 0, spent = 0;

/** Start loading and decoding what will be shown soon; only ever the blurred rendition. */
export function prepare(one) {
  if (one.image) return;
  one.image = el("img", { alt: "", className: "blur" });
  one.image.src = one.blur;
  one.ready = one.image.decode().catch(() => {});
}

/** Show a case, or nothing. The image was decoded before, so the next frame has it. */
export function show(one) {
  cover();
  frame.querySelector(".blur")?.remove();
  shown = one;
  frame.hidden = !one;
  if (!one) return;
  prepare(one);
  frame.prepend(one.image);
  fit();
  boxes.replaceChildren(...one.boxes.flatMap((box) => [rect(box, "under"), rect(box, "line")]));
  names.replaceChildren(...one.boxes.map(([x, y], number) => nameOf(`Face ${number + 1}`, x, y)));
}

function rect([x, y, width, height], kind) {
  const box = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ x, y, width, height, class: kind })) box.setAttribute(name, value);
  return box;
}

function nameOf(text, x, y) {
  const name = el("span", {}, text);
  name.style.left = `${x * 100}%`;
  name.style.top = `max(0px, calc(${y * 100}% - 22px))`;
  return name;
}

/** As large as the stage allows, in the image's own ratio: so boxes in fractions always lie right. */
function fit() {
  if (!shown) return;
  const scale = Math.min((stage.clientWidth - 48) / shown.w, (stage.clientHeight - 48) / shown.h, 1600 / shown.w);
  frame.style.width = `${Math.round(shown.w * scale)}px`;
  frame.style.height = `${Math.round(shown.h * scale)}px`;
}

/** The clear image is in the page only while somebody wants to see it; its address is asked for at that moment. */
export async function reveal() {
  if (clear || !shown) return;
  const mine = clear = el("img", { alt: "", className: "clear" });
  try {
    mine.src = await fetchClear(shown);
    await mine.decode();
  } catch {
    if (clear === mine) clear = null;
    return;
  }
  if (clear !== mine) return;
  frame.querySelector(".blur").after(mine);
  since = performance.now();
  onReveal();
}

export function cover() {
  clearTimeout(clock);
  if (clear?.isConnected) spent += performance.now() - since;
  clear?.remove();
  clear = null;
}

/** How many milliseconds of clear images since this was last asked. */
export function takeLooked() {
  const looked = Math.round(spent);
  spent = 0;
  return looked;
}

export const toggleColour = () => !frame.classList.toggle("grey");
export const toggleBoxes = () => !frame.classList.toggle("plain");

export function startPicture({ colour, toggles, address, revealed }) {
  fetchClear = address;
  onReveal = revealed;
  frame.classList.toggle("grey", !colour);
  new ResizeObserver(fit).observe(stage);
  addEventListener("blur", cover);
  document.addEventListener("visibilitychange", cover);
  if (!toggles) addEventListener("keyup", (event) => { if (event.code === "Space") cover(); });
  const button = $("#reveal");
  const press = toggles ? toggle : reveal;
  button.addEventListener("pointerdown", (event) => { button.setPointerCapture(event.pointerId); press(); });
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  button.addEventListener("keydown", (event) => {
    if ((event.key === " " || event.key === "Enter") && !event.repeat) { event.preventDefault(); press(); }
  });
  if (!toggles) for (const end of ["pointerup", "pointercancel", "keyup", "blur"]) button.addEventListener(end, cover);
  return press;
}

function toggle() {
  if (clear) return cover();
  clock = setTimeout(cover, HIDE_AFTER);
  return reveal();
}
