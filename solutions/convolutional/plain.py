"""Plain versions of the exercises whose reference is written for speed; mistakes edit these.

`conv2d_forward` and `conv2d_backward` are one product of matrices each, as with `im2col`;
`maxpool2d_backward` takes one window after the other. The letters are those of reference.py.
"""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv2d_forward(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: tuple[int, int], pad: tuple[int, int]
) -> tuple[np.ndarray, tuple[Any, ...]]:
    """Cross-correlate a batch of images with filters that see all channels."""
    N, C, _, _ = x.shape
    F, _, KH, KW = w.shape
    sh, sw = stride
    ph, pw = pad
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = sliding_window_view(padded, (KH, KW), axis=(2, 3))
    windows = windows[:, :, ::sh, ::sw]
    Ho, Wo = windows.shape[2:4]
    cols = windows.transpose(0, 2, 3, 1, 4, 5).reshape(N * Ho * Wo, C * KH * KW)
    filters = w.reshape(F, -1)
    y = cols @ filters.T
    y = y + b
    cache = (x, w, cols, stride, pad)
    return y.reshape(N, Ho, Wo, F).transpose(0, 3, 1, 2), cache


def conv2d_backward(
    dy: np.ndarray, cache: tuple[Any, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Carry the gradient of a loss back through `conv2d_forward`."""
    x, w, cols, (sh, sw), (ph, pw) = cache
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    Ho, Wo = dy.shape[2:]
    rows = dy.transpose(0, 2, 3, 1).reshape(-1, F)
    db = dy.sum(axis=(0, 2, 3))
    dw = (rows.T @ cols).reshape(F, C, KH, KW)
    dcols = rows @ w.reshape(F, -1)
    shares = dcols.reshape(N, Ho, Wo, C, KH, KW).transpose(0, 3, 1, 2, 4, 5)
    padded = np.zeros((N, C, H + 2 * ph, W + 2 * pw))
    for u in range(KH):
        for v in range(KW):
            padded[:, :, u : u + sh * Ho : sh, v : v + sw * Wo : sw] += shares[..., u, v]
    dx = padded[:, :, ph : ph + H, pw : pw + W]
    return dx, dw, db


def maxpool2d_backward(dy: np.ndarray, cache: tuple[Any, ...]) -> np.ndarray:
    """Carry the gradient of a loss back through `maxpool2d_forward`."""
    x, size, (sh, sw), place = cache
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dy.shape):
        top, left = sh * i, sw * j
        u, v = divmod(place[n, c, i, j], size[1])
        dx[n, c, top + u, left + v] += dy[n, c, i, j]
    return dx
