"""The speed of `CudnnLSTM` and `CudnnGRU`: one long sequence through the layer, and by its cell.

T steps, D inputs, H hidden units. The functions that are named in `Call.adapter` run where the
student's objects are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from autograder.exercises.cudnn_layers.modules import (
    ASSIGNMENT,
    NAMES,
    STEP_RESULTS,
    filled,
    normal32,
)
from autograder.exercises.layers.operations import TRACED, traced, whole
from autograder.exercises.layers.weights import GATES
from autograder.exercises.program import Array, Call, Program, run
from autograder.exercises.shared.burden import burden
from autograder.exercises.shared.threads import one_thread
from autograder.exercises.speed import Speed
from autograder.exercises.tolerances import SPEEDS


@dataclass(frozen=True)
class Size:
    """One sequence.

    The smaller the layer, the more of a loop's time is Python's; the longer the sequence, the less
    the request adds to it.
    """

    T: int
    D: int
    H: int
    backward: bool

    @property
    def label(self) -> str:
        """The sizes in a few letters."""
        return f"T={self.T}, D={self.D}, H={self.H}"


SIZES = {"lstm": Size(4096, 4, 8, backward=True), "gru": Size(1024, 4, 8, backward=False)}
"""The LSTM runs both ways: there no loop, not even one in NumPy that is written with care, comes
near the fused operation. The GRU runs forward alone: on a CPU torch's own GRU is a loop in C++,
whose way back takes as long as that of any other loop."""

Load = Callable[[], AbstractContextManager[None]]

TORCH_LAYERS = {"lstm": "nn.LSTM", "gru": "nn.GRU"}


def recurrent_speed(kind: str) -> Speed:
    """The speed of the layer of one kind."""
    return Speed(
        label=SIZES[kind].label,
        draw=partial(_program, kind),
        steps="steps_on_long",
        burdened={"layer_on_long": "layer_burdened", "steps_on_long": "steps_burdened"},
        bounds=SPEEDS[kind],
        explained=partial(_explained, kind),
    )


def _program(kind: str, rng: np.random.Generator, device: str) -> Program:
    size = SIZES[kind]
    D, H = size.D, size.H
    flat = normal32(rng, GATES[kind] * H * (D + H + 2)) / np.float32(2 * np.sqrt(H))
    args = (kind, D, H, flat, normal32(rng, 1, size.T, D), size.backward, device)
    returns = ("hs", "dx") if size.backward else ("hs",)
    return Program(
        ASSIGNMENT, (Call(size.label, NAMES[kind], args, returns, adapter="layer_on_long"),)
    )


def _explained(kind: str, namespace: Mapping[str, Any], device: str) -> str:
    """What traces of a student's layer at two lengths show, in a sentence, or "" without them."""
    D, H = SIZES[kind].D, SIZES[kind].H
    names = whole(TORCH_LAYERS[kind], device)
    calls = []
    for T in TRACED:
        args = (D, H, T, list(names), device)
        calls.append(Call(f"T={T}", NAMES[kind], args, ("counts",), adapter="operations_counted"))
    answers = run(Program(ASSIGNMENT, tuple(calls)), namespace)
    if any(answer.raised for answer in answers):
        return ""
    counts = [np.asarray(answer.results[0].value) for answer in answers]
    (few, *at_first), (many, *at_last) = counts
    once = [n for n, *seen in zip(names, at_first, at_last, strict=True) if seen == [1, 1]]
    at = "T={} and at T={}".format(*TRACED)
    if once:
        seen = " and ".join(f"`{name}`" for name in once)
        return f"A profiler's trace has {seen} once, at {at}: one operation runs the sequence."
    each = (many - few) / (TRACED[1] - TRACED[0])
    return (
        f"A profiler's trace has no operation that runs the sequence: it lists {few} operations at "
        f"T={TRACED[0]} and {many} at T={TRACED[1]}, {each:.3g} more for each step. They grow with "
        "T, so it is a loop."
    )


def operations_counted(
    layer_class: Any, D: int, H: int, T: int, names: Sequence[str], device: str
) -> Any:
    """How many operations a trace of a student's layer lists, and how many of each name."""
    import torch

    layer, x = layer_class(D, H).to(device), torch.zeros(1, T, D, device=device)
    trace = traced(lambda: layer(x))
    return np.array([len(trace), *map(trace.count, names)])


def layer_on_long(
    layer_class: Any,
    kind: str,
    D: int,
    H: int,
    flat: Array,
    x: Array,
    backward: bool,
    device: str,
    load: Load = nullcontext,
) -> Any:
    """The outputs of a student's layer, and the gradient of half their squares at the input."""
    layer = filled(layer_class, flat, D, H).to(device)
    return _ran(lambda given: layer(given)[0], x, backward, device, load)


def steps_on_long(
    layer_class: Any,
    kind: str,
    D: int,
    H: int,
    flat: Array,
    x: Array,
    backward: bool,
    device: str,
    load: Load = nullcontext,
) -> Any:
    """The same by the student's own step, called once a step."""
    import torch

    layer = filled(layer_class, flat, D, H).to(device)

    def by_steps(given: Any) -> Any:
        state: Any = given.new_zeros(len(given), H)
        outputs = []
        if len(STEP_RESULTS[kind]) > 1:
            state = (state, state)
        for x_t in given.unbind(dim=1):
            state = layer.step(x_t, state)
            outputs.append(state[0] if len(STEP_RESULTS[kind]) > 1 else state)
        return torch.stack(outputs, dim=1)

    return _ran(by_steps, x, backward, device, load)


def layer_burdened(layer_class: Any, *given: Any) -> Any:
    """As `layer_on_long`, under a burden."""
    return partial(layer_on_long, load=burden)(layer_class, *given)


def steps_burdened(layer_class: Any, *given: Any) -> Any:
    """As `steps_on_long`, under a burden."""
    return partial(steps_on_long, load=burden)(layer_class, *given)


def _ran(run: Any, x: Array, backward: bool, device: str, load: Load) -> Any:
    import torch

    given = torch.from_numpy(x).to(device)
    with one_thread(), load():
        if not backward:
            with torch.no_grad():
                return run(given)
        hs = run(given.requires_grad_())
        results: Sequence[Any] = (hs, *torch.autograd.grad(hs.square().sum() / 2, given))
        return results
