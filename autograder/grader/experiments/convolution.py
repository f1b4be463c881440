"""How long one convolutional layer takes, written in six ways.

All of them are compared before they are timed.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from threadpoolctl import threadpool_limits
from torch import Tensor

from autograder.exercises.program import Array
from autograder.exercises.shared.threads import one_thread
from autograder.exercises.tolerances import norm_error
from solutions.convolutional.reference import conv2d_backward, conv2d_forward

CHAPTER = "convolutional"
SIZES = {"N": 32, "C": 32, "F": 32, "H": 28, "W": 28, "KH": 3, "KW": 3}
CHANNELS = (16, 24, 32)
"""Of input and output alike; where one version overtakes another depends on them."""
ONE = (1, 1)
TURNS, ROUNDS = 5, 9
"""How often each version comes by turns, and how often it is timed in each."""

ALLOWED = {"float64": 1e-12, "float32": 1e-5}
"""How far a version may be from the first, by the type that ends its name."""


def arrays(N: int, C: int, F: int, H: int, W: int, KH: int, KW: int) -> tuple[Array, Array, Array]:
    """Random images, filters and biases."""
    rng = np.random.default_rng(0)
    return (
        rng.standard_normal((N, C, H, W)),
        rng.standard_normal((F, C, KH, KW)),
        rng.standard_normal(F),
    )


def operands(sizes: Mapping[str, int]) -> tuple[tuple[Array, ...], list[Tensor], list[Tensor]]:
    """The same images, filters and biases for NumPy, and for torch in two precisions."""
    given = arrays(**sizes)
    double = [torch.from_numpy(a) for a in given]
    return given, double, [tensor.float() for tensor in double]


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
    N, C, *_, H, W = x.shape
    padded = np.pad(x, ((0, 0), (0, 0), ONE, ONE))
    y = np.zeros((N, len(w), H * W))
    for u, v in np.ndindex(w.shape[2:]):
        y += w[:, :, u, v] @ padded[:, :, u : u + H, v : v + W].reshape(N, C, H * W)
    return (y + b[:, None]).reshape(N, len(w), H, W)


def by_im2col(x: Array, w: Array, b: Array) -> Array:
    """All windows as columns, and one product of matrices."""
    padded = np.pad(x, ((0, 0), (0, 0), ONE, ONE))
    windows = sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    cols = windows.transpose(1, 4, 5, 0, 2, 3).reshape(w[0].size, -1)
    y = w.reshape(len(w), -1) @ cols
    y += b[:, None]
    maps: Array = y.reshape(len(w), len(x), *windows.shape[2:4])
    return maps.transpose(1, 0, 2, 3)


def forward_and_backward(x: Array, w: Array, b: Array) -> tuple[Array, Array, Array]:
    """Our layer with its gradients."""
    y, cache = conv2d_forward(x, w, b, ONE, ONE)
    return conv2d_backward(y, cache)


def by_torch(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """The layer of torch."""
    return torch.nn.functional.conv2d(x, w, b, padding=1)


def torch_forward_and_backward(*leaves: Tensor) -> Any:
    """The layer of torch with its gradients."""
    x, w, b = (leaf.detach().requires_grad_() for leaf in leaves)
    y = by_torch(x, w, b)
    return torch.autograd.grad(y, (x, w, b), y.detach())


def compare(versions: Mapping[str, Callable[[], Any]]) -> None:
    """Hold every version against the first, each array that it gives by itself.

    Raises:
        AssertionError: where one is further away than its type explains.
    """
    wanted: list[Array] = []
    for name, run in versions.items():
        results = run()
        found = [np.asarray(a) for a in (results if isinstance(results, tuple) else (results,))]
        wanted = wanted or found
        allowed = ALLOWED[name.split()[-1]]
        for a, r in zip(found, wanted, strict=True):
            if a.shape != r.shape or not norm_error(a, r) <= allowed:
                raise AssertionError(f"{name} does not give what {next(iter(versions))} gives.")


def medians(versions: Mapping[str, Callable[[], Any]]) -> dict[str, float]:
    """The median time of each version, in seconds, after all have been compared.

    They have several turns each, for the time also depends on what memory the process has at
    hand. What takes more than a second has one: its time varies too little to matter.
    """
    compare(versions)
    times: dict[str, list[float]] = {name: [] for name in versions}
    for _ in range(TURNS):
        for name, run in versions.items():
            if not times[name] or max(times[name]) < 1:
                times[name] += one_turn(run)
    return {name: statistics.median(taken) for name, taken in times.items()}


def one_turn(run: Callable[[], Any]) -> list[float]:
    """The times of `run`, after it has been run once."""
    # The threads of the version before this one may still be waiting for work.
    time.sleep(0.5)
    times = []
    for _ in range(1 + ROUNDS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
        if times[-1] > 1:
            return times
    return times[1:]


def measure() -> dict[str, Any]:
    """The median time of each version, in seconds, by what was computed."""
    together = {f"{channels} to {channels} channels": times(channels) for channels in CHANNELS}
    with one_thread(), threadpool_limits(1):
        alone = {
            f"{label}, one thread": times(c) for label, c in zip(together, CHANNELS, strict=True)
        }
    seconds = {
        "forward": medians(forward(SIZES)),
        "forward and backward": medians(both(SIZES)),
        **together,
        **alone,
    }
    return {"sizes": SIZES, "seconds": seconds}


def times(channels: int) -> dict[str, float]:
    """The median time of each version without a loop in Python, in seconds."""
    return medians(fast({**SIZES, "C": channels, "F": channels}))


def forward(sizes: Mapping[str, int]) -> dict[str, Callable[[], Any]]:
    """All versions of the forward pass, by name."""
    x, w, b = arrays(**sizes)
    return {
        "place by place, float64": lambda: place_by_place(x, w, b),
        "tap by tap, float64": lambda: tap_by_tap(x, w, b),
        **fast(sizes),
    }


def fast(sizes: Mapping[str, int]) -> dict[str, Callable[[], Any]]:
    """The versions without a loop in Python, by name."""
    (x, w, b), double, single = operands(sizes)
    return {
        "im2col, float64": lambda: by_im2col(x, w, b),
        "im2col by columns, float64": lambda: conv2d_forward(x, w, b, ONE, ONE)[0],
        "torch, float64": lambda: by_torch(*double),
        "torch, float32": lambda: by_torch(*single),
    }


def both(sizes: Mapping[str, int]) -> dict[str, Callable[[], Any]]:
    """The versions of both passes, by name."""
    (x, w, b), double, single = operands(sizes)
    return {
        "im2col by columns, float64": lambda: forward_and_backward(x, w, b),
        "torch, float64": lambda: torch_forward_and_backward(*double),
        "torch, float32": lambda: torch_forward_and_backward(*single),
    }
