"""The exercises of the course: a package an assignment, an `Exercise` a graded object.

A package here says how inputs are drawn, how the student's object is called and what counts as
equal. It holds nothing that is right: that stands in `solutions`, and comes from there as numbers.
Two modules compute a little around the student's own results, by equations that the exercise gives:
`gru.reset` the gates of a step, `recurrent.training` the output layer.

The packages of an instructor's own folder are found beside these, under the same name.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from autograder import own
from autograder.exercises.exercise import Ask, Exercise, Finding, Right
from autograder.exercises.program import (
    Answer,
    Array,
    Call,
    Program,
    Ref,
    Result,
    StudentError,
    StudentObject,
    run,
)
from autograder.exercises.speed import Bounds, Speed
from autograder.exercises.tolerances import TOLERANCES, Tolerance

__all__ = [
    "TOLERANCES",
    "Answer",
    "Array",
    "Ask",
    "Bounds",
    "Call",
    "Exercise",
    "Finding",
    "Program",
    "Ref",
    "Result",
    "Right",
    "Speed",
    "StudentError",
    "StudentObject",
    "Tolerance",
    "assignments",
    "exercises",
    "find",
    "homes",
    "run",
    "use",
]

OF_THE_COURSE = __path__[0]


@cache
def assignments() -> tuple[str, ...]:
    """The names of all assignments, in alphabetical order."""
    packages = (module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    return tuple(sorted(name for name in packages if _of(name)))


def exercises(assignment: str) -> tuple[Exercise, ...]:
    """The exercises of one assignment, in the order of its notebook.

    Raises:
        KeyError: where there is no such assignment.
    """
    if assignment not in assignments():
        raise KeyError(assignment)
    return _of(assignment)


def find(name: str) -> Exercise | None:
    """The exercise called `name`, or None."""
    return next(
        (e for assignment in assignments() for e in _of(assignment) if e.name == name), None
    )


def homes(names: Iterable[str]) -> tuple[str, ...]:
    """The assignments of these exercises and of all that they are built on, in alphabetical order.

    A notebook that was released before an assignment was divided has exercises of several.

    Args:
        names: the names of exercises; others are passed over.
    """
    found: dict[str, str] = {}
    waiting = list(names)
    while waiting:
        exercise = find(waiting.pop())
        if exercise is not None and exercise.name not in found:
            found[exercise.name] = exercise.assignment
            waiting += [*exercise.needs, exercise.draws_as]
    return tuple(sorted(set(found.values())))


def use(folder: Path | None) -> None:
    """Find the assignments of this folder too, here and in the processes that this one starts.

    Args:
        folder: the folder, as `autograder.own` describes it; None for the course alone.
    """
    public = [] if folder is None else [str(own.public(folder))]
    if [OF_THE_COURSE, *public] != __path__:
        for name in {module.name for module in pkgutil.iter_modules(__path__[1:])}:
            for loaded in [m for m in sys.modules if f"{m}.".startswith(f"{__name__}.{name}.")]:
                del sys.modules[loaded]
        __path__[1:] = public
        importlib.invalidate_caches()
        assignments.cache_clear()
        _of.cache_clear()
    if folder is None:
        os.environ.pop(own.VARIABLE, None)
    else:
        os.environ[own.VARIABLE] = str(folder)


@cache
def _of(module: str) -> tuple[Exercise, ...]:
    return getattr(importlib.import_module(f"{__name__}.{module}"), "EXERCISES", ())


use(own.folder())
