// A classic script in the head, so that the first paint has the right colours. Django admin uses the same key and
// attribute; its third value, "auto", means what nothing means here: as the system says.
if (["light", "dark"].includes(localStorage.theme)) {
  document.documentElement.dataset.theme = localStorage.theme;
}
