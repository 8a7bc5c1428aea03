import { $, $$, dialogIsOpen, el, onClick, onKey } from "../library/dom.js";
import { decide, more, past, queue, startQueue, undo, warn } from "./work_queue.js";
import { startNames } from "./names.js";

const LOOK_AGAIN = 15_000;
const page = JSON.parse($("#data").textContent);
const stage = $("#stage"), frame = $(".frame"), about = $("#about"), naming = $("#naming"), boxes = $("#boxes");
let shown, editor;

function draw() {
  if (queue[0] !== shown) next(shown = queue[0]);
  $("button[value=undo]").disabled = !past.length;
}

function next(one) {
  editor?.close();
  about.replaceChildren(one?.about ?? "");
  $("img", frame)?.remove();
  if (!one) return;
  frame.style.setProperty("--ratio", one.w / one.h);
  frame.prepend(one.photo);
  for (const path of $$("path", frame)) path.setAttribute("d", one.box);
  stage.focus();
}

/** The photo and the candidates' are decoded before it is their turn. */
function prepare(one) {
  one.photo = el("img", { alt: "", src: one.photo });
  one.about = el("div", { innerHTML: one.panel });
  for (const image of [one.photo, ...$$("image", one.about).map((cut) => el("img", { src: cut.href.baseVal }))]) {
    image.decode().catch(() => {});
  }
}

const candidate = (number = 1) => $(`.candidates li:nth-child(${number}) button`);
const chosen = () => $(".candidates button:focus") ?? candidate();
const finish = (act, sentence, fields) => decide(act, sentence, { seen: queue[0]?.seen, ...fields });

function pick(button) {
  if (button) finish("name", button.name, { person: button.value });
}

function wrong() {
  const button = chosen();
  if (button) finish("wrong", `not ${button.name}`, { person: button.value });
}

function ask() {
  const form = $("form", naming), { name, person } = form.elements;
  form.reset();
  naming.returnValue = "";
  naming.onclose = () => naming.returnValue && finish("name", name.value, { name: name.value, person: person.value });
  naming.showModal();
}

/** The module comes when boxes are first wanted; whoever names faces does not need it. */
async function edit() {
  if (editor?.close()) return;
  const { startBoxes } = await import("./boxes.js").catch(({ message }) => warn(message)) ?? {};
  editor ??= startBoxes?.(boxes, page.urls);
  editor?.open(queue[0]);
}

onClick({
  confirm: () => pick(chosen()),
  pick: (_, button) => pick(button),
  plain: (_, { value, dataset }) => finish(value, dataset.outcome),
  help: () => $("#keys").showModal(),
  new: ask,
  edit,
  wrong,
  undo,
});

/** A key does what its button does: nothing while that is hidden. Enter on a link or button is theirs. */
const keys = {};
for (const [act, key] of Object.entries(page.keys)) {
  keys[key] = ({ repeat, target }) => {
    const button = $(`button[value=${act}]`);
    if (key === "Enter" && target.closest("button, a")) return false;
    if (!repeat && button.checkVisibility()) button.click();
  };
}
for (const number of [1, 2, 3, 4, 5]) keys[number] = () => pick(candidate(number));
const { Enter, ...letters } = keys;
const isFree = () => !dialogIsOpen() && !editor?.isOpen();
onKey({ Enter, ...(page.keysOff ? {} : letters), Escape: () => editor?.close() }, isFree);
addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.key === "z" && isFree()) undo();
});

startNames($("form", naming), page.urls.names, () => queue[0]?.library ?? "");
setInterval(() => queue.length || more(), LOOK_AGAIN);
startQueue(page, draw, prepare);
