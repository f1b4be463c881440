"""Write what the wheel knows of the chapters: points, and the pages of the sections that it names.

    python -m autograder.grader.release.contents

Points and titles are written once, in the chapters, and the address of the site in `_config.yml`.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from docutils.nodes import make_id

from autograder.checking.contents import FILE, NAMED
from autograder.exercises import exercises
from autograder.grader import catalogue
from autograder.grader.checkout import CHAPTERS, PACKAGE, ROOT
from autograder.grader.errors import CommandError
from autograder.grader.grading.files import write_atomically
from autograder.grader.judge import speed
from autograder.grader.release.handout import points_of, site
from autograder.grader.release.source import assignments, notebook, page, read

FOLDER = PACKAGE / "exercises"

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


def place_of(title: str, pages: Sequence[Iterable[Page]]) -> str:
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
    """What the file has to say."""
    book = {path: _page(path) for path in sorted(CHAPTERS.rglob("*.md"))}
    tables: dict[str, Mapping[str, object]] = {}
    places: list[str] = []
    for assignment in assignments():
        mistakes, hints = _in_mistakes(assignment, book), _in_hints(assignment, book)
        places += [*mistakes.values(), *hints.values()]
        tables[f"{assignment}.points"] = points_of(
            cell.metadata.get("nbgrader", {}) for cell in notebook(assignment).cells
        )
        tables[f"{assignment}.mistakes"] = mistakes
        tables[f"{assignment}.hints"] = hints
    named = {place.partition("#")[0] for place in places}
    pages = {one.place: one.title for one in book.values() if one.place in named}
    parts = [HEAD, f"site = {_toml(site(ROOT))}\n"]
    for name, table in {"pages": pages, **tables}.items():
        lines = (f"{_toml(key)} = {_toml(value)}\n" for key, value in table.items())
        parts.append(f"[{name}]\n{''.join(lines)}")
    return "\n".join(parts)


def write() -> bool:
    """Write the file; whether it said something else before."""
    path, made = FOLDER / FILE, text().encode()
    if path.exists() and path.read_bytes() == made:
        return False
    write_atomically(path, made)
    return True


def _page(path: Path) -> Page:
    cells = [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]
    lines = "\n".join(cells).splitlines()
    return Page(
        place=path.relative_to(ROOT).with_suffix(".html").as_posix(),
        title=next(line[2:] for line in lines if line.startswith("# ")),
        sections=frozenset(line[3:] for line in lines if line.startswith("## ")),
    )


def _in_mistakes(assignment: str, book: Mapping[Path, Page]) -> dict[str, str]:
    """Where the sections stand that verdicts name."""
    named = {entry.mistake.read for entry in catalogue.entries(assignment)}
    if any(exercise.speed for exercise in exercises(assignment)):
        named.add(speed.READ)
    groups = _groups(assignment, book)
    return {title: place_of(title, groups) for title in sorted(one[1:-1] for one in named)}


def _in_hints(assignment: str, book: Mapping[Path, Page]) -> dict[str, str]:
    """Where the sections stand that hints name, but for those of the assignment's own page."""
    ladders = tomllib.loads((FOLDER / assignment / "hints.toml").read_text(encoding="utf-8"))
    every = [hint for ladder in ladders.values() for hint in ladder]
    named = {title[1:-1] for hint in every for title in NAMED.findall(hint)}
    here, groups = book[page(assignment)].sections, _groups(assignment, book)
    return {title: place_of(title, groups) for title in sorted(named - here)}


def _groups(assignment: str, book: Mapping[Path, Page]) -> list[list[Page]]:
    """The pages on which a section may stand, where it is searched first before the others.

    They are the lesson, which explains; the assignment; others of the chapter; other chapters.
    """
    own, completed = page(assignment), {page(name) for name in assignments()}
    chapter = {path for path in book if path.parent == own.parent}
    groups = (chapter - completed, {own}, chapter & completed - {own}, book.keys() - chapter)
    return [[book[path] for path in sorted(group)] for group in groups]


def _toml(value: object) -> str:
    """A text or a number as TOML has it, which is as JSON has it."""
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    import sys

    try:
        print(f"{FOLDER / FILE} was {'written' if write() else 'right already'}.")
    except SectionError as error:
        sys.exit(str(error))
