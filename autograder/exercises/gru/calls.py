"""How the steps and sequences of a GRU are drawn, called and followed through.

Sizes: N sequences, T steps, D inputs, H hidden units. The order of the parts is r, z, n.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from autograder.exercises.exercise import Ask
from autograder.exercises.program import Array, Call, Program, Ref, changed
from autograder.exercises.shared.consistency import (
    is_adjoint,
    is_nontrivial,
    right_where_asked,
    values,
)
from autograder.exercises.shared.inputs import strided
from autograder.exercises.tolerances import TOLERANCES

ASSIGNMENT = "gru"
PARTS = ("r", "z", "n")
STEP = ("gru_step_forward", ("h_next",))
WHOLE = ("gru_forward", ("hs",))
STEP_GRADIENTS = ("dx", "dh", "dWx", "dWh", "dbx", "dbh")
GRADIENTS = ("dx", "dh0", "dWx", "dWh", "dbx", "dbh")
AFTER, BEFORE = True, False
STEP_SIZES = ((3, 5, 4), (4, 4, 4), (1, 2, 3), (2, 1, 2), (3, 3, 1))
"""N, D, H: all different, all equal, each of them 1; and D = 3H, where Wx may be transposed."""

SEQUENCE_SIZES = ((3, 4, 5, 2), (3, 3, 2, 2), (2, 1, 3, 4), (1, 5, 1, 2), (2, 3, 3, 1))
LINEAR = TOLERANCES["gradient"].accepts


def named(reset_after: bool) -> str:
    """The variant in words."""
    return f"reset_after={reset_after}"


def weights(rng: np.random.Generator, D: int, H: int) -> dict[str, Array]:
    """`Wx (D, 3H)`, `Wh (H, 3H)`, `bx` and `bh (3H,)`, of a size at which gates move."""
    return {
        "Wx": rng.standard_normal((D, 3 * H)) / np.sqrt(D),
        "Wh": 1.5 * rng.standard_normal((H, 3 * H)) / np.sqrt(H),
        "bx": rng.standard_normal(3 * H) / 2,
        "bh": rng.standard_normal(3 * H) / 2,
    }


def step_args(rng: np.random.Generator, N: int, D: int, H: int) -> dict[str, Array]:
    """The arguments of one step but the variant: `x (N, D)`, `h (N, H)` and the weights."""
    x = rng.standard_normal((N, D))
    h = np.tanh(rng.standard_normal((N, H)))
    return {"x": x, "h": h, **weights(rng, D, H)}


def sequence_args(rng: np.random.Generator, N: int, T: int, D: int, H: int) -> dict[str, Array]:
    """The arguments of a sequence but the variant: `x (N, T, D)`, `h0 (N, H)`, the weights."""
    x = rng.standard_normal((N, T, D))
    h0 = np.tanh(rng.standard_normal((N, H)))
    return {"x": x, "h0": h0, **weights(rng, D, H)}


def bias(H: int, **parts: float) -> Array:
    """A bias `(3H,)` that is constant within each part, as in `bias(H, z=50)`."""
    return np.repeat([float(parts.get(part, 0)) for part in PARTS], H)


def saturated(rng: np.random.Generator, N: int, D: int, H: int, parts: str) -> dict[str, Array]:
    """Arguments of a step where the pre-activations of `parts` are near +1000 or −1000."""
    far = np.repeat([1000.0 if part in parts else 0.0 for part in PARTS], H)
    args = step_args(rng, N, D, H)
    return {**args, "bx": far * rng.choice([-1.0, 1.0], 3 * H)}


def step_cases(rng: np.random.Generator) -> dict[str, tuple[dict[str, Array], bool]]:
    """What `gru_step_forward` is called with, by a name that a student can read."""
    cases = {
        f"N={N}, D={D}, H={H}, {named(variant)}": (step_args(rng, N, D, H), variant)
        for N, D, H in STEP_SIZES[:3]
        for variant in (AFTER, BEFORE)
    }
    for variant, (N, D, H) in zip((BEFORE, AFTER), STEP_SIZES[3:], strict=True):
        cases[f"N={N}, D={D}, H={H}, {named(variant)}"] = (step_args(rng, N, D, H), variant)
    first = next(iter(cases.values()))[0]
    kept = step_args(rng, 3, 2, 4)
    return {
        **cases,
        "the first inputs once more": (first, AFTER),
        "the first inputs as views that are not contiguous": (strided(first), AFTER),
        "z near 1, so that h stays": ({**kept, "bx": bias(4, z=50)}, AFTER),
        "z near 0, so that h is replaced": ({**kept, "bx": bias(4, z=-50)}, BEFORE),
        "r near 0, so that h is not heard": ({**kept, "bx": bias(4, r=-50)}, AFTER),
        "pre-activations of r and z near ±1000": (saturated(rng, 4, 3, 5, "rz"), AFTER),
        "pre-activations of n near ±1000": (saturated(rng, 4, 3, 5, "n"), BEFORE),
    }


def step_forward_program(rng: np.random.Generator) -> Program:
    """One call a case; the result is judged, and the cache is not."""
    name, outputs = STEP
    return Program(
        ASSIGNMENT,
        tuple(
            Call(label, name, (*args.values(), variant), outputs, returns_cache=True)
            for label, (args, variant) in step_cases(rng).items()
        ),
    )


def step_backward_program(rng: np.random.Generator) -> Program:
    """Backward passes, each on a cache of the student's own forward on the same inputs.

    All forward passes come first, and one cache is used twice: a cache has to stay valid.
    """
    name, outputs = STEP
    forward, backward = [], []

    def ask(label: str, made: str, dh: Array) -> None:
        cache = Ref(f"forward: {made}", len(outputs))
        backward.append(Call(label, "gru_step_backward", (dh, cache), STEP_GRADIENTS))

    cases = [(size, variant) for size in STEP_SIZES[:2] for variant in (AFTER, BEFORE)]
    cases += list(zip(STEP_SIZES[2:], (BEFORE, AFTER, BEFORE), strict=True))
    made = {
        f"N={N}, D={D}, H={H}, {named(variant)}": ((N, D, H), variant)
        for (N, D, H), variant in cases
    }
    first = next(iter(made))
    made["other inputs of the first sizes"] = (STEP_SIZES[0], AFTER)
    upstream = {}
    for label, (size, variant) in made.items():
        args = (*step_args(rng, *size).values(), variant)
        forward.append(Call(f"forward: {label}", name, args, outputs, returns_cache=True))
        upstream[label] = rng.standard_normal((size[0], size[2]))
        ask(label, label, upstream[label])
    ask("the first cache once more", first, upstream[first])
    ask("an upstream gradient that is not contiguous", first, np.asfortranarray(upstream[first]))
    return Program(ASSIGNMENT, (*forward, *backward))


def follow_step_backward(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `gru_step_backward` is the adjoint of the student's own step, in both variants."""
    findings = []
    for N, D, H in STEP_SIZES[:3]:
        for variant in (AFTER, BEFORE):
            dh = (rng.standard_normal((N, H)),)
            args = step_args(rng, N, D, H)
            given = (ask, rng, ASSIGNMENT, STEP, args, "gru_step_backward", dh, (variant,))
            findings.append(is_adjoint(*given))
    return right_where_asked(findings)


