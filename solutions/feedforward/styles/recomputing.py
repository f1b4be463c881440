"""Caches hold the arguments alone; the naive sigmoid; matrices with a column of ones."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def sigmoid(x: np.ndarray) -> np.ndarray:
    """The formula as it stands; it overflows with a warning, and is right."""
    y: np.ndarray = 1 / (1 + np.exp(-x))
    return y


def with_ones(x: np.ndarray) -> np.ndarray:
    """The samples as rows, each with a 1 at its end."""
    rows = x.reshape(x.shape[0], -1)
    return np.hstack([rows, np.ones((len(rows), 1))])


def affine_forward(x: np.ndarray, W: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, Any]:
    """The bias as one more row of weights."""
    return with_ones(x).dot(np.vstack([W, b])), (x, W)


def affine_backward(dy: np.ndarray, cache: Any) -> Sequence[np.ndarray]:
    """The gradient of the bias as the last row of that of the weights."""
    x, W = cache
    packed = np.einsum("nd,nm->dm", with_ones(x), dy)
    dx = np.einsum("nm,dm->nd", dy, W)
    return [np.reshape(dx, x.shape), packed[:-1], packed[-1]]


def relu_forward(x: np.ndarray) -> tuple[np.ndarray, Any]:
    """The mean of x and its absolute value."""
    return (x + np.abs(x)) / 2, x


def relu_backward(dy: np.ndarray, cache: Any) -> Any:
    """A step function of x, half at 0."""
    return dy * np.heaviside(cache, 0.0)


def tanh_forward(x: np.ndarray) -> tuple[np.ndarray, Any]:
    """By the sigmoid."""
    return 2 * sigmoid(2 * x) - 1, x


def tanh_backward(dy: np.ndarray, cache: Any) -> Any:
    """From x once more."""
    s = sigmoid(2 * cache)
    return 4 * dy * s * (1 - s)


def softmax_cross_entropy(
    z: np.ndarray, y: np.ndarray, mask: np.ndarray | None = None, reduction: str = "mean"
) -> tuple[Any, np.ndarray]:
    """By logaddexp and a matrix of the labels."""
    N, C = z.shape
    weight = {"sum": 1.0, "none": 1.0}
    m = np.ones(N) if mask is None else np.array(mask, dtype=float)
    if reduction == "mean":
        weight["mean"] = 1 / m.sum()
    try:
        scale = weight[reduction]
    except KeyError as error:
        raise ValueError(reduction) from error
    log_sum = np.logaddexp.reduce(z, axis=1)
    onehot = np.eye(C)[y]
    losses = m * (log_sum - (onehot * z).sum(1)) * scale
    dz = m.reshape(-1, 1) * (np.exp(z - log_sum[:, np.newaxis]) - onehot) * scale
    return (losses if reduction == "none" else losses.sum()), dz


def numerical_gradient(
    f: Callable[[np.ndarray], Any], x: np.ndarray, dy: Any, h: float = 1e-5
) -> np.ndarray:
    """Moves the entries of x itself, and puts them back."""
    moved = x if x.dtype == np.float64 else x.astype(np.float64)
    dx = np.full(x.shape, np.nan)
    walk = np.nditer(moved, flags=["multi_index"])
    for _ in walk:
        index = walk.multi_index
        old = moved[index].item()
        moved[index] = old + h
        up = np.array(f(moved))
        moved[index] = old - h
        down = np.array(f(moved))
        moved[index] = old
        dx[index] = np.vdot(dy, up - down) / (2 * h)
    return dx
