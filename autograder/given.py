"""Stand-ins for functions of an earlier assignment, for a later one that is built on them.

They call the frameworks' own cells and gradients, so that they are no answer to the exercise
whose place they take: a submission that returns one of them is refused there. Frameworks are
imported when they are called.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercises.program import Array

Tape = tuple[tuple[Any, ...], tuple[Any, Any]]
"""What torch remembers of a step: what it was made from, and what it made."""


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

    taken = tuple(
        torch.tensor(np.asarray(a), dtype=torch.float64, requires_grad=True)
        for a in (x, h, c, Wx, Wh, b)
    )
    x_t, h_t, c_t, *weights = taken
    bias = weights[2]
    made = torch.lstm_cell(
        x_t, (h_t, c_t), weights[0].T, weights[1].T, bias, torch.zeros_like(bias)
    )
    return made[0].detach().numpy().copy(), made[1].detach().numpy().copy(), (taken, made)


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
    import torch

    taken, made = cache
    upstream = [torch.tensor(np.asarray(a), dtype=torch.float64) for a in (dh_next, dc_next)]
    gradients = torch.autograd.grad(made, taken, upstream, retain_graph=True)
    return tuple(gradient.numpy() for gradient in gradients)


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
