// A button above the cards of a page turns back what was turned; without scripts it is not there.
document.addEventListener("DOMContentLoaded", () => {
  const first = document.querySelector(".flashcards");
  if (!first) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "turn-back btn btn-sm";
  button.textContent = "Turn all cards back";
  button.addEventListener("click", () => {
    for (const card of document.querySelectorAll(".flashcard[open]")) card.open = false;
  });
  first.closest("section").before(button);
});