def forward_program(rng: np.random.Generator) -> Program:
    """Whole sequences; the lengths, sizes and variants change from call to call and come back."""
    cases = {
        f"N={N}, T={T}, D={D}, H={H}": (sequence_args(rng, N, T, D, H), number % 2 == 0)
        for number, (N, T, D, H) in enumerate(SEQUENCE_SIZES)
    }
    first = next(iter(cases.values()))[0]
    cases["other inputs of the first sizes, reset before"] = (
        sequence_args(rng, *SEQUENCE_SIZES[0]),
        BEFORE,
    )
    cases["the first inputs once more"] = (first, AFTER)
    cases["the first inputs as views that are not contiguous"] = (strided(first), AFTER)
    name, outputs = WHOLE
    return Program(
        ASSIGNMENT,
        tuple(
            Call(label, name, (*args.values(), variant), outputs, returns_cache=True)
            for label, (args, variant) in cases.items()
        ),
    )


def follow_forward(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `gru_forward` equals the loop over the student's own step."""
    for variant in (AFTER, BEFORE):
        if not is_nontrivial(ask, rng, ASSIGNMENT, STEP, step_args(rng, 3, 5, 4), (variant,)):
            return False
    return right_where_asked(
        [
            equals_loop(ask, sequence_args(rng, *sizes), variant)
            for sizes, variant in zip(SEQUENCE_SIZES[:3], (AFTER, BEFORE, AFTER), strict=True)
        ]
    )


def equals_loop(ask: Ask, args: Mapping[str, Array], variant: bool) -> bool | None:
    """Whether `gru_forward` equals the loop; None where the step gives no values."""
    looped = loop(ask, args, variant)
    if looped is None:
        return None
    name, outputs = WHOLE
    whole = Call("whole", name, (*args.values(), variant), outputs, returns_cache=True)
    answer = ask(Program(ASSIGNMENT, (whole,)))[0]
    found = values(answer)
    if found is None or changed(whole, answer):
        return False
    return found[0].shape == looped.shape and TOLERANCES["forward"].accepts(found[0], looped)


def loop(ask: Ask, args: Mapping[str, Array], variant: bool) -> Array | None:
    """`hs (N, T, H)` by calls of the student's own step, one a time step."""
    name, outputs = STEP
    x, h, *packed = args.values()
    hs = []
    for t in range(x.shape[1]):
        step = Call("step", name, (x[:, t], h, *packed, variant), outputs, returns_cache=True)
        found = values(ask(Program(ASSIGNMENT, (step,)))[0])
        if found is None or found[0].shape != h.shape:
            return None
        h = found[0]
        hs.append(h)
    return np.stack(hs, axis=1)


def backward_program(rng: np.random.Generator) -> Program:
    """Gradients of whole sequences, on caches of the student's own `gru_forward`."""
    name, outputs = WHOLE
    forward, backward = [], []
    cases = list(zip(SEQUENCE_SIZES, (AFTER, BEFORE, BEFORE, AFTER, BEFORE), strict=True))
    for (N, T, D, H), variant in cases:
        label = f"N={N}, T={T}, D={D}, H={H}, {named(variant)}"
        args = (*sequence_args(rng, N, T, D, H).values(), variant)
        forward.append(Call(f"forward: {label}", name, args, outputs, returns_cache=True))
        dhs, dhT = rng.standard_normal((N, T, H)), rng.standard_normal((N, H))
        cache = Ref(f"forward: {label}", len(outputs))
        backward.append(Call(label, "gru_backward", (dhs, dhT, cache), GRADIENTS))
    first = backward[0]
    dhs, dhT, cache = first.args
    for label, given in {
        "the first cache once more": (dhs, dhT),
        "dhs zero": (0 * dhs, dhT),
    }.items():
        backward.append(Call(label, "gru_backward", (*given, cache), GRADIENTS))
    return Program(ASSIGNMENT, (*forward, *backward))


def follow_backward(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `gru_backward` fits the student's own functions.

    It is the adjoint of the student's own `gru_forward`, or else the loop over the student's own
    step backward; and it adds dhT to the gradient of the last state.
    """
    if not adds_final(ask, rng):
        return False
    findings = []
    for sizes, variant in zip(SEQUENCE_SIZES[:3], (AFTER, BEFORE, AFTER), strict=True):
        args = sequence_args(rng, *sizes)
        N, T, _, H = sizes
        upstream = (rng.standard_normal((N, T, H)), np.zeros((N, H)))
        given = (ask, rng, ASSIGNMENT, WHOLE, args, "gru_backward", upstream, (variant,))
        findings.append(is_adjoint(*given))
    if right_where_asked(findings):
        return True
    return right_where_asked(
        [
            equals_loop_backward(ask, rng, sizes, variant)
            for sizes, variant in zip(SEQUENCE_SIZES[:3], (AFTER, BEFORE, AFTER), strict=True)
        ]
    )


def adds_final(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether dhT counts as a part of `dhs[:, -1]`."""
    N, T, D, H = SEQUENCE_SIZES[0]
    name, outputs = WHOLE
    args = sequence_args(rng, N, T, D, H)
    dhs, dhT = rng.standard_normal((N, T, H)), rng.standard_normal((N, H))
    together = dhs.copy()
    together[:, -1] += dhT
    cache = Ref("forward", len(outputs))
    calls = (
        Call("forward", name, (*args.values(), AFTER), outputs, returns_cache=True),
        Call("apart", "gru_backward", (dhs, dhT, cache), GRADIENTS),
        Call("together", "gru_backward", (together, 0 * dhT, cache), GRADIENTS),
        Call("alone", "gru_backward", (dhs, 0 * dhT, cache), GRADIENTS),
    )
    answers = ask(Program(ASSIGNMENT, calls))
    _, apart, joined, alone = (values(a) for a in answers)
    if apart is None or joined is None or alone is None or changed(calls[1], answers[1]):
        return False
    pairs = list(zip(apart, joined, strict=True))
    differs = [not LINEAR(a, b) for a, b in zip(apart, alone, strict=True)]
    return all(a.shape == b.shape and LINEAR(a, b) for a, b in pairs) and all(differs)


def equals_loop_backward(
    ask: Ask, rng: np.random.Generator, sizes: tuple[int, int, int, int], variant: bool
) -> bool | None:
    """Whether `gru_backward` equals the loop over the student's own step backward."""
    N, T, D, H = sizes
    args = sequence_args(rng, N, T, D, H)
    hs = loop(ask, args, variant)
    if hs is None:
        return None
    x, h0, *packed = args.values()
    dhs, dhT = rng.standard_normal((N, T, H)), rng.standard_normal((N, H))
    step, outputs = STEP
    dh, dxs, summands = dhT, [], []
    for t in range(T)[::-1]:
        before = hs[:, t - 1] if t else h0
        calls = (
            Call("there", step, (x[:, t], before, *packed, variant), outputs, returns_cache=True),
            Call("back", "gru_step_backward", (dhs[:, t] + dh, Ref("there", 1)), STEP_GRADIENTS),
        )
        found = values(ask(Program(ASSIGNMENT, calls))[1])
        if found is None or any(not g.any() for g in found) or found[1].shape != (N, H):
            return None
        dx, dh, *share = found
        dxs.append(dx)
        summands.append(share)
    summed = [np.sum(parts, axis=0) for parts in zip(*summands, strict=True)]
    wanted = (np.stack(dxs[::-1], axis=1), dh, *summed)
    name, whole = WHOLE
    calls = (
        Call("there", name, (*args.values(), variant), whole, returns_cache=True),
        Call("back", "gru_backward", (dhs, dhT, Ref("there", 1)), GRADIENTS),
    )
    answers = values(ask(Program(ASSIGNMENT, calls))[1])
    if answers is None:
        return False
    pairs = zip(answers, wanted, strict=True)
    return all(a.shape == r.shape and LINEAR(a, r) for a, r in pairs)
