/** The queue by keyboard: j and k move, x selects, Enter opens, s starts, g and a letter goes elsewhere. */
const rows = [...document.querySelectorAll("#result_list tbody tr, .rows tbody tr, .rows > li")];
const sections = [...document.querySelectorAll(".sections a")];
let at = -1, leaving = false;

function go(step) {
  at = Math.min(rows.length - 1, Math.max(0, at + step));
  rows[at]?.querySelector("a")?.focus();
}

const actions = {
  j: () => go(1),
  k: () => go(-1),
  x: () => rows[at]?.querySelector("input[type=checkbox]")?.click(),
  s: () => document.querySelector("#start")?.click(),
  "/": () => document.querySelector("#searchbar")?.focus(),
  g: () => { leaving = true; },
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || localStorage.keys === "off") return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  if (leaving) {
    leaving = false;
    sections.find((link) => link.textContent.trim().toLowerCase().startsWith(event.key))?.click();
    return;
  }
  if (!actions[event.key]) return;
  event.preventDefault();
  actions[event.key]();
});
