import { $, el } from "./dom.js";

const SECONDS = 8;
const MAX_TOASTS = 3;

/** One sentence, at most one action. It goes by itself, but not while somebody points at it or has focus in it. */
export function toast(sentence, { action, run, bad = false } = {}) {
  const box = el("div", { className: bad ? "toast bad" : "toast" }, el("span", {}, sentence));
  if (action) {
    box.append(el("button", { type: "button", onclick: () => { box.remove(); run(); } }, action));
  }
  const list = $(".toasts");
  while (list.children.length >= MAX_TOASTS) list.firstElementChild.remove();
  list.append(box);
  raise(list);
  fade(box);
}

/** Above a dialog that was opened since: in the top layer the last one shown is in front. */
function raise(list) {
  list.hidePopover();
  list.showPopover();
}

function fade(box) {
  let clock = setTimeout(() => box.remove(), SECONDS * 1000);
  for (const stay of ["mouseenter", "focusin"]) box.addEventListener(stay, () => clearTimeout(clock));
  for (const go of ["mouseleave", "focusout"]) {
    box.addEventListener(go, () => { clock = setTimeout(() => box.remove(), SECONDS * 1000); });
  }
}

/** Toasts that the server wrote into the page, and errors that htmx met. */
export function startToasts() {
  $(".toasts").showPopover();
  for (const box of $(".toasts").children) fade(box);
  addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
    const isSentence = xhr.getResponseHeader("Content-Type")?.startsWith("text/plain");
    const gone = "It is no longer there. Reload the page.";
    const known = xhr.status === 404 ? gone : "The server made a mistake. Try again.";
    toast(isSentence ? xhr.responseText : known, { bad: true });
  });
  addEventListener("htmx:sendError", ({ detail }) => {
    if (detail.elt.id !== "poll") toast("Not saved: the server did not answer. Try again.", { bad: true });
  });
}
