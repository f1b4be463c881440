"""Paragraphs of the help pages of LibreOffice, in English and in French.

Card. *Source*: the Debian packages libreoffice-help-en-us and libreoffice-help-fr, version
4:7.4.7-1+deb12u14, whose pages have the same names and whose paragraphs have the same marks.
*Licence*: MPL-2.0. *Size*: a pair for each mark that both languages have, and whose text differs
between them. *Translations*: by the volunteers who translate the program; the French follows the
English page by page. *Split*: pairs with nearly equal English or nearly equal French are one group,
and a group lies in one part. *What is wrong with it*: it is the prose of one program, full of names
of menus and commands; many paragraphs are headings of two or three words. Some were not translated,
others only in part, and a few are out of date on one side. Nothing in it is offensive.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograder.corpora import MissingDataError
from autograder.corpora.fetch_help import NAME
from autograder.corpora.sentences import dealt, groups, key, one_each

PAGES = Path(NAME, "usr", "share", "libreoffice", "help")
LANGUAGES = ("en-US", "fr")
FETCH = "`python -m autograder.corpora.fetch_help FOLDER` fetches them, on Debian 12."

TOKEN = re.compile(r"[^\W\d_]+(?:['’](?=[^\W\d_]))?|\d+|[^\w\s]")
"""A word, with the apostrophe of an elision at its end, a number, or a sign."""


class Pair(NamedTuple):
    """A paragraph in both languages.

    Attributes:
        english: the paragraph.
        french: its translation.
    """

    english: str
    french: str


class Split(NamedTuple):
    """Pairs in three parts that share no group.

    Attributes:
        train: to learn from.
        dev: to choose by.
        test: to score once.
    """

    train: list[Pair]
    dev: list[Pair]
    test: list[Pair]


def load(folder: Path) -> list[Pair]:
    """All pairs, in the order of the pages and of the paragraphs in them.

    Args:
        folder: where the packages were unpacked.

    Raises:
        MissingDataError: where they are not there.
    """
    english, french = (folder / PAGES / language / "text" for language in LANGUAGES)
    for place in (english, french):
        if not place.is_dir():
            raise MissingDataError(f"There are no pages in {place}. {FETCH}")
    found = []
    for page in sorted(english.rglob("*.html")):
        other = french / page.relative_to(english)
        if not other.is_file():
            continue
        theirs = paragraphs(other.read_text(encoding="utf-8"))
        for mark, text in paragraphs(page.read_text(encoding="utf-8")).items():
            if theirs.get(mark, text) != text:
                found.append(Pair(text, theirs[mark]))
    return found


def paragraphs(page: str) -> dict[str, str]:
    """The texts of a page by their marks, in order; those without a letter are left out."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    texts = {mark: " ".join("".join(parts).split()) for mark, parts in reader.found.items()}
    return {mark: text for mark, text in texts.items() if re.search(r"[^\W\d_]", text)}


class _Reader(HTMLParser):
    """Collects the text of every paragraph and heading that has a mark."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, list[str]] = {}
        self._tag = ""
        self._mark = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        mark = dict(attrs).get("id") or ""
        if tag in ("p", "h1", "h2", "h3", "h4", "h5", "h6") and "_id" in mark:
            self._tag, self._mark = tag, mark
            self.found.setdefault(mark, [])

    def handle_endtag(self, tag: str) -> None:
        if tag == self._tag:
            self._tag = self._mark = ""

    def handle_data(self, data: str) -> None:
        if self._mark:
            self.found[self._mark].append(data)


def tokens(text: str) -> list[str]:
    """The words, numbers and signs of a text, in small letters."""
    return TOKEN.findall(text.lower().replace("’", "'"))


def short(pairs: Sequence[Pair], longest: int, least: int = 2) -> list[Pair]:
    """The pairs of which both sides have so many tokens."""
    return [p for p in pairs if all(least <= len(tokens(side)) <= longest for side in p)]


def distinct(pairs: Sequence[Pair], seed: int = 0) -> tuple[list[Pair], NDArray[np.int64]]:
    """One pair a group of nearly equal ones, by lot, and the groups of all pairs.

    Args:
        pairs: the pairs; two are nearly equal if their English or their French is.
        seed: decides which one stays.
    """
    grouped = groups([(("en", key(p.english)), ("fr", key(p.french))) for p in pairs])
    return [pairs[n] for n in one_each(grouped, seed)], grouped


def split(pairs: Sequence[Pair], held: int = 500, seed: int = 0) -> Split:
    """One pair a group, dealt out: `held` for each of two parts, and the rest to learn from."""
    kept, _ = distinct(pairs, seed)
    return Split(*([kept[n] for n in part] for part in dealt(len(kept), held, seed)))
