/** How far the jobs are, until all are done. */
const AGAIN = 2000;

async function look() {
  const answer = await fetch(location.pathname).catch(() => null);
  const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
  const jobs = page && page.querySelector("#jobs");
  if (jobs) document.querySelector("#jobs").replaceWith(jobs);
  if (!jobs || jobs.querySelector("progress")) setTimeout(look, AGAIN);
}

setTimeout(look, AGAIN);
