"""What is asked of `equal_when_reset`: numbers of which there is no one right choice.

They are measured by the equations that stand in the exercise itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.exercises.exercise import Finding, Right
from autograder.exercises.program import Answer, Array, Call, Program, StudentError
from autograder.exercises.shared.consistency import values
from autograder.exercises.tolerances import LIMITS

ASSIGNMENT = "gru"
ARRAYS = ("x", "h", "Wx", "Wh", "bx", "bh")
WHICH = ("agree", "differ")
ALIKE, APART, HEARD, CLOSED = (
    LIMITS[name].value for name in ("equal", "different", "heard", "closed")
)
"""What the exercise asks for: how near, how far, how large, and how little open."""


def pair_program(rng: np.random.Generator) -> Program:
    """One call for each of the two tuples."""
    return Program(
        ASSIGNMENT,
        tuple(
            Call(name, "equal_when_reset", (number,), ARRAYS, adapter="numbers_of")
            for number, name in enumerate(WHICH)
        ),
    )


def numbers_of(equal_when_reset: Any, number: int) -> Sequence[Array]:
    """The arrays of one of the two tuples that a student's function returns.

    Raises:
        StudentError: where they are no arguments of a step.
    """
    found = equal_when_reset()
    if not isinstance(found, (tuple, list)) or len(found) != len(WHICH):
        raise StudentError(f"It returns no pair; two tuples ({', '.join(ARRAYS)}) are wanted.")
    chosen, which = found[number], WHICH[number]
    if not isinstance(chosen, (tuple, list)) or len(chosen) != len(ARRAYS):
        raise StudentError(f"`{which}` is no tuple of six; ({', '.join(ARRAYS)}) are wanted.")
    arrays = [np.asarray(a, dtype=np.float64) for a in chosen]
    if says := misshapen(arrays, which):
        raise StudentError(says)
    return arrays


def misshapen(arrays: Sequence[Array], which: str) -> str:
    """What is wrong with the shapes of the arguments of a step, or ""."""
    if arrays[0].ndim != 2 or arrays[1].ndim != 2:
        return f"x and h of `{which}` have two axes each, (N, D) and (N, H)."
    (N, D), H = arrays[0].shape, arrays[1].shape[1]
    wanted = [(N, D), (N, H), (D, 3 * H), (H, 3 * H), (3 * H,), (3 * H,)]
    for name, array, shape in zip(ARRAYS, arrays, wanted, strict=True):
        if array.shape != shape:
            return f"{name} of `{which}` has the shape {array.shape}; {shape} is wanted."
        if not np.isfinite(array).all():
            return f"{name} of `{which}` holds nan or inf."
    if min(D, H) < 2 or N < 1:
        return f"`{which}` has N={N}, D={D} and H={H}; N ≥ 1 and D, H ≥ 2 are wanted."
    return ""


def gates(arrays: Sequence[Array]) -> tuple[Array, Array]:
    """The reset and the update gate of a step."""
    x, h, Wx, Wh, bx, bh = arrays
    sums = np.hstack([x, h]) @ np.vstack([Wx, Wh]) + (bx + bh)
    r, z, _ = np.exp(-np.logaddexp(0, -sums)).reshape(len(x), 3, -1).swapaxes(0, 1)
    return r, z


def difference(arrays: Sequence[Array]) -> float:
    """The largest difference that the place of the reset makes in the next state."""
    x, h, Wx, Wh, bx, bh = arrays
    r, z = gates(arrays)
    last = slice(2 * h.shape[1], None)
    heard, silenced = h @ Wh[:, last], (r * h) @ Wh[:, last]
    rest = x @ Wx[:, last] + bx[last]
    after = np.tanh(rest + r * (heard + bh[last]))
    before = np.tanh(rest + silenced + bh[last])
    return float(np.max(np.abs((1 - z) * (after - before))))


def inspect_pair(program: Program, answers: Mapping[str, Answer], right: Right) -> list[Finding]:
    """What is wrong with each of the two choices."""
    findings = []
    for call in program.calls:
        found = values(answers[call.name])
        if found is None:
            continue
        if says := misshapen(found, call.name):
            findings.append(Finding(call.name, says))
            continue
        moved = difference(found)
        if call.name == "agree":
            finding = trivial(found) or (disagrees() if moved > ALIKE else None)
        else:
            finding = agrees(moved) if moved <= APART else None
        findings += [finding] if finding else []
    return findings


def disagrees() -> Finding:
    """The first choice for which the place matters."""
    says = "The two variants differ for `agree`; they have to be equal."
    return Finding("agree", says, "agree-differs")


def agrees(moved: float) -> Finding:
    """The second choice for which the place hardly matters."""
    says = "The two variants do not differ enough for `differ`."
    none = "differ-agrees" if moved <= ALIKE else "differ-hardly"
    return Finding("differ", says, none)


def trivial(arrays: Sequence[Array]) -> Finding | None:
    """Whether the first choice is equal for a reason that teaches nothing."""
    _, h, _, Wh, _, _ = arrays
    H = h.shape[1]
    if np.abs(h).max() <= HEARD:
        says = "No entry of h is large enough for `agree`."
        return Finding("agree", says, "hidden-state-zero")
    if np.linalg.norm(h @ Wh[:, 2 * H :]) <= HEARD:
        says = "The norm of h·Wh_n is too small for `agree`."
        return Finding("agree", says, "candidate-weights-zero")
    if gates(arrays)[0].min() >= CLOSED:
        says = "No reset gate is closed far enough for `agree`."
        return Finding("agree", says, "reset-gate-open")
    return None
