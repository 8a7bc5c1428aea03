/** Many faces of one person: chosen by click or x, named with the names of known people at hand. */
import { $, $$, onKey } from "../library/dom.js";
import { startNames } from "./names.js";

const naming = $(".naming"), boxes = $$("[name=face]");
const count = () => { $("#chosen").textContent = boxes.filter(({ checked }) => checked).length; };

if (naming) startNames(naming, naming.dataset.names, () => naming.dataset.library);
addEventListener("change", count);

function go(step) {
  const at = boxes.indexOf(document.activeElement);
  boxes[Math.min(boxes.length - 1, Math.max(0, at + step))]?.focus();
}

onKey({
  ArrowRight: () => go(1),
  ArrowLeft: () => go(-1),
  x: () => document.activeElement.closest("[name=face]")?.click(),
  n: () => naming?.elements.name.focus(),
  u: () => $(".undo button")?.click(),
});
