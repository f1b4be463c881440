"""One assessment for the public check and the judge: compare, name the mistake, follow through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from . import signature
from .compare import Expected, compare, summary
from .exercises import Answer, Array, Ask, Exercise, Program


@dataclass(frozen=True)
class Mistake:
    """A known wrong version, as the student is told of it.

    Attributes:
        name: its name in the catalogue.
        says: what is wrong, where, and the probable cause.
        read: the title of the section to read.
    """

    name: str
    says: str
    read: str


@dataclass(frozen=True)
class Assessment:
    """What is found about a student's object.

    Attributes:
        status: "correct", "wrong", "error" or "not attempted".
        message: sentences for the student.
        mistake: the name of the known mistake, or "".
        read: the title of the section to read, or "".
        warned: a warning that a right solution gave; it costs nothing.
    """

    status: str
    message: str
    mistake: str = ""
    read: str = ""
    warned: str = ""


def assess(
    exercise: Exercise,
    program: Program,
    answers: Sequence[Answer],
    expected: Expected,
    bank: Callable[[], Mapping[str, Array]],
    catalogue: Callable[[str], Mistake],
) -> Assessment:
    """Assess the answers to `program`.

    Args:
        exercise: the exercise.
        program: the calls that were made.
        answers: what they gave.
        expected: what is right for every judged call.
        bank: gives the signature of every known mistake for this program; asked only when
            something is wrong.
        catalogue: gives the mistake of a name.
    """
    findings = compare(exercise, program, answers, expected)
    if not findings:
        warned = next((answer.warned for answer in answers if answer.warned), "")
        return Assessment("correct", _praise(warned), warned=warned)
    says = summary(exercise, program, findings)
    problem = findings[0].problem
    if problem == "not attempted":
        return Assessment("not attempted", says)
    found = signature.signature(exercise, program, answers)
    known = signature.name(exercise, program, found, bank())
    if known:
        mistake = catalogue(known)
        return Assessment("wrong", f"{mistake.says} {says}", known, mistake.read)
    raised_everywhere = all(f.problem == "raised" for f in findings)
    return Assessment("error" if raised_everywhere else "wrong", says)


def follow_through(
    exercise: Exercise, assessment: Assessment, earlier: Sequence[str], ask: Ask, seed: int
) -> Assessment:
    """Let an earlier function's mistake cost once.

    Args:
        exercise: the exercise whose object was found wrong.
        assessment: what was found.
        earlier: those of `exercise.needs` that are wrong themselves.
        ask: runs a program where the student's objects are.
        seed: for the inputs that are drawn.

    Returns:
        A correct assessment where the object is right given the student's own earlier ones.
    """
    if assessment.status != "wrong" or not earlier or exercise.follow is None:
        return assessment
    rng = np.random.default_rng([seed, 1, *exercise.name.encode()])
    if not exercise.follow(ask, rng):
        return assessment
    says = (
        f"It is right given your own `{earlier[0]}`, whose mistake is counted there and not "
        "again here."
    )
    return Assessment("correct", says)


def _praise(warned: str) -> str:
    if not warned:
        return "All cases are right."
    return f"All cases are right. A warning was given on the way, which costs nothing: {warned}"
