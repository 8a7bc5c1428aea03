/** Boxes around all faces of a photo: moved, sized, added, removed, by mouse and keyboard. Each change is written. */
import { $, $$, el } from "../library/dom.js";
import { drop, say, warn } from "./work_queue.js";
import { ask, inTurn } from "./server.js";

const STEP = .01, MIN_SIDE = .01, SETTLE = 400, CORNER = 14;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const within = (value, low, high) => Math.min(high, Math.max(low, value));

export function startBoxes(layer, urls) {
  const frame = layer.parentNode, toggle = $("button[value=edit]");
  let one, done = [], waiting;

  function show(boxes) {
    const focused = document.activeElement?.value;
    layer.replaceChildren(...boxes.map(({ id, name, hidden, sides }, place) => {
      const label = `Face ${place + 1}, ${name || (hidden ? "bystander" : "no name")}`;
      const box = el("button", { type: "button", value: id, className: id === one.id ? "mine" : "", ariaLabel: label });
      return lay(box, sides);
    }));
    (layer.querySelector(`[value="${focused}"]`) ?? $(".mine", layer) ?? $("button", layer))?.focus();
  }

  function lay(box, sides) {
    box.sides = sides;
    ["left", "top", "width", "height"].forEach((side, place) => { box.style[side] = `${sides[place] * 100}%`; });
    return box;
  }

  const moved = ([left, top, width, height], x, y) =>
    [within(left + x, 0, 1 - width), within(top + y, 0, 1 - height), width, height];
  const sized = ([left, top, width, height], x, y) =>
    [left, top, within(width + x, MIN_SIDE, 1 - left), within(height + y, MIN_SIDE, 1 - top)];

  /** Every change is one act of its own, which can be undone. */
  const write = (change) => inTurn(() => ask(urls.change, { cases: [one.id], ...change }))
    .then(({ done: act, boxes }) => {
      if (change.act !== "undo") done.push(act);
      show(boxes);
    }, ({ message }) => { warn(`Not saved. ${message}`); reload(); });

  const reload = () => ask(urls.boxes, { cases: [one.id] })
    .then(({ boxes }) => show(boxes), ({ message }) => warn(message));

  function save(box) {
    clearTimeout(waiting?.clock);
    waiting = { box, clock: setTimeout(flush, SETTLE) };
  }

  function flush() {
    if (!waiting) return;
    clearTimeout(waiting.clock);
    const { box } = waiting;
    waiting = null;
    write({ act: "move", box: box.value, sides: box.sides });
  }

  function undo() {
    flush();
    inTurn(async () => {
      const act = done.pop();
      if (act) show((await ask(urls.change, { cases: [one.id], act: "undo", done: act })).boxes);
    }).catch(({ message }) => warn(`Not undone. ${message}`));
  }

  layer.addEventListener("keydown", (event) => {
    const box = event.target.closest("button"), move = MOVES[event.key];
    if (box && move) {
      lay(box, (event.shiftKey ? sized : moved)(box.sides, move[0] * STEP, move[1] * STEP));
      save(box);
    } else if (box && event.key === "Delete") {
      flush();
      write({ act: "remove", box: box.value });
    } else return;
    event.preventDefault();
  });

  addEventListener("keydown", (event) => {
    if (layer.hidden) return;
    const { key, ctrlKey } = event;
    if (key === "+") write({ act: "add", sides: [.4, .4, .2, .2] });
    else if (key === "u" || (ctrlKey && key === "z")) undo();
    else if (key === "Escape" || key === "b") api.close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  layer.addEventListener("pointerdown", (event) => {
    const area = layer.getBoundingClientRect();
    const at = ({ clientX, clientY }) => [(clientX - area.left) / area.width, (clientY - area.top) / area.height];
    const box = event.target.closest("button"), start = at(event);
    const fresh = !box && lay(el("button", { type: "button", className: "mine" }), [...start, 0, 0]);
    if (fresh) layer.append(fresh);
    const from = (fresh || box).sides, edge = (box ?? fresh).getBoundingClientRect();
    const resizes = fresh || (edge.right - event.clientX < CORNER && edge.bottom - event.clientY < CORNER);
    layer.setPointerCapture(event.pointerId);
    layer.onpointermove = (now) => {
      const [x, y] = at(now);
      lay(fresh || box, (resizes ? sized : moved)(from, x - start[0], y - start[1]));
    };
    layer.onpointerup = layer.onpointercancel = () => {
      layer.onpointermove = layer.onpointerup = layer.onpointercancel = null;
      const { sides } = fresh || box;
      if (fresh && Math.min(sides[2], sides[3]) > MIN_SIDE) write({ act: "add", sides });
      else if (fresh) fresh.remove();
      else if (sides !== from) save(box);
    };
  });

  const api = {
    isOpen: () => !layer.hidden,
    open(face) {
      if (!face) return;
      [one, done] = [face, []];
      layer.hidden = false;
      toggle.ariaPressed = "true";
      say("Arrows move, Shift resizes, Del removes, + adds");
      reload();
    },
    /** Whether it was open. The face at hand may lie elsewhere now, or be gone. */
    close() {
      if (layer.hidden) return false;
      flush();
      layer.hidden = true;
      toggle.ariaPressed = "false";
      say("");
      const mine = $(".mine", layer);
      if (mine?.value) {
        const [left, top, width, height] = mine.sides;
        one.box = `M${left} ${top}h${width}v${height}h${-width}z`;
        for (const path of $$("path", frame)) path.setAttribute("d", one.box);
      } else drop([one]);
      $("#stage").focus();
      return true;
    },
  };
  return api;
}
