import { $, $$, dialogIsOpen, el, onClick, onKey } from "../library/dom.js";
import { decide, more, past, queue, startQueue, undo } from "./work_queue.js";
import { cover, prepare, show, startPicture, takeLooked } from "./picture.js";
import { ask } from "./server.js";

const HEARTBEAT = 45_000, LOOK_AGAIN = 5_000;
const page = JSON.parse($("#data").textContent);
const menu = $("#menu"), about = $("#about");
let shown, choosing, reason = "";

const buttonOf = (act) => $(`button[value=${act}]`);

function draw() {
  if (queue[0] !== shown) next(shown = queue[0]);
  buttonOf("undo").disabled = !past.length;
  const small = (one, kind, state, ...mark) =>
    el("li", { className: kind }, el("img", { alt: `${one.title}, ${state}`, src: one.blur }), ...mark);
  const done = ({ one, act, button = buttonOf(act) }) =>
    small(one, `done ${act}`, button.dataset.outcome, $(".i", button).cloneNode(true));
  $(".strip").replaceChildren(
    ...past.slice(-3).filter(({ act }) => act !== "hold").map(done),
    ...queue.map((one, place) => place ? small(one, "next", "next") : small(one, "now", "current")));
}

function next(one) {
  close();
  show(one);
  about.replaceChildren(one?.about ?? "");
  about.parentNode.scrollTop = 0;
  for (const button of $$("button", menu)) button.classList.toggle("best", button.name === one?.suggested);
}

function open(dialog) {
  cover();
  dialog.showModal();
}

/** With the near duplicates that were not left out. */
function finish({ value, dataset }, fields, under = "") {
  const others = value === "skip" ? [] : $$(".copies [aria-pressed=true]").map((copy) => copy.value);
  const together = others.length ? `, with near duplicates: ${others.length}` : "";
  decide(value, dataset.outcome + under + together, { looked: takeLooked(), ...fields }, others);
  reason = "";
}

/** Under which policy; the second time takes the suggested one. */
function choose(button) {
  if (choosing === button) return pick($(".best", menu));
  close();
  choosing = button;
  choosing.ariaExpanded = "true";
  $("#menu-title").textContent = `${$("span", choosing).textContent} under`;
  menu.hidden = false;
  ($(".best", menu) ?? $("button", menu)).focus();
}

function pick(policy) {
  const under = choosing && policy && ` under ${$("span", policy).textContent}`;
  if (under) finish(choosing, { policy: policy.name, note: reason }, under);
}

function close() {
  if (choosing) choosing.ariaExpanded = "false";
  choosing = null;
  menu.hidden = true;
  $("#stage").focus();
}

/** Words that go with this decision, or as a reason with the next. */
function write(button) {
  const dialog = $(`#${button.value}`), text = $("textarea", dialog), later = button.value === "note";
  text.value = later ? reason : "";
  dialog.returnValue = "";
  dialog.onclose = () => {
    if (dialog.returnValue && later) reason = text.value;
    else if (dialog.returnValue) finish(button, { note: text.value });
  };
  open(dialog);
}

const flip = (button) => { button.ariaPressed = String(button.ariaPressed !== "true"); };
const help = () => open($("#keys"));
for (const act of [finish, choose, write, pick, flip, help, undo]) onClick({ [act.name]: (_, button) => act(button) });

/** A key does what its button does: nothing while that is hidden or disabled. */
const press = (button) => button.checkVisibility() && button.click();
const keys = { K: ({ timeStamp }) => import("./lock.js").then(({ lock }) => lock(timeStamp)) };
for (const [act, key] of Object.entries(page.keys)) keys[key] = ({ repeat }) => repeat || press(buttonOf(act));
for (const button of $$("button", menu)) keys[button.value] = () => pick(button);
keys[page.keys.copies] = () => $(".copies button")?.focus();
onKey({ ...(page.keysOff ? {} : keys), Escape: close }, () => !dialogIsOpen());
addEventListener("keydown", ({ ctrlKey, key }) => {
  if (ctrlKey && key === "Enter") $("dialog[open] .main")?.click();
  if (ctrlKey && key === "z" && !dialogIsOpen()) undo();
});

/** Leases and breaks matter to who stays a while. */
const shift = () => import("./shift.js");
startPicture(page, () => shift().then(({ tire }) => tire(page, open)));
setInterval(() => shift().then(({ keep }) => keep(page, open)), HEARTBEAT);
setInterval(() => queue.length || more(), LOOK_AGAIN);
addEventListener("pagehide", () => ask(page.urls.release, {}));
startQueue(page, draw, (one) => {
  prepare(one);
  one.about = el("div", { innerHTML: one.panel });
});
