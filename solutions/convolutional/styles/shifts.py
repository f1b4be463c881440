"""One shifted copy of the image for each entry of the kernel; caches are dataclasses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import torch


@dataclass
class Convolved:
    """What a convolution keeps."""

    padded: np.ndarray
    w: np.ndarray
    stride: tuple[int, int]
    pad: tuple[int, int]


@dataclass
class Pooled:
    """What a pool keeps; `first` says for each shift where the first maximum was."""

    shape: tuple[int, ...]
    size: tuple[int, int]
    stride: tuple[int, int]
    first: dict[tuple[int, int], np.ndarray]


def shifted(
    x: np.ndarray, size: tuple[int, int], stride: tuple[int, int]
) -> dict[tuple[int, int], np.ndarray]:
    """The views of `x`, by offset, that a window of `size` sees when moved by `stride`."""
    (kh, kw), (sh, sw) = size, stride
    H, W = x.shape[-2:]
    bottom, right = H - kh + 1, W - kw + 1
    return {
        (u, v): x[..., u : u + bottom : sh, v : v + right : sw]
        for u in range(kh)
        for v in range(kw)
    }


def conv_output_size(n: int, k: int, s: int, p: int, d: int = 1) -> int:
    """The length of a range."""
    moves = range(0, n + 2 * p - d * (k - 1), s)
    if not moves:
        raise ValueError("no place for the kernel")
    return len(moves)


def cross_correlate2d(x: np.ndarray, k: np.ndarray) -> Any:
    """A weighted sum of shifted images."""
    return sum(k[offset] * view for offset, view in shifted(x, k.shape, (1, 1)).items())


def convolve2d(x: np.ndarray, k: np.ndarray) -> Any:
    """The same with the kernel rotated by half a turn."""
    return cross_correlate2d(x, np.rot90(k, 2))


def conv2d_forward(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: tuple[int, int], pad: tuple[int, int]
) -> Any:
    """A product of matrices for each entry of the kernel."""
    padded = np.pad(x, ((0, 0), (0, 0), (pad[0],) * 2, (pad[1],) * 2))
    y = b[:, None, None]
    for offset, view in shifted(padded, w.shape[2:], stride).items():
        y = y + np.einsum("fc,nchw->nfhw", w[(..., *offset)], view)
    return y, Convolved(padded, w, stride, pad)


def conv2d_backward(dy: np.ndarray, cache: Any) -> Any:
    """The same products, transposed."""
    dpadded, dw = np.zeros(cache.padded.shape), np.empty(cache.w.shape)
    spots = shifted(dpadded, cache.w.shape[2:], cache.stride)
    views = shifted(cache.padded, cache.w.shape[2:], cache.stride)
    for offset, view in views.items():
        dw[(..., *offset)] = np.einsum("nfhw,nchw->fc", dy, view)
        spots[offset] += np.einsum("nfhw,fc->nchw", dy, cache.w[(..., *offset)])
    (ph, pw), (H, W) = cache.pad, dpadded.shape[2:]
    return dpadded[:, :, ph : H - ph, pw : W - pw], dw, np.einsum("nfhw->f", dy)


def im2col(x: np.ndarray, k: tuple[int, int], s: tuple[int, int], p: tuple[int, int]) -> np.ndarray:
    """The shifted images stacked along a new axis."""
    padded = np.pad(x, ((0, 0), (0, 0), (p[0],) * 2, (p[1],) * 2))
    stack = np.stack(list(shifted(padded, k, s).values()), axis=-1)
    return np.moveaxis(stack, 1, 3).reshape(-1, x.shape[1] * k[0] * k[1])


def col2im(
    cols: np.ndarray,
    x_shape: tuple[int, ...],
    k: tuple[int, int],
    s: tuple[int, int],
    p: tuple[int, int],
) -> np.ndarray:
    """Added to the shifted images."""
    N, C, H, W = x_shape
    padded = np.zeros((N, C, H + 2 * p[0], W + 2 * p[1]))
    spots = shifted(padded, k, s)
    Ho, Wo = spots[0, 0].shape[2:]
    columns = cols.reshape(N, Ho, Wo, C, -1).transpose(4, 0, 3, 1, 2)
    for spot, column in zip(spots.values(), columns, strict=True):
        spot += column
    return padded[:, :, p[0] : H + p[0], p[1] : W + p[1]]


def maxpool2d_forward(x: np.ndarray, size: tuple[int, int], stride: tuple[int, int]) -> Any:
    """The maximum of the shifted maps, and who reached it first."""
    views = shifted(x, size, stride)
    y = np.maximum.reduce(list(views.values()))
    taken = np.zeros(y.shape, dtype=bool)
    first = {}
    for offset, view in views.items():
        first[offset] = (view == y) & ~taken
        taken |= first[offset]
    return y, Pooled(x.shape, size, stride, first)


def maxpool2d_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """Each shifted map gets what it reached first."""
    dx = np.zeros(cache.shape)
    for offset, spot in shifted(dx, cache.size, cache.stride).items():
        spot += np.where(cache.first[offset], dy, 0)
    return dx


def avgpool2d_forward(x: np.ndarray, size: tuple[int, int], stride: tuple[int, int]) -> Any:
    """The mean of the shifted maps."""
    return sum(shifted(x, size, stride).values()) / (size[0] * size[1]), Pooled(
        x.shape, size, stride, {}
    )


def avgpool2d_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """Every shifted map gets its share."""
    dx = np.zeros(cache.shape)
    for spot in shifted(dx, cache.size, cache.stride).values():
        spot += dy / (cache.size[0] * cache.size[1])
    return dx


def conv1d_text(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> Any:
    """One affine map a step of the filter."""
    K = w.shape[1]
    last = x.shape[1] - K + 1
    return b + sum(x[:, k : k + last] @ w[:, k].T for k in range(K))


def max_over_time(y: np.ndarray) -> Any:
    """Sorted, and the last one taken."""
    return np.sort(y, axis=1)[:, -1]


def receptive_field(layers: Sequence[tuple[int, int, int]]) -> int:
    """The sum of the formula."""
    strides = [1, *np.cumprod([s for _, s, _ in layers], dtype=int)]
    return int(
        1 + sum(d * (k - 1) * jump for (k, _, d), jump in zip(layers, strides, strict=False))
    )


class LeNet(torch.nn.Module):
    """The network by functions."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 6, (3, 3), padding="same")
        self.conv2 = torch.nn.Conv2d(6, 16, (3, 3), padding="same")
        self.fc1 = torch.nn.Linear(64, 120)
        self.fc2 = torch.nn.Linear(120, 84)
        self.fc3 = torch.nn.Linear(84, 10)
        for layer in (self.conv1, self.conv2, self.fc1, self.fc2):
            torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")

    def forward(self, x: torch.Tensor) -> Any:
        """Pools before activations, which gives the same."""
        functions = torch.nn.functional
        x = functions.relu(functions.max_pool2d(self.conv1(x), 2))
        x = functions.relu(functions.max_pool2d(self.conv2(x), 2))
        x = functions.relu(self.fc1(x.flatten(start_dim=1)))
        return self.fc3(functions.relu(self.fc2(x)))


def lenet_to_keras(lenet: Any) -> keras.Model:
    """The functional interface; the feature maps are permuted before they are flattened."""
    layers = keras.layers
    inputs = keras.Input((8, 8, 1))
    x = layers.Conv2D(6, 3, padding="same", activation="relu", name="conv1")(inputs)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(16, 3, padding="same", activation="relu", name="conv2")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(layers.Permute((3, 1, 2))(x))
    x = layers.Dense(120, activation="relu", name="fc1")(x)
    x = layers.Dense(84, activation="relu", name="fc2")(x)
    model = keras.Model(inputs, layers.Dense(10, name="fc3")(x))
    for name in ("conv1", "conv2", "fc1", "fc2", "fc3"):
        weight, bias = (p.detach().numpy() for p in getattr(lenet, name).parameters())
        axes = (2, 3, 1, 0) if weight.ndim == 4 else (1, 0)
        model.get_layer(name).set_weights([weight.transpose(axes), bias])
    return model
