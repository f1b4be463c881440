"""Answers against what is right: is there a difference, and where is it to be seen?

Used by the public `check` and by the judge alike. Sentences say what is wrong and where; they
hold no expected value. A number that an answer to hidden inputs makes is told only where it is one
of few, lest it carry these out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import DTypeLike

from autograder.checking import wording
from autograder.checking.parameters import said
from autograder.checking.repeats import not_repeatable
from autograder.checking.usual import is_usual, usual_ratios
from autograder.exercises import TOLERANCES, Answer, Array, Call, Exercise, Finding, Program
from autograder.exercises.program import ELSEWHERE, SKIPPED, changed, given_before
from autograder.exercises.tolerances import LIMITS, TEXT

Expected = Mapping[str, Mapping[str, Array]]
"""What is right: the name of a call, the name of a result, its array."""

SEVERITY = (
    "not attempted",
    "raised",
    "told",
    "count",
    "type",
    "shape",
    "dtype",
    "not finite",
    "changed",
    "overwritten",
    "not repeatable",
    "value",
    "inspected",
)
"""Problems, the one that explains most first."""

TRUTH = ("False", "True")
"""The words of a result that is a truth value."""

STUB = "NotImplementedError"
"""What a function raises that is as it was handed out."""


_IN_BOLD = re.compile(r"[\x1b ]\[1m(.*?)[\x1b ]\[0m", re.DOTALL)
_CODES = re.compile(r"[\x1b ]\[[0-9;]*m")


def judged(exercise: Exercise, program: Program) -> list[Call]:
    """The calls of `program` whose results are judged: those of the exercise's own object."""
    return [call for call in program.calls if call.function == exercise.name]


@np.errstate(all="ignore")
def compare(
    exercise: Exercise,
    program: Program,
    answers: Sequence[Answer],
    expected: Expected,
    parameters: Sequence[str] = (),
    hidden: bool = False,
) -> list[Finding]:
    """All that differs from what is expected, the most telling first.

    Of a result for which nothing is expected, only whether it is an array.

    Args:
        exercise: the exercise.
        program: the calls.
        answers: what they gave.
        expected: what is right.
        parameters: the names of the parameters of what the student writes.
        hidden: whether the inputs are not for the student to know.
    """
    given = {answer.call: answer for answer in answers}
    calls = judged(exercise, program)
    findings = [
        finding
        for call in calls
        for finding in _of_call(
            exercise, program, call, given, expected[call.name], parameters, hidden
        )
    ]
    findings = not_repeatable(program, calls, findings) or _spoiling(program, calls, given)
    return sorted(findings, key=lambda finding: SEVERITY.index(finding.problem))


def summary(calls: Sequence[Call], findings: Sequence[Finding]) -> str:
    """The findings about `calls` in one or two sentences for the student."""
    worst = findings[0]
    alike = [f for f in findings if f.problem == worst.problem]
    wrong = {f.call for f in findings}
    others = dict.fromkeys(f.result for f in alike if f.result not in ("", worst.result))
    text = worst.says
    if others:
        every = {f"`{name}`" for call in calls for name in call.returns}
        rest = every == {worst.result, *others} and len(others) > 2
        text += f" Also wrong: {'all the others' if rest else _listed(list(others))}."
    if len(wrong) < len(calls):
        right = next(call.name for call in calls if call.name not in wrong)
        text += (
            f" It is right in {len(calls) - len(wrong)} of {len(calls)} cases, such as this one: "
            f"{right}."
        )
    return text


def _of_call(
    exercise: Exercise,
    program: Program,
    call: Call,
    given: Mapping[str, Answer],
    expected: Mapping[str, Array],
    parameters: Sequence[str],
    hidden: bool,
) -> list[Finding]:
    answer = given[call.name]
    if answer.raised or answer.returned:
        return [failed(program, call, given)]
    findings = []
    for name, result in zip(call.returns, answer.results, strict=True):
        right = expected.get(name)
        finding = _of_result(exercise, call, name, result.value, result.type, right, hidden)
        findings += [finding] if finding else []
    if changes := changed(call, answer):
        inputs = said(call, program.assignment, parameters, changes)
        which, are = _listed(inputs), "is" if len(inputs) == 1 else "are"
        findings.append(
            Finding(
                call.name,
                f"It changes its own input: its {which} {are} not the same after the call "
                f"for {call.name}. Work on a copy, or write x = x + 1 where there is x += 1.",
                problem="changed",
            )
        )
    if answer.overwritten:
        which = _listed([f"`{call.returns[number]}`" for number in answer.overwritten])
        says = (
            f"What it has returned does not stay: {which} of {call.name} was changed by a later "
            "call. Make a new array in every call."
        )
        findings.append(Finding(call.name, says, problem="overwritten"))
    return findings


