/** Names of known people while somebody types one: the arrows go through them, a click or Enter takes one. */
import { $, $$ } from "../library/dom.js";
import { ask } from "./server.js";

/** `form` has the fields `name` and `person`, and a list; it is submitted when somebody was chosen. */
export function startNames(form, url, library) {
  const { name, person } = form.elements, list = $(".names", form);
  name.addEventListener("input", async () => {
    const typed = name.value;
    person.value = "";
    const { people } = await ask(url, { library: library(), typed }).catch(() => ({ people: "" }));
    if (typed === name.value) list.innerHTML = people.trim(); // so that the list is :empty
  });
  list.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    [name.value, person.value] = [button.name, button.value];
    form.requestSubmit($("[value=send]", form));
  });
  form.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const places = [name, ...$$("button", list)];
    places[places.indexOf(document.activeElement) + step]?.focus();
    event.preventDefault();
  });
  form.addEventListener("reset", () => { person.value = list.innerHTML = ""; });
}
