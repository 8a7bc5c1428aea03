import { decide, say } from "./work_queue.js";
import { takeLooked } from "./picture.js";

let pressed = -Infinity;

/** Child safety, on the second press within two seconds: one slip of a finger must not lock anything. */
export function lock(now) {
  if (now - pressed < 2000) decide("hold", "Locked", { looked: takeLooked() });
  else say("Press Shift K again to lock this image for child safety");
  pressed = now;
}
