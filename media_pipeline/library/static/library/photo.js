import { $, onClick, onKey, showKeys } from "./dom.js";

const SURROUNDS = ["theme", "grey", "black", "white"];
const MARGIN = 56;

/** Zoom, surround and keys of the photo in `viewer`, which htmx may swap for another one at any time. */
export function startPhoto(viewer, { close, goTo }) {
  let actual = false;

  /** Contained, and never beyond one image pixel per device pixel. */
  function fit(x = 0.5, y = 0.5) {
    const light = $(".stage-light", viewer), sheet = light && $(".sheet", light);
    if (!sheet) return;
    const image = $(".whole", sheet), scroller = $(".scroller", light);
    const width = Number(image.getAttribute("width")), height = Number(image.getAttribute("height"));
    const margin = innerWidth > 1000 ? MARGIN : 0, one = 1 / devicePixelRatio;
    const contained = Math.min((light.clientWidth - 2 * margin) / width, (light.clientHeight - 2 * margin) / height, one);
    const scale = actual ? one : contained;
    sheet.style.setProperty("--w", `${Math.round(width * scale)}px`);
    sheet.style.setProperty("--h", `${Math.round(height * scale)}px`);
    scroller.tabIndex = actual ? 0 : -1;
    if (actual) scroller.scrollTo((width * scale - scroller.clientWidth) * x, (height * scale - scroller.clientHeight) * y);
    if (!$("#scale", light)) return;
    $("#scale", light).textContent = `${Math.round(scale * devicePixelRatio * 100)}\u2009%`;
    $("[data-do=zoom]", light).setAttribute("aria-pressed", actual);
  }

  /** To actual pixels around the point that was clicked, and back. */
  function zoom(event) {
    const sheet = $(".sheet", viewer);
    if (!$("[data-do=zoom]", viewer)) return false;
    const box = sheet.getBoundingClientRect(), isClick = event.type === "dblclick";
    actual = !actual;
    fit(isClick ? (event.clientX - box.left) / box.width : 0.5, isClick ? (event.clientY - box.top) / box.height : 0.5);
  }

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

  function toggleFaces() {
    if (!$("[data-do=faces]", viewer)) return false;
    localStorage.faces = viewer.dataset.faces === "on" ? "off" : "on";
    outlineFaces(localStorage.faces === "on");
  }

  function step(which) {
    const link = $(`[data-do=${which}]`, viewer);
    if (!link || (actual && $(".scroller", viewer).contains(document.activeElement))) return false;
    goTo(link.href);
  }

  onClick({
    zoom,
    faces: toggleFaces,
    surround: changeSurround,
    previous: (_, link) => goTo(link.href),
    next: (_, link) => goTo(link.href),
    close,
  });
  viewer.addEventListener("dblclick", (event) => { if (event.target.closest(".sheet")) zoom(event); });
  onKey({
    ArrowLeft: () => step("previous"),
    ArrowRight: () => step("next"),
    z: zoom,
    b: toggleFaces,
    k: changeSurround,
    Delete: () => { $("form[data-do=trash] button", viewer)?.click(); },
    "?": showKeys,
  }, () => viewer.open !== false && !$("#keys").open);
  new ResizeObserver(() => fit()).observe(viewer);

  function shown() {
    actual = false;
    fit();
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
  viewer.addEventListener("htmx:afterSettle", nameWindow); // another photo, or another title
  shown();
}
