"""The exercises of the course: a module an assignment, an `Exercise` a graded object.

A module here says how inputs are drawn, how the student's object is called and what counts as
equal. It holds nothing that is right: that stands in `solutions`.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from .exercise import Ask, Complaint, Exercise
from .pace import Bounds, Pace
from .program import Answer, Array, Call, Own, Program, Ref, Result, Told, run
from .tolerances import TOLERANCES, Tolerance

__all__ = [
    "TOLERANCES",
    "Answer",
    "Array",
    "Ask",
    "Bounds",
    "Call",
    "Complaint",
    "Exercise",
    "Own",
    "Pace",
    "Program",
    "Ref",
    "Result",
    "Told",
    "Tolerance",
    "assignments",
    "exercises",
    "find",
    "run",
]


@cache
def assignments() -> tuple[str, ...]:
    """The stems of all assignments, in alphabetical order."""
    modules = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(name for name in modules if _of(name))


def exercises(stem: str) -> tuple[Exercise, ...]:
    """The exercises of one assignment, in the order of its notebook.

    Raises:
        KeyError: where there is no such assignment.
    """
    if stem not in assignments():
        raise KeyError(stem)
    return _of(stem)


def find(name: str) -> Exercise | None:
    """The exercise called `name`, or None."""
    return next((e for stem in assignments() for e in _of(stem) if e.name == name), None)


@cache
def _of(module: str) -> tuple[Exercise, ...]:
    return getattr(importlib.import_module(f"{__name__}.{module}"), "EXERCISES", ())
