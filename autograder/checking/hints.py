"""Hints: a ladder for each exercise, of which one rung is shown at a time.

The texts stand in `exercises/<assignment>/hints.toml`, for whoever teaches to edit: the name of an
exercise, and its hints in order, from which quantity to look at to which line of the equations. A
hint never holds a line of code, and names a quantity, an equation or a ‘section’ that there is.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from autograder.checking.contents import elsewhere
from autograder.checking.session import Session
from autograder.checking.show import Note
from autograder.exercises import Exercise, exercises

FEWEST, MOST = 3, 4
"""How many hints an exercise has."""


class HintsError(Exception):
    """The hints are not of their form; the text says what is wrong, and where."""


def read(text: str, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The hints of an assignment by exercise.

    Args:
        text: what stands in the file.
        names: the exercises of the assignment.

    Raises:
        HintsError: where the file is no TOML, names what is no exercise, leaves one out, or gives
            one too few hints or too many.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise HintsError(f"The hints are not TOML: {error}.") from None
    if unknown := [name for name in found if name not in names]:
        raise HintsError(f"There is no exercise {unknown[0]}. There are: {', '.join(names)}.")
    if missing := [name for name in names if name not in found]:
        raise HintsError(f"{missing[0]} has no hints.")
    for name, hints in found.items():
        is_list = isinstance(hints, list) and all(isinstance(h, str) and h.strip() for h in hints)
        if not is_list or not FEWEST <= len(hints) <= MOST:
            raise HintsError(f"{name} needs a list of {FEWEST} or {MOST} texts, one a hint.")
    return {name: tuple(hint.strip() for hint in found[name]) for name in names}


@cache
def hints(assignment: str) -> dict[str, tuple[str, ...]]:
    """The hints of an assignment by exercise."""
    text = (files(f"autograder.exercises.{assignment}") / "hints.toml").read_text(encoding="utf-8")
    return read(text, tuple(exercise.name for exercise in exercises(assignment)))


def next_hint(exercise: Exercise, session: Session) -> Note:
    """The next hint for an exercise, which the session counts; or why there is none."""
    name = exercise.name
    ladder = hints(exercise.assignment)[name]
    if session.status.get(name) == "correct":
        says = f"Your last check found it right. If you have changed it, run `check({name})` again."
        return Note(name, "no hint needed", says)
    shown = session.hints.get(name, 0)
    if shown == len(ladder):
        says = (
            f"All {len(ladder)} have been shown. The last one was: {ladder[-1]} After a check that "
            "fails, `check.case` shows the call with its numbers."
        )
        return Note(name, "no further hint", says, elsewhere(exercise.assignment, ladder[-1]))
    session.hints[name] = shown + 1
    before = ""
    if session.named.get(name):
        before = (
            "Your last check has named what is wrong. Mend that first: it is nearer to the cause "
            "than this hint, which is written for every attempt. "
        )
    named = elsewhere(exercise.assignment, ladder[shown])
    return Note(name, f"hint {shown + 1} of {len(ladder)}", before + ladder[shown], named)
