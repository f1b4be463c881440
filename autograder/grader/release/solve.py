"""The solved notebook of an assignment, for those who teach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import nbformat

from autograder.exercises import exercises
from autograder.grader import references
from autograder.grader.release.source import notebook


def solved(assignment: str) -> str:
    """The assignment with the reference in every solution cell, as the JSON of an .ipynb file."""
    names = [exercise.name for exercise in exercises(assignment)]
    return filled(assignment, references.cells(references.text(assignment), names))


def filled(assignment: str, sources: Mapping[str, str]) -> str:
    """The assignment with the given sources in its solution cells, by grade_id.

    Returns:
        The JSON of an .ipynb file; cells that are not named stay as they are handed out.
    """
    made = notebook(assignment)
    for cell in made.cells:
        grade_id = grade_id_of(cell)
        if grade_id in sources:
            cell.source = sources[grade_id].rstrip("\n")
    return f"{nbformat.writes(made)}\n"


def grade_id_of(cell: Any) -> str:
    """The nbgrader id of a cell, or ""."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