def _spoiling(
    program: Program, calls: Sequence[Call], given: Mapping[str, Answer]
) -> list[Finding]:
    """Arrays of earlier callers that are not what they were: looked for where all else is right.

    Elsewhere the values tell more: a cache that was overwritten is wrong at the next call.
    """
    findings = []
    for call in calls:
        before = given_before(program, call)
        for number in given[call.name].spoiled:
            earlier, _ = before[number]
            says = (
                f"It changes an array that is not its own: one that `{earlier.function}` was given "
                f"is not what it was after the call for {call.name}. The "
                "cache holds the very array that was passed in, and whoever called still needs "
                "it. Make a new array."
            )
            findings.append(Finding(call.name, says, problem="changed"))
    return findings


def failed(program: Program, call: Call, given: Mapping[str, Answer]) -> Finding:
    """What is wrong with a call that gave no results; `given` are the answers by call."""
    answer = given[call.name]
    if answer.returned:
        wanted = [f"`{name}`" for name in call.returns] + ["the cache"] * call.returns_cache
        how = "is wanted by itself" if len(wanted) == 1 else "are wanted, in this order"
        says = f"It returns {answer.returned}; {_listed(wanted)} {how}."
        return Finding(call.name, says, problem="count")
    if answer.raised == STUB:
        says = "It raises NotImplementedError, itself or in a function that it calls."
        return Finding(call.name, says, problem="not attempted")
    if answer.raised == SKIPPED:
        before = given.get(answer.message)
        functions = {call.name: call.function for call in program.calls}
        if before is not None and before.raised == STUB:
            says = f"It cannot be called before `{functions[before.call]}` is written."
            return Finding(call.name, says, problem="not attempted")
        says = "It could not be called"
        if before is not None and before.raised != SKIPPED:
            failed = _raised(before) if before.raised else f"returns {before.returned}"
            says += f", because it needs a result of `{functions[before.call]}`, which {failed}"
        return Finding(call.name, f"{says}.", problem="raised")
    if answer.raised == "StudentError" and answer.message:
        return Finding(call.name, answer.message, problem="told")
    return Finding(call.name, f"It {_raised(answer, call.name)}.", problem="raised")


def _raised(answer: Answer, call: str = "") -> str:
    cell = "its cell"
    if answer.cell:
        cell = "another cell" if answer.cell == ELSEWHERE else f"the cell of `{answer.cell}`"
    where = f" in line {answer.line} of {cell}" if answer.line else ""
    where += f" for {call}" if call else ""
    said = _said(answer.message).rstrip(". ")
    return f"raises {answer.raised}{where}" + (f": {said}" if said else "")


def _said(message: str) -> str:
    """The text of an exception in one line; of what Keras makes of it, what it was before.

    Keras writes the text in bold, and around it what was passed to the layer. The sign before the
    codes of a terminal is a blank where the text has come from another process.
    """
    inner = _IN_BOLD.search(message)
    return " ".join(_CODES.sub("", inner[1] if inner else message).split())


