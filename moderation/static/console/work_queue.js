/** The next piece is shown at once, the decision written behind it. */
import { $ } from "../library/dom.js";
import { ask, inTurn } from "./server.js";

const AHEAD = 6, UNDOS = 10;
export const queue = [], past = [];
const pending = new Set();
let page, draw, prepare;

/** Ids end in what tells them apart. */
const shortId = (id) => id.slice(-6);
export const say = (sentence) => { $("#outcome").textContent = sentence; };

export function warn(sentence) {
  const alarm = $(".alarm");
  alarm.hidden = !(alarm.textContent = sentence);
}

/** What is decided here and not yet written there must not be handed out again. */
const asking = () =>
  ({ view: page.view, have: [...queue.map(({ id }) => id), ...pending], want: AHEAD - queue.length });

export const more = (first = "") =>
  ask(page.urls.more, { ...asking(), first }).then(take, ({ message }) => warn(message)).then(draw);

function take({ cases, waiting }) {
  const known = asking().have;
  const fresh = cases.filter(({ id }) => !known.includes(id));
  fresh.forEach(prepare);
  queue.push(...fresh);
  $("#left").textContent = `${waiting} waiting`;
}

/** The first of the queue and `others`; `fields` go to the server. */
export function decide(act, sentence, fields, others = []) {
  const one = queue.shift();
  if (!one) return;
  const entry = { one, act, batch: crypto.randomUUID(), cases: [one.id, ...others] };
  const { batch, cases } = entry;
  past.push(entry);
  past.splice(0, past.length - UNDOS);
  cases.forEach((id) => pending.add(id));
  count(act === "skip" ? 0 : cases.length);
  warn("");
  draw();
  say(`${shortId(one.id)}: ${sentence}`);
  inTurn(() => ask(page.urls.decide, { act, batch, cases, ...fields, ...asking() })
    .finally(() => act === "skip" || cases.forEach((id) => pending.delete(id))))
    .then((answer) => { take(answer); settle(entry, answer.problems); draw(); },
      ({ message }) => bringBack(entry, message));
}

function count(some) {
  page.decided += some;
  $("#decided").textContent = page.decided;
}

/** What others were faster at is not ours to undo, and does not come back. */
function settle(entry, problems) {
  count(-complain(problems));
  entry.cases = entry.cases.filter((id) => !problems[id]);
  if (!entry.cases.length) unlist(entry);
}

function complain(problems) {
  const sentences = Object.entries(problems).map(([id, problem]) => `${shortId(id)}: ${problem}`);
  if (sentences.length) warn(sentences.join(" "));
  return sentences.length;
}

/** A write that failed brings its piece back where everybody sees it. */
function bringBack(entry, message) {
  unlist(entry);
  if (!queue.includes(entry.one)) back(entry, "not saved");
  warn(`Not saved. ${message} ${page.noun} ${shortId(entry.one.id)} is back; decide it again.`);
}

const unlist = (entry) => past.includes(entry) && past.splice(past.indexOf(entry), 1);

function back({ one, act, cases }, sentence) {
  queue.unshift(one);
  count(act === "skip" ? 0 : -cases.length);
  draw();
  say(`${shortId(one.id)}: ${sentence}`);
}

export function undo() {
  const entry = past.pop();
  if (!entry) return;
  const { one, act, batch } = entry;
  warn("");
  back(entry, "open again");
  if (act === "skip") return;
  inTurn(() => entry.cases.length ? ask(page.urls.undo, { batch, cases: entry.cases }) : { problems: {} })
    .then(({ problems }) => complain(problems) && drop([one]),
      ({ message }) => warn(`Not undone. ${message} Reload the page to see how it stands.`));
}

export function drop(pieces) {
  for (const one of pieces) queue.splice(queue.indexOf(one), 1);
  draw();
}

export function startQueue(data, shows, prepares) {
  [page, draw, prepare] = [data, shows, prepares];
  more(page.first);
}
