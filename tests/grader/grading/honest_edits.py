"""How students change a notebook, for the forms in which right work is left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell

from autograder.grader.release.solve import grade_id_of
from tests.attacks.attack import STEP, reference

SIGMOID, PLAIN = reference()[STEP].split("\n\n\n")
"""The helper and the function of the first exercise."""

Edit = Callable[[Any], None]


def position(notebook: Any, grade_id: str) -> int:
    return next(i for i, cell in enumerate(notebook.cells) if grade_id_of(cell) == grade_id)


def cell(notebook: Any, grade_id: str) -> Any:
    return notebook.cells[position(notebook, grade_id)]


def text(source: str, exercise: str = STEP) -> Edit:
    """The cell of an exercise holds this."""

    def edit(notebook: Any) -> None:
        cell(notebook, exercise).source = source

    return edit


def above(code: str, exercise: str = STEP) -> Edit:
    return text(f"{code}\n\n{reference()[exercise]}", exercise)


def below(code: str, exercise: str = STEP) -> Edit:
    return text(f"{reference()[exercise]}\n\n\n{code}", exercise)


def added(code: str, at: Callable[[Any], int], source: str = PLAIN) -> Edit:
    """A cell is added somewhere, and the cell of the first exercise holds `source`."""

    def edit(notebook: Any) -> None:
        cell(notebook, STEP).source = source
        notebook.cells.insert(at(notebook), new_code_cell(code))

    return edit


def before(notebook: Any) -> int:
    return position(notebook, STEP)


def end(notebook: Any) -> int:
    return len(notebook.cells)


def with_id(source: str, at: Callable[[Any], int]) -> Edit:
    """A copy of the first exercise's cell stands somewhere else, with its metadata."""

    def edit(notebook: Any) -> None:
        copy = nbformat.from_dict(dict(cell(notebook, STEP)))
        copy.id, copy.source = "copy", source
        notebook.cells.insert(at(notebook), copy)

    return edit
