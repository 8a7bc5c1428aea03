/** A slider along the right edge: every month with photos, the newest on top. It follows the window, and leads it. */
import { $, $$, addStyles } from "./dom.js";

const PAUSE = 250; // milliseconds in which keys and fingers may go on before a month is fetched
const VISIBLE = 1500;
const TOP = 110; // the sticky bars

let months = [], hiding, jumping;

const slider = () => $("#month");
const label = () => $("#scrubber output");

function start() {
  months = $$("#scrubber li").map(({ dataset }) => dataset);
  follow();
  show();
  slider().addEventListener("input", () => {
    showMonth();
    label().hidden = false;
    clearTimeout(jumping);
    jumping = setTimeout(jump, PAUSE);
  });
  slider().addEventListener("blur", () => { label().hidden = true; });
  slider().addEventListener("pointerup", () => { label().hidden = true; });
  addEventListener("scroll", () => requestAnimationFrame(() => { follow(); show(); }), { passive: true });
}

function show() {
  $("#scrubber").classList.add("on");
  clearTimeout(hiding);
  hiding = setTimeout(() => $("#scrubber").classList.remove("on"), VISIBLE);
}

/** Say the month at the slider, beside it. */
function showMonth() {
  const { value, max } = slider(), { shown } = months[value];
  slider().setAttribute("aria-valuetext", shown);
  label().textContent = shown;
  $("#scrubber").style.setProperty("--at", value / max);
}

/** To the month at the top of the window; not while another one is being chosen. */
function follow() {
  if (jumping) return;
  const seen = $$("#months .month:not([hidden])").findLast((month) => month.getBoundingClientRect().top <= TOP);
  const key = (seen ?? $("#months .month"))?.id.replace("month-", "");
  const position = months.findIndex(({ month }) => month === key);
  if (position < 0) return; // what arrived since
  slider().value = position;
  showMonth();
}

/** A month that is not on the page is fetched by its date: the photos between are not. */
async function jump() {
  const { month } = months[slider().value], there = document.getElementById(`month-${month}`);
  if (!there || there.previousElementSibling?.matches(".newer")) {
    await htmx.ajax("GET", `/?until=${month}`, { target: "#months", swap: "innerHTML" });
    history.replaceState(history.state, "", `/?until=${month}`);
  }
  $(`#month-${month} > h2`)?.scrollIntoView();
  jumping = undefined;
}

/** What is put in above must not move what one looks at. Not every browser sees to that itself. */
function keepPlace() {
  let seen, top;
  addEventListener("htmx:beforeSwap", ({ target }) => {
    seen = target.matches(".newer") ? target.nextElementSibling : undefined;
    top = seen?.getBoundingClientRect().top;
  });
  addEventListener("htmx:afterSettle", () => {
    if (seen?.isConnected) scrollBy({ top: seen.getBoundingClientRect().top - top, behavior: "instant" });
    seen = undefined;
  });
}

/** `fetchAt` follows the links to newer photos. The slider itself is still to come from the server. */
export async function startScrubber(fetchAt) {
  keepPlace();
  fetchAt("#months .newer", `-${TOP}px 0px 0px 0px`); // not while the sticky bars hide it
  await addStyles("scrubber.css");
  addEventListener("htmx:afterSettle", ({ target }) => { if (target.id === "scrubber") start(); });
}
