"""Notebooks of students, as the names that their cells bind, and what the judge says of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from autograder import public, references
from autograder.assess import Assessment
from autograder.exercises import Array, Exercise, assignments, exercises, run
from autograder.judge import Judge

EXERCISES = [exercise for stem in assignments() for exercise in exercises(stem)]


def names(stem: str) -> list[str]:
    return [exercise.name for exercise in exercises(stem)]


def notebook(module: str, **cells: str) -> dict[str, Any]:
    """The names of a notebook: the definitions of `module`, some of them made anew by `cells`."""
    return references.execute("\n\n".join([module, *cells.values()]))


def solved(stem: str, **cells: str) -> dict[str, Any]:
    """The notebook with the references, but for `cells`."""
    return notebook(references.text(stem), **cells)


def untouched(stem: str) -> dict[str, Any]:
    """The notebook as it is handed out."""
    stubs = {name: references.stub(stem, name) for name in names(stem)}
    return solved(stem, **stubs)


@cache
def judge(stem: str, seed: int) -> Judge:
    return Judge(stem, seed)


def bank(exercise: Exercise, seed: int) -> Mapping[str, Array]:
    """The signatures of the known mistakes, as a notebook has them or the judge of a course."""
    if seed == public.SEED:
        return public.load(exercise).bank
    return judge(exercise.stem, seed)._rooms[exercise.name].bank


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


def judged_with(name: str, stem: str, seed: int, student: dict[str, Any]) -> dict[str, Assessment]:
    """What the judge finds about `name` and all that is built on it, in the notebook's order."""
    found: dict[str, Assessment] = {}
    for exercise in exercises(stem):
        if name in (exercise.name, *exercise.needs):
            found[exercise.name] = judged(exercise, seed, student, found)
    return found
