/** The image under review: blurred, until somebody holds Space to see it. */
import { $, $$, el } from "../library/dom.js";
import { warn } from "./work_queue.js";
import { ask } from "./server.js";

const frame = $(".frame");
let page, revealed, shown, clear, since, spent = 0;

/** Load and decode what will be shown soon; only ever the blurred rendition. */
export function prepare(one) {
  one.image = el("img", { alt: "", className: "blur", src: one.blur });
  one.image.decode().catch(() => {});
}

/** Show a case, or nothing. The image was decoded before, so the next frame has it. */
export function show(one) {
  cover();
  $(".blur", frame)?.remove();
  shown = one;
  if (!one) return;
  frame.style.setProperty("--ratio", one.w / one.h);
  frame.prepend(one.image);
  for (const path of $$("path", frame)) path.setAttribute("d", one.boxes);
}

/** The clear image is in the page only while somebody wants to see it; its address is asked for at that moment. */
export async function reveal() {
  if (clear || !shown) return;
  const mine = clear = el("img", { alt: "", className: "clear" });
  try {
    mine.src = (await ask(page.urls.reveal, { case: shown.id })).url;
    await mine.decode();
    if (clear !== mine) return;
    $(".blur", frame).after(mine);
    since = performance.now();
    page.revealed += 1;
    revealed();
  } catch ({ message }) {
    if (clear !== mine) return;
    cover();
    warn(message);
  }
}

export function cover() {
  if (clear?.isConnected) spent += performance.now() - since;
  clear?.remove();
  clear = null;
}

/** Milliseconds of clear images since it was last asked. */
export function takeLooked() {
  cover();
  const looked = Math.round(spent);
  spent = 0;
  return looked;
}

export async function startPicture(data, onReveal) {
  [page, revealed] = [data, onReveal];
  const button = $("#reveal"), press = page.toggles ? (await import("./toggle.js")).toggling(reveal, cover) : reveal;
  addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target.closest("a, input, textarea, dialog, button:not(#reveal)")) return;
    event.preventDefault();
    if (!event.repeat) press();
  });
  button.addEventListener("pointerdown", press);
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  for (const away of ["blur", "visibilitychange"]) addEventListener(away, cover);
  if (page.toggles) return;
  addEventListener("keyup", ({ key }) => key === " " && cover());
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, cover);
}
