"""How `CudnnLSTM`, `CudnnGRU` and `CudnnConv2d` are called.

N sequences or images, T steps, D inputs, H hidden units, C channels, F filters. The functions
that are named in `Call.adapter` run where the student's objects are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.exercises.layers.masks import PATHS, mask_of, odd_state
from autograder.exercises.layers.weights import GATES
from autograder.exercises.program import Array, Call, Program, StudentError
from autograder.exercises.shared.first_weights import says_alike, starts_alike

ASSIGNMENT = "cudnn_layers"

SAYS = ("path", "why")
"""Whether the layer says that one operation ran, and whether it gives a reason for the loop."""

SAID = {"path": ("‘loop’", "the word for one operation"), "why": ("empty", "a reason")}
"""The same in words."""

LSTM_RESULTS = ("hs", "hT", "cT", "dx", "dh0", "dc0", "dflat", *SAYS)
GRU_RESULTS = ("hs", "hT", "dx", "dh0", "dflat", *SAYS)
CONV_RESULTS = ("y", "dx", "dflat", *SAYS)
STEP_RESULTS = {"lstm": ("h_next", "c_next"), "gru": ("h_next",)}
NAMES = {"lstm": "CudnnLSTM", "gru": "CudnnGRU"}


def normal32(rng: np.random.Generator, *shape: int) -> Array:
    """Standard normal numbers in float32."""
    return rng.standard_normal(shape).astype(np.float32)


def recurrent_program(kind: str, rng: np.random.Generator) -> Program:
    """Layers of several sizes, activations and masks, and single steps."""
    hole = mask_of((5, 4, 3), 5)
    hole[1, 1] = False
    cases: dict[str, tuple[str, tuple[int, int, int, int], Array | None]] = {
        "N=3, T=5, D=2, H=4": ("tanh", (3, 5, 2, 4), None),
        "N=T=D=H=3": ("tanh", (3, 3, 3, 3), None),
        "N=1, T=1, D=1, H=1": ("tanh", (1, 1, 1, 1), None),
        "a right-padded mask": ("tanh", (3, 5, 2, 4), mask_of((2, 5, 3), 5)),
        "a right-padded mask that is shorter than T": ("tanh", (2, 12, 3, 2), mask_of((5, 11), 12)),
        "a mask with a hole": ("tanh", (3, 5, 2, 4), hole),
        "a left-padded mask": ("tanh", (2, 12, 1, 3), mask_of((11, 3), 12)[:, ::-1].copy()),
        "a row that is masked throughout": ("tanh", (3, 4, 2, 2), mask_of((2, 0, 4), 4)),
        "relu": ("relu", (3, 4, 2, 5), None),
        "relu and a right-padded mask": ("relu", (2, 4, 3, 2), mask_of((4, 2), 4)),
    }
    returns = LSTM_RESULTS if kind == "lstm" else GRU_RESULTS
    many = len(STEP_RESULTS[kind])
    calls = []
    for label, (activation, (N, T, D, H), mask) in cases.items():
        flat = normal32(rng, GATES[kind] * H * (D + H + 2)) / np.float32(np.sqrt(H))
        before = [normal32(rng, N, H) for _ in range(many)]
        upstream = [normal32(rng, N, T, H), *(normal32(rng, N, H) for _ in range(many))]
        args = (activation, D, H, flat, normal32(rng, N, T, D), before, mask, upstream)
        calls.append(Call(label, NAMES[kind], args, returns, adapter="recurrent_run"))
    for label, activation in (("one step", "tanh"), ("one step with relu", "relu")):
        N, D, H = 3, 2, 4
        flat = normal32(rng, GATES[kind] * H * (D + H + 2)) / 2
        states = [normal32(rng, N, H) for _ in range(many)]
        given = (activation, D, H, flat, normal32(rng, N, D), states)
        calls.append(Call(label, NAMES[kind], given, STEP_RESULTS[kind], adapter="recurrent_step"))
    flat = normal32(rng, GATES[kind] * 4 * (2 + 4 + 2)) / 2
    rest = (2, 4, flat, normal32(rng, 3, 5, 2))
    for label, activation, masked in (
        ("without a state", "tanh", (None, None)),
        ("relu without a state", "relu", (None, None)),
        ("without a mask, after a call with a hole in it", "tanh", (hole, None)),
        ("a mask with a hole, after a call without one", "tanh", (None, hole)),
    ):
        returned = (*("hs", "hT", "cT")[: 1 + many], *SAYS)
        args = (activation, *rest, *masked)
        calls.append(Call(label, NAMES[kind], args, returned, adapter="recurrent_at_rest"))
    return Program(ASSIGNMENT, tuple(calls))


def convolution_program(rng: np.random.Generator) -> Program:
    """Layers of several sizes, strides and paddings."""
    cases: dict[str, tuple[Any, ...]] = {
        "3 × 2, stride (2, 1), zeros": ((2, 3, 7, 6), 4, (3, 2), (2, 1), (1, 0), "zeros"),
        "2 × 3, stride (1, 2), reflected": ((2, 3, 7, 6), 4, (2, 3), (1, 2), (1, 2), "reflect"),
        "3 × 3, stride 1, reflected": ((1, 2, 5, 4), 3, (3, 3), (1, 1), (1, 1), "reflect"),
        "1 × 1, stride 1, no padding": ((3, 1, 4, 5), 1, (1, 1), (1, 1), (0, 0), "zeros"),
        "as many filters as rows": ((2, 1, 5, 12), 3, (3, 2), (1, 1), (0, 0), "reflect"),
        "as many filters as columns": ((2, 3, 7, 4), 3, (3, 2), (1, 1), (0, 0), "reflect"),
        "3 × 3, stride 1, zeros": ((2, 3, 3, 3), 3, (3, 3), (1, 1), (1, 1), "zeros"),
        "3 × 1, stride (2, 3), reflected": ((2, 2, 6, 7), 2, (3, 1), (2, 3), (2, 0), "reflect"),
    }
    calls = []
    for label, (size, F, kernel, stride, pad, mode) in cases.items():
        N, C, H, W = size
        Ho = (H + 2 * pad[0] - kernel[0]) // stride[0] + 1
        Wo = (W + 2 * pad[1] - kernel[1]) // stride[1] + 1
        flat = normal32(rng, F * (C * kernel[0] * kernel[1] + 1))
        sizes = (C, F, list(kernel), list(stride), list(pad), mode)
        args = (*sizes, flat, normal32(rng, *size), normal32(rng, N, F, Ho, Wo))
        calls.append(Call(label, "CudnnConv2d", args, CONV_RESULTS, adapter="convolution_run"))
    return Program(ASSIGNMENT, tuple(calls))


def filled(layer_class: Any, flat: Array, *options: Any) -> Any:
    """A student's layer whose one parameter holds the given values.

    Raises:
        StudentError: where it has not the one parameter `flat` of the right size and dtype.
    """
    import torch

    layer = layer_class(*options)
    name = layer_class.__name__
    if not isinstance(layer, torch.nn.Module):
        raise StudentError(f"{name} is not a class that is derived from torch.nn.Module.")
    found = dict(layer.named_parameters())
    if set(found) != {"flat"}:
        raise StudentError(
            f"{name} has the parameters {', '.join(found) or 'none'}; flat alone is wanted."
        )
    if tuple(found["flat"].shape) != flat.shape:
        shape = tuple(found["flat"].shape)
        raise StudentError(f"flat of {name} has the shape {shape}; it should be {flat.shape}.")
    if found["flat"].dtype != torch.float32 or not found["flat"].requires_grad:
        raise StudentError(f"flat of {name} has to be torch.float32 and require gradients.")
    if starts_alike(found["flat"].detach().numpy()):
        raise StudentError(says_alike(name, ["flat"]))
    with torch.no_grad():
        found["flat"].copy_(torch.from_numpy(flat))
    return layer


def said(layer: Any) -> tuple[int, int]:
    """What the layer says of its last call: whether one operation ran, and gives it a reason?

    Raises:
        StudentError: where `path` or `why` is no such text.
    """
    path, why = getattr(layer, "path", None), getattr(layer, "why", None)
    if path not in PATHS:
        raise StudentError(f"After a call `path` is {str(path)[:40]!r}; one of {', '.join(PATHS)}.")
    if path == "cudnn":
        raise StudentError("After a call on a CPU `path` is 'cudnn', which runs on CUDA alone.")
    if not isinstance(why, str):
        raise StudentError(f"After a call `why` is of type {type(why).__name__}; a text is wanted.")
    return int(path != "loop"), int(bool(why.strip()))


def gradients(
    names: Sequence[str], outputs: Sequence[Any], upstream: Sequence[Array], leaves: Sequence[Any]
) -> Any:
    """The gradients of `outputs`, which are called `names`, at `leaves`.

    Raises:
        StudentError: where an output has another shape, or no gradient arrives.
    """
    import torch

    for name, output, dy in zip(names, outputs, upstream, strict=True):
        if not isinstance(output, torch.Tensor):
            raise StudentError(f"`{name}` is a {type(output).__name__}; a torch.Tensor is wanted.")
        if tuple(output.shape) != dy.shape:
            shape = tuple(output.shape)
            raise StudentError(f"`{name}` has the shape {shape}, where {dy.shape} is wanted.")
        if not output.requires_grad:
            raise StudentError(
                f"No gradient flows back from `{name}`: it has left the graph of torch."
            )
    given = [torch.from_numpy(dy) for dy in upstream]
    found = torch.autograd.grad(outputs, leaves, given, allow_unused=True)
    return [torch.zeros_like(a) if g is None else g for a, g in zip(leaves, found, strict=True)]


def recurrent_run(
    layer_class: Any,
    activation: str,
    D: int,
    H: int,
    flat: Array,
    x: Array,
    before: Sequence[Array],
    mask: Array | None,
    upstream: Sequence[Array],
) -> Sequence[Any]:
    """The results of a recurrent layer, the gradients through it, and what it says of its way."""
    import torch

    layer = filled(layer_class, flat, D, H, activation)
    leaves = [torch.from_numpy(a.copy()).requires_grad_() for a in (x, *before)]
    valid = None if mask is None else torch.from_numpy(mask)
    hs, states = _pair(layer(leaves[0], _state(leaves[1:]), valid), len(before))
    outputs = (hs, *states)
    names = ("hs", "hT", "cT")[: len(outputs)]
    found = gradients(names, outputs, upstream, [*leaves, layer.flat])
    return (*outputs, *found, *said(layer))


def recurrent_step(
    layer_class: Any,
    activation: str,
    D: int,
    H: int,
    flat: Array,
    x: Array,
    states: Sequence[Array],
) -> Any:
    """The states after one step of the layer's own cell."""
    import torch

    layer = filled(layer_class, flat, D, H, activation)
    return layer.step(torch.from_numpy(x), _state([torch.from_numpy(s) for s in states]))


