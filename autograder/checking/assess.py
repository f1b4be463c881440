"""One assessment for the public check and the judge: compare, name the mistake, follow through."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.checking import fingerprint as fingerprint
from autograder.checking.compare import Expected, compare, judged, summary
from autograder.exercises import Answer, Array, Ask, Call, Exercise, Program

TENSORS = ("Tensor", "EagerTensor", "Parameter")
"""What torch and TensorFlow call the arrays that a NumPy exercise may return all the same."""


@dataclass(frozen=True)
class Mistake:
    """A known wrong version, as the student is told of it.

    Attributes:
        name: its name in the catalogue.
        says: what is wrong, where, and the probable cause.
        read: the title of the section to read, in quotes.
    """

    name: str
    says: str
    read: str


@dataclass(frozen=True)
class Assessment:
    """What is found about a student's object.

    Attributes:
        status: "correct", "wrong", "error", "not attempted" or, by its pace, "partial" or
            "deferred".
        message: sentences for the student.
        mistake: the name of the known mistake, or "".
        read: the title of the section to read, in quotes, or "".
        inspected: whether the exercise's own inspection alone found it. What has a fingerprint
            is then right, and fingerprints say nothing.
        short: of what is "partial" or "deferred", by how many points it falls short of all; None
            where it earns none at all.
    """

    status: str
    message: str
    mistake: str = ""
    read: str = ""
    inspected: bool = False
    short: float | None = None


def assess(
    exercise: Exercise,
    program: Program,
    answers: Sequence[Answer],
    expected: Expected,
    fingerprints: Callable[[], Mapping[str, Array]],
    catalogue: Callable[[str], Mistake],
) -> Assessment:
    """Assess the answers to `program`.

    Args:
        exercise: the exercise.
        program: the calls that were made.
        answers: what they gave.
        expected: what is right for every judged call.
        fingerprints: gives the fingerprint of every known mistake for this program; asked only when
            something is wrong.
        catalogue: gives the mistake of a name.
    """
    findings = compare(exercise, program, answers, expected)
    if not findings:
        return Assessment("correct", _praise(judged(exercise, program), answers))
    says = summary(exercise, program, findings)
    problem = findings[0].problem
    if problem == "not attempted":
        return Assessment("not attempted", says)
    inspected = problem == "inspected"
    known = findings[0].mistake
    if not known and not inspected:
        found = fingerprint.fingerprint(exercise, program, answers)
        known = fingerprint.name(exercise, program, found, fingerprints())
    if known:
        mistake = catalogue(known)
        return Assessment("wrong", f"{mistake.says} {says}", known, mistake.read, inspected)
    raised = sum(finding.problem == "raised" for finding in findings)
    raised_everywhere = raised == len(judged(exercise, program))
    status = "error" if raised_everywhere else "wrong"
    return Assessment(status, says, inspected=inspected)


def follow_through(
    exercise: Exercise,
    program: Program,
    answers: Sequence[Answer],
    assessment: Assessment,
    earlier: Mapping[str, Assessment],
    inherited: Callable[[Collection[str]], Mapping[str, Array]],
    ask: Ask,
    seed: int,
) -> Assessment:
    """Let an earlier function's mistake cost once.

    The object is right, given the student's own earlier ones, where it answers what the
    reference would answer on top of the same known mistake, or where
    `exercise.consistent_with_own` finds it consistent with them.

    Args:
        exercise: the exercise whose object was found wrong.
        program: the calls that were made of it.
        answers: what they gave.
        assessment: what was found.
        earlier: what was found about the exercises before this one, by name.
        inherited: gives the fingerprint of the reference's answers on top of each of these known
            mistakes of earlier exercises, by "exercise.mistake".
        ask: runs a program where the student's objects are.
        seed: for the inputs that are drawn.
    """
    wrong = [n for n in exercise.needs if n in earlier and earlier[n].status == "wrong"]
    answered = {answer.call for answer in answers if answer.results}
    seen = any(call.name in answered for call in judged(exercise, program))
    if assessment.status != "wrong" or not wrong or not seen:
        return assessment
    right = Assessment(
        "correct",
        f"It is right given your own `{wrong[0]}`, whose mistake is counted there and not again.",
    )
    mistakes = {f"{n}.{earlier[n].mistake}" for n in wrong}
    fingerprints = {} if assessment.inspected else inherited(mistakes)
    found = fingerprint.fingerprint(exercise, program, answers)
    if fingerprints and fingerprint.name(exercise, program, found, fingerprints):
        return right
    rng = np.random.default_rng([seed, 1, *exercise.name.encode()])
    return (
        right
        if exercise.consistent_with_own is not None and exercise.consistent_with_own(ask, rng)
        else assessment
    )


def _praise(calls: Sequence[Call], answers: Sequence[Answer]) -> str:
    says = f"All {len(calls)} cases are right."
    results = {answer.call: answer.results for answer in answers}
    for call in calls:
        tensors = [result.type in TENSORS and not call.adapter for result in results[call.name]]
        if any(tensors):
            name = call.returns[tensors.index(True)]
            says += (
                f" `{name}` is a tensor and was converted, which costs nothing; a NumPy array is "
                "what others expect of this function."
            )
            break
    if warned := next((answer.warned for answer in answers if answer.warned), ""):
        says += f" A warning was given on the way, which costs nothing: {warned}"
    return says
