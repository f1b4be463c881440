// Sphinx's search, told what a heading is and what a formula says.
if (typeof Search !== "undefined") {
  const plain = (text) => text.toLowerCase().trim();

  // A heading that holds the words as they were typed comes before text that has them somewhere,
  // and the heading that consists of them comes first.
  Scorer.score = ([, title, , , score]) => {
    const query = plain(document.querySelector(".bd-search input").value);
    const heading = plain(title.split(" > ").pop());
    if (heading === query) return score + 200;
    return heading.includes(query) ? score + 100 : score;
  };

  // Results are shown from the page as it was served, where a formula is still TeX.
  Search.htmlToText = (markup, anchor) => {
    const page = new DOMParser().parseFromString(markup, "text/html");
    const text = page.querySelector(".bd-article");
    const part = (anchor && text?.querySelector(anchor)) || text;
    if (!part) return "";
    for (const unread of part.querySelectorAll(".headerlink, .eqno, script, style")) unread.remove();
    for (const formula of part.querySelectorAll("[data-plain]")) {
      formula.textContent = formula.dataset.plain;
    }
    return part.textContent;
  };
}
