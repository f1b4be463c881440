"""Loops over samples and entries, one number at a time; caches are dicts."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def logistic(a: float) -> float:
    """σ of one number, by the half where its exponential is small."""
    if a >= 0:
        return 1 / (1 + math.exp(-a))
    return math.exp(a) / (1 + math.exp(a))


def sigmoid(x: np.ndarray) -> np.ndarray:
    """σ, entry by entry."""
    y = np.empty(x.shape)
    for index, value in np.ndenumerate(x):
        y[index] = logistic(value)
    return y


def affine_forward(x: np.ndarray, W: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, Any]:
    """The affine map, one sample at a time."""
    N, M = x.shape[0], W.shape[1]
    flat = [x[n].flatten() for n in range(N)]
    y = np.zeros((N, M))
    for n in range(N):
        y[n] = b + np.dot(flat[n], W)
    return y, {"flat": flat, "W": W, "shape": x.shape}


def affine_backward(dy: np.ndarray, cache: Any) -> Sequence[np.ndarray]:
    """The gradients, one sample at a time."""
    flat, W = cache["flat"], cache["W"]
    dflat = np.zeros((len(flat), len(W)))
    dW, db = np.zeros(W.shape), np.zeros(W.shape[1])
    for n, row in enumerate(flat):
        db += dy[n]
        dW += np.outer(row, dy[n])
        dflat[n] = np.dot(W, dy[n])
    return dflat.reshape(cache["shape"]), dW, db


def relu_forward(x: np.ndarray) -> tuple[np.ndarray, Any]:
    """max(x, 0), entry by entry."""
    return np.vectorize(lambda value: max(value, 0.0), otypes=[float])(x), {"x": x}


def relu_backward(dy: np.ndarray, cache: Any) -> Any:
    """dy where x was not negative."""
    return np.where(cache["x"] >= 0, dy, 0.0)


def tanh_forward(x: np.ndarray) -> tuple[np.ndarray, Any]:
    """tanh, entry by entry."""
    y = np.zeros(x.shape)
    for index, value in np.ndenumerate(x):
        y[index] = math.tanh(value)
    return y, {"x": x}


def tanh_backward(dy: np.ndarray, cache: Any) -> Any:
    """The derivative from x, entry by entry."""
    dx = np.zeros(dy.shape)
    for index, value in np.ndenumerate(cache["x"]):
        dx[index] = dy[index] * (1 - math.tanh(value) ** 2)
    return dx


def softmax_cross_entropy(
    z: np.ndarray, y: np.ndarray, mask: np.ndarray | None = None, reduction: str = "mean"
) -> tuple[Any, np.ndarray]:
    """The loss, row by row."""
    if reduction not in {"mean", "sum", "none"}:
        raise ValueError("what reduction is that?")
    N, C = z.shape
    counted = [n for n in range(N) if mask is None or mask[n]]
    losses, dz = [0.0] * N, np.zeros((N, C))
    for n in counted:
        top = max(z[n])
        log_sum = top + math.log(sum(math.exp(a - top) for a in z[n]))
        losses[n] = log_sum - z[n, y[n]]
        for c in range(C):
            dz[n, c] = math.exp(z[n, c] - log_sum) - (c == y[n])
    if reduction == "none":
        return np.array(losses), dz
    if reduction == "sum":
        return sum(losses), dz
    return sum(losses) / len(counted), dz / len(counted)


def numerical_gradient(
    f: Callable[[np.ndarray], Any], x: np.ndarray, dy: Any, h: float = 1e-5
) -> np.ndarray:
    """Entry by entry, on copies."""
    dx = np.zeros(x.shape)
    for index in np.ndindex(*x.shape):
        up, down = np.array(x, float), np.array(x, float)
        up[index] += h
        down[index] -= h
        slope = (np.asarray(f(up)) - np.asarray(f(down))) / (2 * h)
        dx[index] = (np.asarray(dy) * slope).sum()
    return dx
