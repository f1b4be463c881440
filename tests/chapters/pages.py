"""The pages of the chapters, as tests read and run them."""

from __future__ import annotations

import contextlib
import io
import re
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jupytext
import matplotlib
import torch

from autograder.exercises import assignments
from autograder.grader import catalogue, references
from autograder.grader.checkout import homes
from autograder.grader.release.source import page as page_of
from tests.students import names

Ran = tuple[dict[str, Any], str]
"""The names that cells leave behind, and what they print."""


def lesson_of(assignment: str) -> Path:
    """The lesson beside an assignment."""
    return page_of(assignment).parent / "index.md"


def lessons_of(assignment: str) -> list[Path]:
    """All pages of a chapter that are read and not completed, its first page first."""
    first = lesson_of(assignment)
    completed = {page_of(name) for name in assignments()}
    return [first, *sorted(set(first.parent.glob("*.md")) - completed - {first})]


def read(page: Path) -> Any:
    return deepcopy(_parsed(page.read_text(encoding="utf-8")))


@cache  # hundreds of tests read a page, and each would parse it
def _parsed(text: str) -> Any:
    return jupytext.reads(text, fmt="md:myst")


def code(page: Path) -> list[Any]:
    return [cell for cell in read(page).cells if cell.cell_type == "code"]


def graded(page: Path) -> dict[str, Any]:
    """The cells that nbgrader knows, by grade_id."""
    cells = [cell for cell in code(page) if "nbgrader" in cell.metadata]
    return {cell.metadata["nbgrader"]["grade_id"]: cell for cell in cells}


def titles(page: Path) -> list[str]:
    """The titles of the sections of a page."""
    text = "\n".join(cell.source for cell in read(page).cells if cell.cell_type == "markdown")
    return [line[3:] for line in text.splitlines() if line.startswith("## ")]


def answers(page: Path) -> list[str]:
    """The answers to the questions of a page, in their order, each numbered as its place."""
    text = page.read_text(encoding="utf-8")
    section = text.split("\n## Questions\n")[1].split("\n## ")[0]
    asked = re.findall(r"^\*\*(\d+)\.\*\*", section, re.MULTILINE)
    found = re.findall(r"^:::\{dropdown\} Answer\n(.*?)\n:::$", section, re.MULTILINE | re.DOTALL)
    assert section.count(":::{dropdown}") == len(found)
    assert asked == [str(number) for number in range(1, len(found) + 1)]
    return found


def says(text: str, *numbers: str) -> bool:
    """Whether a text has all these numbers, each of them whole."""
    return all(re.search(rf"(?<![\d.,]){re.escape(n)}(?![\d]|[.,]\d)", text) for n in numbers)


def said(page: Path, number: int, *parts: str) -> None:
    """Assert that an answer of a page has these parts, in this order."""
    answer = answers(page)[number - 1]
    at = 0
    for part in parts:
        assert part in answer[at:], part
        at = answer.index(part, at) + len(part)


@cache
def headings() -> frozenset[str]:
    """The headings of all pages of the book, and of a folder beside the course."""
    lines = (
        line
        for one in homes()
        for page in one.chapters.rglob("*.md")
        for line in page.read_text(encoding="utf-8").splitlines()
    )
    return frozenset(line.lstrip("#").strip() for line in lines if line.startswith("#"))


def sections(assignment: str) -> set[str]:
    """The titles of the sections that the known mistakes of an assignment refer to."""
    return {entry.mistake.read.strip("‘’") for entry in catalogue.entries(assignment)}


def run(folder: Path, sources: list[str]) -> Ran:
    """Run cells one after the other, in a folder, and leave the settings as they were."""
    matplotlib.use("Agg")
    found: dict[str, Any] = {}
    printed = io.StringIO()
    threads = torch.get_num_threads()
    try:
        with (
            contextlib.chdir(folder),
            matplotlib.rc_context(),
            contextlib.redirect_stdout(printed),
        ):
            for source in sources:
                exec(source.replace("plt.show()", ""), found)
    finally:
        torch.set_num_threads(threads)
    if "plt" in found:
        found["plt"].close("all")
    return found, printed.getvalue()


def run_lesson(page: Path) -> Ran:
    """Run a lesson from top to bottom."""
    return run(page.parent, [cell.source for cell in code(page)])


def run_solved(assignment: str) -> Ran:
    """Run an assignment, with the references in place of the stubs and without the checks."""
    solutions = references.cells(references.text(assignment), names(assignment))
    sources = []
    for cell in code(page_of(assignment)):
        form = cell.metadata.get("nbgrader", {})
        if form.get("solution"):
            sources.append(solutions[form["grade_id"]])
        elif not form.get("grade_id", "").startswith("check-"):
            sources.append(cell.source)
    return run(page_of(assignment).parent, sources)
