"""How masks, packing, eligibility, streams and traces are asked about.

N sequences, T steps, D inputs, H hidden units. The functions that are named in `Call.adapter` run
where the student's objects are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.exercises.layers.operations import ON_A_CPU, ON_CUDA, spelled
from autograder.exercises.layers.weights import ASSIGNMENT, drawn, keras_weights, torch_layer
from autograder.exercises.program import Array, Call, Program, StudentError
from autograder.exercises.shared.inputs import OTHERS, spaced, turned

REASONS = (
    "activation",
    "recurrent_activation",
    "recurrent_dropout",
    "unroll",
    "use_bias",
    "reset_after",
    "use_cudnn",
    "device",
    "compiled",
    "mask",
)
"""What can stand in the way of cuDNN; the keys of the configuration that say so."""

FINE: dict[str, Any] = dict(
    kind="lstm",
    activation="tanh",
    recurrent_activation="sigmoid",
    recurrent_dropout=0.0,
    unroll=False,
    use_bias=True,
    reset_after=True,
    use_cudnn="auto",
    device="cuda",
    compiled=False,
    mask=None,
    dropout=0.0,
    go_backwards=False,
    stateful=False,
    return_sequences=False,
)
"""A configuration that is eligible with either backend."""

PATHS = ("cudnn", "fused", "loop")
TRUTH = ("False", "True")


def mask_of(lengths: Sequence[int], T: int) -> Array:
    """The right-padded mask of `lengths`, (N, T), bool."""
    return np.arange(T) < np.array(lengths)[:, None]


def masks() -> dict[str, Array]:
    """Masks that are right-padded, and masks that are not."""
    hole = mask_of((4, 5, 5), 5)
    hole[1, 2] = False
    last = mask_of((5, 5, 5), 5)
    last[2] = [False, False, True, True, True]
    return {
        "lengths 3, 5 and 1 of 5": mask_of((3, 5, 1), 5),
        "no padding": mask_of((4, 4), 4),
        "padded on the left": mask_of((2, 3), 4)[:, ::-1].copy(),
        "a hole in the middle of the second row": hole,
        "the last row padded on the left": last,
        "the first row padded on the left": last[::-1].copy(),
        "a row that is masked throughout": mask_of((3, 0), 4),
        "a first step that is masked alone": np.array([[False, True, True]]),
        "valid and masked by turns": np.array([[True, False, True, False], [True] * 4]),
        "one step": np.ones((3, 1), bool),
        "a float mask, lengths 1 and 3 of 6": mask_of((1, 3), 6).astype(np.float64),
        "a float mask with a hole": hole.astype(np.float64),
    }


def right_padded_program(rng: np.random.Generator) -> Program:
    """Masks of every kind; and some at random."""
    cases = masks()
    for n in range(4):
        lengths = rng.integers(1, 13, 3)
        cases[f"random lengths, number {n + 1}"] = mask_of([int(k) for k in lengths], 12)
    first = next(iter(cases.values()))
    cases["the first mask as a view that is not contiguous"] = spaced(first)
    return Program(
        ASSIGNMENT,
        tuple(Call(label, "right_padded", (m,), ("padded",)) for label, m in cases.items()),
    )


def lengths_program(rng: np.random.Generator) -> Program:
    """Right-padded masks, whose lengths are asked, and others, which are refused."""
    name = "lengths"
    right: dict[str, Array] = {}
    wrong: dict[str, Array] = {}
    for label, mask in masks().items():
        real = mask.astype(bool)
        padded = np.array_equal(np.sort(real, axis=1)[:, ::-1], real)
        (right if padded else wrong)[label] = mask
    for n in range(4):
        drawn_lengths = rng.integers(1, 13, 4)
        right[f"random lengths, number {n + 1}"] = mask_of([int(k) for k in drawn_lengths], 12)
    return Program(
        ASSIGNMENT,
        (
            *(Call(label, name, (mask,), ("counts",)) for label, mask in right.items()),
            *(
                Call(label, name, (label, mask), ("refused",), adapter="refused")
                for label, mask in wrong.items()
            ),
        ),
    )


def last_valid_program(rng: np.random.Generator) -> Program:
    """Hidden states and lengths; what stands at padded steps is random."""
    cases: dict[str, tuple[Array, Array]] = {}
    for lengths, T, H in (
        ((3, 5, 1, 4), 6, 2),
        ((4, 2, 1, 3), 4, 4),
        ((1, 1), 1, 3),
        ((11,), 12, 1),
        ((1, 3), 3, 2),
    ):
        hs = rng.standard_normal((len(lengths), T, H))
        cases[f"lengths {', '.join(map(str, lengths))} of {T}, H={H}"] = (hs, np.array(lengths))
    first = next(iter(cases.values()))
    cases[OTHERS] = (np.flip(first[0]).copy(), np.flip(first[1]).copy())
    cases["the first inputs once more"] = first
    cases["the first inputs as views that are not contiguous"] = tuple(  # type: ignore[assignment]
        spaced(a) for a in first
    )
    return Program(
        ASSIGNMENT,
        tuple(Call(label, "last_valid", args, ("last",)) for label, args in cases.items()),
    )


def masked_equal_packed_program(rng: np.random.Generator) -> Program:
    """Padded batches: lengths whose sorting is not its own inverse, equal sizes, no padding."""
    cases = {}
    for lengths, T, D, H in (((2, 1, 4), 5, 2, 3), ((3, 1), 3, 3, 3), ((12, 12), 12, 1, 2)):
        x = rng.standard_normal((len(lengths), T, D)).astype(np.float32)
        weights = keras_weights(drawn(rng, "lstm", D, H))
        label = f"lengths {', '.join(map(str, lengths))} of {T}, D={D}, H={H}"
        cases[label] = (x, np.array(lengths), weights)
    x, few, weights = next(iter(cases.values()))
    cases[OTHERS] = (*turned((x, few)), weights)
    return Program(
        ASSIGNMENT,
        tuple(
            Call(label, "masked_equal_packed", args, ("masked", "packed"))
            for label, args in cases.items()
        ),
    )


def configurations(backend: str) -> dict[str, dict[str, Any]]:
    """Configurations by a readable name: all is fine, one thing is not, several are not."""
    masked = masks()
    changes: dict[str, dict[str, Any]] = {
        "the defaults on CUDA": {},
        "relu for tanh": {"activation": "relu"},
        "no activation": {"activation": None},
        "hard_sigmoid for sigmoid": {"recurrent_activation": "hard_sigmoid"},
        "dropout in the recurrent product": {"recurrent_dropout": 0.2},
        "unroll=True": {"unroll": True},
        "use_bias=False": {"use_bias": False},
        "reset_after=False": {"reset_after": False},
        "use_cudnn=False": {"use_cudnn": False},
        "use_cudnn=True": {"use_cudnn": True},
        "on a CPU": {"device": "cpu"},
        "compiled": {"compiled": True},
        "a right-padded mask": {"mask": masked["lengths 3, 5 and 1 of 5"]},
        "a mask without padding": {"mask": masked["no padding"]},
        "a left-padded mask": {"mask": masked["padded on the left"]},
        "a mask with a hole": {"mask": masked["a hole in the middle of the second row"]},
        "a row that is masked throughout": {"mask": masked["a row that is masked throughout"]},
        "dropout of the inputs": {"dropout": 0.5},
        "go_backwards=True": {"go_backwards": True},
        "stateful=True": {"stateful": True},
        "return_sequences=True": {"return_sequences": True},
        "unroll and relu on a CPU": {"unroll": True, "activation": "relu", "device": "cpu"},
        "no bias, and dropout in the product": {"use_bias": False, "recurrent_dropout": 0.5},
    }
    at_once: dict[str, dict[str, Any]] = {
        "compiled, with a mask with a hole": {
            "compiled": True,
            "mask": masked["a hole in the middle of the second row"],
        },
        "compiled, with a right-padded mask": {
            "compiled": True,
            "mask": masked["lengths 3, 5 and 1 of 5"],
        },
        "use_cudnn=True, and relu": {"use_cudnn": True, "activation": "relu"},
        "use_cudnn=True on a CPU": {"use_cudnn": True, "device": "cpu"},
    }
    found = {
        f"{backend}, {kind}: {label}": {**FINE, "kind": kind, **change}
        for kind in ("lstm", "gru")
        for label, change in changes.items()
    }
    return found | {
        f"{backend}, lstm: {label}": {**FINE, **change} for label, change in at_once.items()
    }


def cudnn_eligible_program(rng: np.random.Generator) -> Program:
    """All configurations, with both backends; and some with several reasons at random."""
    calls = []
    for backend in ("tensorflow", "torch"):
        cases = configurations(backend)
        off = {"unroll": True, "use_bias": False, "device": "cpu", "activation": "linear"}
        for n in range(3):
            kept = {key: value for key, value in off.items() if rng.integers(2)}
            cases[f"{backend}: several at random, number {n + 1}"] = {**FINE, **kept}
        calls += [
            Call(
                label, "cudnn_eligible", (case, backend), ("eligible", "reasons"), adapter="reasons"
            )
            for label, case in cases.items()
        ]
    return Program(ASSIGNMENT, tuple(calls))


def reasons(cudnn_eligible: Any, config: Mapping[str, Any], backend: str) -> Sequence[Any]:
    """What a student's function says, its reasons as one 0 or 1 for each of `REASONS`.

    Raises:
        StudentError: where it returns no such pair, or a reason that is no key.
    """
    found = cudnn_eligible(dict(config), backend)
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise StudentError(
            f"It returns a {type(found).__name__}; the pair (eligible, reasons) is wanted."
        )
    eligible, given = found
    if not isinstance(eligible, (bool, np.bool_)):
        raise StudentError(f"`eligible` is of type {type(eligible).__name__}; a bool is wanted.")
    if isinstance(given, str) or not isinstance(given, (tuple, list, set, frozenset)):
        raise StudentError(
            f"`reasons` is of type {type(given).__name__}; a list of keys is wanted."
        )
    if unknown := sorted(str(reason) for reason in given if reason not in REASONS):
        raise StudentError(odd_reason(unknown[0]))
    return int(eligible), np.array([int(key in given) for key in REASONS])


def odd_reason(reason: str) -> str:
    """What is said where one of `reasons` can stand in no one's way."""
    if reason in FINE:
        return f"`reasons` has ‘{reason}’, which turns nothing off."
    return f"`reasons` has ‘{reason[:60]}’; the keys of config are wanted, such as ‘device’."


