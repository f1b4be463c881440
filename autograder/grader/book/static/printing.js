// Paper is white, and cannot be opened: print in the light colours, with the answers open.
const paper = window.matchMedia("print");
const dark = window.matchMedia("(prefers-color-scheme: dark)");
let opened = [];

paper.addEventListener("change", () => {
  const root = document.documentElement;
  const mode = root.dataset.mode === "auto" ? (dark.matches ? "dark" : "light") : root.dataset.mode;
  root.dataset.theme = paper.matches ? "light" : mode;
  if (paper.matches) {
    opened = [...document.querySelectorAll(".bd-article details:not([open], .above-input)")];
  }
  for (const details of opened) details.open = paper.matches;
});
