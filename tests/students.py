"""Notebooks of students, as the names that their cells bind, and what the judge says of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from autograder import references
from autograder.assess import Assessment
from autograder.exercises import Exercise, assignments, exercises, run
from autograder.judge import Judge

SETUP = "import numpy as np\nimport torch\n"
EXERCISES = [exercise for stem in assignments() for exercise in exercises(stem)]


def names(stem: str) -> list[str]:
    return [exercise.name for exercise in exercises(stem)]


def notebook(stem: str, module: str, **cells: str) -> dict[str, Any]:
    """The names of a notebook with the cells of `module`, some of them replaced by `cells`."""
    sources = {**references.cells(module, names(stem)), **cells}
    return references.execute(SETUP + "\n\n".join(sources.values()))


def solved(stem: str, **cells: str) -> dict[str, Any]:
    """The notebook with the references, but for `cells`."""
    return notebook(stem, references.text(stem), **cells)


def untouched(stem: str) -> dict[str, Any]:
    """The notebook as it is handed out."""
    stubs = {name: references.stub(stem, name) for name in names(stem)}
    return solved(stem, **stubs)


@cache
def judge(stem: str, seed: int) -> Judge:
    return Judge(stem, seed)


def judged(
    exercise: Exercise,
    seed: int,
    student: dict[str, Any],
    earlier: Mapping[str, Assessment] | None = None,
) -> Assessment:
    """What the judge finds about one object of a student."""
    hidden = judge(exercise.stem, seed)
    answers = run(hidden.program(exercise), student)
    return hidden.judge(exercise, answers, earlier or {}, lambda program: run(program, student))


def judged_all(stem: str, seed: int, student: dict[str, Any]) -> dict[str, Assessment]:
    """What the judge finds about every exercise, in the order of the notebook."""
    found: dict[str, Assessment] = {}
    for exercise in exercises(stem):
        found[exercise.name] = judged(exercise, seed, student, found)
    return found
