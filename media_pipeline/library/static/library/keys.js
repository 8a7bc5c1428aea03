import { $ } from "./dom.js";

/** Single keys: never inside fields, never with modifiers, letters not when somebody switched them off. */
export function onKey(actions, applies = () => true) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !applies()) return;
    if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    if (localStorage.keys === "off" && event.key.length === 1) return;
    const action = actions[event.key];
    if (action && action(event) !== false) event.preventDefault();
  });
}

export const showKeys = () => $("#keys").showModal();
export const dialogIsOpen = () => $("dialog[open]") !== null;

export function startKeys() {
  const help = $("#keys"), off = $("#keys-off");
  help.addEventListener("click", (event) => { if (event.target === help) help.close(); });
  off.checked = localStorage.keys === "off";
  off.addEventListener("change", () => { localStorage.keys = off.checked ? "off" : "on"; });
}
