"""The parts of a feedforward network: layers, loss, and a check of gradients.

N samples, D inputs, M outputs of a layer, C classes. Rows are samples, and weights stand on the
right: y = x @ W + b. Every `*_forward` returns a cache, which its `*_backward` is given.
"""

from collections.abc import Callable
from typing import Any

import numpy as np


def sigmoid(x: np.ndarray) -> np.ndarray:
    """The logistic function σ(x) = 1/(1 + exp(−x)) of every entry.

    The result is finite for every finite x; at ±1000 it is 1 and 0.

    Args:
        x: numbers in float64, of any shape, () included. They are not changed.

    Returns:
        y: σ(x), of the shape of x, float64.

    Source: Verhulst (1845), "Recherches mathématiques sur la loi
    d'accroissement de la population", who named the curve.
    """
    return 0.5 * (1 + np.tanh(0.5 * x))


def affine_forward(
    x: np.ndarray, W: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """The affine map y = x·W + b of a batch, each sample read as a row.

    A sample may have several axes, as an image has. They are laid out in C
    order, the last axis fastest, so that D = d1·…·dk. All arrays are float64.
    No argument is changed.

    Args:
        x: the samples, (N, d1, …, dk) with k ≥ 1.
        W: the weights, (D, M).
        b: the bias, (M,).

    Returns:
        y: the outputs, (N, M).
        cache: what `affine_backward` will need, in any form you like.

    Source: the lesson, ‘The affine map of a batch’.
    """
    y = x.reshape(len(x), -1) @ W + b
    cache = (x, W)
    return y, cache


def affine_backward(
    dy: np.ndarray, cache: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Carry a gradient back through the affine map.

    The weights are shared by the samples of the batch, so that their gradients
    are sums over it. There is no 1/N here; whether the loss is a mean is the
    affair of the loss. Neither dy nor the cache is changed: the cache may be
    used again.

    Args:
        dy: the gradient that arrives at y, (N, M), float64.
        cache: what your `affine_forward` returned.

    Returns:
        dx: the gradient of x, in the shape of x, (N, d1, …, dk).
        dW: the gradient of W, (D, M).
        db: the gradient of b, (M,).

    Source: the chain rule, as in Rumelhart, Hinton and Williams (1986),
    "Learning representations by back-propagating errors", Nature 323.
    """
    x, W = cache
    dx = (dy @ W.T).reshape(x.shape)
    dW = x.reshape(len(x), -1).T @ dy
    db = dy.sum(axis=0)
    return dx, dW, db


def relu_forward(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rectifier y = max(x, 0) of every entry.

    Args:
        x: numbers in float64, of any shape. They are not changed.

    Returns:
        y: the positive part of x, of the shape of x.
        cache: what `relu_backward` will need, in any form you like.

    Source: Nair and Hinton (2010), "Rectified Linear Units Improve Restricted
    Boltzmann Machines", ICML.
    """
    y = np.maximum(x, 0)
    cache = x > 0
    return y, cache


def relu_backward(dy: np.ndarray, cache: np.ndarray) -> np.ndarray:
    """Carry a gradient back through the rectifier.

    Where x is exactly 0 the rectifier has no derivative, and either of 0 and dy
    is right. Neither dy nor the cache is changed.

    Args:
        dy: the gradient that arrives at y, of the shape of y, float64.
        cache: what your `relu_forward` returned.

    Returns:
        dx: the gradient of x, of the same shape.

    Source: the derivative of max(x, 0).
    """
    dx: np.ndarray = dy * cache
    return dx


def tanh_forward(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The hyperbolic tangent of every entry.

    The result is finite for every finite x; at ±1000 it is ±1.

    Args:
        x: numbers in float64, of any shape. They are not changed.

    Returns:
        y: tanh(x), of the shape of x.
        cache: what `tanh_backward` will need, in any form you like.

    Source: tanh(x) = (exp(x) − exp(−x)) / (exp(x) + exp(−x)).
    """
    y = np.tanh(x)
    return y, y


def tanh_backward(dy: np.ndarray, cache: np.ndarray) -> np.ndarray:
    """Carry a gradient back through the hyperbolic tangent.

    Neither dy nor the cache is changed.

    Args:
        dy: the gradient that arrives at y, of the shape of y, float64.
        cache: what your `tanh_forward` returned.

    Returns:
        dx: the gradient of x, of the same shape.

    Source: the derivative of the tanh, 1 − tanh².
    """
    dx: np.ndarray = dy * (1 - cache**2)
    return dx


def softmax_cross_entropy(
    z: np.ndarray, y: np.ndarray, mask: np.ndarray | None = None, reduction: str = "mean"
) -> tuple[np.ndarray | float, np.ndarray]:
    """The cross-entropy of softmax(z) with the labels y, and its gradient.

    For row n with logits z_n and label y_n, and with the softmax
    p_n = exp(z_n) / Σ_c exp(z_nc):

        loss_n = −log p_n[y_n]

    Rows with mask 0 do not count: their loss is 0, and their row of dz is
    exactly 0. The result is finite for logits of ±1000 as well. No argument is
    changed.

    Args:
        z: the logits, (N, C), float64.
        y: the labels, (N,), integers from 0 to C − 1, at masked rows too.
        mask: which rows count, (N,), bool or 0.0 and 1.0; None counts all.
        reduction: "mean" for the sum of the losses divided by the number of
            rows that count, "sum" for the sum, "none" for the losses
            themselves.

    Returns:
        loss: a number; with "none" the losses of the rows, (N,).
        dz: the gradient of the loss with respect to z, (N, C); with "none" that
            of the sum.

    Raises:
        ValueError: if the reduction is none of the three.

    Source: Bridle (1990), "Probabilistic Interpretation of Feedforward
    Classification Network Outputs".
    """
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f'reduction is "mean", "sum" or "none", not {reduction!r}')
    counts = np.ones(len(z)) if mask is None else mask.astype(np.float64)
    shifted = z - z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(z))
    losses = -counts * log_p[rows, y]
    dz = np.exp(log_p)
    dz[rows, y] -= 1
    dz *= counts[:, None]
    if reduction == "none":
        return losses, dz
    divisor = max(counts.sum(), 1.0) if reduction == "mean" else 1.0
    loss: float = losses.sum() / divisor
    return loss, dz / divisor


def numerical_gradient(
    f: "Callable[[np.ndarray], Any]", x: np.ndarray, dy: np.ndarray | float, h: float = 1e-5
) -> np.ndarray:
    """The gradient of Σ dy·f(x) with respect to x, by central differences.

    For every entry of x, with e that has a 1 there and 0 elsewhere:

        dx = Σ dy · (f(x + h e) − f(x − h e)) / 2h

    Args:
        f: a function of one array of the shape of x, float64; it returns an
            array or a number.
        x: where to take the gradient, of any shape, floats or integers. It is
            as it was when this function returns.
        dy: the gradient that arrives at f(x), of its shape; a float where f
            gives a number.
        h: the step.

    Returns:
        dx: the gradient of x, of the shape of x, float64.

    Source: the lesson, ‘Checking a gradient’.
    """
    dx = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[index] = h
        dx[index] = np.sum(dy * (f(x + e) - f(x - e))) / (2 * h)
    return dx
