"""What is asked of `init_lstm`: weights that are random, and yet have to be usable.

Sizes: D inputs, H hidden units. The bias is judged by value, the weights by what is true of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.exercises.exercise import Finding, Right
from autograder.exercises.program import Answer, Array, Call, Program, StudentError
from autograder.exercises.shared.consistency import values
from autograder.exercises.tolerances import LIMITS

ASSIGNMENT = "lstm_sequences"
SIZES = ((30, 40, 1.0), (3, 5, 2.0), (4, 4, 0.0), (1, 6, -1.0), (6, 1, 1.0))
"""D, H and the forget bias; the first pair is large enough for statistics."""

RETURNS = ("b", "b of the same seed", "Wx", "Wh", "Wx again", "Wh again", "Wx after", "Wh after")
SMALLEST, LARGEST = LIMITS["smallest weights"].value, LIMITS["largest weights"].value
"""The standard deviations between which weights are usable."""


def init_program(rng: np.random.Generator) -> Program:
    """Weights of several sizes, each drawn again from the same seed and from the same generator."""
    return Program(
        ASSIGNMENT,
        tuple(
            Call(
                f"D={D}, H={H}, forget_bias={forget_bias:g}",
                "init_lstm",
                (D, H, forget_bias, int(rng.integers(2**31))),
                RETURNS,
                adapter="drawn",
            )
            for D, H, forget_bias in SIZES
        ),
    )


def drawn(init_lstm: Any, D: int, H: int, forget_bias: float, seed: int) -> Sequence[Any]:
    """Three draws: a first one, one of the same seed, and the next of the first generator.

    Raises:
        StudentError: where the result is no triple of arrays of the right shapes.
    """
    kept = np.random.get_state()
    try:
        np.random.seed(1)
        rng = np.random.default_rng(seed)
        first = shaped(init_lstm(D, H, forget_bias, rng), D, H)
        after = shaped(init_lstm(D, H, forget_bias, rng), D, H)
        np.random.seed(2)
        again = shaped(init_lstm(D, H, forget_bias, np.random.default_rng(seed)), D, H)
    finally:
        np.random.set_state(kept)
    return first[2], again[2], *first[:2], *again[:2], *after[:2]


def shaped(found: Any, D: int, H: int) -> Sequence[Any]:
    """The triple (Wx, Wh, b).

    Raises:
        StudentError: where it is none.
    """
    if not isinstance(found, (tuple, list)) or len(found) != 3:
        raise StudentError("It returns no triple; (Wx, Wh, b) is wanted.")
    wanted = {"Wx": (D, 4 * H), "Wh": (H, 4 * H), "b": (4 * H,)}
    for (name, shape), array in zip(wanted.items(), found, strict=True):
        if np.shape(array) != shape:
            raise StudentError(
                f"{name} has the shape {np.shape(array)} for D={D}, H={H}; not {shape}."
            )
    return found


def inspect_weights(program: Program, answers: Mapping[str, Answer], right: Right) -> list[Finding]:
    """What is wrong with the weights of each draw."""
    findings = []
    for call in program.calls:
        found = values(answers[call.name])
        if found is None:
            continue
        D, H, *_ = call.args
        if [a.shape for a in found[2:]] != [(D, 4 * H), (H, 4 * H)] * 3:
            says = f"Weights have other shapes than (D, 4H) and (H, 4H) for {call.name}."
            findings.append(Finding(call.name, says))
            continue
        _, _, Wx, Wh, Wx_again, Wh_again, Wx_after, Wh_after = found
        for name, W, again, after in (
            ("Wx", Wx, Wx_again, Wx_after),
            ("Wh", Wh, Wh_again, Wh_after),
        ):
            finding = unrepeatable(call.name, name, W, again, after)
            if finding is None and call is program.calls[0]:
                finding = misdrawn(call.name, name, W)
            findings += [finding] if finding else []
    return findings


def misdrawn(call: str, name: str, W: Array) -> Finding | None:
    """What is wrong with many weights: their size, their mean, columns or rows that are alike."""
    if not W.any():
        return Finding(call, f"`{name}` is zero for {call}.", "weights-zero")
    if len(np.unique(W.round(12), axis=1).T) < W.shape[1]:
        return Finding(call, f"Columns of `{name}` are alike for {call}.", "units-alike")
    if len(np.unique(W.round(12), axis=0)) < W.shape[0]:
        return Finding(call, f"Rows of `{name}` are alike for {call}.")
    spread = float(W.std())
    if abs(W.mean()) > LIMITS["mean of gates"].value * spread:
        return Finding(call, f"The mean of `{name}` is not zero for {call}.", "mean-not-zero")
    if spread <= SMALLEST:
        return Finding(call, f"The numbers in `{name}` are tiny for {call}.", "weights-too-small")
    if spread >= LARGEST:
        return Finding(call, f"The numbers in `{name}` are huge for {call}.", "weights-too-large")
    return None


def unrepeatable(call: str, name: str, W: Array, again: Array, after: Array) -> Finding | None:
    """What is wrong with the source of the random numbers."""
    if np.any(again != W):
        says = f"The same seed gives another `{name}` for {call}: draw from rng and nothing else."
        return Finding(call, says, "not-from-rng")
    # Orthogonal weights of one unit are 1 or −1: two draws of them may well agree.
    drawn_freely = np.ptp(np.abs(W)) > LIMITS["smallest weights"].value
    if drawn_freely and not np.any(after != W):
        says = f"A second call with the same rng gives the same `{name}` for {call}."
        return Finding(call, says, "generator-made-anew")
    return None
