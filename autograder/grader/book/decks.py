"""The cards of the book as decks for Anki, which the site serves beside notebooks and wheel.

Anki keeps what a learner knows of a note by the note's own id. Here that is the name of a card, or
the page and the number of a question: the text may change, and a new deck brings the new text to
whoever has the old one. It does so where the note is newer, so its date is that of the newest file
that the deck is made of.
"""

from __future__ import annotations

import io
import itertools
import os
import sqlite3
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import genanki
from docutils import nodes

from autograder.grader.book.cards import DECKS, Card, Face, counts, questions, title_of

COURSE = "From Cells to cuDNN"

IDS = {"cards": 1_311_470_925, "questions": 1_862_703_114}
"""By these Anki knows the decks. They were drawn once and must stay."""

MODEL = genanki.Model(
    1_493_027_756,
    COURSE,
    fields=[{"name": "Front"}, {"name": "Back"}, {"name": "Read"}],
    templates=[
        {
            "name": "Card",
            "qfmt": "{{Front}}",
            "afmt": "{{FrontSide}}\n<hr id=answer>\n{{Back}}\n<div class=read>{{Read}}</div>",
        }
    ],
    # No colours: Anki has its own, by day and by night.
    css="""\
.card { font: 20px/1.4 sans-serif; margin: 1em auto; max-width: 36em }
pre { overflow-x: auto; white-space: pre-wrap }
.read { font-size: 80% }
table { border-collapse: collapse }
td, th { border-bottom: 1px solid; padding: 0.2em 0.6em }
""",
)


@dataclass(frozen=True)
class Note:
    """What Anki is told of a card.

    Attributes:
        name: what stays when the text changes.
        front, back, read: HTML; the last says where the card is explained.
        chapter: its tag.
    """

    name: str
    front: str
    back: str
    read: str
    chapter: str


def setup(app: Any) -> None:
    """Connect to Sphinx."""
    app.connect("build-finished", _write)


def collection(deck: str, notes: Sequence[Note], changed: int) -> bytes:
    """A deck as Anki's file: the same bytes for the same notes and the same time of change."""
    made = genanki.Deck(IDS[deck], f"{COURSE}::{DECKS[deck][1]}")
    for place, note in enumerate(notes, 1):
        made.add_note(
            genanki.Note(
                MODEL,
                [note.front, note.back, note.read],
                guid=genanki.guid_for("cells-to-cudnn", note.name),
                tags=[note.chapter],
                due=place,
            )
        )
    # Its own `write_to_file` leaves a file behind, and the time of day in the archive.
    with sqlite3.connect(":memory:") as base:
        ids = itertools.count(changed * 1000)
        genanki.Package(made).write_to_db(base.cursor(), changed, ids)
        base.commit()
        content = base.serialize()
    base.close()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {"collection.anki2": content, "media": b"{}"}.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return file.getvalue()


def _write(app: Any, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html" or not counts(app.env, "cards"):
        return
    for deck, (address, _) in DECKS.items():
        pages = list(counts(app.env, deck))
        notes = [note for page in pages for note in _notes(app, page, deck)]
        target = Path(app.outdir) / address
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(collection(deck, notes, _changed(app.env, pages)))


def _changed(env: Any, pages: Sequence[str]) -> int:
    """When the newest file was changed that pages are made of, in seconds."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    files = [Path(env.doc2path(page)) for page in pages]
    files += [Path(env.srcdir) / name for page in pages for name in env.dependencies[page]]
    return int(max(file.stat().st_mtime for file in files))


def _notes(app: Any, page: str, deck: str) -> Iterator[Note]:
    doctree = app.env.get_doctree(page)
    if deck == "questions":
        _keep_questions(app.env, doctree, page)
    app.env.apply_post_transforms(doctree, page)
    for card in list(doctree.findall(Card)):
        _address_links(card, page, app.config.html_baseurl)
        front, back, read = (_html(app, part) for part in card)
        yield Note(card["ids"][0], front, back, read, card["page"].split("/")[1])


def _keep_questions(env: Any, doctree: nodes.document, page: str) -> None:
    """Leave of a page its questions alone, as cards."""
    cards = []
    for number, (first, *more), folded in questions(doctree):
        link = nodes.reference("", f"Question {number}", internal=True, refid="questions")
        rest = nodes.Text(f" of ‘{title_of(env, page)}’")
        bold = next(first.findall(nodes.strong))
        words = nodes.paragraph("", "", *first[first.index(bold) + 1 :])
        words[0] = nodes.Text(words[0].lstrip())
        front = Face("", words, *more)
        back = Face("", *folded[1:])
        read = nodes.paragraph("", "", link, rest)
        cards.append(Card("", front, back, read, ids=[f"{page}#{number}"], page=page))
    doctree.children.clear()
    doctree += cards


def _address_links(card: Card, page: str, base: str) -> None:
    """Lead the links of a card from Anki to the site, or leave their text alone."""
    for link in list(card.findall(nodes.reference)):
        if not link.get("internal") and "refid" not in link:
            continue
        if base:
            to = link.attributes.pop("refid", None)
            to = f"#{to}" if to else link["refuri"]
            link["refuri"] = urljoin(f"{base.rstrip('/')}/{page}.html", to)
        else:
            link.replace_self(link.children)


def _html(app: Any, part: nodes.Element) -> str:
    whole = part if isinstance(part, nodes.paragraph) else nodes.compound("", *part.children)
    return str(app.builder.render_partial(whole)["fragment"]).strip()