def stream_program(rng: np.random.Generator) -> Program:
    """Long sequences of an LSTM and of a GRU in chunks of several lengths."""
    calls = []
    for kind, N, D, H, steps in (
        ("lstm", 2, 3, 4, (4, 1, 3)),
        ("gru", 3, 2, 4, (2, 3)),
        ("lstm", 1, 1, 2, (12,)),
        ("gru", 2, 3, 3, (1,) * 12),
        ("lstm", 2, 2, 2, (2, 2)),
    ):
        chunks = [rng.standard_normal((N, T, D)).astype(np.float32) for T in steps]
        states = ("h", "c") if kind == "lstm" else ("h",)
        returns = ("hs", *states, "dx", "dweights")
        label = f"{kind}, N={N}, D={D}, H={H}, chunks of {', '.join(map(str, steps))}"
        if len(steps) > 10:
            label = f"{kind}, N={N}, D={D}, H={H}, many chunks of 1"
        args = (kind, list(drawn(rng, kind, D, H)), chunks)
        calls.append(Call(label, "stream", args, returns, adapter="streamed"))
    return Program(ASSIGNMENT, tuple(calls))


def streamed(
    stream: Any, kind: str, weights: Sequence[Array], chunks: Sequence[Array]
) -> Sequence[Any]:
    """What a student's stream gives, and the gradients of all outputs at inputs and weights.

    Raises:
        StudentError: where it returns no such pair, or no gradient can be had.
    """
    import torch

    leaves = [torch.from_numpy(chunk).requires_grad_() for chunk in chunks]
    layer = torch_layer(kind, *weights)
    found = stream(layer, leaves)
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise StudentError(f"It returns a {type(found).__name__}; the pair (hs, state) is wanted.")
    hs, state = found
    states = state if isinstance(state, (tuple, list)) else (state,)
    if len(states) != (2 if kind == "lstm" else 1):
        raise StudentError(odd_state(kind, state))
    if not isinstance(hs, torch.Tensor):
        raise StudentError(f"`hs` is a {type(hs).__name__}; one torch.Tensor is wanted.")
    if not hs.requires_grad:
        raise StudentError("No gradient flows back from hs: it has left the graph of torch.")
    given = [*leaves, *layer.parameters()]
    gradients = torch.autograd.grad(hs.square().sum(), given, allow_unused=True)
    arrived = [
        torch.zeros_like(x) if g is None else g for x, g in zip(given, gradients, strict=True)
    ]
    dx, dweights = arrived[: len(leaves)], arrived[len(leaves) :]
    return hs, *states, torch.cat(dx, dim=1), torch.cat([g.flatten() for g in dweights])


