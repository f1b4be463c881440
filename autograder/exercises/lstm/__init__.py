"""The exercises of the assignment `lstm`.

Sizes: N sequences, T steps, D inputs, H hidden units. Gates are stored in the order i, f, g, o.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from autograder.exercises.exercise import Ask, Exercise
from autograder.exercises.program import Array, Call, Program, Ref, changed
from autograder.exercises.shared.consistency import (
    is_adjoint,
    is_nontrivial,
    right_where_asked,
    values,
)
from autograder.exercises.shared.inputs import DIFFERENTIATED, all_alike, strided
from autograder.exercises.shared.torch_cell import (
    one_step,
    torch_cell,
    torch_cell_at_rest,
    torch_cell_twice,
)
from autograder.exercises.tolerances import TOLERANCES

__all__ = ["EXERCISES", "one_step", "torch_cell", "torch_cell_at_rest", "torch_cell_twice"]

ASSIGNMENT = "lstm"
GATES = ("i", "f", "g", "o")
STEP = ("lstm_step_forward", ("h_next", "c_next"))
STEP_GRADIENTS = ("dx", "dh", "dc", "dWx", "dWh", "db")
PACKED = {"dWx": GATES, "dWh": GATES, "db": GATES}
READY_MADE = ("LSTM", "LSTMCell", "lstm", "lstm_cell")
"""What the frameworks call it."""
STEP_SIZES = ((3, 5, 4), (4, 4, 4), (1, 3, 2), (2, 1, 3), (3, 4, 1), (1, 1, 1))
"""N, D, H: all different, all equal, each of them 1; and D = 4H, where Wx may be transposed."""

SEQUENCE_SIZES = ((3, 4, 5, 2), (4, 4, 3, 3), (2, 1, 3, 4), (1, 6, 1, 2), (2, 3, 4, 1))


def weights(rng: np.random.Generator, D: int, H: int) -> dict[str, Array]:
    """Packed weights `Wx (D, 4H)`, `Wh (H, 4H)`, `b (4H,)`, of a size at which gates move."""
    return {
        "Wx": rng.standard_normal((D, 4 * H)) / np.sqrt(D),
        "Wh": rng.standard_normal((H, 4 * H)) / np.sqrt(H),
        "b": rng.standard_normal(4 * H) / 2,
    }


def step_args(rng: np.random.Generator, N: int, D: int, H: int) -> dict[str, Array]:
    """The arguments of one step: `x (N, D)`, `h (N, H)`, `c (N, H)` and the packed weights."""
    x = rng.standard_normal((N, D))
    h = np.tanh(rng.standard_normal((N, H)))
    c = rng.standard_normal((N, H))
    return {"x": x, "h": h, "c": c, **weights(rng, D, H)}


def sequence_args(rng: np.random.Generator, N: int, T: int, D: int, H: int) -> dict[str, Array]:
    """The arguments of a sequence: `x (N, T, D)`, `h0 (N, H)`, `c0 (N, H)`, packed weights."""
    x = rng.standard_normal((N, T, D))
    h0 = np.tanh(rng.standard_normal((N, H)))
    c0 = rng.standard_normal((N, H))
    return {"x": x, "h0": h0, "c0": c0, **weights(rng, D, H)}


def bias(H: int, **gates: float) -> Array:
    """A bias `b (4H,)` that is constant within each gate, as in `bias(H, f=50, i=-50)`."""
    return np.repeat([float(gates.get(gate, 0)) for gate in GATES], H)


def saturated(rng: np.random.Generator, N: int, D: int, H: int, gates: str) -> dict[str, Array]:
    """Arguments of a step where the pre-activations of `gates` are near +1000 or −1000."""
    args = step_args(rng, N, D, H)
    far = np.repeat([1000.0 if gate in gates else 0.0 for gate in GATES], H)
    return {**args, "b": far * rng.choice([-1.0, 1.0], 4 * H)}


def step_cases(rng: np.random.Generator) -> dict[str, dict[str, Array]]:
    """What `lstm_step_forward` is called with, by a name that a student can read."""
    cases = {f"N={N}, D={D}, H={H}": step_args(rng, N, D, H) for N, D, H in STEP_SIZES}
    first = next(iter(cases.values()))
    kept = step_args(rng, 3, 2, 4)
    return {
        **cases,
        "the first inputs once more": first,
        "the first inputs as views that are not contiguous": strided(first),
        "f near 1 and i near 0, so that c stays": {**kept, "b": bias(4, f=50, i=-50)},
        "f near 0 and i near 1, so that c is replaced": {**kept, "b": bias(4, f=-50, i=50)},
        "o near 0, so that h closes": {**kept, "b": bias(4, o=-50)},
        "pre-activations of i, f and o near ±1000": saturated(rng, 4, 3, 5, "ifo"),
        "pre-activations of g near ±1000": saturated(rng, 4, 3, 5, "g"),
    }


def step_forward_program(rng: np.random.Generator) -> Program:
    """One call a case; every result is judged but the cache."""
    name, outputs = STEP
    cases = step_cases(rng)
    return Program(
        ASSIGNMENT,
        tuple(
            Call(label, name, tuple(args.values()), outputs, returns_cache=True)
            for label, args in cases.items()
        ),
    )


def step_backward_program(rng: np.random.Generator) -> Program:
    """Backward passes, each on a cache of the student's own forward on the same inputs.

    All forward passes come first, and one cache is used twice: a cache has to stay valid.
    """
    name, outputs = STEP
    forward, backward = [], []

    def ask(label: str, made: str, dh: Array, dc: Array) -> None:
        cache = Ref(f"forward: {made}", len(outputs))
        backward.append(Call(label, "lstm_step_backward", (dh, dc, cache), STEP_GRADIENTS))

    cases = {f"N={N}, D={D}, H={H}": (N, D, H) for N, D, H in STEP_SIZES}
    first = next(iter(cases))
    cases["other inputs of the first sizes"] = STEP_SIZES[0]
    for label, (N, D, H) in cases.items():
        args = step_args(rng, N, D, H)
        forward.append(
            Call(f"forward: {label}", name, tuple(args.values()), outputs, returns_cache=True)
        )
        dh, dc = rng.standard_normal((2, N, H))
        ask(label, label, dh, dc)
        if label == first:
            again, zero = (dh, dc), np.zeros((N, H))
            ask(f"{label}, dc_next zero", label, dh, zero)
            ask(f"{label}, dh_next zero", label, zero, dc)
    ask("the first cache once more", first, *again)
    ask("upstream gradients that are not contiguous", first, *(np.asfortranarray(a) for a in again))
    return Program(ASSIGNMENT, (*forward, *backward))


def follow_step_backward(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `lstm_step_backward` is the adjoint of the student's own step."""
    findings = []
    for N, D, H in STEP_SIZES[:3]:
        upstream = tuple(rng.standard_normal((2, N, H)))
        args = step_args(rng, N, D, H)
        findings.append(
            is_adjoint(ask, rng, ASSIGNMENT, STEP, args, "lstm_step_backward", upstream)
        )
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
    return Program(
        ASSIGNMENT,
        tuple(
            Call(
                label, "lstm_forward", tuple(args.values()), ("hs", "hT", "cT"), returns_cache=True
            )
            for label, args in cases.items()
        ),
    )


