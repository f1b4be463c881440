// The site does not know where it is served: complete its addresses in the reader's browser.
document.addEventListener("DOMContentLoaded", () => {
  for (const element of document.querySelectorAll("[data-address]")) {
    element.textContent = new URL(element.dataset.address, document.baseURI).href;
  }
});
