"""Stand-ins for functions of an earlier assignment, for a later one that is built on them.

They call the frameworks' own cells, layers and gradients, so that they are no answer to the
exercise whose place they take: a submission that returns one of them is refused there. Only of
`cudnn_eligible` a part can be read here, for Keras has no function that says it: what the table of
the lesson says. Frameworks are imported when they are called.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any
from unittest import mock

import numpy as np

from autograder.exercises.program import Array
from autograder.packages import works_with

Tape = tuple[tuple[Any, ...], tuple[Any, ...]]
"""What torch remembers of a step or a layer: what it was made from, and what it made."""

REDUCTIONS = ("mean", "sum", "none")
"""What may become of the losses of the rows."""


@works_with("torch")
def affine_forward(x: Array, W: Array, b: Array) -> tuple[Array, Tape]:
    """The affine map y = x·W + b of a batch, by torch's own linear layer.

    Args:
        x: the samples, (N, d1, …, dk) with k ≥ 1, each of which is read as a row.
        W: the weights, (d1·…·dk, M).
        b: the bias, (M,).

    Returns:
        y: the outputs, (N, M).
        cache: what `affine_backward` needs.
    """
    import torch

    taken = _leaves(x, W, b)
    rows, weights, bias = taken
    made = torch.nn.functional.linear(rows.flatten(1), weights.T, bias)
    return _array(made), (taken, (made,))


def affine_backward(dy: Array, cache: Tape) -> tuple[Array, ...]:
    """Carry a gradient back through the affine map, by torch's own derivatives.

    Args:
        dy: the gradient that arrives at y, (N, M).
        cache: what `affine_forward` returned; it may be used again.

    Returns:
        dx, dW and db, each of the shape of what it is the gradient of; sums over the batch.
    """
    return _gradients(cache, dy)


@works_with("torch")
def relu_forward(x: Array) -> tuple[Array, Tape]:
    """The rectifier max(x, 0) of every entry, by torch's own.

    Args:
        x: numbers of any shape.

    Returns:
        y: the positive part of x, of the shape of x.
        cache: what `relu_backward` needs.
    """
    import torch

    taken = _leaves(x)
    made = torch.relu(taken[0])
    return _array(made), (taken, (made,))


def relu_backward(dy: Array, cache: Tape) -> Array:
    """Carry a gradient back through the rectifier, by torch's own derivative.

    Args:
        dy: the gradient that arrives at y, of its shape.
        cache: what `relu_forward` returned; it may be used again.

    Returns:
        dx: the gradient of x, of the same shape.
    """
    return _gradients(cache, dy)[0]


@works_with("torch")
def softmax_cross_entropy(
    z: Array, y: Array, mask: Array | None = None, reduction: str = "mean"
) -> tuple[Any, Array]:
    """The cross-entropy of softmax(z) with the labels y, and its gradient, by torch's own loss.

    Args:
        z: the logits, (N, C).
        y: the labels, (N,), integers from 0 to C − 1.
        mask: which rows count, (N,), bool or 0.0 and 1.0; None counts all.
        reduction: "mean" for the sum of the losses divided by the number of rows that count,
            "sum" for the sum, "none" for the losses themselves.

    Returns:
        loss: a number; with "none" the losses of the rows, (N,).
        dz: the gradient of the loss at z, (N, C); with "none" that of the sum.

    Raises:
        ValueError: if the reduction is none of the three.
    """
    import torch

    if reduction not in REDUCTIONS:
        raise ValueError(f"There is no reduction {reduction!r}: mean, sum and none are there.")
    (logits,) = _leaves(z)
    each = torch.nn.functional.cross_entropy(logits, torch.tensor(y), reduction="none")
    counts = torch.ones(len(each)) if mask is None else torch.tensor(np.asarray(mask))
    each = each.where(counts > 0, 0.0)
    total = each.sum() / (counts.sum().clamp(min=1) if reduction == "mean" else 1)
    (dz,) = torch.autograd.grad(total, logits)
    return _array(each) if reduction == "none" else total.item(), dz.numpy()


@works_with("torch")
def lstm_step_forward(
    x: Array, h: Array, c: Array, Wx: Array, Wh: Array, b: Array
) -> tuple[Array, Array, Tape]:
    """Carry the states of an LSTM over one step, by torch's own cell.

    Args:
        x: the input of this step, (N, D).
        h: the hidden state before the step, (N, H).
        c: the cell state before the step, (N, H).
        Wx: the weights of the input, (D, 4H), gates in the order i, f, g, o.
        Wh: the weights of the hidden state, (H, 4H), gates in the same order.
        b: the bias, (4H,), gates in the same order.

    Returns:
        h_next: the hidden state after the step, (N, H).
        c_next: the cell state after the step, (N, H).
        cache: what `lstm_step_backward` needs.
    """
    import torch

    taken = _leaves(x, h, c, Wx, Wh, b)
    x_t, h_t, c_t, *weights = taken
    bias = weights[2]
    made = torch.lstm_cell(
        x_t, (h_t, c_t), weights[0].T, weights[1].T, bias, torch.zeros_like(bias)
    )
    return _array(made[0]), _array(made[1]), (taken, made)


def lstm_step_backward(dh_next: Array, dc_next: Array, cache: Tape) -> tuple[Array, ...]:
    """Carry a gradient back over one step of an LSTM, by torch's own derivatives.

    Args:
        dh_next: the gradient that arrives at the hidden state after the step, (N, H).
        dc_next: the gradient that arrives at the cell state after the step from later steps
            alone, (N, H).
        cache: what `lstm_step_forward` returned for this step; it may be used again.

    Returns:
        dx, dh, dc, dWx, dWh and db, each of the shape of what it is the gradient of.
    """
    return _gradients(cache, dh_next, dc_next)


@works_with("torch")
def lstm_forward(
    x: Array, h0: Array, c0: Array, Wx: Array, Wh: Array, b: Array
) -> tuple[Array, Array, Array, list[Tape]]:
    """Run an LSTM over a batch of whole sequences, by torch's own cell.

    Args:
        x: the inputs, batch first, (N, T, D).
        h0: the hidden state before the first step, (N, H).
        c0: the cell state before the first step, (N, H).
        Wx: the weights of the input, (D, 4H), gates in the order i, f, g, o.
        Wh: the weights of the hidden state, (H, 4H), gates in the same order.
        b: the bias, (4H,), gates in the same order.

    Returns:
        hs: the hidden states after every step, (N, T, H).
        hT: the hidden state after the last step, (N, H).
        cT: the cell state after the last step, (N, H).
        caches: a list with the cache of every step, for `lstm_step_backward`.
    """
    hidden, cell = [h0], [c0]
    tapes = []
    for now in np.moveaxis(x, 1, 0):
        h_now, c_now, tape = lstm_step_forward(now, hidden[-1], cell[-1], Wx, Wh, b)
        hidden.append(h_now)
        cell.append(c_now)
        tapes.append(tape)
    return np.array(hidden[1:]).swapaxes(0, 1), hidden[-1], cell[-1], tapes


def right_padded(mask: Array) -> bool:
    """Tell whether the valid steps of every sequence come first, by the code of Keras.

    Args:
        mask: the valid steps, (N, T), bool or 0.0 and 1.0.

    Returns:
        One bool for the whole batch.
    """
    return _says_of("_is_sequence_right_padded", mask)


@works_with("keras")
def cudnn_eligible(
    config: Mapping[str, Any],
    backend: str,
) -> tuple[bool, list[str]]:
    """Tell whether Keras runs a recurrent layer by cuDNN, and if not, why not.

    Keras' own code is asked, once for each argument that it looks at, with all others as cuDNN
    wants them.

    Args:
        config: the arguments of the layer and of the call, by the keys that the exercise has.
        backend: "tensorflow" or "torch".

    Returns:
        eligible: a bool.
        reasons: the keys of `config` that stand in the way; empty where the layer is eligible.
    """
    reasons = [key for key in _FINE if not _takes({**_FINE, key: config[key]})]
    masked = config["mask"] is not None
    if masked and backend == "tensorflow":
        empty = _says_of("_has_fully_masked_sequence", config["mask"])
        masked = empty or not right_padded(config["mask"])
    found = {
        "recurrent_dropout": config["recurrent_dropout"],
        "reset_after": config["kind"] == "gru" and not config["reset_after"],
        "use_cudnn": config["use_cudnn"] not in ("auto", True),
        "compiled": config["compiled"] and backend == "torch",
        "mask": masked,
    }
    reasons += [key for key, hinders in found.items() if hinders]
    eligible = not reasons
    return eligible, reasons


_FINE = {
    "activation": "tanh",
    "recurrent_activation": "sigmoid",
    "unroll": False,
    "use_bias": True,
    "device": "cuda",
}
"""What Keras asks for before it calls cuDNN, in one function."""


def _takes(arguments: Mapping[str, Any]) -> bool:
    """Whether Keras would call cuDNN with these arguments, on a machine with their device."""
    import keras
    from keras.src import backend

    code = import_module(backend.cudnn_ok.__module__)
    name = next(n for n in ("_is_gpu_available", "_is_cuda_cudnn_available") if hasattr(code, n))
    functions = (arguments["activation"], arguments["recurrent_activation"])
    with mock.patch.object(code, name, return_value=arguments["device"] == "cuda"):
        return bool(
            backend.cudnn_ok(
                *map(keras.activations.get, functions), arguments["unroll"], arguments["use_bias"]
            )
        )


def _says_of(name: str, mask: Array) -> bool:
    """What a function in the code of Keras says of a mask."""
    from keras.src import backend

    code = import_module(backend.cudnn_ok.__module__)
    valid = backend.convert_to_tensor(np.asarray(mask).astype(bool))
    return bool(getattr(code, name)(valid))


def _leaves(*arrays: Any) -> tuple[Any, ...]:
    """Tensors that torch finds gradients of, float64; they share no memory with the arrays."""
    import torch

    return tuple(torch.from_numpy(np.array(a, np.float64)).requires_grad_() for a in arrays)


def _array(tensor: Any) -> Array:
    found: Array = tensor.detach().numpy().copy()
    return found


def _gradients(tape: Tape, *upstream: Array) -> tuple[Array, ...]:
    """The gradients of what a tape was made from, where these arrive at what it made."""
    import torch

    taken, made = tape
    arrived = [torch.from_numpy(np.array(a, np.float64)) for a in upstream]
    found = torch.autograd.grad(made, taken, arrived, retain_graph=True)
    return tuple(gradient.numpy() for gradient in found)
