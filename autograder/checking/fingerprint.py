"""Fingerprints: a few numbers that tell one wrong version from another.

Each result is projected on two random directions. Two versions whose fingerprints agree gave
the same answers; so a mistake can be named on a student's machine without its code there.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.checking.compare import Expected, judged
from autograder.exercises import TOLERANCES, Answer, Array, Call, Exercise, Program
from autograder.exercises.program import changed
from autograder.exercises.tolerances import LIMITS

WIDTH = 3
"""Numbers a result: a code for its shape and dtype, or for its failure, and two projections."""

FAR = 1e38
"""Beyond it a projection is cut: files keep them in float32."""

LARGEST = 100_000
"""Entries of a result up to which it is projected; one that is larger is far from what is asked,
and projecting it would cost the judge many times its size in memory."""

KEPT = 10_000
"""Entries of a result up to which the directions it is projected on are kept for the next one."""


def rows(exercise: Exercise, program: Program) -> list[tuple[Call, str]]:
    """The call and the result that each row of a fingerprint is of.

    Results that have no one right value are left out: they differ from draw to draw.
    """
    return [
        (call, result)
        for call in judged(exercise, program)
        for result in call.returns
        if result in exercise.tolerances
    ]


@np.errstate(all="ignore")
def fingerprint(exercise: Exercise, program: Program, answers: Sequence[Answer]) -> Array:
    """An array `(results, WIDTH)`, a row for each result of each judged call that `rows` names."""
    given = {answer.call: answer for answer in answers}
    calls = judged(exercise, program)
    told = not any(given[call.name].results for call in calls)
    changes = {call.name: _changes(call, given[call.name]) for call in calls}
    found = []
    for call, result in rows(exercise, program):
        answer = given[call.name]
        failure = _failure(answer, told)
        value = None if failure else answer.results[call.returns.index(result)].value
        single = exercise.tolerances[result] == "float32"
        found.append(_row(value, failure, changes[call.name], single))
    return np.array(found).reshape(-1, WIDTH)


def right(exercise: Exercise, program: Program, expected: Expected) -> Array:
    """The fingerprint of the answers that are expected."""
    return np.array(
        [
            _row(
                expected[call.name][result],
                "",
                str([]),
                exercise.tolerances[result] == "float32",
            )
            for call, result in rows(exercise, program)
        ]
    ).reshape(-1, WIDTH)


@np.errstate(all="ignore")
def name(
    exercise: Exercise, program: Program, found: Array, fingerprints: Mapping[str, Array]
) -> str:
    """The name of the first version in `fingerprints` whose fingerprint equals `found`, or ""."""
    near = allowed(exercise, program)
    for version, known in fingerprints.items():
        if found.size and found.shape == known.shape and equal_rows(found, known, near).all():
            return version
    return ""


@np.errstate(all="ignore")
def name_in_part(
    exercise: Exercise,
    program: Program,
    found: Array,
    right: Array,
    fingerprints: Mapping[str, Array],
) -> str:
    """The name of the version that gives all that is wrong in `found`, or "".

    Elsewhere `found` is right and the version is not: the mistake was made in one branch, or
    beside a special case that is right. Versions that agree on a few results need not be one; so
    a good part of what the version shows has to be there, in several calls and in numbers that
    do not agree by accident, and no other version may explain as much.
    """
    near = allowed(exercise, program)
    if found.shape != right.shape:
        return ""
    wrong = ~equal_rows(found, right, near)
    telling = {
        call.name
        for (call, result), is_wrong, row in zip(rows(exercise, program), wrong, found, strict=True)
        if is_wrong and row[1:].any() and exercise.tolerances[result] != "count"
    }
    if len(telling) < LIMITS["calls that show a part"].value:
        return ""
    shares = {}
    for version, known in fingerprints.items():
        if known.shape == found.shape and equal_rows(found, known, near)[wrong].all():
            shares[version] = float(wrong.sum() / (~equal_rows(known, right, near)).sum())
    best = max(shares.values(), default=0.0)
    versions = [version for version, share in shares.items() if share == best]
    return versions[0] if best >= LIMITS["part"].value and len(versions) == 1 else ""


def allowed(exercise: Exercise, program: Program) -> Array:
    """How far two fingerprints may be apart, `(results, 1)`, in units of the numbers' size."""
    return np.array(
        [[TOLERANCES[exercise.tolerances[result]].apart] for _, result in rows(exercise, program)]
    ).reshape(-1, 1)


def same_rows(
    exercise: Exercise, program: Program, found: Array, known: Array
) -> NDArray[np.bool_]:
    """Which rows are as near as a right answer has to be, `(results,)`.

    Names are given from farther away: who is close to a mistake has made it. Points are not, but
    in the wheel, whose fingerprints have the digits of float32.
    """
    if known.dtype == np.float32:
        return equal_rows(found, known, allowed(exercise, program))
    bounds = np.array(
        [
            [min(tolerance.apart, 10 * tolerance.allowed) or 1e-12]
            for _, result in rows(exercise, program)
            for tolerance in [TOLERANCES[exercise.tolerances[result]]]
        ]
    ).reshape(-1, 1)
    return equal_rows(found, known, bounds)


def equal_rows(a: Array, b: Array, allowed: Array) -> NDArray[np.bool_]:
    """Which rows of two fingerprints are those of one version, `(results,)`."""
    near = np.abs(a - b) <= allowed * np.maximum(1.0, np.abs(b))
    return np.asarray(near.all(axis=1))


def _changes(call: Call, answer: Answer) -> str:
    """What a call changed, of its arguments and of earlier ones, and what later calls did."""
    later = str(answer.overwritten) if answer.overwritten else ""
    earlier = f"before {answer.spoiled}" if answer.spoiled else ""
    return str(changed(call, answer)) + later + earlier


def _failure(answer: Answer, told: bool) -> str:
    """What went wrong, where the call gave no results.

    The text of an exception depends on the version of NumPy or torch. It counts where an `adapter`
    function wrote it, and where `told`: no call gave results, so that nothing but the text tells
    one version that always raises ValueError from another.
    """
    said = answer.message if told or answer.raised == "StudentError" else ""
    return answer.raised + answer.returned + said


def _row(value: Array | None, failure: str, changes: str, single: bool) -> list[float]:
    nothing = [0.0] * (WIDTH - 1)
    if value is None:
        return [-1.0 - _code(failure), *nothing]
    finite = np.isfinite(value)
    kind = f"{value.shape} {_kind(value.dtype, single)} {int((~finite).sum())} {changes}"
    if value.size > LARGEST:
        return [_code(kind), *nothing]
    directions = _kept(value.shape) if value.size <= KEPT else _directions(value.shape)
    flat = np.where(finite, value, 0).astype(np.float64).ravel()
    return [_code(kind), *np.clip(directions @ flat, -FAR, FAR)]


def _directions(shape: Sequence[int]) -> Array:
    """The directions on which arrays of this shape are projected, a row each."""
    size = math.prod(shape)
    drawn = np.random.default_rng(shape).standard_normal((WIDTH - 1, size))
    directions: Array = drawn / np.sqrt(max(size, 1))
    return directions


_kept = lru_cache(maxsize=256)(_directions)


def _kind(dtype: np.dtype[Any], single: bool) -> str:
    """What a dtype says about a version; how wide whole numbers are differs between machines.

    Where float32 is wanted, float64 is as good.
    """
    if single and dtype == np.float64:
        return "float32"
    return dtype.name if dtype.kind == "f" else dtype.kind


def _code(text: str) -> float:
    return float(zlib.crc32(text.encode()) % 9973)
