/** An owner objects to a decision. The API takes JSON, so it is a script that sends the form. */
import { csrfToken, el } from "./dom.js";
import { toast } from "./toast.js";

addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches(".appeal")) return;
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
  const body = JSON.stringify({ reason: form.elements.reason.value });
  const answer = await fetch(form.action, { method: "POST", headers, body }).catch(() => undefined);
  button.disabled = false;
  if (answer?.ok) {
    const words = "You appealed. Somebody who had no part in the decision will look at it.";
    form.replaceWith(el("p", { className: "reason" }, words));
    return;
  }
  const { detail } = (await answer?.json().catch(() => undefined)) ?? {};
  toast(detail ?? "Not sent: the server did not answer. Try again.", { bad: true });
});
