"""The student's side: `check(lstm_step_forward)` in a notebook cell."""

from __future__ import annotations

import html
import os
import sys
from collections.abc import Mapping
from typing import Any

from . import public
from .assess import Assessment, assess, follow_through
from .exercises import Exercise, assignments, exercises, find, run

LABELS = {
    "correct": "correct",
    "wrong": "not right yet",
    "error": "stopped by an error",
    "not attempted": "not attempted yet",
}


class CheckFailed(Exception):
    """Raised where a program reads the notebook, so that it sees the failure in one sentence."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Shown:
    """The result of a check, as text and as HTML."""

    def __init__(self, title: str, assessment: Assessment) -> None:
        self.title = title
        self.assessment = assessment

    def __repr__(self) -> str:
        label = LABELS[self.assessment.status]
        read = f" Read ‘{self.assessment.read}’." if self.assessment.read else ""
        return f"{self.title}: {label}. {self.assessment.message}{read}"

    def _repr_html_(self) -> str:
        kind = "correct" if self.assessment.status == "correct" else "wrong"
        line = "solid" if kind == "correct" else "dashed"
        read = ""
        if self.assessment.read:
            read = f"<p>Read ‘{html.escape(self.assessment.read)}’.</p>"
        return (
            f'<div class="autograder-check autograder-{kind}" role="status" '
            f'style="border-left: 0.3em {line} currentColor; padding: 0.2em 0.8em">'
            f"<p><code>{html.escape(self.title)}</code>: "
            f"<strong>{LABELS[self.assessment.status]}</strong></p>"
            f"<p>{html.escape(self.assessment.message)}</p>{read}</div>"
        )


def check(student_object: Any) -> None:
    """Check a function or class of an exercise on the public cases, and show what was found.

    Args:
        student_object: the function or class itself, as in `check(lstm_step_forward)`.

    Raises:
        CheckFailed: only while nbgrader runs the notebook, where the check is not passed.
    """
    name = getattr(student_object, "__name__", "")
    exercise = find(name)
    if exercise is None:
        given = f"`{name}`" if name else f"a {type(student_object).__name__}"
        names = ", ".join(e.name for stem in assignments() for e in exercises(stem))
        says = f"{given} is not an exercise. Give the function or class itself, one of: {names}."
        shown = Shown(name or "check", Assessment("error", says))
    else:
        shown = Shown(name, examine(exercise, student_object))
    if os.environ.get("NBGRADER_EXECUTION") and shown.assessment.status != "correct":
        raise CheckFailed(repr(shown))
    _display(shown)


def examine(exercise: Exercise, student_object: Any) -> Assessment:
    """Assess a student's object on the public cases, beside the student's other objects."""
    namespace = {**_surroundings(student_object), exercise.name: student_object}
    assessment = _assess(exercise, namespace)
    if assessment.status == "correct":
        return assessment
    wrong = [
        needed.name
        for needed in exercises(exercise.stem)
        if needed.name in exercise.needs
        and needed.name in namespace
        and _assess(needed, namespace).status == "wrong"
    ]

    def ask(program: Any) -> Any:
        return run(program, namespace)

    return follow_through(exercise, assessment, wrong, ask, public.SEED)


def _assess(exercise: Exercise, namespace: Mapping[str, Any]) -> Assessment:
    data = public.load(exercise)
    program = exercise.draw(public.SEED)
    answers = run(program, namespace)
    return assess(
        exercise, program, answers, data.expected, lambda: data.bank, data.mistakes.__getitem__
    )


def _surroundings(student_object: Any) -> Mapping[str, Any]:
    """The names beside the object: the notebook's, or its module's."""
    found = getattr(student_object, "__globals__", None)
    if found is None:
        found = getattr(
            sys.modules.get(getattr(student_object, "__module__", "")), "__dict__", {}
        )
    return dict(found)


def _display(shown: Shown) -> None:
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        print(shown)
    else:
        display(shown)
