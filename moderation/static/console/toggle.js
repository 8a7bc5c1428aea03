/** Revealing for people who cannot hold a key: one press shows, the next one, or five seconds, covers. */
import { $ } from "../library/dom.js";

const HIDE_AFTER = 5000;
let clock;

export const toggling = (reveal, cover) => () => {
  clearTimeout(clock);
  if ($(".clear")) return cover();
  clock = setTimeout(cover, HIDE_AFTER);
  reveal();
};
