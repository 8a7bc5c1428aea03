import "./appeal.js";
import { $, $$, onClick, onKey, showKeys } from "./dom.js";
import { startZoom } from "./zoom.js";

const SURROUNDS = ["theme", "grey", "black", "white"];

/** Zoom, outlines, surround and keys of the photo in `viewer`, which htmx may swap for another one at any time. */
export function startPhoto(viewer, { close, goTo }) {
  const zoom = startZoom(viewer);

  function changeSurround() {
    const next = SURROUNDS[(SURROUNDS.indexOf(viewer.dataset.surround ?? "theme") + 1) % SURROUNDS.length];
    if (next === "theme") delete viewer.dataset.surround;
    else viewer.dataset.surround = next;
  }

  /** The outlines stay as chosen, from photo to photo and from visit to visit. */
  function outlineFaces(on) {
    viewer.dataset.faces = on ? "on" : "off";
    $("[data-do=faces]", viewer)?.setAttribute("aria-pressed", on);
  }

  /** In percent of the photo; through CSSOM, since the policy refuses style attributes. */
  function placeFaces() {
    for (const face of $$(".face", viewer)) {
      const [left, top, width, height] = face.dataset.box.split(" ");
      const sides = Object.entries({ left, top, width, height });
      for (const [side, value] of sides) face.style.setProperty(side, `${value}%`);
    }
  }

  /** The list beside the photo knows the names as they are now. */
  function nameFaces() {
    for (const face of $$(".face", viewer)) {
      const button = $("button", face), field = button && document.getElementById(button.dataset.face);
      if (!field) continue;
      face.classList.toggle("unnamed", !field.defaultValue);
      $("span", face).textContent = field.defaultValue || "Who?";
    }
  }

  function toggleFaces() {
    if (!$("[data-do=faces]", viewer)) return false;
    localStorage.faces = viewer.dataset.faces === "on" ? "off" : "on";
    outlineFaces(localStorage.faces === "on");
  }

  function step(which) {
    const link = $(`[data-do=${which}]`, viewer);
    if (!link || (zoom.isZoomed() && $(".scroller", viewer).contains(document.activeElement))) return false;
    goTo(link.href);
  }

  onClick({
    zoom: () => zoom.toggle(),
    faces: toggleFaces,
    who: (_, button) => document.getElementById(button.dataset.face)?.select(),
    surround: changeSurround,
    previous: (_, link) => goTo(link.href),
    next: (_, link) => goTo(link.href),
    close,
  });
  onKey({
    ArrowLeft: () => step("previous"),
    ArrowRight: () => step("next"),
    z: () => zoom.toggle(),
    "+": zoom.enlarge,
    "=": zoom.enlarge,
    "-": zoom.reduce,
    0: zoom.contain,
    b: toggleFaces,
    k: changeSurround,
    Delete: () => { $("form[data-do=trash] button", viewer)?.click(); },
    "?": showKeys,
  }, () => viewer.open !== false && !$("#keys").open);
  new ResizeObserver(zoom.draw).observe(viewer);

  function shown() {
    zoom.contain();
    zoom.draw();
    placeFaces();
    outlineFaces(localStorage.faces !== "off");
    const preview = $(".preview", viewer);
    if (preview) $(".whole", viewer).decode().then(() => preview.remove(), () => {});
  }

  function nameWindow() {
    const heading = $("h1", viewer);
    if (heading) document.title = `${heading.textContent} · Darkroom`;
  }

  viewer.addEventListener("htmx:beforeSwap", (event) => {
    // The page looks again by itself while a photo is processed; not while somebody types.
    if (event.target === viewer && viewer.contains(document.activeElement) && document.activeElement.matches("input")) {
      event.detail.shouldSwap = false;
    }
  });
  viewer.addEventListener("htmx:afterSwap", ({ target }) => { if (target === viewer) shown(); });
  viewer.addEventListener("htmx:afterSettle", nameFaces);
  viewer.addEventListener("htmx:afterSettle", nameWindow); // another photo, or another title
  shown();
}
