// Paper is white, and cannot be opened: print in the light colours, with the answers open.
const paper = window.matchMedia("print");
let theme;
let opened = [];

paper.addEventListener("change", () => {
  const root = document.documentElement;
  if (paper.matches) {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    opened = [...document.querySelectorAll(".bd-article details:not([open], .above-input)")];
  } else {
    root.dataset.theme = theme;
  }
  for (const details of opened) details.open = paper.matches;
});
