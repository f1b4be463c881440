"""Chapters → notebooks: the assignment as the author wrote it, as a notebook without outputs."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from autograder import exercises
from autograder.grader.checkout import CHAPTERS as CHAPTERS
from autograder.grader.checkout import home, homes
from autograder.grader.errors import CommandError
from autograder.grader.release.handout import complete


class NoSuchAssignmentError(CommandError):
    """There is no chapter of that name; the text says which there are."""


def pages() -> dict[str, Path]:
    """The chapter pages of the assignments that have one, by name."""
    there = {one: {page.stem: page for page in one.chapters.rglob("*.md")} for one in homes()}
    found = {name: there[home(name)].get(name) for name in exercises.assignments()}
    return {name: page for name, page in found.items() if page is not None}


def assignments() -> tuple[str, ...]:
    """The assignments that have a chapter page."""
    return tuple(pages())


def page(assignment: str) -> Path:
    """The chapter page of an assignment.

    Raises:
        NoSuchAssignmentError: where there is none.
    """
    known = pages()
    if assignment not in known:
        there = ", ".join(known) or "none: the chapters are not in this folder"
        raise NoSuchAssignmentError(f"There is no assignment {assignment}. There are: {there}.")
    return known[assignment]


def notebook(assignment: str, points: Mapping[str, float] | None = None) -> Any:
    """The assignment as a notebook; the same at every call, cell ids included.

    Args:
        assignment: its name.
        points: those of exercises that are to have others than the page gives them.
    """
    return read(page(assignment), points)


def read(page: Path, points: Mapping[str, float] | None = None) -> Any:
    """A chapter page, which is a MyST notebook, as the notebook that a student opens."""
    made = deepcopy(_parsed(page, page.read_bytes()))
    for number, cell in enumerate(made.cells):
        cell.id = f"{page.stem}-{number}".lower()
        about = cell.metadata.get("nbgrader", {})
        other = (points or {}).get(about.get("grade_id", "").removeprefix("check-"))
        if about.get("grade") and other is not None:
            about["points"] = int(other) if other == int(other) else other
    made.metadata.pop("jupytext", None)
    complete(made, page)
    return made


def text(assignment: str, points: Mapping[str, float] | None = None) -> str:
    """The same as the JSON of an .ipynb file."""
    return f"{nbformat.writes(notebook(assignment, points))}\n"


@lru_cache(maxsize=16)
def _parsed(page: Path, content: bytes) -> Any:
    """The notebook of a page, which is parsed again when its content has changed."""
    return jupytext.read(page, fmt="md:myst")  # not what a page looks like
