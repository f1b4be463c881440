"""The bibliography: every source that a page cites, once, with the pages that cite it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unicodedata import combining

from autograder.grader.checkout import CHAPTERS

FILE = CHAPTERS / "about" / "bibliography.md"
PAGES = sorted(set(CHAPTERS.glob("*/*.md")) - {FILE})

ADDRESS = r"http(?:[^()\s]|\([^()]*\))+"
"""With brackets in it, as in `10.1016/0041-5553(64)90137-5`."""

CITED = re.compile(r"([A-ZÀ-Ž][\w'-]+)(?: and others| et al\.)?,? \(?(1[89]\d\d|20\d\d)\)")
"""The end of a citation in a text: the last of its authors, or the first, and the year."""

ITEM = re.compile(rf"^- [^\n]+? \((\d{{4}})\)\. \[(.+?)\]\(({ADDRESS})\)", re.MULTILINE)
"""An item of what to read."""


@dataclass(frozen=True)
class Source:
    """An entry of the bibliography."""

    authors: str
    year: str
    title: str
    links: tuple[str, ...]
    pages: tuple[Path, ...]

    @property
    def first(self) -> str:
        """The name of the first author."""
        return re.split(r", | and ", self.authors)[0].split()[-1]


def source(line: str) -> Source:
    """Read an entry."""
    about, _, where = line.removeprefix("- ").partition(" Cited in: ")
    found = re.match(r"(.+?) \((\d{4})\)\. (?:\[(.+?)\]\(http|(.+?)\. )", about)
    assert found, line
    pages = [(FILE.parent / page).resolve() for page in re.findall(r"\]\((\S+\.md)\)", where)]
    links = tuple(re.findall(rf"\]\(({ADDRESS})\)", about))
    return Source(found[1], found[2], found[3] or found[4], links, tuple(pages))


SOURCES = [source(line) for line in FILE.read_text("utf-8").splitlines() if line.startswith("- ")]


@cache
def unaccented(words: str) -> str:
    """Small letters without accents: one author is written with one here and without there."""
    return "".join(c for c in unicodedata.normalize("NFD", words) if not combining(c)).lower()


def plain(words: str) -> str:
    """The letters of a title or a name."""
    return re.sub(r"[^\w-]", "", unaccented(words))


@cache
def text(page: Path) -> str:
    """A page in one line, as docstrings are wrapped."""
    return " ".join(page.read_text("utf-8").split())


def test_every_source_stands_once_and_says_who_cites_it() -> None:
    assert len(SOURCES) > 100
    assert Counter(plain(s.title) for s in SOURCES).most_common(1)[0][1] == 1
    links = Counter(link for s in SOURCES for link in s.links)
    assert links.most_common(1)[0][1] == 1
    assert not [s for s in SOURCES if not s.pages]


def test_what_a_page_tells_to_read_is_in_the_bibliography() -> None:
    known = {plain(source.title): source for source in SOURCES}
    told = [(page, item) for page in PAGES for item in ITEM.findall(page.read_text("utf-8"))]
    assert len(told) > 100
    for page, (year, title, link) in told:
        found = known[plain(title)]
        assert found.year == year, title
        assert page in found.pages, (title, page)
        assert link in found.links, (title, page)


def test_every_citation_of_a_page_leads_back_to_it() -> None:
    for page in PAGES:
        here = [source for source in SOURCES if page in source.pages]
        others, *_ = text(page).split("(how-to-cite)=")
        for name, year in set(CITED.findall(others)):
            authors = [plain(source.authors) for source in here if source.year == year]
            assert any(plain(name) in found for found in authors), (page, name, year)


def test_the_pages_of_a_source_are_there_and_name_it() -> None:
    for cited in SOURCES:
        for page in cited.pages:
            assert page in PAGES
            named = rf"\b{plain(cited.first)}\b[^()]{{1,200}}\(?{cited.year}\b"
            assert re.search(named, unaccented(text(page))), (cited.title, page)


def test_links_have_the_titles_of_their_pages_as_words() -> None:
    for words, place in re.findall(r"\[([^]]+)\]\((\S+\.md)\)", FILE.read_text("utf-8")):
        page = (FILE.parent / place).resolve()
        assert f"# {words}\n" in page.read_text("utf-8"), place
