/** The search box and the filter column: forms that work alone; here are their keys, and where the focus goes on. */
import { $, $$, comeBackTo } from "./dom.js";
import { currentTile, frameOf, visible } from "./grid.js";

const box = $("#q"), column = $("#column");

box.form.addEventListener("submit", (event) => {
  if (box.value.trim()) comeBackTo("q");
  else event.preventDefault();
});
box.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    event.preventDefault();
    if (box.value) box.value = "";
    else leave();
  }
  if (event.key === "Backspace" && !box.value) $$("#filters [data-do=unfilter]").at(-1)?.click();
});
column?.addEventListener("change", ({ target }) => choose(target));
// What was chosen before this code was there.
const early = $$("input", column ?? box.form).find((input) => input.checked !== input.defaultChecked);
if (early) choose(early);

function choose(input) {
  comeBackTo(input.id);
  column.requestSubmit();
}

/** From the box to the photos. */
function leave() {
  const tile = currentTile() ?? visible()[0];
  if (tile) frameOf(tile).focus();
  else $("#q").blur();
}
