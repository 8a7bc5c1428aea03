import { csrfToken } from "../library/dom.js";

/** What the server answers; an error has its sentence. `keepalive` outlives the page. */
export async function ask(url, fields) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(fields), keepalive: true })
    .catch(() => { throw Error("The server did not answer."); });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Error(body.detail ?? "The server made a mistake.");
  return body;
}

let last = Promise.resolve();

/** One write after the other, in the order of the keys: an undo must find what it undoes. */
export function inTurn(task) {
  const turn = last.then(task);
  last = turn.catch(() => {});
  return turn;
}
