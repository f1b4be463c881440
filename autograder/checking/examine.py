"""What a check finds of a student's object, on public cases and in the student's own process."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np

from autograder.checking.as_judged import Exchange
from autograder.checking.assess import Assessment, Assessor
from autograder.checking.case import Case, NoCase, no_case
from autograder.checking.compare import failed
from autograder.checking.contents import points, section
from autograder.checking.graded_with import says_what_differs
from autograder.checking.parameters import parameters
from autograder.checking.public import SEED, Public
from autograder.checking.seen import says_what_is_unseen
from autograder.checking.session import Session
from autograder.checking.show import Shown
from autograder.exercises import Answer, Exercise, Program, Speed, assignments, exercises, find, run
from autograder.exercises.speed import looped
from autograder.packages import missing

ROUNDS = 3
"""Times that are taken of a layer and of its loop; the least of them stands for each."""


@dataclass(frozen=True)
class Found:
    """What a check has found: what is shown of it, and the case that goes with it."""

    shown: Shown
    case: Case | NoCase


def exercise_of(student_object: Any) -> Exercise | Shown:
    """The exercise that a student's object is for, or what is shown of an object of none."""
    name = getattr(student_object, "__name__", "")
    exercise = find(name)
    if exercise is not None:
        return exercise
    given = f"`{name}`" if name else f"What you gave, a {type(student_object).__name__},"
    names = ", ".join(e.name for assignment in assignments() for e in exercises(assignment))
    says = f"{given} is not an exercise. Give the function or class itself, one of: {names}."
    return Shown(name or "check", "error", says)


def found_of(student_object: Any, session: Session | None = None) -> Found:
    """What there is to show of a student's object, whatever it is.

    Args:
        student_object: the function or class; an object of no exercise is said to be none.
        session: what the notebook's checks have found so far, where that is told; it is put down
            there what this one finds.
    """
    exercise = exercise_of(student_object)
    if isinstance(exercise, Shown):
        return Found(exercise, no_case(exercise.title, "What was checked last is no exercise."))
    name = exercise.name
    if says := missing(exercise.requires, f"`{name}`"):
        return Found(Shown(name, "error", says), no_case(name, says))
    seen: list[Exchange] = []
    below: list[str] = []
    found = examine(exercise, student_object, seen, below)
    if found.status == "correct" and exercise.speed is not None:
        found = _timed(found, exercise.speed, _beside(exercise, student_object))
    warned = [a.warned for _, answers in seen for a in answers if a.warned]
    every = tuple(e.name for e in exercises(exercise.assignment))
    also = [says_what_differs(found.status, warned), says_what_is_unseen(student_object, every)]
    message = " ".join(filter(None, [found.message, *also]))
    further = ""
    if session is not None:
        session.note(name, found.status, found.mistake)
        worth = {one: points(exercise.assignment).get(one, 0) for one in every}
        further = session.says(name, worth, looked_into=bool(found.findings))
    case = _case(exercise, student_object, found, seen, below)
    read = section(exercise.assignment, found.read)
    return Found(Shown(name, found.status, message, read, further), case)


def _case(
    exercise: Exercise,
    student_object: Any,
    found: Assessment,
    seen: Sequence[Exchange],
    below: Sequence[str],
) -> Case | NoCase:
    """The call that the message is about, where there is one to look at."""
    name = exercise.name
    if found.status == "not attempted":
        return no_case(name, "It is not written yet.")
    if not found.findings:
        says = {
            "correct": "The last check found it right.",
            "partial": "Its values are right; the last check's message says what is not.",
        }
        return no_case(name, says.get(found.status, "The last check's message says all there is."))
    finding = found.findings[0]
    program, answers = next(
        (one for one in seen if finding.call in {call.name for call in one[0].calls}), seen[0]
    )
    known = Public(exercise)
    is_main = program is seen[0][0]
    expected = known.expected if is_main else {}
    live = _globals(student_object)
    checked = _beside(exercise, student_object)
    is_the_notebook_s = live.get(name) is student_object

    def objects() -> Mapping[str, Any]:
        return dict(live) if is_the_notebook_s else checked

    return Case(
        exercise, program, answers, expected, finding, parameters(student_object), objects, below
    )


def examine(
    exercise: Exercise,
    student_object: Any,
    seen: list[Exchange] | None = None,
    below: list[str] | None = None,
) -> Assessment:
    """Assess a student's object on the public cases, beside the student's other objects.

    Args:
        exercise: the exercise.
        student_object: the object.
        seen: where it is put down what was asked and answered, in order.
        below: where the earlier exercises are put down that it is built on and that are not right.
    """
    namespace = _beside(exercise, student_object)

    def ask(program: Program) -> Sequence[Answer]:
        answers = run(program, namespace)
        if seen is not None:
            seen.append((program, answers))
        return answers

    def earlier(name: str) -> Assessment | None:
        needed = find(name)
        if needed is None or name not in namespace:
            return None
        found = Assessor(Public(needed), ask).assess(earlier)
        if below is not None and name in exercise.needs and found.status == "wrong":
            below.append(name)
        return found

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
    return dict(_globals(student_object))


def _globals(student_object: Any) -> Mapping[str, Any]:
    made = getattr(student_object, "__init__", None)
    function = made if isinstance(student_object, type) else student_object
    found: Mapping[str, Any] | None = getattr(function, "__globals__", None)
    if found is None:
        found = getattr(sys.modules.get(getattr(student_object, "__module__", "")), "__dict__", {})
    return found
