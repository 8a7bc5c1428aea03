import { $, el } from "../library/dom.js";

const SVG = "http://www.w3.org/2000/svg";
const BAR = 112;

function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export const icon = (name) => svg("svg", { class: "i", "aria-hidden": "true" }, svg("use", { href: `#i-${name}` }));

/** Ids of cases end in what tells them apart; people say "case 8F3K2M". */
export const shortId = (id) => id.slice(-6);

/** Everything that is said of a case beside its image. */
export function describe(one, policies) {
  $("#title").textContent = one.title;
  $("#why").textContent = one.why;
  $("#severity").textContent = one.severity;
  $("#number").textContent = shortId(one.id);
  $("#tree").replaceChildren(...one.labels.map(row));
  const policy = policies.find(({ key }) => key === one.suggested);
  $("#policy").replaceChildren(...(policy ? [el("b", {}, String(policy.key)), policy.title] : ["None"]));
  $("#copies").hidden = one.copies.length === 0;
  $(".copies").replaceChildren(...one.copies.map(copy));
  const [name, ...known] = one.owner;
  $("#owner").replaceChildren(el("strong", {}, name), `: ${known.join(", ")}`);
  $("#history").replaceChildren(...one.history.map(([at, what]) => el("li", {}, time(at), el("span", {}, what))));
  $("#appeal").hidden = !one.appeal;
  if (one.appeal) {
    $("#words").textContent = one.appeal.words;
    $("#appealed").textContent = `${one.appeal.decision} under ${one.appeal.policy}. ${one.appeal.reason}`;
  }
  $("#verdicts").hidden = one.appeal !== null;
  $("#answers").hidden = one.appeal === null;
  clock(one);
  $(".case").scrollTop = 0;
}

function row([name, score, limit, level]) {
  const above = score >= limit && limit > 0;
  const said = ` percent, ${above ? "above" : "below"} the threshold of ${limit}`;
  return el("li", { className: `level${Math.min(level, 2)} ${above ? "above" : "below"}` },
    el("span", {}, name),
    svg("svg", { viewBox: `0 0 ${BAR} 16`, "aria-hidden": "true" },
      svg("rect", { class: "ground", x: 0, y: 6, width: BAR, height: 4, rx: 2 }),
      svg("rect", { class: "score", x: 0, y: 5, width: score * BAR / 100, height: 6, rx: 2 }),
      svg("line", { x1: limit * BAR / 100, x2: limit * BAR / 100, y1: 1, y2: 15 })),
    el("span", { className: "mono" }, score.toFixed(1), el("span", { className: "vh" }, said)));
}

function copy(other) {
  const button = el("button", { type: "button" }, Object.assign(el("img", { alt: "" }), { src: other.blur }));
  const say = (included) => {
    other.out = !included;
    button.setAttribute("aria-pressed", included);
    button.setAttribute("aria-label", `Near duplicate ${shortId(other.id)}, ${included ? "included" : "left out"}`);
  };
  say(!other.out);
  button.addEventListener("click", () => say(other.out));
  return el("li", {}, button);
}

function time(at) {
  const element = el("time", {}, at && new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" }));
  if (at) Object.assign(element, { dateTime: at, title: new Date(at).toLocaleString("en-GB") });
  return element;
}

/** How long until it is due: a ring and words. */
export function clock(one) {
  const left = one.due - (performance.now() - one.since) / 1000;
  const minutes = Math.floor(Math.abs(left) / 60);
  const hours = Math.floor(minutes / 60);
  const text = hours >= 48 ? `${Math.floor(hours / 24)} days` : hours ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
  $("#sla").className = `sla ${left < 0 ? "over" : left < one.sla / 4 ? "soon" : ""}`;
  $("#arc").setAttribute("stroke-dasharray", `${left < 0 ? 100 : Math.min(100, left * 100 / one.sla)} 100`);
  $("#due").textContent = text + (left < 0 ? " over" : " left");
}
