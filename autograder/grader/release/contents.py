"""Write what the wheel knows of the chapters: points, and the pages of the sections that it names.

    python -m autograder.grader.release.contents

Points and titles are written once, in the chapters, and the address of the site in `_config.yml`.
An assignment of a folder beside the course has a file of its own, in `exercises/<assignment>`, so
that it can be handed out by itself.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from docutils.nodes import make_id

from autograder.checking.contents import FILE, NAMED
from autograder.exercises import exercises
from autograder.grader import catalogue
from autograder.grader.checkout import CHAPTERS, COURSE, ROOT, home, homes
from autograder.grader.errors import CommandError
from autograder.grader.grading.files import write_atomically
from autograder.grader.judge import speed
from autograder.grader.release.handout import points_of, site
from autograder.grader.release.source import assignments, notebook, page, pages, read

FOLDER = COURSE.exercises

FENCED = re.compile(r"^(`{3,}).*?^\1$", re.DOTALL | re.MULTILINE)
"""What a page shows of other files."""

HEAD = """\
# What the wheel knows of the chapters: points, and where the sections stand to which mistakes send
# and which hints name. `python -m autograder.grader.release.contents` writes it; nobody edits it.
"""


class SectionError(CommandError):
    """A section is named that there is not, or that stands on two pages; the text says which."""


@dataclass(frozen=True)
class Page:
    """A page of the book.

    Attributes:
        place: its address, seen from the root of the site.
        title: its title.
        sections: the titles of its sections.
    """

    place: str
    title: str
    sections: frozenset[str]


def place_of(title: str, pages: Iterable[Iterable[Page]]) -> str:
    """The address of a section, seen from the root of the site.

    Args:
        title: its title, without quotes.
        pages: groups of pages. It stands on one page of the first group that has it.

    Raises:
        SectionError: where no page has it, or two of that group have.
    """
    for group in pages:
        found = [one.place for one in group if title in one.sections]
        if len(found) > 1:
            raise SectionError(
                f"A mistake or a hint names ‘{title}’, which is a section of "
                f"{' and of '.join(found)}. Give one of them another title."
            )
        if found:
            return f"{found[0]}#{make_id(title)}"
    raise SectionError(
        f"A mistake or a hint names ‘{title}’, and no page that it may mean has such a section. "
        "Its title stands in a line of the page that begins with ##."
    )


def text() -> str:
    """What the file of the course has to say."""
    return _text([name for name in assignments() if home(name) == COURSE])


def _text(assignments: Sequence[str]) -> str:
    tables: dict[str, Mapping[str, object]] = {}
    places: list[str] = []
    for assignment in assignments:
        mistakes, hints = _in_mistakes(assignment), _in_hints(assignment)
        places += [*mistakes.values(), *hints.values()]
        tables[f"{assignment}.points"] = points_of(
            cell.metadata.get("nbgrader", {}) for cell in notebook(assignment).cells
        )
        tables[f"{assignment}.mistakes"] = mistakes
        tables[f"{assignment}.hints"] = hints
    named = {place.partition("#")[0] for place in places}
    book = map(_read, sorted(CHAPTERS.rglob("*.md")) if named else [])
    pages = {one.place: one.title for one in book if one.place in named}
    parts = [HEAD, f"site = {_toml(site(ROOT))}\n"]
    for name, table in {"pages": pages, **tables}.items():
        lines = (f"{_toml(key)} = {_toml(value)}\n" for key, value in table.items())
        parts.append(f"[{name}]\n{''.join(lines)}")
    return "\n".join(parts)


def write() -> bool:
    """Write the file of the course; whether it said something else before."""
    return _written(FOLDER / FILE, text())


def write_own(assignment: str) -> bool:
    """Write the file of an assignment that stands beside the course; likewise."""
    return _written(home(assignment).exercises / assignment / FILE, _text([assignment]))


def _written(path: Path, said: str) -> bool:
    made = said.encode()
    if path.exists() and path.read_bytes() == made:
        return False
    write_atomically(path, made)
    return True


def _read(path: Path) -> Page:
    return _page(path, path.read_bytes())


@lru_cache(maxsize=256)
def _page(path: Path, content: bytes) -> Page:
    """The page, which is read again when its content has changed."""
    root = next(one.root for one in homes() if path.is_relative_to(one.root))
    cells = [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]
    lines = FENCED.sub("", "\n".join(cells)).splitlines()
    return Page(
        place=path.relative_to(root).with_suffix(".html").as_posix(),
        title=next(line[2:] for line in lines if line.startswith("# ")),
        sections=frozenset(line[3:] for line in lines if line.startswith("## ")),
    )


def _in_mistakes(assignment: str) -> dict[str, str]:
    """Where the sections stand that verdicts name."""
    named = {entry.mistake.read for entry in catalogue.entries(assignment)}
    if any(exercise.speed for exercise in exercises(assignment)):
        named.add(speed.READ)
    return _places(assignment, {one[1:-1] for one in named})


def _in_hints(assignment: str) -> dict[str, str]:
    """Where the sections stand that hints name, but for those of the assignment's own page."""
    file = home(assignment).exercises / assignment / "hints.toml"
    ladders = tomllib.loads(file.read_text(encoding="utf-8"))
    every = [hint for ladder in ladders.values() for hint in ladder]
    named = {title[1:-1] for hint in every for title in NAMED.findall(hint)}
    return _places(assignment, named - _read(page(assignment)).sections)


def _places(assignment: str, titles: Iterable[str]) -> dict[str, str]:
    """Where the sections stand in the book; a page beside it has no place on the site."""
    groups = _groups(assignment)
    found = {t: place_of(t, (map(_read, group) for group in groups)) for t in sorted(titles)}
    own = home(assignment)
    if own == COURSE:
        return found
    beside = {path.relative_to(own.root).with_suffix("") for path in own.chapters.rglob("*.md")}
    return {
        t: place for t, place in found.items() if Path(place[: place.index(".html")]) not in beside
    }


def _groups(assignment: str) -> list[list[Path]]:
    """The pages on which a section may stand, where it is searched first before the others.

    They are the lesson, which explains; the assignment; others of the chapter; other chapters.
    """
    own, completed = page(assignment), set(pages().values())
    book = {path for one in {COURSE, home(assignment)} for path in one.chapters.rglob("*.md")}
    chapter = {path for path in book if path.parent == own.parent}
    groups = (chapter - completed, {own}, chapter & completed - {own}, book - chapter)
    return [sorted(group) for group in groups]


def _toml(value: object) -> str:
    """A text or a number as TOML has it, which is as JSON has it."""
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    import sys

    try:
        print(f"{FOLDER / FILE} was {'written' if write() else 'right already'}.")
    except SectionError as error:
        sys.exit(str(error))
