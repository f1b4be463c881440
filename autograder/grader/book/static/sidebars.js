// The theme opens its sidebars, as drawers where the window is narrow. Here they tell whether they
// are open, can be closed by touch, and give the focus back to the button that opened them.
document.addEventListener("DOMContentLoaded", () => {
  const wide = window.matchMedia("(min-width: 992px)");

  for (const name of ["primary", "secondary"]) {
    const button = document.querySelector(`.${name}-toggle`);
    const column = document.getElementById(`pst-${name}-sidebar`);
    const drawer = document.getElementById(`pst-${name}-sidebar-modal`);
    if (!button || !column || !drawer) continue;

    const tell = () => {
      const beside =
        name === "primary" && wide.matches && !column.classList.contains("pst-sidebar-hidden");
      button.setAttribute("aria-expanded", String(drawer.open || beside));
    };
    const changes = new MutationObserver(() => {
      tell();
      // The theme takes the focus from a button that was pressed.
      if (!drawer.open) button.focus({ preventScroll: true });
    });
    changes.observe(column, { attributeFilter: ["class"] });
    changes.observe(drawer, { attributeFilter: ["open"] });
    wide.addEventListener("change", tell);
    tell();

    drawer.setAttribute("aria-label", button.getAttribute("aria-label"));
    const close = document.createElement("button");
    close.type = "button";
    close.className = "close-drawer btn";
    close.setAttribute("aria-label", "Close");
    close.textContent = "×";
    column.prepend(close);
    drawer.addEventListener("click", (event) => {
      // A link of the page's own contents leads to what the drawer covers.
      if (event.target.closest("a, .close-drawer")) drawer.close();
    });
  }
});
