// A classic script in the head, so that the first paint has the right colours. Django admin uses the same key and
// attribute; its third value, "auto", means what nothing means here: as the system says.
if (["light", "dark"].includes(localStorage.theme)) {
  document.documentElement.dataset.theme = localStorage.theme;
}
addEventListener("click", (event) => {
  if (!event.target.closest("[data-do=theme]")) return;
  const root = document.documentElement;
  const seen = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  root.dataset.theme = localStorage.theme = seen === "dark" ? "light" : "dark";
});