def follow_forward(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `lstm_forward` equals the loop over the student's own step."""
    if not is_nontrivial(ask, rng, ASSIGNMENT, STEP, step_args(rng, 3, 5, 4)):
        return False
    return right_where_asked(
        [equals_loop(ask, sequence_args(rng, *sizes)) for sizes in SEQUENCE_SIZES[:3]]
    )


def equals_loop(ask: Ask, args: Mapping[str, Array]) -> bool | None:
    """Whether `lstm_forward` equals the loop; None where the step gives no values."""
    looped = loop(ask, args)
    if looped is None:
        return None
    whole = Call(
        "whole", "lstm_forward", tuple(args.values()), ("hs", "hT", "cT"), returns_cache=True
    )
    answer = ask(Program(ASSIGNMENT, (whole,)))[0]
    found = values(answer)
    if found is None or changed(whole, answer):
        return False
    near = TOLERANCES["forward"].accepts
    return all(a.shape == r.shape and near(a, r) for a, r in zip(found, looped, strict=True))


def loop(ask: Ask, args: Mapping[str, Array]) -> tuple[Array, Array, Array] | None:
    """`hs (N, T, H)`, `hT` and `cT` by calls of the student's own step, one a time step."""
    name, outputs = STEP
    x, h, c = args["x"], args["h0"], args["c0"]
    packed = (args["Wx"], args["Wh"], args["b"])
    hs = []
    for t in range(x.shape[1]):
        step = Call("step", name, (x[:, t], h, c, *packed), outputs, returns_cache=True)
        found = values(ask(Program(ASSIGNMENT, (step,)))[0])
        if found is None or found[0].shape != h.shape or found[1].shape != c.shape:
            return None
        h, c = found
        hs.append(h)
    return np.stack(hs, axis=1), h, c


def cell_program(rng: np.random.Generator) -> Program:
    """The torch cell in float32 with its gradients, without a state, and in float64."""
    calls = []
    outputs = (*STEP[1], *STEP_GRADIENTS)
    for N, D, H in STEP_SIZES:
        args = {key: a.astype(np.float32) for key, a in step_args(rng, N, D, H).items()}
        upstream = tuple(rng.standard_normal((2, N, H)).astype(np.float32))
        calls.append(
            Call(
                f"N={N}, D={D}, H={H}",
                "LSTMCell",
                (*args.values(), *upstream),
                outputs,
                adapter="torch_cell",
            )
        )
    wide = step_args(rng, 3, 4, 2)
    single = {key: a.astype(np.float32) for key, a in wide.items()}
    calls += [
        at_rest("a call without a state", single, STEP[1]),
        at_rest("a call without a state after .double()", wide, ("h64", "c64")),
        Call(
            "a call after .double()",
            "LSTMCell",
            tuple(wide.values()),
            ("h64", "c64"),
            adapter="one_step",
        ),
        Call(
            "two steps on the same input",
            "LSTMCell",
            tuple(single.values()),
            STEP[1],
            adapter="torch_cell_twice",
        ),
    ]
    for label, gates in (("i, f and o", "ifo"), ("g", "g")):
        loud = {key: a.astype(np.float32) for key, a in saturated(rng, 4, 3, 5, gates).items()}
        name = f"pre-activations of {label} near ±1000"
        calls.append(Call(name, "LSTMCell", tuple(loud.values()), STEP[1], adapter="one_step"))
    return Program(ASSIGNMENT, tuple(calls))


def at_rest(label: str, args: Mapping[str, Array], outputs: tuple[str, ...]) -> Call:
    """The call of a torch cell that is given an input and no state."""
    given = tuple(args[key] for key in ("x", "Wx", "Wh", "b"))
    return Call(label, "LSTMCell", given, outputs, adapter="torch_cell_at_rest")


EXERCISES = (
    Exercise(
        "lstm_step_forward",
        ASSIGNMENT,
        step_forward_program,
        all_alike(STEP[1], "forward"),
        framework=READY_MADE,
    ),
    Exercise(
        "lstm_step_backward",
        ASSIGNMENT,
        step_backward_program,
        all_alike(STEP_GRADIENTS, "gradient"),
        parts=PACKED,
        needs=("lstm_step_forward",),
        consistent_with_own=follow_step_backward,
        framework=READY_MADE + DIFFERENTIATED,
    ),
    Exercise(
        "lstm_forward",
        ASSIGNMENT,
        forward_program,
        all_alike(("hs", "hT", "cT"), "forward"),
        needs=("lstm_step_forward",),
        consistent_with_own=follow_forward,
        framework=READY_MADE,
    ),
    Exercise(
        "LSTMCell",
        ASSIGNMENT,
        cell_program,
        all_alike((*STEP[1], *STEP_GRADIENTS), "float32") | all_alike(("h64", "c64"), "forward"),
        parts=PACKED,
        framework=READY_MADE,
    ),
)
"""In the order of the notebook."""
