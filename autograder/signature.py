"""Signatures: a few numbers that tell one wrong version from another.

Each result is projected on three random directions. Two versions whose signatures agree gave
the same answers; so a mistake can be named on a student's machine without its code there.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import numpy as np

from .compare import judged
from .exercises import Answer, Array, Exercise, Program
from .exercises.program import digests

WIDTH = 4
"""Numbers a result: a code for its shape and dtype, or for its failure, and three projections."""

ALLOWED = {"forward": 1e-6, "gradient": 1e-6, "difference": 1e-5, "float32": 1e-3}
"""How far two signatures of one version may be apart, by the tolerance of the result."""


def signature(exercise: Exercise, program: Program, answers: Sequence[Answer]) -> Array:
    """An array `(results, WIDTH)`, a row for each result of each judged call."""
    given = {answer.call: answer for answer in answers}
    rows = []
    for call in judged(exercise, program):
        answer = given[call.name]
        failure = _failure(answer)
        before = digests(call.args)
        changed = str([i for i, d in enumerate(answer.after) if d != before[i]])
        for i, _ in enumerate(call.returns):
            value = None if failure else answer.results[i].value
            rows.append(_row(value, failure, changed))
    return np.array(rows)


def name(exercise: Exercise, program: Program, found: Array, bank: Mapping[str, Array]) -> str:
    """The name of the first version in `bank` whose signature equals `found`, or ""."""
    allowed = _allowed(exercise, program)
    for version, known in bank.items():
        if found.shape == known.shape and _equal(found, known, allowed):
            return version
    return ""


def _allowed(exercise: Exercise, program: Program) -> Array:
    return np.array(
        [
            [ALLOWED[exercise.tolerances[result]]]
            for call in judged(exercise, program)
            for result in call.returns
        ]
    )


def _equal(a: Array, b: Array, allowed: Array) -> bool:
    return bool(np.all(np.abs(a - b) <= allowed * np.maximum(1.0, np.abs(b))))


def _failure(answer: Answer) -> str:
    """What went wrong, where the call gave no results; what a `via` function told counts whole."""
    said = answer.message if answer.raised == "Told" else ""
    return answer.raised + answer.returned + said


def _row(value: Array | None, failure: str, changed: str) -> list[float]:
    if value is None:
        return [-1.0 - _code(failure), 0, 0, 0]
    rng = np.random.default_rng(value.shape)
    directions = rng.standard_normal((WIDTH - 1, value.size)) / np.sqrt(max(value.size, 1))
    finite = np.isfinite(value)
    flat = np.where(finite, value, 0).astype(np.float64).ravel()
    kind = f"{value.shape} {value.dtype} {int((~finite).sum())} {changed}"
    return [_code(kind), *(directions @ flat)]


def _code(text: str) -> float:
    return float(zlib.crc32(text.encode()) % 9973)
