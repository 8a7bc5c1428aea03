import { $, $$, el } from "../library/dom.js";
import { clock, describe, icon, shortId } from "./panel.js";
import { cover, prepare, show, startPicture, takeLooked, toggleBoxes, toggleColour } from "./picture.js";
import { ask, farewell, inTurn } from "./server.js";

const AHEAD = 6, UNDOS = 10, HEARTBEAT = 45_000, LOOK_AGAIN = 5_000;
const SAID = { allow: "Allowed", restrict: "Restricted", remove: "Removed", escalate: "Escalated", skip: "Skipped", uphold: "Upheld", overturn: "Overturned", hold: "Locked" };
const MARK = { allow: ["check", "ready"], restrict: ["limit", "failed"], remove: ["ban", "rejected"], escalate: ["raise", "review"], overturn: ["check", "ready"], uphold: ["ban", ""] };
const page = JSON.parse($("#data").textContent);
const { urls, policies } = page;
const stage = $("#stage"), menu = $("#menu"), note = $("#note"), alarm = $(".alarm");
const line = [], past = [], pending = new Set();
const started = Date.now();
let waiting = 0, choosing = "", reason = "", lockedAt = 0, revealsAtBreak = page.revealed, decided = page.decided, revealed = page.revealed;

// The cases: the one at hand first, the next five decoded behind it.

function take({ cases, waiting: left }) {
  waiting = left;
  const idle = line.length === 0;
  for (const one of cases) {
    if (pending.has(one.id) || line.some(({ id }) => id === one.id)) continue;
    one.since = performance.now();
    prepare(one);
    line.push(one);
  }
  if (idle && line.length) next();
  else strip();
}

const have = () => line.map(({ id }) => id);
/** What is decided here and not yet written there must not be handed out again. */
const asking = () => ({ view: page.view, have: [...have(), ...pending], want: AHEAD - line.length });
const more = () => ask(urls.more, { ...asking(), first: page.first }).then(take, warn).then(() => { page.first = ""; });

function next() {
  const [one] = line;
  close();
  show(one);
  for (const part of $$("main > :not(#empty)")) part.hidden = !one;
  $("#empty").hidden = Boolean(one);
  if (one) describe(one, policies);
  for (const button of $$(".act")) button.disabled = button.dataset.act === "undo" ? !past.length : !one;
  count();
  strip();
  if (one) stage.focus({ preventScroll: true });
}

function count() {
  $("#decided").textContent = decided;
  $("#revealed").textContent = revealed;
  $("#left").textContent = `${waiting} waiting`;
  const minutes = Math.max(0, page.breakMinutes - Math.floor((Date.now() - started) / 60_000));
  $("#break").textContent = `${minutes} min`;
  if ((minutes === 0 || revealed - revealsAtBreak >= page.revealLimit) && !$("dialog[open]")) rest();
}

function rest() {
  cover();
  page.breakMinutes += page.breakMinutes;
  revealsAtBreak = revealed;
  $("#rest").showModal();
}

function strip() {
  const small = (one, state, act) => {
    const [mark, tone] = MARK[act] ?? [];
    const picture = Object.assign(el("img", { alt: `${one.title}, ${act ? SAID[act] : state}` }), { src: one.blur });
    return el("li", { className: `${state} ${tone ?? ""}` }, picture, ...(mark ? [icon(mark)] : []));
  };
  $(".strip").replaceChildren(
    ...past.slice(-3).filter(({ act }) => act !== "hold").map(({ one, act }) => small(one, "done", act)),
    ...line.slice(0, AHEAD).map((one, place) => small(one, place ? "next" : "now")));
}

// Deciding: the next case is painted at once, the write goes out behind it.

