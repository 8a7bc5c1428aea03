import { csrfToken } from "../library/dom.js";

/** What the server refused, in its own words; `lost` when it did not answer at all. */
export class Refusal extends Error {
  constructor(sentence, { lost = false } = {}) {
    super(sentence);
    this.lost = lost;
  }
}

export async function ask(url, said) {
  let answer;
  try {
    answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify(said),
      keepalive: true,
    });
  } catch {
    throw new Refusal("the server did not answer", { lost: true });
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(body.detail ?? "the server made a mistake", { lost: answer.status >= 500 });
  return body;
}

let last = Promise.resolve();

/** One write after the other, in the order of the keys: an undo must find what it undoes. */
export function inTurn(task) {
  const turn = last.then(task);
  last = turn.catch(() => {});
  return turn;
}

/** As the page goes away; a beacon outlives it but cannot set headers, so the token goes in the form. */
export function farewell(url) {
  navigator.sendBeacon(url, new URLSearchParams({ csrfmiddlewaretoken: csrfToken() }));
}
