"""Whether earlier objects of a student answer as they were judged to, where others build on them.

Else a function that is mistaken where it is judged could be a toy where its gradient is measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from autograder.exercises import Answer, Array, Ask, Call, Program, find
from autograder.exercises.program import Result
from autograder.exercises.shared import text
from autograder.exercises.tolerances import LIMITS, TOLERANCES

Exchange = tuple[Program, Sequence[Answer]]
"""What was asked, and what was answered."""


@np.errstate(all="ignore")
def answer_as_judged(
    exchanged: Sequence[Exchange], statuses: Mapping[str, str], right: Ask, mistaken: Ask | None
) -> bool:
    """Whether all that was answered is right or as the known mistakes give it.

    Where a mistake is not known, most answers have to be near what is right.

    Args:
        exchanged: what was asked of the student's objects.
        statuses: the status of each earlier exercise, by name.
        right: runs a program with the references.
        mistaken: the same on top of the student's known mistakes; None where one is not known.
    """
    agree = []
    for program, answers in exchanged:
        wanted = [right(program)] if mistaken is None else [right(program), mistaken(program)]
        for call, answer, *others in zip(program.calls, answers, *wanted, strict=True):
            status = statuses.get(call.function)
            if status not in ("correct", "wrong"):
                continue
            if mistaken is None:
                agree.append(_nearly(answer, others[0], status == "correct"))
            else:
                agree.append(any(_exactly(call, answer, other) for other in others))
    share = LIMITS["cases that are near"].value if mistaken is None else 1.0
    return sum(agree) >= share * len(agree)


def _nearly(answer: Answer, wanted: Answer, built: bool) -> bool:
    """Whether an answer is near another one, or what is built on such answers."""
    least = LIMITS["likeness of what is built on it" if built else "likeness"].value
    pairs = zip(answer.results, wanted.results, strict=False)
    found = [alike(one, other.value, least) for one, other in pairs if other.value is not None]
    return bool(found) and all(found)


def _exactly(call: Call, answer: Answer, wanted: Answer) -> bool:
    """Whether an answer is another one, but for rounding."""
    if bool(answer.raised) != bool(wanted.raised) or len(answer.results) != len(wanted.results):
        return False
    exercise = find(call.function)
    tolerances = exercise.tolerances if exercise is not None else {}
    for name, one, other in zip(call.returns, answer.results, wanted.results, strict=False):
        if (one.value is None) != (other.value is None):
            return False
        if one.value is not None and other.value is not None:
            near = TOLERANCES[tolerances.get(name, "forward")].accepts
            a, r = one.value.astype(np.float64), other.value.astype(np.float64)
            if a.shape != r.shape or not (near(a, r) or np.array_equal(a, r, equal_nan=True)):
                return False
    return True


def alike(result: Result | None, right: Array, least: float) -> bool:
    """Whether an answer points the way of the right one: whether their cosine is at least that."""
    if result is None or result.value is None or result.value.shape != right.shape:
        return False
    if right.dtype == text.TEXT:
        return np.array_equal(result.value, right)
    a, r = result.value.astype(np.float64).ravel(), right.astype(np.float64).ravel()
    if not np.isfinite(a).all():
        return False
    sizes = float(np.linalg.norm(a)) * float(np.linalg.norm(r))
    cosine = float(a @ r) / sizes if sizes else float(not a.any() and not r.any())
    return bool(np.isfinite(cosine)) and cosine >= least
