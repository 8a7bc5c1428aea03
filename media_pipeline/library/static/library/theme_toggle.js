/** Light or dark, the opposite of what is seen now; kept where theme.js and Django admin look. */
export function toggleTheme() {
  const root = document.documentElement;
  const chosen = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  root.dataset.theme = localStorage.theme = chosen === "dark" ? "light" : "dark";
}
