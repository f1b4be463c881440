"""How long one convolutional layer takes, written in five ways."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

from autograder.exercises.program import Array
from solutions.convolutional import conv2d_backward, conv2d_forward

CHAPTER = "convolutional"
SIZES = {"N": 32, "C": 16, "F": 32, "H": 28, "W": 28, "KH": 3, "KW": 3}
ONE = (1, 1)


def arrays(N: int, C: int, F: int, H: int, W: int, KH: int, KW: int) -> tuple[Array, Array, Array]:
    """Random images, filters and biases."""
    rng = np.random.default_rng(0)
    return (
        rng.standard_normal((N, C, H, W)),
        rng.standard_normal((F, C, KH, KW)),
        rng.standard_normal(F),
    )


def place_by_place(x: Array, w: Array, b: Array) -> Array:
    """A Python loop over all samples, filters and places; the sum over a window is NumPy's."""
    padded = np.pad(x, ((0, 0), (0, 0), ONE, ONE))
    windows = sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    y = np.empty((len(x), len(w), *windows.shape[2:4]))
    for n, f, i, j in np.ndindex(y.shape):
        y[n, f, i, j] = (windows[n, :, i, j] * w[f]).sum() + b[f]
    return y


def tap_by_tap(x: Array, w: Array, b: Array) -> Array:
    """A Python loop over the entries of the kernel; each is a product of matrices."""
    N, C, H, W = x.shape
    padded = np.pad(x, ((0, 0), (0, 0), ONE, ONE))
    y = np.zeros((N, len(w), H * W))
    for u, v in np.ndindex(w.shape[2:]):
        y += w[:, :, u, v] @ padded[:, :, u : u + H, v : v + W].reshape(N, C, H * W)
    return (y + b[:, None]).reshape(N, len(w), H, W)


def forward_and_backward(x: Array, w: Array, b: Array) -> tuple[Array, Array, Array]:
    """Our layer with its gradients."""
    y, cache = conv2d_forward(x, w, b, ONE, ONE)
    return conv2d_backward(y, cache)


def torch_forward_and_backward(*leaves: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """The layer of torch with its gradients."""
    x, w, b = (leaf.requires_grad_() for leaf in leaves)
    y = torch.nn.functional.conv2d(x, w, b, padding=1)
    return torch.autograd.grad(y, (x, w, b), y.detach())


def median(run: Callable[[], Any], rounds: int) -> float:
    """The median time of `run`, in seconds, after it has been run once."""
    run()
    # The threads of the version before this one may still be waiting for work.
    time.sleep(0.5)
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def measure(sizes: Mapping[str, int] = SIZES, rounds: int = 25) -> dict[str, Any]:
    """The median time of each version, in seconds, and what was computed."""
    x, w, b = arrays(**sizes)
    double = [torch.from_numpy(a) for a in (x, w, b)]
    single = [tensor.float() for tensor in double]
    conv2d = torch.nn.functional.conv2d
    with torch.no_grad():
        forward = {
            "place by place, float64": median(lambda: place_by_place(x, w, b), 1),
            "tap by tap, float64": median(lambda: tap_by_tap(x, w, b), rounds),
            "im2col, float64": median(lambda: conv2d_forward(x, w, b, ONE, ONE), rounds),
            "torch, float64": median(lambda: conv2d(*double, padding=1), rounds),
            "torch, float32": median(lambda: conv2d(*single, padding=1), rounds),
        }
    both = {
        "im2col, float64": median(lambda: forward_and_backward(x, w, b), rounds),
        "torch, float64": median(lambda: torch_forward_and_backward(*double), rounds),
        "torch, float32": median(lambda: torch_forward_and_backward(*single), rounds),
    }
    return {"sizes": dict(sizes), "seconds": {"forward": forward, "forward and backward": both}}
