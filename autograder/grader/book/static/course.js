document.addEventListener("DOMContentLoaded", () => {
  // The site does not know where it is served: complete its addresses in the reader's browser.
  for (const element of document.querySelectorAll("[data-address]")) {
    element.textContent = new URL(element.dataset.address, document.baseURI).href;
  }
  // The theme gives the toggles of its contents an icon and no name.
  for (const toggle of document.querySelectorAll(".bd-sidenav summary")) {
    const chapter = toggle.closest("li").querySelector("a").textContent.trim();
    toggle.setAttribute("aria-label", `Pages of ${chapter}`);
  }
});
