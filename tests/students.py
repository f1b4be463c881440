"""Notebooks of students, as the names that their cells bind, and what the judge says of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from autograder.checking.assess import Assessment
from autograder.checking.public import SEED, Public
from autograder.exercises import (
    Answer,
    Array,
    Exercise,
    Program,
    assignments,
    exercises,
    homes,
    run,
)
from autograder.grader import catalogue, references
from autograder.grader.authoring.prove import VARIABLE
from autograder.grader.judge import Judge, expected

ASSIGNMENTS = tuple(name for name in assignments() if os.environ.get(VARIABLE, name) == name)
"""All, or the one that is proved alone."""

EXERCISES = [exercise for assignment in ASSIGNMENTS for exercise in exercises(assignment)]


def names(assignment: str) -> list[str]:
    return [exercise.name for exercise in exercises(assignment)]


def notebook(module: str, **cells: str) -> dict[str, Any]:
    """The names of a notebook: the definitions of `module`, some of them made anew by `cells`."""
    return references.execute("\n\n".join([module, *cells.values()]))


def solved(assignment: str, **cells: str) -> dict[str, Any]:
    """The notebook with the references, but for `cells`."""
    return notebook(references.text(assignment), **cells)


def untouched(assignment: str) -> dict[str, Any]:
    """The notebook as it is handed out."""
    stubs = {name: references.stub(assignment, name) for name in names(assignment)}
    return solved(assignment, **stubs)


def with_mistake(assignment: str, mistake: catalogue.Entry) -> dict[str, Any]:
    """The notebook with one mistake, and later ones that are right, which build on all of it.

    A notebook that was released before its assignment was divided has all of these; in a later one
    a student has pasted his or her own functions in the place of the stand-ins.
    """
    own = notebook(catalogue.text(assignment, mistake))
    names_of = set(names(assignment))
    brought = {name: value for name, value in own.items() if name in names_of}
    for later in assignments():
        if later != assignment and names_of & needed_by(later):
            built = solved(later)
            built |= brought
            own |= {name: built[name] for name in names(later)}
    return own


def needed_by(assignment: str) -> set[str]:
    """All that the exercises of an assignment are built on."""
    return {name for exercise in exercises(assignment) for name in exercise.needs}


def edited(assignment: str, exercise: str, edit: str) -> str:
    """The source of `exercise` with an edit, written as in a catalogue."""
    entry = f"# {exercise}\n## ‘Nowhere’\nodd: It is odd.\n{edit}"
    return catalogue.wrong(assignment, *catalogue.written(assignment, entry))


def stale(exercise: Exercise) -> str:
    """What is to be done where the public data of an exercise is stale."""
    command = "python -m autograder.grader.release.expected"
    return f"Run `{command} {exercise.assignment} {exercise.name}`."


@cache
def judge(assignment: str, seed: int) -> Judge:
    return Judge(assignment, seed)


def fingerprints(exercise: Exercise, seed: int) -> Mapping[str, Array]:
    """The fingerprints of the known mistakes, as a notebook has them or the judge of a course."""
    if seed == SEED:
        return Public(exercise).fingerprints
    return judge(exercise.assignment, seed).knowledge(exercise).fingerprints


def judged(
    exercise: Exercise,
    seed: int,
    student: dict[str, Any],
    earlier: Mapping[str, Assessment] | None = None,
) -> Assessment:
    """What the judge finds about one object of a student."""
    hidden = judge(exercise.assignment, seed)
    return hidden.judge(exercise, lambda program: run(program, student), (earlier or {}).get)


class KnownMistakes:
    """The proof that the judge names the known mistakes, each of which runs once for each seed.

    The judge runs all mistakes of an exercise for their fingerprints. What they answer is kept
    here until the judge asks one of them as it would ask a student.
    """

    def __init__(self) -> None:
        self._kept: dict[object, list[Answer]] = {}
        self._run = expected.wrong_answers

    def wrong_answers(self, program: Program, known: catalogue.Entry) -> list[Answer]:
        """In the place of `expected.wrong_answers`, which it calls."""
        answers = self._kept[_key(program, known)] = self._run(program, known)
        return answers

    def judged(self, exercise: Exercise, seed: int, known: catalogue.Entry) -> Assessment:
        """What the judge finds about a known mistake."""
        hidden = judge(exercise.assignment, seed)
        _ = hidden.knowledge(exercise).fingerprints  # from which on what is asked now is kept

        def ask(program: Program) -> list[Answer]:
            kept = self._kept.pop(_key(program, known), None)
            return self._run(program, known) if kept is None else kept

        return hidden.judge(exercise, ask, {}.get)


def _key(program: Program, known: catalogue.Entry) -> object:
    # The calls of a judge's program live as long as the judge, and so do not share addresses.
    return known.exercise, known.name, tuple(map(id, program.calls))


def judged_with(name: str, seed: int, student: dict[str, Any]) -> dict[str, Assessment]:
    """What the judge finds about `name` and all that is built on it, in an order to write it in."""
    found: dict[str, Assessment] = {}
    for exercise in sorted(EXERCISES, key=lambda one: len(homes([one.name]))):
        if name in (exercise.name, *exercise.needs):
            found[exercise.name] = judged(exercise, seed, student, found)
    return found
