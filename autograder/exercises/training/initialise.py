"""What is asked of `initialise`: numbers that are random, and yet have to be right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.exercises.exercise import Finding, Right
from autograder.exercises.feedforward.layers import refuses
from autograder.exercises.numbers import percent
from autograder.exercises.program import Answer, Array, Call, Program, StudentError
from autograder.exercises.shared.consistency import values
from autograder.exercises.tolerances import LIMITS

ASSIGNMENT = "training"

SIZE = (120, 400)
"""fan_in and fan_out: 48 000 numbers, whose variance is known to 0.7 %."""

ALLOWED = LIMITS["moments"].value
"""How far a mean, a variance or a correlation may be off, in units of what is right."""

KINDS = ("normal", "xavier", "he")
MEASURED = 20
"""Draws over which the variance of right weights is measured: it is then known to 0.15 %."""


def program(rng: np.random.Generator) -> Program:
    """Large draws of every kind, small ones, repeated ones, and a kind that there is not."""
    seeds = iter(int(s) for s in rng.integers(0, 2**31, 20))
    calls = [
        Call(f'kind "{kind}"', "initialise", (*SIZE, kind, next(seeds)), ("W",), adapter="drawn")
        for kind in KINDS
    ]
    calls += [
        Call(
            f'kind "{kind}", {n} inputs, {m} outputs',
            "initialise",
            (n, m, kind, next(seeds)),
            ("W", "W of the same seed", "W of the next call"),
            adapter="drawn_three_times",
        )
        for kind, n, m in (("normal", 3, 5), ("xavier", 1, 4), ("he", 4, 1), ("he", 6, 6))
    ]
    calls.append(
        Call(
            "an unknown kind",
            "initialise",
            (3, 4, "orthogonal"),
            ("refused",),
            adapter="refuses_kind",
        )
    )
    return Program(ASSIGNMENT, tuple(calls))


def drawn(initialise: Any, fan_in: int, fan_out: int, kind: str, seed: int) -> Any:
    """The weights that a new generator gives."""
    return initialise(fan_in, fan_out, kind, np.random.default_rng(seed))


def variance(initialise: Any, fan_in: int, fan_out: int, kind: str, seed: int) -> Any:
    """The mean variance of the weights, of a reference or of a known mistake."""
    return mean_variance(lambda rng: initialise(fan_in, fan_out, kind, rng), seed)


def mean_variance(draw: Callable[[np.random.Generator], Array], seed: int) -> Any:
    """The mean variance of what is drawn several times from one generator.

    Raises:
        StudentError: where it is drawn from another one, and differs from run to run.
    """
    first, again = (np.random.default_rng(seed) for _ in range(2))
    found, same = (np.mean([np.var(draw(rng)) for _ in range(MEASURED)]) for rng in (first, again))
    if found != same:
        raise StudentError("It draws from another generator than the one that it is given.")
    return found


def measure(program: Program) -> Program:
    """The variances of the large draws."""
    large = (call for call in program.calls if call.adapter == "drawn")
    return Program(
        ASSIGNMENT,
        tuple(replace(call, returns=("variance",), adapter="variance") for call in large),
    )


def drawn_three_times(
    initialise: Any, fan_in: int, fan_out: int, kind: str, seed: int
) -> tuple[Any, Any, Any]:
    """The weights, those of the same seed after another global seed, and those of a next call."""
    kept = np.random.get_state()
    try:
        np.random.seed(1)
        rng = np.random.default_rng(seed)
        first = initialise(fan_in, fan_out, kind, rng)
        after = initialise(fan_in, fan_out, kind, rng)
        np.random.seed(2)
        again = initialise(fan_in, fan_out, kind, np.random.default_rng(seed))
    finally:
        np.random.set_state(kept)
    return first, again, after


def refuses_kind(initialise: Any, fan_in: int, fan_out: int, kind: str) -> Array:
    """1 where an unknown kind raises ValueError.

    Raises:
        StudentError: where it does not.
    """
    return refuses(initialise, kind, fan_in, fan_out, kind, np.random.default_rng(0))


def inspect(program: Program, answers: Mapping[str, Answer], right: Right) -> list[Finding]:
    """The first thing that is wrong with each draw."""
    findings = []
    for call in program.calls:
        found = values(answers[call.name])
        if found is None or call.adapter == "refuses_kind":
            continue
        n, m, *_ = call.args
        finding = misshapen(call, found, answers[call.name])
        finding = finding or (
            misdrawn(call.name, found[0], right)
            if (n, m) == SIZE
            else unrepeatable(call.name, found)
        )
        findings += [finding] if finding else []
    return findings


def misshapen(call: Call, found: list[Array], answer: Answer) -> Finding | None:
    """What is wrong with the shape or the dtype of the weights."""
    n, m, *_ = call.args
    shape = found[0].shape
    if shape != (n, m):
        names = {(m, n): "shape-transposed", (n + 1, m): "bias-included"}
        says = f"`W` has the shape {shape} for {call.name}; {(n, m)} is wanted."
        return Finding(call.name, says, names.get(shape, ""))
    kind = next((r.value.dtype for r in answer.results if r.value is not None), None)
    if kind != np.float64:
        says = f"`W` is {kind} for {call.name}; float64 is wanted."
        return Finding(call.name, says, "single-precision")
    return None


def misdrawn(call: str, W: Array, right: Right) -> Finding | None:
    """What is wrong with many weights: their mean, variance, rank or independence."""
    wanted, variance = float(right.measured[call]), float(W.var())

    def differ(a: float, b: float) -> bool:
        return abs(a - b) > ALLOWED * b

    if not W.any():
        return Finding(call, f"All weights are 0 for {call}.", "all-zero")
    if np.linalg.matrix_rank(W) < min(W.shape):
        says = f"Rows or columns of `W` repeat one another for {call}."
        alike = {"rows-alike": W[:1], "columns-alike": W[:, :1]}
        return Finding(call, says, next((n for n, one in alike.items() if (one == W).all()), ""))
    if abs(W.mean()) > ALLOWED * np.sqrt(variance):
        says = f"The mean of the weights is not 0 for {call}."
        return Finding(call, says, "mean-not-zero")
    if differ(variance, wanted):
        says = (
            f"The weights have {percent(variance / wanted)} of the variance that is wanted, for "
            f"{call}."
        )
        known = right.name(
            call, lambda v: differ(float(v), wanted) and not differ(variance, float(v))
        )
        return Finding(call, says, known)
    beside = np.mean(W[:, 1:] * W[:, :-1]), np.mean(W[1:] * W[:-1])
    if max(abs(c) for c in beside) > ALLOWED * variance:
        return Finding(call, f"Neighbouring weights are not independent for {call}.")
    return None


def unrepeatable(call: str, found: list[Array]) -> Finding | None:
    """What is wrong with the source of the random numbers."""
    first, again, after = found
    if np.any(first != again):
        says = f"The same seed gives other weights for {call}: draw from rng and nothing else."
        return Finding(call, says, "not-from-rng")
    if not np.any(first != after):
        says = f"A second call with the same rng gives the same weights for {call}."
        return Finding(call, says, "generator-made-anew")
    return None