function decide(act, { policy, text = "" } = {}) {
  const one = line.shift();
  if (!one) return;
  alarm.hidden = true;
  const together = act === "skip" || act === "hold" || one.appeal ? [] : one.copies.filter((copy) => !copy.out);
  const entry = { one, act, batch: crypto.randomUUID(), cases: [one.id, ...together.map(({ id }) => id)] };
  past.push(entry);
  if (past.length > UNDOS) past.shift();
  if (act !== "skip") decided += entry.cases.length;
  cover();
  const looked = takeLooked();
  next();
  say(`${shortId(one.id)}: ${SAID[act]}${policy ? ` under ${policy.title}` : ""}${together.length ? `, with ${together.length} near duplicate${together.length > 1 ? "s" : ""}` : ""}`);
  for (const id of entry.cases) pending.add(id);
  inTurn(() => ask(urls.decide, { act, batch: entry.batch, cases: entry.cases, policy: policy?.code ?? "", note: text, looked, ...asking() })
    .finally(() => entry.cases.forEach((id) => pending.delete(id))))
    .then((answer) => { take(answer); settle(entry, answer.problems); }, (error) => bringBack(entry, error));
  reason = "";
}

/** What others were faster at is not ours to undo, and does not come back. */
function settle(entry, problems) {
  const sentences = Object.entries(problems).map(([id, problem]) => `${shortId(id)}: ${problem}`);
  if (!sentences.length) return;
  decided -= sentences.length;
  entry.cases = entry.cases.filter((id) => !(id in problems));
  if (!entry.cases.length) forget(entry);
  warnOf(sentences.join(" "));
  count();
  strip();
}

/** A write that failed brings its case back, where it cannot be overlooked. */
function bringBack(entry, error) {
  forget(entry);
  if (entry.act !== "skip") decided -= entry.cases.length;
  line.unshift(entry.one);
  next();
  warnOf(`Not saved: ${error.message}. Case ${shortId(entry.one.id)} is back; decide it again.`);
  say("");
}

function undo() {
  const entry = past.pop();
  if (!entry) return;
  alarm.hidden = true;
  if (entry.act !== "skip") decided -= entry.cases.length;
  line.unshift(entry.one);
  next();
  say(`${shortId(entry.one.id)}: open again`);
  if (entry.act === "skip") return;
  inTurn(() => entry.cases.length ? ask(urls.undo, { batch: entry.batch, cases: entry.cases }) : { problems: {} }).then(({ problems }) => {
    const sentences = Object.entries(problems).map(([id, problem]) => `${shortId(id)}: ${problem}`);
    if (!sentences.length) return;
    line.splice(line.indexOf(entry.one), 1);
    next();
    warnOf(sentences.join(" "));
  }, (error) => warnOf(`Not undone: ${error.message}. Reload the page to see how the case stands.`));
}

function forget(entry) {
  const place = past.indexOf(entry);
  if (place >= 0) past.splice(place, 1);
  $("[data-act=undo]").disabled = !past.length;
}

const say = (sentence) => { $("#said").textContent = sentence; };
const warn = (error) => warnOf(`${error.message.replace(/^./, (letter) => letter.toUpperCase())}.`.replace("..", "."));

function warnOf(sentence) {
  alarm.textContent = sentence;
  alarm.hidden = false;
}

// Choosing a policy, and saying why.

function choose(act) {
  const [one] = line;
  if (!one) return;
  if (choosing === act) {
    const suggested = policies.find(({ key }) => key === one.suggested);
    if (suggested) decide(act, { policy: suggested, text: reason });
    return;
  }
  close();
  choosing = act;
  const from = $(`[data-act=${act}]`);
  from.setAttribute("aria-expanded", "true");
  $("#menu-title").textContent = act === "remove" ? "Remove under" : "Restrict under";
  menu.append(...policies.map((policy) => {
    const best = policy.key === one.suggested;
    const button = el("button", { type: "button", className: best ? "best" : "", onclick: () => decide(act, { policy, text: reason }) },
      el("kbd", { ariaHidden: "true" }, String(policy.key)), policy.title);
    if (best) button.append(el("small", {}, "suggested"));
    return button;
  }));
  menu.style.left = `${from.offsetLeft}px`;
  menu.hidden = false;
  (menu.querySelector(".best") ?? menu.querySelector("button")).focus();
}

function close() {
  if (!choosing) return false;
  choosing = "";
  menu.hidden = true;
  for (const button of menu.querySelectorAll("button")) button.remove();
  for (const button of $$("[aria-expanded=true]")) button.setAttribute("aria-expanded", "false");
  stage.focus({ preventScroll: true });
}

