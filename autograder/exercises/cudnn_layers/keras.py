"""How `KerasCudnnLSTM` is called.

N sequences, T steps, D inputs, H hidden units. The functions that are named in `Call.adapter` run
where the student's objects are.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograder.exercises.cudnn_layers.modules import ASSIGNMENT
from autograder.exercises.layers.masks import REASONS, TRUTH, mask_of, masks, odd_reason
from autograder.exercises.layers.weights import drawn, keras_weights, torch_layer
from autograder.exercises.program import Array, Call, Program, StudentError

NAME = "KerasCudnnLSTM"
KERAS_WORDS = {"reasons": REASONS, "use_cudnn": TRUTH, "ran": ("‘loop’", "‘cudnn’")}
"""Results that are words."""

NONE, REFUSES, RUNS = "none", "refuses", "runs"
"""What stands in for the kernel of cuDNN: nothing; one that refuses; one that runs."""


def keras_layer_program(rng: np.random.Generator) -> Program:
    """Outputs on a CPU; as on CUDA, with a kernel that refuses or runs; and what is picked."""
    known = masks()
    right, hole = known["lengths 3, 5 and 1 of 5"], known["a hole in the middle of the second row"]
    left, empty = known["padded on the left"], known["a row that is masked throughout"]
    ran = {
        "N=3, T=5, D=2, H=4": ("tanh", (3, 5, 2, 4), None),
        "N=T=D=H=2": ("tanh", (2, 2, 2, 2), None),
        "a right-padded mask": ("tanh", (3, 5, 2, 3), right),
        "a mask with a hole": ("tanh", (3, 5, 1, 2), hole),
        "a left-padded mask": ("tanh", (2, 4, 3, 2), left),
        "relu": ("relu", (2, 12, 3, 5), None),
        "relu and a mask with a hole": ("relu", (3, 5, 2, 1), hole),
    }
    sizes = (3, 5, 2, 4)
    as_on_cuda = {
        "as on CUDA, where Keras refuses": (None, None, REFUSES),
        "as on CUDA": (None, None, RUNS),
        "as on CUDA, a right-padded mask": (None, right, RUNS),
        "as on CUDA, a mask with a hole, after a call without one": (None, hole, RUNS),
        "as on CUDA, no mask, after a call with a hole in it": (hole, None, RUNS),
    }
    asked_of = {
        label: (activation, size, None, mask, NONE)
        for label, (activation, size, mask) in ran.items()
    } | {label: ("tanh", sizes, *how) for label, how in as_on_cuda.items()}
    calls = []
    for label, (activation, (N, T, D, H), *how) in asked_of.items():
        x = rng.standard_normal((N, T, D)).astype(np.float32)
        weights = keras_weights(drawn(rng, "lstm", D, H))
        args = (activation, weights, x, *how)
        calls.append(Call(label, NAME, args, ("hs", "ran", "reasons"), adapter="keras_layer_run"))
    asked: dict[str, tuple[Any, ...]] = {
        "picked on CUDA": ("tanh", None, "cuda"),
        "picked on a CPU": ("tanh", None, "cpu"),
        "picked on CUDA, relu": ("relu", None, "cuda"),
        "picked on CUDA, a mask with a hole": ("tanh", hole, "cuda"),
        "picked on CUDA, a row that is masked throughout": ("tanh", empty, "cuda"),
        "picked on a CPU, relu and a left-padded mask": ("relu", left, "cpu"),
    }
    returns = ("use_cudnn", "reasons")
    calls += [Call(label, NAME, args, returns, adapter="picked") for label, args in asked.items()]
    return Program(ASSIGNMENT, tuple(calls))


def made(layer_class: Any, H: int, activation: str, device: str = "cpu") -> Any:
    """A student's layer.

    Raises:
        StudentError: where it is no layer of Keras.
    """
    import keras

    layer = layer_class(H, activation, device)
    if not isinstance(layer, keras.layers.Layer):
        raise StudentError(f"{NAME} is not a class that is derived from keras.layers.Layer.")
    return layer


def flags(reasons: Any) -> Array:
    """One 0 or 1 for each of `REASONS`.

    Raises:
        StudentError: where there is a reason that is no key.
    """
    if isinstance(reasons, str) or not hasattr(reasons, "__iter__"):
        raise StudentError(
            f"`reasons` is of type {type(reasons).__name__}; a tuple of keys is wanted."
        )
    given = [str(reason) for reason in reasons]
    unknown = [reason for reason in given if reason not in REASONS]
    if unknown:
        raise StudentError(odd_reason(unknown[0]))
    return np.array([int(key in given) for key in REASONS])


def keras_layer_run(
    layer_class: Any,
    activation: str,
    weights: Sequence[Array],
    x: Array,
    earlier: Array | None,
    mask: Array | None,
    kernel: str,
) -> Sequence[Any]:
    """The outputs of a student's layer with given weights, whether it says that cuDNN ran, and why.

    It is called on other numbers, with the mask `earlier`, before: nothing may stay of that. With a
    stand-in for the kernel it is a layer for CUDA.

    Raises:
        StudentError: where its weights are others, or `ran` is no such word.
    """
    import keras

    with instead_of_cudnn(kernel):
        layer = made(layer_class, len(weights[1]), activation, "cpu" if kernel == NONE else "cuda")
        layer(x[::-1] + 1, mask=earlier)
        shapes = [w.shape for w in layer.get_weights()]
        wanted = [w.shape for w in weights]
        if shapes != wanted:
            raise StudentError(f"The weights have the shapes {shapes}; they should be {wanted}.")
        layer.set_weights(list(weights))
        hs = layer(x, mask=mask)
    if layer.ran not in ("cudnn", "loop"):
        raise StudentError(f"After a call `ran` is {str(layer.ran)[:40]!r}; 'cudnn' or 'loop'.")
    ran, reasons = int(layer.ran == "cudnn"), as_with_tensorflow(flags(layer.reasons), mask)
    if kernel == RUNS and mask is not None and keras.backend.backend() == "torch" and not ran:
        ran = int(not reasons.any())
    return keras.ops.convert_to_numpy(hs), ran, reasons


@contextlib.contextmanager
def instead_of_cudnn(kernel: str) -> Iterator[None]:
    """Let Keras find, in the place of cuDNN, a kernel that refuses or one that runs.

    Like cuDNN it refuses what is not right-padded, and leaves zeros at padded steps.
    """
    from keras.src import backend

    kept = backend.lstm
    if kernel != NONE:
        backend.lstm = _refusing if kernel == REFUSES else _running
    try:
        yield
    finally:
        backend.lstm = kept


def _refusing(*args: Any, **options: Any) -> Any:
    raise NotImplementedError


def _running(
    x: Any, h: Any, c: Any, mask: Any, kernel: Any, recurrent_kernel: Any, bias: Any, **options: Any
) -> Any:
    """The last outputs, all of them or the last once more, and the states."""
    import keras

    valid = None if mask is None else keras.ops.convert_to_numpy(mask).astype(bool)
    right_padded = valid is None or (
        valid.any(axis=1).all() and not (valid[:, 1:] & ~valid[:, :-1]).any()
    )
    fine = keras.activations.get(options["activation"]) is keras.activations.tanh
    fine = fine and bias is not None
    if not right_padded or not fine or options.get("go_backwards") or options.get("unroll"):
        raise NotImplementedError
    plain = keras.ops.convert_to_numpy
    weights = plain(kernel), plain(recurrent_kernel), plain(bias), np.zeros_like(plain(bias))
    hs, *states = map(
        keras.ops.convert_to_tensor, _by_torch(plain(x), plain(h), plain(c), weights, valid)
    )
    every = options.get("return_sequences")
    return states[0], hs if every else states[0][:, None], states


def _by_torch(
    x: Array, h: Array, c: Array, weights: Sequence[Array], valid: Array | None
) -> tuple[Array, Array, Array]:
    """The outputs, zeros at padded steps, and the last states; a loop of Keras takes far longer."""
    import torch
    from torch.nn.utils import rnn

    layer = torch_layer("lstm", *weights)
    N, T, _ = x.shape
    lengths = np.full(N, T) if valid is None else valid.sum(axis=1)
    steps = rnn.pack_padded_sequence(
        torch.tensor(x), torch.from_numpy(lengths), batch_first=True, enforce_sorted=False
    )
    with torch.no_grad():
        hs, states = layer(steps, (torch.tensor(h[None]), torch.tensor(c[None])))
    padded, _ = rnn.pad_packed_sequence(hs, batch_first=True, total_length=T)
    return padded.numpy(), *(state[0].numpy() for state in states)


def as_with_tensorflow(reasons: Array, mask: Array | None) -> Array:
    """The reasons that the TensorFlow backend has, from those of the backend that runs.

    The published values are made with TensorFlow, where a right-padded mask is no reason. With
    the torch backend any mask is one.

    Raises:
        StudentError: where the torch backend runs and that reason is missing.
    """
    import keras

    if keras.backend.backend() != "torch" or mask is None:
        return reasons
    at = REASONS.index("mask")
    if not reasons[at]:
        raise StudentError(
            "With the torch backend of Keras any mask is a reason; `mask` is missing."
        )
    right_padded = np.array_equal(mask, mask_of(mask.sum(axis=1), mask.shape[1]))
    return np.where(np.arange(len(reasons)) == at, int(not right_padded), reasons)


def picked(layer_class: Any, activation: str, mask: Array | None, device: str) -> Sequence[Any]:
    """What a student's layer picks for a mask and a device.

    Raises:
        StudentError: where it returns no pair of a bool and reasons.
    """
    found = made(layer_class, 2, activation).pick(mask, device)
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise StudentError(f"pick returns a {type(found).__name__}; the pair (use_cudnn, reasons).")
    use, reasons = found
    if not isinstance(use, (bool, np.bool_)):
        raise StudentError(f"`use_cudnn` is of type {type(use).__name__}; a bool is wanted.")
    return int(use), flags(reasons)
