"""Follow-through: is an object right, given the student's own earlier objects?

A backward pass is measured against the student's own forward by the adjoint identity
⟨dy, (f(a + εv) − f(a − εv)) / 2ε⟩ = ⟨da, v⟩, and a sequence against the loop over the student's
own step. Both go through `ask`, as arrays; what is right is not needed and not given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.exercises.exercise import Ask
from autograder.exercises.program import Answer, Array, Call, Program, Ref, changed
from autograder.exercises.tolerances import LIMITS, TOLERANCES

EPSILON = LIMITS["difference step"].value
SMALL = LIMITS["small"].value

UNIT = float(np.finfo(np.float64).eps)

STEPS = {1: 2 / 3, -1: -2 / 3, 2: -1 / 12, -2: 1 / 12}
"""The weights of a difference of the fourth order, whose error is that of rounding alone."""


def values(answer: Answer) -> list[Array] | None:
    """The arrays of an answer in float64, or None where something is missing or not finite."""
    arrays = [r.value for r in answer.results]
    if answer.raised or not arrays or any(a is None for a in arrays):
        return None
    found = [np.asarray(a, np.float64) for a in arrays]
    return found if all(np.isfinite(a).all() for a in found) else None


@np.errstate(all="ignore")
def is_adjoint(
    ask: Ask,
    rng: np.random.Generator,
    assignment: str,
    forward: tuple[str, tuple[str, ...]],
    args: Mapping[str, Array],
    backward: str,
    upstream: Sequence[Array],
    constants: Sequence[Any] = (),
) -> bool | None:
    """Whether `backward` is the adjoint of the student's own `forward` at `args`.

    It also has to leave its arguments as they are, and its cache so that it serves again, and to
    be linear in `upstream` to the digits of float64: differences do not show whether it is.

    Args:
        ask: runs a program where the student's objects are.
        rng: draws the directions.
        assignment: the assignment.
        forward: the name of the forward function and the names of its array results; its
            cache follows them.
        args: the arguments of `forward` by name, in order; `backward` returns one gradient
            for each.
        backward: the name of the backward function, called with `upstream` and the cache.
        upstream: a gradient for each result of `forward`, or for the first few of them.
        constants: what `forward` takes after `args` and has no gradient, such as a stride.

    Returns:
        None where `forward` itself gives no values, so that there is nothing to measure.
    """
    name, outputs = forward
    given = (*upstream, Ref("forward", len(outputs)))
    back = Call("backward", backward, given, tuple(f"d{key}" for key in args))
    other = [rng.standard_normal(dy.shape) for dy in upstream]
    both = [dy + dz for dy, dz in zip(upstream, other, strict=True)]
    calls = [
        Call("forward", name, (*args.values(), *constants), outputs, returns_cache=True),
        back,
        replace(back, name="backward of others", args=(*other, back.args[-1])),
        replace(back, name="backward of both", args=(*both, back.args[-1])),
        replace(back, name="backward once more"),
    ]
    given_back = {a.call: a for a in ask(Program(assignment, tuple(calls)))}
    answers = {call: values(a) for call, a in given_back.items()}
    if answers["forward"] is None:
        return None
    gradients, again = answers["backward"], answers["backward once more"]
    if gradients is None or again is None or changed(back, given_back["backward"]):
        return False
    same = TOLERANCES["gradient"].accepts
    if not all(a.shape == g.shape and same(a, g) for a, g in zip(again, gradients, strict=True)):
        return False
    if not is_linear(gradients, answers["backward of others"], answers["backward of both"]):
        return False
    if not is_nontrivial(ask, rng, assignment, forward, args, constants):
        return False
    # Drawn and asked for only now: a gradient could else be right in these directions alone.
    directions = {key: rng.standard_normal(a.shape) for key, a in args.items()}
    moves = {
        f"{key}{steps:+}": {**args, key: args[key] + steps * EPSILON * v}
        for key, v in directions.items()
        for steps in STEPS
    }
    moved = [
        Call(label, name, (*inputs.values(), *constants), outputs, returns_cache=True)
        for label, inputs in moves.items()
    ]
    answers = {a.call: values(a) for a in ask(Program(assignment, tuple(moved)))}
    for (key, v), gradient in zip(directions.items(), gradients, strict=True):
        numeric = rounding = 0.0
        if gradient.shape != v.shape:
            return False
        for steps, weight in STEPS.items():
            moved_to = answers[f"{key}{steps:+}"]
            if moved_to is None:
                return False
            for dy, y in zip(upstream, moved_to, strict=False):
                if dy.shape != y.shape:
                    return False
                numeric += weight * float(np.vdot(dy, y)) / EPSILON
                # Where the function is flat, the last digits of its values are all there is.
                rounding += float(np.linalg.norm(dy) * np.linalg.norm(y)) * UNIT / EPSILON
        scale = float(np.linalg.norm(gradient) * np.linalg.norm(v))
        allowed = LIMITS["adjoint"].value * max(scale, SMALL) + rounding
        if abs(numeric - float(np.vdot(gradient, v))) > allowed:
            return False
    return True


def is_linear(
    one: Sequence[Array], other: Sequence[Array] | None, both: Sequence[Array] | None
) -> bool:
    """Whether the gradients of two upstream gradients are together those of their sum."""
    if other is None or both is None:
        return False
    for a, b, c in zip(one, other, both, strict=True):
        if not a.shape == b.shape == c.shape:
            return False
        size = float(np.linalg.norm(a) + np.linalg.norm(b))
        if np.linalg.norm(a + b - c) > LIMITS["exact adjoint"].value * max(size, SMALL):
            return False
    return True


def right_where_asked(findings: Sequence[bool | None]) -> bool:
    """Whether there is a finding, and none is False; None is for what could not be asked."""
    return True in findings and False not in findings


@np.errstate(all="ignore")
def is_nontrivial(
    ask: Ask,
    rng: np.random.Generator,
    assignment: str,
    forward: tuple[str, tuple[str, ...]],
    args: Mapping[str, Array],
    constants: Sequence[Any] = (),
) -> bool:
    """Whether the student's own `forward` is an attempt at all.

    It has to depend on every argument, and not linearly, nor on their sum alone: else a constant,
    whose gradient is zero, or a number for all, would earn the points of the backward pass.
    """
    name, outputs = forward
    moves = {key: {key: rng.standard_normal(a.shape)} for key, a in args.items()}
    together = {key: rng.standard_normal(a.shape) for key, a in args.items()}
    moves |= {"up": together, "down": {key: -v for key, v in together.items()}, "here": {}}
    calls = [
        Call(
            label,
            name,
            (*(a + move[key] if key in move else a for key, a in args.items()), *constants),
            outputs,
            returns_cache=True,
        )
        for label, move in moves.items()
    ]
    found = {a.call: values(a) for a in ask(Program(assignment, tuple(calls)))}
    if any(value is None for value in found.values()):
        return False
    flat = {k: np.concatenate([a.ravel() for a in v]) for k, v in found.items() if v is not None}
    here = flat["here"]
    if any(f.shape != here.shape for f in flat.values()):
        return False
    responses = np.array([flat[key] - here for key in args])
    sizes = np.linalg.norm(responses, axis=1, keepdims=True)
    if not np.isfinite(sizes).all() or sizes.min() < LIMITS["response"].value:
        return False
    ways = np.linalg.svd(responses / sizes, compute_uv=False)
    if min(responses.shape) > 1 and ways[1] < LIMITS["ways"].value * ways[0]:
        return False
    slope = np.linalg.norm(flat["up"] - flat["down"])
    bend = np.linalg.norm(flat["up"] + flat["down"] - 2 * here)
    return bool(bend > LIMITS["bend"].value * slope)
