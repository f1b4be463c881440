"""The map of the course, drawn from what its pages say: what builds on what, hours, points."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from docutils.parsers.rst import Directive

from autograder.grader.book.execution import reference
from autograder.grader.release.handout import TITLE

TIME = re.compile(r"^\*\*Time\.\*\* (.+)$", re.MULTILINE)
NEEDED = re.compile(r"^\*\*(?:Before you begin|What you should know)\.\*\* (.+)$", re.MULTILINE)
PLACE = re.compile(r"\]\(([^)\s#:]+)\.md[^)]*\)")
POINTS = re.compile(r"^ *grade_id: check-\w+$\n(?:^ +\w+: .*$\n)*?^ +points: (\d+)$", re.MULTILINE)

WORDS = {
    "half an hour": 30,
    "forty minutes": 40,
    "three quarters of an hour": 45,
    "fifty minutes": 50,
    "one hour": 60,
}
AMOUNT = re.compile(r"\d+|as long|quarter of an hour")

ROW, EDGE, ACROSS, BULGE = 64, 104, 340, 26
"""The drawing, in its own units: a row, where the line of chapters stands, the width, an arc."""


@dataclass(frozen=True)
class Page:
    """A page of the book, seen from the map.

    Attributes:
        place: its name in the book, as `chapters/gated/lstm`.
        title: its title.
        time: how long it takes, in its own words, or "".
        points: what an assignment is worth; nothing for a page to read.
        needs: the folders of the chapters to which it sends those who do not know enough.
    """

    place: str
    title: str
    time: str
    points: int | None
    needs: frozenset[str]

    @property
    def minutes(self) -> int:
        """How long a page to read takes."""
        total, colon, _ = self.time.partition(":")
        if colon:
            return WORDS[total.lower()]
        found = 0
        parts: list[int] = []
        for amount in AMOUNT.findall(self.time):
            found = int(amount) if amount.isdigit() else 15 if "quarter" in amount else found
            parts.append(found)
        return sum(parts)


@dataclass(frozen=True)
class Chapter:
    """A chapter: its pages, its first page first."""

    pages: tuple[Page, ...]

    @property
    def folder(self) -> str:
        """What its pages have in common."""
        return self.pages[0].place.split("/")[-2]

    @property
    def title(self) -> str:
        """Its title, as short as the drawing has room for."""
        return self.pages[0].title.partition(":")[0]

    @property
    def lessons(self) -> list[Page]:
        """The pages to read."""
        return [page for page in self.pages if page.points is None]

    @property
    def assignments(self) -> list[Page]:
        """The pages to complete."""
        return [page for page in self.pages if page.points is not None]

    @property
    def points(self) -> int:
        """What its assignments are worth."""
        return sum(page.points or 0 for page in self.assignments)

    @property
    def hours(self) -> str:
        """How long its pages to read take, in hours and halves."""
        halves = max(1, round(sum(page.minutes for page in self.lessons) / 30))
        if halves == 1:
            return "half an hour"
        whole = str(halves // 2) + ("½" if halves % 2 else "")
        return f"{whole} hour" + ("" if halves == 2 else "s")


class CourseMap(Directive):  # type: ignore[misc]
    """The map: a drawing, and the same in words."""

    def run(self) -> list[nodes.Node]:
        """Draw it for the page where the directive stands."""
        env = self.state.document.settings.env
        found = chapters(Path(env.app.confdir))
        for page in (page for chapter in found for page in chapter.pages):
            env.note_dependency(env.doc2path(page.place))
        up = "../" * env.docname.count("/")
        return [nodes.raw("", drawing(found, up) + words(found, up), format="html")]


def setup(app: Any) -> None:
    """Connect to Sphinx."""
    app.add_directive("course-map", CourseMap)


def chapters(root: Path) -> list[Chapter]:
    """The numbered chapters of the book in `root`, in their order."""
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    listed = [c for part in contents["parts"] if "numbered" in part for c in part["chapters"]]
    return [
        Chapter(tuple(read(root, entry["file"]) for entry in (first, *first["sections"])))
        for first in listed
    ]


def read(root: Path, place: str) -> Page:
    """What a page says of itself."""
    text = (root / f"{place}.md").read_text(encoding="utf-8")
    title, time = TITLE.search(text), TIME.search(text)
    graded = reference(root, place.rpartition("/")[2]).is_file()
    own = place.split("/")[-2]
    needed = {
        link.removeprefix("../").split("/")[0]
        for paragraph in NEEDED.findall(text)
        for link in PLACE.findall(paragraph)
        if link.startswith("../") and link.count("/") == 2
    }
    return Page(
        place,
        title[1].removeprefix("Assignment: ") if title else place,
        time[1] if time else "",
        sum(map(int, POINTS.findall(text))) if graded else None,
        frozenset(needed - {own}),
    )


def needs(found: Sequence[Chapter]) -> dict[str, set[str]]:
    """The chapters to which the pages of each chapter send, by folder."""
    return {
        chapter.folder: set().union(*(page.needs for page in chapter.pages)) for chapter in found
    }


def steps(needed: Mapping[str, set[str]]) -> list[tuple[str, str]]:
    """From which chapter to which one goes: those needs that do not follow from others."""

    def before(chapter: str) -> set[str]:
        return needed[chapter].union(*(before(earlier) for earlier in needed[chapter]))

    return [
        (earlier, chapter)
        for chapter, direct in needed.items()
        for earlier in direct
        if not any(earlier in before(other) for other in direct - {earlier})
    ]


def drawing(found: Sequence[Chapter], up: str) -> str:
    """The chapters one below the other, and an arc from each to those that build on it."""
    at = {chapter.folder: ROW // 2 + ROW * row for row, chapter in enumerate(found)}
    parts = [
        '<svg class="course-map" xmlns="http://www.w3.org/2000/svg" role="group" '
        f'aria-label="The chapters, and what builds on what; the list below says the same" '
        f'viewBox="0 0 {ACROSS} {ROW * len(found)}">',
        '<defs><marker id="course-map-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0,0 L8,4 L0,8 z"/></marker></defs>',
    ]
    for earlier, later in sorted(steps(needs(found)), key=lambda step: (at[step[1]], at[step[0]])):
        # It leaves below the middle and arrives on its own side, so that no two tips are one.
        start, end = at[earlier] + 5, at[later] + (-4 if at[later] > at[earlier] else 4)
        out = EDGE - BULGE * abs(end - start) / ROW - BULGE
        parts.append(
            f'<path class="step" marker-end="url(#course-map-tip)" d="M{EDGE - 8},{start} '
            f'C{max(out, 2):.0f},{start} {max(out, 2):.0f},{end} {EDGE - 9},{end}"/>'
        )
    for chapter in found:
        y = at[chapter.folder]
        parts.append(
            f'<circle cx="{EDGE}" cy="{y}" r="6"/>'
            f'<a href="{up}{chapter.pages[0].place}.html">'
            f'<text x="{EDGE + 14}" y="{y - 2}">{html.escape(chapter.title)}</text></a>'
            f'<text class="about" x="{EDGE + 14}" y="{y + 16}">'
            f"{chapter.hours} to read, {chapter.points} points</text>"
        )
    return "".join([*parts, "</svg>"])


def words(found: Sequence[Chapter], up: str) -> str:
    """The same as a list, with all pages."""
    by_folder = {chapter.folder: chapter for chapter in found}
    needed = needs(found)

    def link(page: Page, title: str) -> str:
        return f'<a href="{up}{page.place}.html">{html.escape(title)}</a>'

    def lines(chapter: Chapter) -> Iterator[str]:
        pages = "1 page" if len(chapter.lessons) == 1 else f"{len(chapter.lessons)} pages"
        yield f"To read: {pages}, about {chapter.hours} with the questions."
        for page in chapter.assignments:
            time = re.split(r"[.,;:]", page.time)[0].lower()
            worth = f"{page.points} points" + (f", {time}" if time else "")
            yield f"To complete: {link(page, page.title)} ({worth})."
        earlier = [by_folder[name] for name in by_folder if name in needed[chapter.folder]]
        if earlier:
            listed = ", ".join(link(other.pages[0], other.title) for other in earlier)
            yield f"Builds on: {listed}."

    items = (
        f"<li><p>{link(chapter.pages[0], chapter.pages[0].title)}</p><ul>"
        + "".join(f"<li>{line}</li>" for line in lines(chapter))
        + "</ul></li>"
        for chapter in found
    )
    return f'<ol class="course-list">{"".join(items)}</ol>'
