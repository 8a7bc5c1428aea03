/** What somebody needs who stays: leases that are kept, and breaks. Loaded when one of them is first due. */
import { $, dialogIsOpen } from "../library/dom.js";
import { drop, more, queue, warn } from "./work_queue.js";
import { ask } from "./server.js";

let breakAt;

/** Cases whose lease ran out, after sleep or a long outage, are somebody else's now. */
export async function keep(page, open) {
  tire(page, open);
  if (!queue.length) return;
  const asked = [...queue];
  const { kept } = await ask(page.urls.keep, { cases: asked.map(({ id }) => id) })
    .catch(({ message }) => { warn(message); return {}; });
  if (!kept) return;
  for (const { id, about } of asked) if (kept[id]) $(".sla", about).outerHTML = kept[id];
  const lost = asked.filter((one) => !kept[one.id] && queue.includes(one));
  if (!lost.length) return;
  if (lost.includes(queue[0])) {
    warn("The case you had open went back to the queue because this page did not answer for two minutes.");
  }
  drop(lost);
  more();
}

/** After so many minutes or clear images, and again after as many more. */
export function tire(page, open) {
  breakAt ??= page.breakMinutes;
  const minutes = Math.max(0, breakAt - Math.floor(performance.now() / 60_000));
  $("#break").textContent = `${minutes} min`;
  $("#revealed").textContent = page.revealed;
  if ((minutes && page.revealed < page.breakAfter) || dialogIsOpen()) return;
  breakAt += page.breakMinutes;
  page.breakAfter = page.revealed + page.revealLimit;
  open($("#rest"));
}