def recurrent_at_rest(
    layer_class: Any,
    activation: str,
    D: int,
    H: int,
    flat: Array,
    x: Array,
    earlier: Array | None,
    mask: Array | None,
) -> Sequence[Any]:
    """The results of a recurrent layer that is given no state, and what it says of its way.

    It is called twice, with other numbers and the mask `earlier` before: nothing may stay of that.
    """
    import torch

    layer = filled(layer_class, flat, D, H, activation)
    given = torch.from_numpy(x)
    layer(given.flip(0) + 1, None, None if earlier is None else torch.from_numpy(earlier))
    valid = None if mask is None else torch.from_numpy(mask)
    hs, states = _pair(layer(given, None, valid), 1 if "GRU" in layer_class.__name__ else 2)
    return (hs, *states, *said(layer))


def _state(states: Sequence[Any]) -> Any:
    return tuple(states) if len(states) > 1 else states[0]


def _pair(found: Any, many: int) -> tuple[Any, Sequence[Any]]:
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise StudentError(
            f"A call returns a {type(found).__name__}; a pair (hs, state) is wanted."
        )
    hs, state = found
    states = state if isinstance(state, (tuple, list)) else [state]
    if len(states) != many:
        raise StudentError(odd_state("lstm" if many > 1 else "gru", state))
    return hs, states


def convolution_run(layer_class: Any, *args: Any) -> Sequence[Any]:
    """The results of a convolution, the gradients through it, and what it says of its way.

    It is called on other images before: nothing may stay of that.
    """
    import torch

    C, F, kernel, stride, pad, mode, flat, x, dy = args
    layer = filled(layer_class, flat, C, F, tuple(kernel), tuple(stride), tuple(pad), mode)
    leaf = torch.from_numpy(x.copy()).requires_grad_()
    layer(leaf.detach().flip(0) + 1)
    y = layer(leaf)
    return (y, *gradients(["y"], [y], [dy], [leaf, layer.flat]), *said(layer))
