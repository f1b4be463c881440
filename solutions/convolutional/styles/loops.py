"""Loops over samples, filters and places, one number at a time; caches are dicts."""

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import torch


def conv_output_size(n: int, k: int, s: int, p: int, d: int = 1) -> int:
    """The places, counted one by one."""
    if d * (k - 1) >= n + 2 * p:
        raise ValueError("the kernel is too large")
    count, at = 0, 0
    while at + d * (k - 1) < n + 2 * p:
        count += 1
        at += s
    return count


def cross_correlate2d(x: np.ndarray, k: np.ndarray) -> Any:
    """Four loops."""
    KH, KW = k.shape
    y = np.zeros((x.shape[0] - KH + 1, x.shape[1] - KW + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            for u in range(KH):
                for v in range(KW):
                    y[i, j] += x[i + u, j + v] * k[u, v]
    return y


def convolve2d(x: np.ndarray, k: np.ndarray) -> Any:
    """The kernel is read backwards."""
    KH, KW = k.shape
    y = np.zeros((x.shape[0] - KH + 1, x.shape[1] - KW + 1))
    for i, j in np.ndindex(y.shape):
        for u, v in np.ndindex(k.shape):
            y[i, j] += x[i + KH - 1 - u, j + KW - 1 - v] * k[u, v]
    return y


def conv2d_forward(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: tuple[int, int], pad: tuple[int, int]
) -> Any:
    """One correlation a sample, filter and channel."""
    N, C, H, W = x.shape
    F = w.shape[0]
    (sh, sw), (ph, pw) = stride, pad
    Ho = conv_output_size(H, w.shape[2], sh, ph)
    Wo = conv_output_size(W, w.shape[3], sw, pw)
    y = np.zeros((N, F, Ho, Wo))
    for n in range(N):
        for f in range(F):
            for c in range(C):
                plane = np.zeros((H + 2 * ph, W + 2 * pw))
                plane[ph : ph + H, pw : pw + W] = x[n, c]
                y[n, f] += cross_correlate2d(plane, w[f, c])[::sh, ::sw]
            y[n, f] += b[f]
    return y, {"x": x, "w": w, "stride": stride, "pad": pad}


def conv2d_backward(dy: np.ndarray, cache: Any) -> Any:
    """Every output hands its gradient on."""
    x, w = cache["x"], cache["w"]
    (sh, sw), (ph, pw) = cache["stride"], cache["pad"]
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    padded = np.zeros((N, C, H + 2 * ph, W + 2 * pw))
    padded[:, :, ph : ph + H, pw : pw + W] = x
    dpadded, dw, db = np.zeros_like(padded), np.zeros_like(w), np.zeros(F)
    for n in range(N):
        for f in range(F):
            for i in range(dy.shape[2]):
                for j in range(dy.shape[3]):
                    here = n, slice(None), slice(i * sh, i * sh + KH), slice(j * sw, j * sw + KW)
                    dw[f] += dy[n, f, i, j] * padded[here]
                    dpadded[here] += dy[n, f, i, j] * w[f]
                    db[f] += dy[n, f, i, j]
    return [dpadded[:, :, ph : ph + H, pw : pw + W], dw, db]


def im2col(x: np.ndarray, k: tuple[int, int], s: tuple[int, int], p: tuple[int, int]) -> np.ndarray:
    """Row after row in a list."""
    padded = np.pad(x, [(0, 0), (0, 0), (p[0], p[0]), (p[1], p[1])])
    rows = []
    for image in padded:
        for top in range(0, padded.shape[2] - k[0] + 1, s[0]):
            for left in range(0, padded.shape[3] - k[1] + 1, s[1]):
                rows.append(image[:, top : top + k[0], left : left + k[1]].ravel())
    return np.stack(rows)


def col2im(
    cols: np.ndarray,
    x_shape: tuple[int, ...],
    k: tuple[int, int],
    s: tuple[int, int],
    p: tuple[int, int],
) -> np.ndarray:
    """Row after row, back to its place."""
    N, C, H, W = x_shape
    padded = np.zeros((N, C, H + 2 * p[0], W + 2 * p[1]))
    rows = iter(cols)
    for n in range(N):
        for top in range(0, padded.shape[2] - k[0] + 1, s[0]):
            for left in range(0, padded.shape[3] - k[1] + 1, s[1]):
                window = next(rows).reshape(C, *k)
                padded[n, :, top : top + k[0], left : left + k[1]] += window
    return padded[:, :, p[0] : p[0] + H, p[1] : p[1] + W]


def maxpool2d_forward(x: np.ndarray, size: tuple[int, int], stride: tuple[int, int]) -> Any:
    """The largest entry, searched from the first."""
    N, C, H, W = x.shape
    Ho, Wo = (H - size[0]) // stride[0] + 1, (W - size[1]) // stride[1] + 1
    y = np.zeros((N, C, Ho, Wo))
    where = {}
    for n, c, i, j in np.ndindex(y.shape):
        largest = -math.inf
        for u in range(i * stride[0], i * stride[0] + size[0]):
            for v in range(j * stride[1], j * stride[1] + size[1]):
                if x[n, c, u, v] > largest:
                    largest = x[n, c, u, v]
                    where[n, c, i, j] = (n, c, u, v)
        y[n, c, i, j] = largest
    return y, {"shape": x.shape, "where": where}


def maxpool2d_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """One gradient after the other."""
    dx = np.zeros(cache["shape"])
    for place, source in cache["where"].items():
        dx[source] += dy[place]
    return dx


def avgpool2d_forward(x: np.ndarray, size: tuple[int, int], stride: tuple[int, int]) -> Any:
    """One window after the other."""
    N, C, H, W = x.shape
    (ph, pw), (sh, sw) = size, stride
    y = np.zeros((N, C, (H - ph) // sh + 1, (W - pw) // sw + 1))
    for n, c, i, j in np.ndindex(y.shape):
        y[n, c, i, j] = x[n, c, i * sh : i * sh + ph, j * sw : j * sw + pw].mean()
    return y, {"shape": x.shape, "size": size, "stride": stride}


def avgpool2d_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """One window after the other."""
    (ph, pw), (sh, sw) = cache["size"], cache["stride"]
    dx = np.zeros(cache["shape"])
    for n, c, i, j in np.ndindex(dy.shape):
        dx[n, c, i * sh : i * sh + ph, j * sw : j * sw + pw] += dy[n, c, i, j] / (ph * pw)
    return dx


def conv1d_text(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> Any:
    """One place and filter after the other."""
    N, T, _ = x.shape
    F, K, _ = w.shape
    y = np.zeros((N, T - K + 1, F))
    for n, t, f in np.ndindex(y.shape):
        y[n, t, f] = np.sum(x[n, t : t + K] * w[f]) + b[f]
    return y


def max_over_time(y: np.ndarray) -> Any:
    """The larger of what was found and what comes."""
    strongest = y[:, 0].copy()
    for t in range(1, y.shape[1]):
        strongest = np.where(y[:, t] > strongest, y[:, t], strongest)
    return strongest


def receptive_field(layers: Sequence[tuple[int, int, int]]) -> int:
    """From the top downward: how many inputs of each layer are needed for one output."""
    seen = 1
    for k, s, d in reversed(list(layers)):
        seen = (seen - 1) * s + d * (k - 1) + 1
    return seen


class LeNet(torch.nn.Module):
    """The pools and activations as layers."""

    def __init__(self) -> None:
        super().__init__()
        self.relu = torch.nn.ReLU()
        self.pool = torch.nn.MaxPool2d(2, 2)
        self.conv1 = torch.nn.Conv2d(in_channels=1, out_channels=6, kernel_size=3, padding=1)
        self.conv2 = torch.nn.Conv2d(in_channels=6, out_channels=16, kernel_size=3, padding=1)
        self.fc1 = torch.nn.Linear(16 * 2 * 2, 120)
        self.fc2 = torch.nn.Linear(120, 84)
        self.fc3 = torch.nn.Linear(84, 10)

    def forward(self, x: torch.Tensor) -> Any:
        """One layer after the other."""
        for conv in (self.conv1, self.conv2):
            x = self.pool(self.relu(conv(x)))
        x = x.view(len(x), -1)
        for affine in (self.fc1, self.fc2):
            x = self.relu(affine(x))
        return self.fc3(x)


def lenet_to_keras(lenet: Any) -> keras.Model:
    """Layers are added one by one, and each gets its weights."""
    model = keras.Sequential([keras.layers.Input(shape=(8, 8, 1))])
    for conv in (lenet.conv1, lenet.conv2):
        weight = conv.weight.detach().numpy()
        layer = keras.layers.Conv2D(len(weight), (3, 3), padding="same")
        model.add(layer)
        layer.set_weights(
            [np.moveaxis(weight, (2, 3), (0, 1)).swapaxes(2, 3), conv.bias.detach().numpy()]
        )
        model.add(keras.layers.ReLU())
        model.add(keras.layers.MaxPool2D((2, 2)))
    model.add(keras.layers.Flatten())
    order = [c * 4 + i * 2 + j for i in range(2) for j in range(2) for c in range(16)]
    for number, affine in enumerate((lenet.fc1, lenet.fc2, lenet.fc3)):
        weight = affine.weight.detach().numpy().T
        layer = keras.layers.Dense(weight.shape[1], activation=None if number == 2 else "relu")
        model.add(layer)
        layer.set_weights([weight[order] if number == 0 else weight, affine.bias.detach().numpy()])
    return model
