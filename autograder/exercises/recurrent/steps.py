"""What is asked of the step and the sequence of the recurrent chapter.

N sequences, T steps, D inputs, H hidden units.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from autograder.exercises.exercise import Ask
from autograder.exercises.program import Array, Call, Program, Ref, changed
from autograder.exercises.shared.cases import normal
from autograder.exercises.shared.consistency import (
    is_adjoint,
    is_nontrivial,
    right_where_asked,
    values,
)
from autograder.exercises.shared.inputs import strided
from autograder.exercises.tolerances import TOLERANCES

ASSIGNMENT = "recurrent"
STEP = ("rnn_step_forward", ("h_next",))
FORWARD = ("rnn_forward", ("hs",))
STEP_GRADIENTS = ("dx", "dh", "dWx", "dWh", "db")
GRADIENTS = ("dx", "dh0", "dWx", "dWh", "db")
STEP_SIZES = ((3, 5, 4), (4, 4, 4), (1, 3, 2), (2, 1, 3), (3, 4, 1), (1, 1, 1))
"""N, D, H: all different, all equal, each of them 1."""

SEQUENCE_SIZES = ((3, 4, 5, 2), (3, 3, 3, 3), (2, 1, 3, 4), (1, 6, 1, 2), (2, 3, 4, 1))


def weights(rng: np.random.Generator, D: int, H: int) -> dict[str, Array]:
    """Weights `Wx (D, H)`, `Wh (H, H)`, `b (H,)`, of a size at which tanh bends."""
    return {
        "Wx": normal(rng, D, H) / np.sqrt(D),
        "Wh": normal(rng, H, H) / np.sqrt(H),
        "b": normal(rng, H) / 2,
    }


def step_args(rng: np.random.Generator, N: int, D: int, H: int) -> dict[str, Array]:
    """The arguments of one step: `x (N, D)`, `h (N, H)` and the weights."""
    x, h = normal(rng, N, D), np.tanh(normal(rng, N, H))
    return {"x": x, "h": h, **weights(rng, D, H)}


def sequence_args(rng: np.random.Generator, N: int, T: int, D: int, H: int) -> dict[str, Array]:
    """The arguments of a sequence: `x (N, T, D)`, `h0 (N, H)` and the weights."""
    x, h0 = normal(rng, N, T, D), np.tanh(normal(rng, N, H))
    return {"x": x, "h0": h0, **weights(rng, D, H)}


def step_forward_program(rng: np.random.Generator) -> Program:
    """One call a case; every result is judged but the cache."""
    cases = {f"N={N}, D={D}, H={H}": step_args(rng, N, D, H) for N, D, H in STEP_SIZES}
    first = next(iter(cases.values()))
    loud = step_args(rng, 4, 3, 5)
    cases |= {
        "the first inputs once more": first,
        "the first inputs as views that are not contiguous": strided(first),
        "pre-activations near ±1000": {**loud, "b": 1000 * rng.choice([-1.0, 1.0], 5)},
    }
    name, outputs = STEP
    calls = (
        Call(label, name, tuple(args.values()), outputs, returns_cache=True)
        for label, args in cases.items()
    )
    return Program(ASSIGNMENT, tuple(calls))


def step_backward_program(rng: np.random.Generator) -> Program:
    """Backward passes, each on a cache of the student's own forward on the same inputs.

    All forward passes come first, and one cache is used again: a cache has to stay valid.
    """
    name, outputs = STEP
    cases = {f"N={N}, D={D}, H={H}": (N, D, H) for N, D, H in STEP_SIZES}
    cases["other inputs of the first sizes"] = STEP_SIZES[0]
    forward, backward = [], []

    def ask(label: str, made: str, dh: Array) -> None:
        cache = Ref(f"forward: {made}", len(outputs))
        backward.append(Call(label, "rnn_step_backward", (dh, cache), STEP_GRADIENTS))

    upstream = {label: normal(rng, N, H) for label, (N, _, H) in cases.items()}
    for label, sizes in cases.items():
        args = tuple(step_args(rng, *sizes).values())
        forward.append(Call(f"forward: {label}", name, args, outputs, returns_cache=True))
        ask(label, label, upstream[label])
    first = next(iter(cases))
    ask("the first cache once more", first, upstream[first])
    ask("an upstream gradient that is not contiguous", first, np.asfortranarray(upstream[first]))
    return Program(ASSIGNMENT, (*forward, *backward))


def follow_step_backward(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `rnn_step_backward` is the adjoint of the student's own step."""
    findings = []
    for N, D, H in STEP_SIZES[:3]:
        args, dh = step_args(rng, N, D, H), normal(rng, N, H)
        findings.append(is_adjoint(ask, rng, ASSIGNMENT, STEP, args, "rnn_step_backward", (dh,)))
    return right_where_asked(findings)


