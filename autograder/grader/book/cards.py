"""Cards to learn by: those of a file, which a page shows, and the questions that end every lesson.

Both are the same node of a doctree, a front and a back. `decks.py` makes Anki's decks of them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from autograder.grader.book.formulas import text as text_of
from autograder.grader.release.handout import TITLE

LOGGER = logging.getLogger(__name__)
KEYS = {"page", "section", "front", "back"}

DECKS = {
    "cards": ("cards/cells-to-cudnn-lecture.apkg", "The lecture"),
    "questions": ("cards/cells-to-cudnn-questions.apkg", "Questions"),
}
"""Where each deck lies, seen from the root of the site, and its name. A page notes under the same
key in its metadata how many cards it has for it."""


class Card(nodes.container):  # type: ignore[misc]
    """A front, a back, and at last a paragraph that says where to read about it.

    A builder that knows no cards shows one as a container, both sides of it.
    """


class Face(nodes.container):  # type: ignore[misc]
    """One side of a card."""


class Offer(nodes.container):  # type: ignore[misc]
    """The place where the decks are offered."""


def setup(app: Any) -> None:
    """Connect to Sphinx."""
    app.add_node(Card, html=(_open_card, _close_card))
    app.add_node(Face, html=(_open_face, _close_face))
    app.add_node(Offer)
    app.add_directive("cards", Cards)
    app.add_directive("decks", Decks)
    app.add_css_file("cards.css")
    app.add_js_file("cards.js", loading_method="defer")
    app.connect("env-get-outdated", _find_outdated)
    app.connect("doctree-read", _count_questions)
    app.connect("doctree-resolved", _link_cards)
    app.connect("doctree-resolved", _offer_decks)


class Cards(SphinxDirective):  # type: ignore[misc]
    """The cards of a file beside the page, a section for each chapter."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make the sections."""
        name, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(name)
        cards = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        for card, about in cards.items():
            if set(about) != KEYS:
                raise self.error(
                    f"The card ‘{card}’ of {self.arguments[0]} has to have a page, a section, "
                    f"a front and a back, and nothing else. It has: {', '.join(about)}."
                )
        self.env.metadata[self.env.docname]["cards"] = len(cards)
        return [
            self._section(chapter, dict(of_chapter))
            for chapter, of_chapter in groupby(cards.items(), _chapter)
        ]

    def _section(self, chapter: str, cards: dict[str, dict[str, str]]) -> nodes.section:
        page = Path(self.env.doc2path(f"chapters/{chapter}/index"))
        title, _ = self.state.inline_text(_title(page), self.lineno)
        section = nodes.section("", nodes.title("", "", *title), ids=[f"cards-{chapter}"])
        pile = nodes.container(classes=["flashcards"])
        pile += [self._card(card, about) for card, about in cards.items()]
        section += pile
        return section

    def _card(self, name: str, about: dict[str, str]) -> Card:
        front, back = Face(), Face()
        inline, messages = self.state.inline_text(about["front"].strip(), self.lineno)
        front += [*inline, *messages]
        lines = StringList(about["back"].strip().splitlines(), self.arguments[0])
        self.state.nested_parse(lines, 0, back)
        card = Card("", front, back, nodes.paragraph(classes=["read"]), ids=[f"card-{name}"])
        card["page"], card["section"] = f"chapters/{about['page']}", about["section"]
        return card


class Decks(SphinxDirective):  # type: ignore[misc]
    """The decks of the site, to be downloaded, with the number of their cards."""

    def run(self) -> list[nodes.Node]:
        """Keep the place: the cards are counted when all pages are read."""
        return [Offer()]


def questions(doctree: nodes.document) -> Iterator[tuple[int, list[nodes.Node], nodes.Element]]:
    """The questions of a lesson as it was read: the number, the nodes, and the folded answer.

    A question begins with its number in bold and goes as far as its answer.
    """
    for section in doctree.findall(nodes.section):
        if "questions" not in section["ids"]:
            continue
        number, asked = 0, []
        for node in section:
            if begins := _number(node):
                number, asked = begins, [node]
            elif node.get("design_component") == "dropdown" and asked:
                yield number, asked, node
                asked = []
            elif asked:
                asked.append(node)