function write(title, question, done, { must = true, text = "" } = {}) {
  if (!line.length) return;
  cover();
  $("#note-title").textContent = title;
  $("#note-ask").textContent = question;
  $("#note-text").value = text;
  $("#note-text").required = must;
  note.onclose = () => {
    if (note.returnValue === "send") done($("#note-text").value);
    note.returnValue = "";
  };
  note.showModal();
}

$("#note-text").addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.key === "Enter") note.querySelector(".main").click();
});

/** Twice within two seconds: one slip of a finger must not lock anything. */
function lock() {
  if (performance.now() - lockedAt < 2000) return decide("hold");
  lockedAt = performance.now();
  say("Press Shift K again to lock this image for child safety");
}

const flip = (name, change) => () => $(`[data-act=${name}]`).setAttribute("aria-pressed", change());
const acts = {
  allow: () => !line[0]?.appeal && decide("allow"),
  restrict: () => !line[0]?.appeal && choose("restrict"),
  remove: () => !line[0]?.appeal && choose("remove"),
  escalate: () => !line[0]?.appeal && write("Escalate to a senior", "What should they look at?", (text) => decide("escalate", { text })),
  uphold: () => line[0]?.appeal && write("Uphold the decision", "Why? The owner is told.", (text) => decide("uphold", { text })),
  overturn: () => line[0]?.appeal && write("Overturn the decision", "Why? The owner is told.", (text) => decide("overturn", { text })),
  note: () => write("A reason of your own", "The owner is told, in place of the policy's text.", (text) => { reason = text; }, { must: false, text: reason }),
  skip: () => decide("skip"),
  undo,
  colour: flip("colour", toggleColour),
  boxes: flip("boxes", toggleBoxes),
  labels: () => { $("#labels").hidden = !$("#labels").hidden; },
  copies: () => $(".copies button")?.focus(),
  help: () => { cover(); $("#keys").showModal(); },
  theme: () => {
    const root = document.documentElement;
    const now = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    root.dataset.theme = localStorage.theme = now === "dark" ? "light" : "dark";
  },
};
const byKey = Object.fromEntries(Object.entries(page.keys).map(([act, key]) => [key, act]));

addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button && !button.disabled) acts[button.dataset.act]();
});

addEventListener("keydown", (event) => {
  if (event.repeat || $("dialog[open]") || event.target.closest("input, textarea, select")) {
    if (event.key === " " && event.target === stage) event.preventDefault();
    return;
  }
  if (event.ctrlKey && event.key === "z") { event.preventDefault(); return undo(); }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return close();
  if (event.key === " ") {
    if (event.target.closest("button, a")) return;
    event.preventDefault();
    return press();
  }
  if (page.keysOff) return;
  const policy = choosing && policies.find(({ key }) => String(key) === event.key);
  const act = policy ? () => decide(choosing, { policy, text: reason }) : event.key === "K" ? lock : acts[byKey[event.key]];
  if (!act) return;
  event.preventDefault();
  act();
});

const press = startPicture({
  colour: page.colour,
  toggles: page.toggles,
  address: async (one) => (await ask(urls.reveal, { case: one.id })).url,
  revealed: () => { revealed += 1; count(); },
});
$("[data-act=colour]").setAttribute("aria-pressed", page.colour);

setInterval(() => {
  if (line.length) ask(urls.keep, { cases: have() }).then(({ kept }) => lose(kept), warn);
}, HEARTBEAT);
setInterval(() => { if (!line.length) more(); else { clock(line[0]); count(); } }, LOOK_AGAIN);

/** Cases whose lease ran out, after sleep or a long outage, are somebody else's now. */
function lose(kept) {
  const lost = line.filter(({ id }) => !kept.includes(id));
  if (!lost.length) return;
  const current = lost.includes(line[0]);
  for (const one of lost) line.splice(line.indexOf(one), 1);
  if (current) {
    next();
    warnOf("The case you had open went back to the queue because this page did not answer for two minutes.");
  }
  more();
}

addEventListener("pagehide", () => farewell(urls.release));
more().then(() => { if (!line.length) next(); });
