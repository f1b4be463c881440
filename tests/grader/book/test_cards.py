"""Cards on a page, and the decks that are made of them, read by Anki's own library.

The site is made by Sphinx alone, in a second: what Jupyter Book adds to it changes no card.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from autograder.grader.book.decks import Note, collection
from tests.grader.book.learner import anki, notes, take

INDEX = """\
# A book

```{toctree}
gated/index
cards/index
```
"""

LESSON = """\
# The *cell*

(kept)=
## What is kept

## Questions

Write your answer down before you unfold ours.

**1.** Is $c < 1$, by [the cards](../cards/index.md)?

:::{dropdown} Answer
No, see [above](kept) and [elsewhere](https://example.org/more).

$$
c = \\infty
$$
:::

**2.** What does this print?

```python
print(1 < 2)
```

:::{dropdown} Answer
`True`.
:::

The next page goes on.
"""

CARDS = """\
# Cards

```{decks}
```

```{cards} lecture.toml
```
"""

LECTURE = """\
[forget-gate]
page = "gated/index"
section = "What is kept"
front = 'What of $c$ does `f` keep?'
back = '''
The *share* $f$.

Entry by entry.
'''
[cell]
page = "gated/index"
section = "The cell"
front = 'Is there a cell?'
back = 'Yes.'
"""

SETTINGS: dict[str, Any] = {
    "extensions": [
        "myst_parser",
        "sphinx_design",
        "autograder.grader.book.cards",
        "autograder.grader.book.decks",
    ],
    "myst_enable_extensions": ["colon_fence", "dollarmath"],
    "root_doc": "chapters/index",
}


@dataclass(frozen=True)
class Site:
    """A site as it was built, and what was said meanwhile."""

    html: Path
    warnings: str

    def page(self, name: str = "cards/index") -> str:
        return (self.html / "chapters" / f"{name}.html").read_text(encoding="utf-8")

    def deck(self, name: str) -> Path:
        return self.html / "cards" / f"cells-to-cudnn-{name}.apkg"


def build(root: Path, lecture: str = LECTURE, **settings: Any) -> Site:
    """Build a site of a lesson and a page of cards."""
    pages = {"index.md": INDEX, "gated/index.md": LESSON, "cards/index.md": CARDS}
    for name, text in {**pages, "cards/lecture.toml": lecture}.items():
        file = root / "source" / "chapters" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
    said = io.StringIO()
    html = root / "html"
    with patch_docutils(), docutils_namespace():
        places = (root / "source", None, html, root / "doctrees")
        Sphinx(*places, "html", {**SETTINGS, **settings}, None, said).build()
    return Site(html, said.getvalue())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return build(tmp_path_factory.mktemp("cards"))


@pytest.fixture(scope="module")
def addressed(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The same site, which knows where it is served."""
    root = tmp_path_factory.mktemp("addressed")
    return build(root, html_baseurl="https://example.org/course")


def test_a_card_has_two_sides_and_leads_to_its_section(site: Site) -> None:
    assert not site.warnings
    page = " ".join(site.page().split())
    assert "<h2>The <em>cell</em><" in page
    assert '<details class="flashcard' in page
    assert 'id="card-forget-gate"' in page
    assert "<summary>What of" in page
    assert '<a class="reference internal" href="../gated/index.html#what-is-kept">' in page
    assert '<a class="reference internal" href="../gated/index.html">The cell</a>' in page


def test_the_page_offers_both_decks_with_the_number_of_their_cards(site: Site) -> None:
    text = re.sub("<[^>]+>", "", site.page())
    assert "The lecture, 2 cards" in text
    assert "Questions, 2 cards" in text
    for deck in ("lecture", "questions"):
        assert f'href="../../cards/{site.deck(deck).name}"' in site.page()
        assert site.deck(deck).is_file()


def test_a_section_that_is_not_there_is_a_warning(tmp_path: Path) -> None:
    wrong = LECTURE.replace('"What is kept"', '"What is lost"')
    assert "‘forget-gate’ sends its reader to the section ‘What is lost’" in (
        build(tmp_path, wrong).warnings
    )


def test_a_card_without_a_back_is_refused(tmp_path: Path) -> None:
    said = build(tmp_path, LECTURE.replace("back = 'Yes.'", "")).warnings
    assert "‘cell’" in said
    assert "has to have" in said


def test_anki_reads_as_many_cards_as_the_page_says(site: Site, tmp_path: Path) -> None:
    with anki(tmp_path) as learner:
        for deck in ("lecture", "questions"):
            take(learner, site.deck(deck))
        for name in ("The lecture", "Questions"):
            assert len(learner.find_cards(f'deck:"From Cells to cuDNN::{name}"')) == 2
        assert len(notes(learner)) == 4
        assert all(note.tags == ["gated"] for note in notes(learner).values())


def test_formulas_and_links_are_written_for_anki(
    site: Site, addressed: Site, tmp_path: Path
) -> None:
    with anki(tmp_path) as learner:
        take(learner, site.deck("lecture"))
        take(learner, site.deck("questions"))
        found = notes(learner)
        card = found[r"What of \(c\) does f keep?"]
        asked = found[r"Is \(c &lt; 1\), by the cards?"]
        assert "<em>share</em>" in card["Back"]
        assert card["Read"] == '<p class="read">Read: What is kept, in ‘The cell’</p>'
        assert re.search(r"\\\[\s*c = \\infty\s*\\\]", asked["Back"])
        assert asked["Read"] == "<p>Question 1 of ‘The cell’</p>"
        assert re.findall(r'href="(.*?)"', asked["Back"]) == ["https://example.org/more"]
        assert "<pre>" in next(note for front, note in found.items() if "print" in front)["Front"]
    (tmp_path / "other").mkdir()
    with anki(tmp_path / "other") as learner:
        take(learner, addressed.deck("lecture"))
        take(learner, addressed.deck("questions"))
        found = notes(learner)
        here = "https://example.org/course/chapters/gated/index.html"
        links = re.compile(r'href="(.*?)"')
        assert links.findall(found["Is there a cell?"]["Read"]) == [here]
        asked = found[r"Is \(c &lt; 1\), by the cards?"]
        assert links.findall(asked["Read"]) == [f"{here}#questions"]
        assert links.findall(asked["Back"])[0] == f"{here}#kept"
        assert links.findall(asked["Front"]) == [here.replace("gated", "cards")]


NOTES = [
    Note("card-one", "One?", "1", "Read: this", "gated"),
    Note("card-two", "Two?", "2", "Read: that", "layers"),
]


def test_the_same_notes_make_the_same_file() -> None:
    assert collection("cards", NOTES, 1_700_000_000) == collection("cards", NOTES, 1_700_000_000)


def test_an_update_brings_the_new_text_and_keeps_what_was_learned(tmp_path: Path) -> None:
    first, second = tmp_path / "first.apkg", tmp_path / "second.apkg"
    first.write_bytes(collection("cards", NOTES, 1_700_000_000))
    added = Note("card-none", "None?", "0", "", "gated")
    changed = [added, NOTES[1], replace(NOTES[0], front="How many?", back="one")]
    second.write_bytes(collection("cards", changed, 1_700_000_100))
    with anki(tmp_path) as learner:
        take(learner, first)
        (card,) = learner.find_cards("front:One?")
        learner.sched.set_due_date([card], "9")
        due = learner.get_card(card).due
        take(learner, second)
        assert set(notes(learner)) == {"None?", "Two?", "How many?"}
        assert list(learner.find_cards('front:"How many?"')) == [card]
        assert learner.get_card(card).due == due
        assert learner.get_card(card).note()["Back"] == "one"
