"""Answers against what is right: is there a difference, and where is it to be seen?

Used by the public `check` and by the judge alike. Sentences say what is wrong and where; they
hold no expected value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .exercises import TOLERANCES, Answer, Array, Call, Exercise, Program
from .exercises.program import SKIPPED, digests

Expected = Mapping[str, Mapping[str, Array]]
"""What is right: the name of a call, the name of a result, its array."""

SEVERITY = (
    "not attempted",
    "raised",
    "count",
    "type",
    "shape",
    "not finite",
    "dtype",
    "value",
    "changed",
    "not repeatable",
)
"""Problems, the one that explains most first."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with the answer to one call.

    Attributes:
        problem: a word of `SEVERITY`.
        call: the name of the call.
        says: a sentence for the student.
        result: the name of the result, or "" where the call as a whole is wrong.
    """

    problem: str
    call: str
    says: str
    result: str = ""


def judged(exercise: Exercise, program: Program) -> list[Call]:
    """The calls of `program` whose results are judged: those of the exercise's own object."""
    return [call for call in program.calls if call.function == exercise.name]


def compare(
    exercise: Exercise, program: Program, answers: Sequence[Answer], expected: Expected
) -> list[Finding]:
    """All that is wrong, the most telling first; empty for a right solution."""
    given = {answer.call: answer for answer in answers}
    calls = judged(exercise, program)
    findings = [
        finding
        for call in calls
        for finding in _of_call(exercise, call, given, expected[call.name])
    ]
    findings = _not_repeatable(findings)
    return sorted(findings, key=lambda finding: SEVERITY.index(finding.problem))


def summary(exercise: Exercise, program: Program, findings: Sequence[Finding]) -> str:
    """The findings in one or two sentences for the student."""
    worst = findings[0]
    alike = [f for f in findings if f.problem == worst.problem]
    calls = judged(exercise, program)
    wrong = {f.call for f in findings}
    results = list(dict.fromkeys(f.result for f in alike if f.result))
    text = worst.says
    if len(results) > 1:
        text += f" The same is true of {_listed(results[1:])}."
    if len(wrong) < len(calls):
        right = next(call.name for call in calls if call.name not in wrong)
        text += f" It is right in {len(calls) - len(wrong)} of {len(calls)} cases, as for {right}."
    return text


def _of_call(
    exercise: Exercise, call: Call, given: Mapping[str, Answer], expected: Mapping[str, Array]
) -> list[Finding]:
    answer = given[call.name]
    if answer.raised or answer.returned:
        return [_failed(call, answer, given)]
    findings = []
    for name, result in zip(call.returns, answer.results, strict=True):
        finding = _of_result(exercise, call.name, name, result.value, result.type, expected[name])
        findings += [finding] if finding else []
    before = digests(call.args)
    changed = [i for i, (a, b) in enumerate(zip(before, answer.after, strict=False)) if a != b]
    if changed:
        which = _listed([f"number {i + 1}" for i in changed])
        findings.append(
            Finding(
                "changed",
                call.name,
                f"It changes its own input: the array argument {which} is not what it was before "
                "the call. Work on a copy, or write x = x + 1 where there is x += 1.",
            )
        )
    return findings


def _failed(call: Call, answer: Answer, given: Mapping[str, Answer]) -> Finding:
    if answer.returned:
        wanted = _listed([f"`{r}`" for r in call.returns] + ["the cache"] * call.opaque)
        says = f"It returns {answer.returned}: {wanted}, in this order."
        return Finding("count", call.name, says)
    if answer.raised == "NotImplementedError":
        return Finding("not attempted", call.name, "It still raises NotImplementedError.")
    if answer.raised == SKIPPED:
        needed = given.get(answer.message)
        if needed is not None and needed.raised == "NotImplementedError":
            says = "It cannot be called before the forward pass that it needs is written."
            return Finding("not attempted", call.name, says)
        forward = answer.message.removeprefix("forward: ")
        says = f"It could not be called: the forward pass that it needs failed for {forward}."
        return Finding("raised", call.name, says)
    if answer.raised == "Told":
        return Finding("raised", call.name, answer.message)
    where = f" in line {answer.line} of its cell" if answer.line else ""
    says = f"It raises {answer.raised}{where} for {call.name}: {answer.message.rstrip('.')}."
    return Finding("raised", call.name, says)


def _of_result(
    exercise: Exercise, call: str, name: str, value: Array | None, kind: str, right: Array
) -> Finding | None:
    def finding(problem: str, says: str) -> Finding:
        return Finding(problem, call, says, f"`{name}`")

    if value is None:
        return finding("type", f"`{name}` is of type {kind}; an array of numbers is wanted.")
    if right.dtype.kind in "iu" and value.dtype.kind not in "iu":
        says = f"`{name}` is of type {kind}; return an int, as a count is (// divides into one)."
        return finding("type", says)
    if value.shape != right.shape:
        says = f"`{name}` has the shape {value.shape} for {call}; {right.shape} is wanted."
        return finding("shape", says)
    a, r = value.astype(np.float64), right.astype(np.float64)
    if not np.isfinite(a).all():
        return finding("not finite", f"`{name}` holds nan or inf for {call}.")
    tolerance = TOLERANCES[exercise.tolerances[name]]
    if tolerance.accepts(a, r):
        return None
    if value.dtype.kind == "f" and value.dtype.itemsize < right.dtype.itemsize:
        says = (
            f"`{name}` is {value.dtype} for {call}: somewhere the computation leaves "
            f"{right.dtype}, and loses digits."
        )
        return finding("dtype", says)
    hint = _pattern(a, r) or _part(exercise, name, a, r)
    return finding("value", f"`{name}` has wrong values for {call}{hint}.")


def _pattern(a: Array, r: Array) -> str:
    """A relation between the whole of the answer and what is right, in words."""
    near = TOLERANCES["gradient"].accepts
    norm = float(np.vdot(r, r))
    if norm == 0:
        return ": it should be zero"
    if not a.any():
        return ": it is zero everywhere"
    ratio = float(np.vdot(a, r)) / norm
    if r.size > 1 and ratio and near(a / ratio, r):
        return f": every entry is {ratio:.4g} times what it should be"
    if r.ndim == 2 and r.shape[0] == r.shape[1] > 1 and near(a.T, r):
        return ": it is transposed"
    if r.ndim >= 2 and r.shape[0] > 1 and near(a[0], r[0]):
        return ": the first row is right, a later one is not"
    return ""


def _part(exercise: Exercise, name: str, a: Array, r: Array) -> str:
    """Which of the slices of a packed array are wrong, where not all of them are."""
    parts = exercise.parts.get(name, ())
    if not parts:
        return ""
    near = TOLERANCES["gradient"].accepts
    slices = zip(parts, np.split(a, len(parts), -1), np.split(r, len(parts), -1), strict=True)
    wrong = [part for part, a_part, r_part in slices if not near(a_part, r_part)]
    if len(wrong) == len(parts):
        return ""
    return f": the slice of {_listed(wrong)} is wrong, and the others are right"


def _not_repeatable(findings: list[Finding]) -> list[Finding]:
    """Wrong only when called once more: name that, not the values."""
    if findings and all("once more" in f.call for f in findings):
        says = (
            "It is right at first and wrong when called once more with the same inputs: "
            "something is kept from one call to the next."
        )
        return [Finding("not repeatable", f.call, says, f.result) for f in findings[:1]]
    return findings


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
