"""Follow-through of any recurrent cell: what is built on the student's own step or sequence.

A backward pass has to be the adjoint of the student's own forward, and a sequence the loop over
the student's own step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from autograder.exercises.exercise import Ask
from autograder.exercises.program import Array, Call, Program, Ref, changed
from autograder.exercises.shared.consistency import (
    is_adjoint,
    is_nontrivial,
    right_where_asked,
    values,
)
from autograder.exercises.shared.recurrent_cell import Case, Options, RecurrentCell, is_sequence
from autograder.exercises.tolerances import TOLERANCES


def follow_backward(
    cell: RecurrentCell, cases: Sequence[Case], ask: Ask, rng: np.random.Generator
) -> bool:
    """Whether the backward pass is the adjoint of the student's own forward pass.

    One over sequences also has to add dhT to the gradient of the last hidden state.
    """
    findings = adjoints(cell, cases, ask, rng)
    findings += [adds_last(cell, case, ask, rng) for case in cases if is_sequence(case[0])]
    return right_where_asked(findings)


def adjoints(
    cell: RecurrentCell, cases: Sequence[Case], ask: Ask, rng: np.random.Generator
) -> list[bool | None]:
    """For each case whether the backward pass is the adjoint; over sequences with dhT = 0.

    An entry is None where the student's own forward gives no values.
    """
    findings = []
    for sizes, options in cases:
        upstream, args = cell.upstream(rng, *sizes), cell.args(rng, *sizes)
        if is_sequence(sizes):
            upstream = (upstream[0], *(np.zeros_like(a) for a in upstream[1:]))
        backward, _ = cell.backward_of(sizes)
        forward = cell.forward_of(sizes)
        given = (ask, rng, cell.assignment, forward, args, backward, upstream, options)
        findings.append(is_adjoint(*given))
    return findings


def adds_last(cell: RecurrentCell, case: Case, ask: Ask, rng: np.random.Generator) -> bool | None:
    """Whether dhT counts as a part of `dhs[:, -1]`; None where the forward gives no values."""
    sizes, options = case
    args = cell.args(rng, *sizes)
    dhs, dhT = cell.upstream(rng, *sizes)
    inside = dhs.copy()
    inside[:, -1] += dhT
    (name, outputs), (backward, gradients) = cell.forward, cell.backward
    cache = Ref("forward", len(outputs))
    calls = (
        Call("forward", name, (*args.values(), *options), outputs, returns_cache=True),
        Call("beside", backward, (dhs, dhT, cache), gradients),
        Call("inside", backward, (inside, 0 * dhT, cache), gradients),
    )
    answers = ask(Program(cell.assignment, calls))
    forward, beside, within = (values(answer) for answer in answers)
    if forward is None:
        return None
    if beside is None or within is None or changed(calls[1], answers[1]):
        return False
    return alike(beside, within, "gradient")


def follow_forward(
    cell: RecurrentCell, cases: Sequence[Case], ask: Ask, rng: np.random.Generator
) -> bool:
    """Whether the pass over sequences equals the loop over the student's own step."""
    for options in dict.fromkeys(options for _, options in cases):
        args = cell.args(rng, 3, 5, 4)
        if not is_nontrivial(ask, rng, cell.assignment, cell.step, args, options):
            return False
    return right_where_asked(
        [equals_loop(cell, cell.args(rng, *sizes), options, ask) for sizes, options in cases]
    )


def equals_loop(
    cell: RecurrentCell, args: Mapping[str, Array], options: Options, ask: Ask
) -> bool | None:
    """Whether the pass over sequences equals the loop; None where the step gives no values."""
    name, outputs = cell.forward
    whole = Call("whole", name, (*args.values(), *options), outputs, returns_cache=True)
    # Before its steps, whose answers it could else give back.
    answer = ask(Program(cell.assignment, (whole,)))[0]
    looped = loop(cell, args, options, ask)
    if looped is None:
        return None
    found = values(answer)
    if found is None or changed(whole, answer):
        return False
    return alike(found, looped[: len(outputs)], "forward")


def loop(
    cell: RecurrentCell, args: Mapping[str, Array], options: Options, ask: Ask
) -> list[Array] | None:
    """`hs (N, T, H)` and the last states (N, H), by a call of the student's own step a time step.

    None where a step gives no values, or states of another shape.
    """
    name, outputs = cell.step
    x, *rest = args.values()
    states, weights = rest[: len(cell.states)], rest[len(cell.states) :]
    hs = []
    for t in range(x.shape[1]):
        given = (x[:, t], *states, *weights, *options)
        step = Call("step", name, given, outputs, returns_cache=True)
        found = values(ask(Program(cell.assignment, (step,)))[0])
        if found is None or [a.shape for a in found] != [a.shape for a in states]:
            return None
        states = found
        hs.append(states[0])
    return [np.stack(hs, axis=1), *states]


def alike(found: Sequence[Array], wanted: Sequence[Array], tolerance: str) -> bool:
    """Whether the arrays have the same shapes and, within the tolerance, the same values."""
    near = TOLERANCES[tolerance].accepts
    return all(a.shape == r.shape and near(a, r) for a, r in zip(found, wanted, strict=True))