def _number(node: nodes.Node) -> int:
    """The number with which a paragraph begins, in bold, or 0."""
    # The parser leaves an empty text before what is bold.
    parts = [part for part in node.children if part.astext()]
    if isinstance(node, nodes.paragraph) and parts and isinstance(parts[0], nodes.strong):
        text = parts[0].astext().rstrip(".")
        return int(text) if text.isdigit() else 0
    return 0


def counts(env: Any, deck: str) -> dict[str, int]:
    """The pages that have cards for a deck, in the order of the book, and how many."""
    return {name: n for name in env.collect_relations() if (n := env.metadata[name].get(deck))}


def title_of(env: Any, page: str) -> str:
    """The title of a page in one line."""
    return text_of(env.titles[page])


def _chapter(card: tuple[str, dict[str, str]]) -> str:
    return card[1]["page"].partition("/")[0]


def _title(page: Path) -> str:
    found = TITLE.search(page.read_text(encoding="utf-8"))
    return found[1] if found else page.stem


def _find_outdated(
    app: Any, env: Any, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """The pages with cards: they link to sections of others, and count their questions."""
    with_cards = [name for name, about in env.metadata.items() if "cards" in about]
    return with_cards if added | changed | removed else []


def _count_questions(app: Any, doctree: nodes.document) -> None:
    if number := sum(1 for _ in questions(doctree)):
        app.env.metadata[app.env.docname]["questions"] = number


def _link_cards(app: Any, doctree: nodes.document, docname: str) -> None:
    """Lead from each card of a page to the section that explains it."""
    for card in doctree.findall(Card):
        if "section" not in card:
            continue
        page, section = card["page"], card["section"]
        places = _sections(app.env, page)
        if section not in places:
            LOGGER.warning(
                "The card ‘%s’ sends its reader to the section ‘%s’ of %s, which has none of "
                "this title.",
                card["ids"][0].removeprefix("card-"),
                section,
                page,
                location=docname,
                type="autograder",
            )
            continue
        address = app.builder.get_relative_uri(docname, page) + places[section]
        link = nodes.reference("", section, internal=True, refuri=address)
        card[2] += [nodes.Text("Read: "), link, nodes.Text(f", in ‘{title_of(app.env, page)}’")]


def _sections(env: Any, page: str) -> dict[str, str]:
    """The anchors of a page's sections, by their titles; that of the page itself is empty."""
    entries = env.tocs[page].findall(nodes.reference) if page in env.tocs else ()
    return {text_of(entry): entry["anchorname"] for entry in entries}


def _offer_decks(app: Any, doctree: nodes.document, docname: str) -> None:
    for offer in list(doctree.findall(Offer)):
        items = nodes.bullet_list(classes=["decks"])
        for deck, (address, name) in DECKS.items():
            number = sum(counts(app.env, deck).values())
            up = "../" * docname.count("/")
            link = nodes.reference("", name, internal=True, refuri=up + address)
            says = nodes.paragraph("", "", link, nodes.Text(f", {number} cards"))
            items += nodes.list_item("", says)
        offer.replace_self(items)


def _open_card(translator: Any, node: Card) -> None:
    translator.body.append(translator.starttag(node, "details", CLASS="flashcard"))


def _close_card(translator: Any, node: Card) -> None:
    translator.body.append("</details>\n")


def _open_face(translator: Any, node: Face) -> None:
    is_front = node.parent.index(node) == 0
    translator.body.append("<summary>" if is_front else '<div class="back">\n')


def _close_face(translator: Any, node: Face) -> None:
    is_front = node.parent.index(node) == 0
    translator.body.append("</summary>\n" if is_front else "</div>\n")