def odd_state(kind: str, state: Any) -> str:
    """What is said where a state has not the form that it has in torch."""
    of = f" of length {len(state)}" if isinstance(state, (tuple, list)) else ""
    wanted = "the pair (h, c)" if kind == "lstm" else "h by itself"
    return f"The state of the {kind.upper()} is a {type(state).__name__}{of}; it is {wanted}."


def traces(T: int) -> dict[str, list[str]]:
    """Traces of T steps by a readable name, and an empty one."""
    known = {label: spelled(trace, T) for label, trace in (ON_A_CPU | ON_CUDA).items()}
    loops = ("a cell of one's own in a loop", "nn.LSTMCell in a loop", "nn.GRUCell in a loop")
    once = {f"{label}, of one step": spelled(ON_A_CPU[label], 1) for label in loops}
    return {**known, **once, "a profiler that saw nothing": []}


def path_program(rng: np.random.Generator) -> Program:
    """Traces of every kind, in a length and an order that are drawn.

    Whoever answers by the number of the call has to know the order, and it is hidden.
    """
    T = int(rng.integers(2, 16))
    known = list(traces(T).items())
    calls = [
        Call(label, "path", (trace,), ("path",), adapter="path_number")
        for label, trace in (known[place] for place in rng.permutation(len(known)))
    ]
    return Program(ASSIGNMENT, tuple(calls))


def path_number(path: Any, trace: Sequence[str]) -> int:
    """The place in `PATHS` of what a student's function says.

    Raises:
        StudentError: where it says something else.
    """
    found = path(list(trace))
    if not isinstance(found, str) or found not in PATHS:
        raise StudentError(f"It returns {str(found)[:40]!r}; one of {', '.join(PATHS)} is wanted.")
    return PATHS.index(found)