def _of_result(
    exercise: Exercise,
    made: Call,
    name: str,
    value: Array | None,
    kind: str,
    right: Array | None,
    hidden: bool,
) -> Finding | None:
    """What is wrong with one result; without `right`, only whether it is an array at all."""
    call = made.name

    def finding(problem: str, says: str) -> Finding:
        return Finding(call, says, problem=problem, result=f"`{name}`")

    if value is None:
        what = "None" if kind == "NoneType" else f"of type {kind}"
        return finding("type", f"`{name}` is {what}; {_wanted(exercise, name, right)} is wanted.")
    if right is None:
        return None
    if exercise.tolerances[name] == TEXT:
        says = wording.says_how_texts_differ(name, value, right, call)
        return finding("value", says) if says else None
    if right.dtype.kind in "iu" and value.dtype.kind not in "iu":
        says = f"`{name}` is of type {kind}; return an int, as a count is (// divides into one)."
        if right.ndim:
            says = f"`{name}` is an array of {value.dtype} for {call}; counts are ints."
        return finding("type", says)
    if value.shape != right.shape:
        wanted = str(right.shape) if right.ndim else f"{_wanted(exercise, name, right)} by itself"
        has = f"the shape {value.shape}"
        if hidden and not is_usual(value.shape, made, right):
            has = "another shape"
        says = f"`{name}` has {has} for {call}; {wanted} is wanted."
        return finding("shape", says)
    a, r = value.astype(np.float64), right.astype(np.float64)
    if not np.isfinite(a).all():
        says = (
            f"`{name}` holds nan or inf for {call}. Look for the exp of a large number, and for "
            "a division by zero."
        )
        return finding("not finite", says)
    tolerance = TOLERANCES[exercise.tolerances[name]]
    if tolerance.accepts(a, r):
        return None
    if words := exercise.words.get(name):
        return finding("value", f"`{name}` {_worded(a, r, words, call)}.")
    if value.dtype.kind == "f" and value.dtype.itemsize < right.dtype.itemsize:
        says = (
            f"`{name}` is {value.dtype} for {call}: somewhere the computation leaves "
            f"{right.dtype}, and loses digits."
        )
        if not _close(a, r, value.dtype):
            says += " More than that is wrong with its values."
        return finding("dtype", says)
    usual = usual_ratios(made, right) if hidden else None
    hint = _pattern(a, r, usual) or _part(exercise, name, a, r)
    return finding("value", f"`{name}` has wrong values for {call}{hint}.")


def _wanted(exercise: Exercise, name: str, right: Array | None) -> str:
    """What a result has to be, in words."""
    if exercise.words.get(name) == TRUTH:
        return "a bool"
    return "an array of numbers" if right is None or right.ndim else "a number"


def _worded(a: Array, r: Array, words: Sequence[str], call: str) -> str:
    """What an answer is in words: the one whose number it is, or what is odd about several."""
    if not a.ndim:
        number = int(a)
        if number == a and 0 <= number < len(words):
            return f"is {words[number]} for {call}, which is not so"
        return f"is neither {' nor '.join(words)} for {call}"
    odd = {"something does not belong there": a > r, "something is missing": a < r}
    return f"is wrong for {call}: {' and '.join(says for says, at in odd.items() if at.any())}"


def _close(a: Array, r: Array, dtype: DTypeLike) -> bool:
    """Whether `a` differs from `r` by no more than a computation in `dtype` loses."""
    return TOLERANCES["gradient"].error(a, r) <= LIMITS["digits lost"].value * float(
        np.finfo(dtype).eps
    )


def _pattern(a: Array, r: Array, usual: frozenset[float] | None = None) -> str:
    """A relation between the whole of the answer and what is right, in words.

    Args:
        a: the answer.
        r: what is right.
        usual: the ratios that may be told; None for any.
    """
    near = TOLERANCES["gradient"].accepts
    norm = float(np.vdot(r, r))
    if norm == 0:
        return ": it should be zero"
    if not a.any():
        return ": it is zero everywhere"
    if _close(a, r, np.float32):
        return ": it is close, but digits are lost on the way"
    ratio = float(np.vdot(a, r)) / norm
    if r.size > 1 and ratio and near(a / ratio, r):
        if usual is not None:
            near_by = [one for one in usual if abs(ratio / one - 1) < LIMITS["usual ratio"].value]
            if not near_by:
                return ": every entry is off by one and the same factor"
            ratio = min(near_by, key=lambda one: abs(ratio / one - 1))
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
    are = "slice of {} is" if len(wrong) == 1 else "slices of {} are"
    return f": the {are.format(_listed(wrong))} wrong, and the others are right"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
