"""Chapters → notebooks: the assignment as the author wrote it, as a notebook without outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jupytext
import nbformat

CHAPTERS = Path(__file__).parents[2] / "chapters"


class NoSuchAssignmentError(Exception):
    """There is no chapter of that name; the text says which there are."""


def stems() -> tuple[str, ...]:
    """The assignments that have a chapter page."""
    from ..exercises import assignments

    return tuple(stem for stem in assignments() if list(CHAPTERS.rglob(f"{stem}.md")))


def page(stem: str) -> Path:
    """The chapter page of an assignment.

    Raises:
        NoSuchAssignmentError: where there is none.
    """
    found = list(CHAPTERS.rglob(f"{stem}.md")) if stem in stems() else []
    if not found:
        known = ", ".join(stems()) or "none: the chapters are not in this folder"
        raise NoSuchAssignmentError(f"There is no assignment {stem}. There are: {known}.")
    return found[0]


def notebook(stem: str) -> Any:
    """The assignment as a notebook; the same at every call, cell ids included."""
    return read(page(stem))


def read(page: Path) -> Any:
    """A chapter page, which is a MyST notebook, as the notebook that a student opens."""
    made = jupytext.read(page)
    for number, cell in enumerate(made.cells):
        cell.id = f"{page.stem}-{number}".lower()
    made.metadata.pop("jupytext", None)
    return made


def text(stem: str) -> str:
    """The assignment as the JSON of an .ipynb file."""
    return f"{nbformat.writes(notebook(stem))}\n"