def forward_program(rng: np.random.Generator) -> Program:
    """Whole sequences; the lengths and sizes change from call to call and come back."""
    cases = {
        f"N={N}, T={T}, D={D}, H={H}": sequence_args(rng, N, T, D, H)
        for N, T, D, H in SEQUENCE_SIZES
    }
    first = next(iter(cases.values()))
    cases["other inputs of the first sizes"] = sequence_args(rng, *SEQUENCE_SIZES[0])
    cases["the first inputs once more"] = first
    cases["the first inputs as views that are not contiguous"] = strided(first)
    name, outputs = FORWARD
    calls = (
        Call(label, name, tuple(args.values()), outputs, returns_cache=True)
        for label, args in cases.items()
    )
    return Program(ASSIGNMENT, tuple(calls))


def follow_forward(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `rnn_forward` equals the loop over the student's own step."""
    if not is_nontrivial(ask, rng, ASSIGNMENT, STEP, step_args(rng, 3, 5, 4)):
        return False
    return right_where_asked(
        [equals_loop(ask, sequence_args(rng, *sizes)) for sizes in SEQUENCE_SIZES[:3]]
    )


def equals_loop(ask: Ask, args: Mapping[str, Array]) -> bool | None:
    """Whether `rnn_forward` equals the loop; None where the step gives no values."""
    hs = loop(ask, args)
    if hs is None:
        return None
    name, outputs = FORWARD
    whole = Call("whole", name, tuple(args.values()), outputs, returns_cache=True)
    answer = ask(Program(ASSIGNMENT, (whole,)))[0]
    found = values(answer)
    if found is None or changed(whole, answer) or found[0].shape != hs.shape:
        return False
    return TOLERANCES["forward"].accepts(found[0], hs)


def loop(ask: Ask, args: Mapping[str, Array]) -> Array | None:
    """`hs (N, T, H)` by calls of the student's own step, one a time step."""
    name, outputs = STEP
    x, h = args["x"], args["h0"]
    given = (args["Wx"], args["Wh"], args["b"])
    hs = []
    for t in range(x.shape[1]):
        step = Call("step", name, (x[:, t], h, *given), outputs, returns_cache=True)
        found = values(ask(Program(ASSIGNMENT, (step,)))[0])
        if found is None or found[0].shape != h.shape:
            return None
        h = found[0]
        hs.append(h)
    return np.stack(hs, axis=1)


def backward_program(rng: np.random.Generator) -> Program:
    """Backward passes through time, with a gradient from outside at every step, or at one end."""
    name, outputs = FORWARD
    cases = {f"N={N}, T={T}, D={D}, H={H}": (N, T, D, H) for N, T, D, H in SEQUENCE_SIZES}
    cases["other inputs of the first sizes"] = SEQUENCE_SIZES[0]
    forward, backward = [], []

    def ask(label: str, made: str, dhs: Array, dhT: Array) -> None:
        caches = Ref(f"forward: {made}", len(outputs))
        backward.append(Call(label, "rnn_backward", (dhs, dhT, caches), GRADIENTS))

    upstream = {
        label: (normal(rng, N, T, H), normal(rng, N, H)) for label, (N, T, _, H) in cases.items()
    }
    for label, sizes in cases.items():
        args = tuple(sequence_args(rng, *sizes).values())
        forward.append(Call(f"forward: {label}", name, args, outputs, returns_cache=True))
        ask(label, label, *upstream[label])
    first = next(iter(cases))
    dhs, dhT = upstream[first]
    ask(f"{first}, dhT zero", first, dhs, np.zeros_like(dhT))
    ask(f"{first}, dhs zero", first, np.zeros_like(dhs), dhT)
    ask("the first caches once more", first, dhs, dhT)
    ask("upstream gradients that are not contiguous", first, *map(np.asfortranarray, (dhs, dhT)))
    return Program(ASSIGNMENT, (*forward, *backward))


def follow_backward(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `rnn_backward` is the adjoint of the student's own sequence.

    With dhT = 0 it is measured; with another dhT it has to do what it does where the same
    gradient arrives in dhs[:, −1].
    """
    findings = []
    for N, T, D, H in SEQUENCE_SIZES[:3]:
        args = sequence_args(rng, N, T, D, H)
        dhs, dhT = normal(rng, N, T, H), normal(rng, N, H)
        none = np.zeros_like(dhT)
        findings.append(
            is_adjoint(ask, rng, ASSIGNMENT, FORWARD, args, "rnn_backward", (dhs, none))
        )
        inside = dhs.copy()
        inside[:, -1] += dhT
        caches = Ref("forward", 1)
        program = Program(
            ASSIGNMENT,
            (
                Call("forward", FORWARD[0], tuple(args.values()), FORWARD[1], returns_cache=True),
                Call("beside", "rnn_backward", (dhs, dhT, caches), GRADIENTS),
                Call("inside", "rnn_backward", (inside, none, caches), GRADIENTS),
            ),
        )
        _, *answers = ask(program)
        beside, within = (values(answer) for answer in answers)
        if beside is None or within is None:
            findings.append(None if findings[-1] is None else False)
            continue
        near = TOLERANCES["gradient"].accepts
        pairs = zip(beside, within, strict=True)
        findings.append(all(a.shape == r.shape and near(a, r) for a, r in pairs))
    return right_where_asked(findings)
