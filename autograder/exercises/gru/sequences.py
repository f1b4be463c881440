"""What is asked of whole sequences of the GRU, forward and back through time.

N sequences, T steps, D inputs, H hidden units.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from autograder.exercises.exercise import Ask
from autograder.exercises.gru.steps import AFTER, BEFORE, GRU, labelled
from autograder.exercises.program import Array, Call, Program, Ref
from autograder.exercises.shared.consistency import right_where_asked, values
from autograder.exercises.shared.recurrent_cell import Case
from autograder.exercises.shared.recurrent_consistency import (
    adds_last,
    adjoints,
    alike,
    follow_forward,
    loop,
)
from autograder.exercises.shared.recurrent_programs import (
    Upstream,
    backward_program,
    forward_program,
)

SIZES = ((3, 4, 5, 2), (3, 3, 2, 2), (4, 1, 3, 4), (1, 12, 1, 4), (2, 3, 3, 1), (5, 3, 2, 3))
"""N, T, D, H: all different, each of them 1, every two of them equal, and more than ten steps."""

FORWARD = list(zip(SIZES, (AFTER, BEFORE, AFTER, BEFORE, AFTER, BEFORE), strict=True))
BACKWARD = list(zip(SIZES, (AFTER, BEFORE, BEFORE, AFTER, BEFORE, AFTER), strict=True))
FOLLOWED = FORWARD[:3]


def again(dhs: Array, dhT: Array) -> dict[str, Upstream]:
    """The same gradients, and that of the last state alone."""
    return {"the first cache once more": (dhs, dhT), "dhs zero": (0 * dhs, dhT)}


sequence_program = partial(
    forward_program,
    GRU,
    {
        **{GRU.label(sizes): (sizes, variant) for sizes, variant in FORWARD},
        "other inputs of the first sizes, reset before": (SIZES[0], BEFORE),
    },
)
sequence_backward_program = partial(backward_program, GRU, labelled(*BACKWARD), again=again)
follow_sequence = partial(follow_forward, GRU, FOLLOWED)


def follow_sequence_backward(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `gru_backward` fits the student's own functions.

    It is the adjoint of the student's own `gru_forward`, or else the loop over the student's own
    step backward; and it adds dhT to the gradient of the last state.
    """
    if not adds_last(GRU, FOLLOWED[0], ask, rng) or not hears_last(FOLLOWED[0], ask, rng):
        return False
    if right_where_asked(adjoints(GRU, FOLLOWED, ask, rng)):
        return True
    return right_where_asked([equals_loop_backward(case, ask, rng) for case in FOLLOWED])


def hears_last(case: Case, ask: Ask, rng: np.random.Generator) -> bool:
    """Whether every gradient depends on dhT.

    Else a step backward that gives constants, and the loop over it, would earn these points.
    """
    sizes, variant = case
    args = GRU.args(rng, *sizes)
    dhs, dhT = GRU.upstream(rng, *sizes)
    (forward, results), (backward, gradients) = GRU.forward, GRU.backward
    calls = (
        Call("forward", forward, (*args.values(), *variant), results, returns_cache=True),
        Call("with", backward, (dhs, dhT, Ref("forward", 1)), gradients),
        Call("without", backward, (dhs, 0 * dhT, Ref("forward", 1)), gradients),
    )
    _, heard, unheard = (values(answer) for answer in ask(Program(GRU.assignment, calls)))
    if heard is None or unheard is None:
        return False
    return not any(alike([a], [b], "gradient") for a, b in zip(heard, unheard, strict=True))


def equals_loop_backward(case: Case, ask: Ask, rng: np.random.Generator) -> bool | None:
    """Whether `gru_backward` equals the loop over the student's own step backward.

    None where a step gives no values, or a gradient that is zero.
    """
    sizes, variant = case
    args = GRU.args(rng, *sizes)
    looped = loop(GRU, args, variant, ask)
    if looped is None:
        return None
    hs, _ = looped
    x, h0, *weights = args.values()
    dhs, dhT = GRU.upstream(rng, *sizes)
    (step, states), (step_backward, step_gradients) = GRU.step, GRU.step_backward
    dh, dxs, summands = dhT, [], []
    for t in reversed(range(x.shape[1])):
        before = hs[:, t - 1] if t else h0
        calls = (
            Call("there", step, (x[:, t], before, *weights, *variant), states, returns_cache=True),
            Call("back", step_backward, (dhs[:, t] + dh, Ref("there", 1)), step_gradients),
        )
        found = values(ask(Program(GRU.assignment, calls))[1])
        if found is None or any(not g.any() for g in found) or found[1].shape != h0.shape:
            return None
        dx, dh, *share = found
        dxs.append(dx)
        summands.append(share)
    summed = [np.sum(parts, axis=0) for parts in zip(*summands, strict=True)]
    (forward, results), (backward, gradients) = GRU.forward, GRU.backward
    calls = (
        Call("there", forward, (*args.values(), *variant), results, returns_cache=True),
        Call("back", backward, (dhs, dhT, Ref("there", 1)), gradients),
    )
    answers = values(ask(Program(GRU.assignment, calls))[1])
    if answers is None:
        return False
    return alike(answers, [np.stack(dxs[::-1], axis=1), dh, *summed], "gradient")
