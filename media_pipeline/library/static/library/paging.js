/** Further photos come when their link comes near. */
import { $$ } from "./dom.js";

/** Follow links to further photos that come so near. */
export function fetchAt(links, rootMargin) {
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) htmx.trigger(target, "darkroom:near");
  }, { rootMargin });
  const watch = () => $$(links).forEach((link) => near.observe(link));
  addEventListener("htmx:afterSettle", watch);
  watch();
}
