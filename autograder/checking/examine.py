"""What a check finds of a student's object, on public cases and in the student's own process."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np

from autograder.checking.assess import Assessment, Assessor
from autograder.checking.compare import failed
from autograder.checking.graded_with import says_what_differs
from autograder.checking.parameters import parameters
from autograder.checking.public import SEED, Public
from autograder.checking.seen import says_what_is_unseen
from autograder.checking.show import Shown
from autograder.exercises import Answer, Exercise, Program, Speed, assignments, exercises, find, run
from autograder.exercises.speed import looped

ROUNDS = 3
"""Times that are taken of a layer and of its loop; the least of them stands for each."""


def found_of(student_object: Any) -> Shown:
    """What there is to show of a student's object, whatever it is.

    Args:
        student_object: the function or class; an object of no exercise is said to be none.
    """
    name = getattr(student_object, "__name__", "")
    exercise = find(name)
    if exercise is None:
        given = f"`{name}`" if name else f"What you gave, a {type(student_object).__name__},"
        names = ", ".join(e.name for assignment in assignments() for e in exercises(assignment))
        says = f"{given} is not an exercise. Give the function or class itself, one of: {names}."
        return Shown(name or "check", "error", says)
    warned: list[str] = []
    found = examine(exercise, student_object, warned)
    if found.status == "correct" and exercise.speed is not None:
        found = _timed(found, exercise.speed, _beside(exercise, student_object))
    also = [
        says_what_differs(found.status, warned),
        says_what_is_unseen(student_object, [e.name for e in exercises(exercise.assignment)]),
    ]
    message = " ".join(filter(None, [found.message, *also]))
    return Shown(name, found.status, message, found.read)


def examine(exercise: Exercise, student_object: Any, warned: list[str] | None = None) -> Assessment:
    """Assess a student's object on the public cases, beside the student's other objects.

    Args:
        exercise: the exercise.
        student_object: the object.
        warned: where the warnings that it gives are put down.
    """
    namespace = _beside(exercise, student_object)

    def ask(program: Program) -> Sequence[Answer]:
        answers = run(program, namespace)
        if warned is not None:
            warned.extend(filter(None, (answer.warned for answer in answers)))
        return answers

    def earlier(name: str) -> Assessment | None:
        needed = find(name)
        if needed is None or name not in namespace:
            return None
        return Assessor(Public(needed), ask).assess(earlier)

    return Assessor(Public(exercise, parameters(student_object)), ask).assess(earlier)


def _timed(found: Assessment, speed: Speed, namespace: Mapping[str, Any]) -> Assessment:
    """What is found of a right object, and what clock and profiler say; they decide nothing."""
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    rng = np.random.default_rng(SEED)
    seconds: list[list[float]] = [[], []]
    for _ in range(ROUNDS):
        whole = speed.draw(rng, device)
        for taken, program in zip(seconds, (whole, looped(speed, whole)), strict=True):
            start = perf_counter()
            given = {answer.call: answer for answer in run(program, namespace)}
            taken.append(perf_counter() - start)
            for call in program.calls:
                if given[call.name].raised or given[call.name].returned:
                    says = f"But not on a long input. {failed(program, call, given).says}"
                    return replace(found, status="partial", message=f"{found.message} {says}")
    layer, loop = map(min, seconds)
    says = (
        f"On a long input, {speed.label}, it took {layer:.2g} seconds here, and its own cell in a "
        f"loop {loop:.2g}: it is {loop / layer:.2g} times as fast. The grader measures for itself, "
        f"and asks for {speed.bounds[device].fast:g} times as fast as a loop of its own, which is "
        "in NumPy."
    )
    explained = speed.explained(namespace, device)
    return replace(found, message=f"{found.message} {says} {explained}".rstrip())


def _beside(exercise: Exercise, student_object: Any) -> Mapping[str, Any]:
    """The student's names, of which one is the object that is looked at."""
    return {**_surroundings(student_object), exercise.name: student_object}


def _surroundings(student_object: Any) -> Mapping[str, Any]:
    """The names beside the object: the notebook's, or its module's."""
    made = getattr(student_object, "__init__", None)
    function = made if isinstance(student_object, type) else student_object
    found = getattr(function, "__globals__", None)
    if found is None:
        found = getattr(sys.modules.get(getattr(student_object, "__module__", "")), "__dict__", {})
    return dict(found)
