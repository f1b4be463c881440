"""Caches hold the arguments alone; windows are made by strides, and results are lists."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import torch


def windows(x: np.ndarray, size: tuple[int, int], stride: tuple[int, int]) -> np.ndarray:
    """The windows of `x` as a view (N, C, Ho, Wo, kh, kw)."""
    (kh, kw), (sh, sw) = size, stride
    N, C, H, W = x.shape
    n, c, h, w = x.strides
    shape = (N, C, (H - kh) // sh + 1, (W - kw) // sw + 1, kh, kw)
    return np.lib.stride_tricks.as_strided(x, shape, (n, c, h * sh, w * sw, h, w), writeable=False)


def scattered(
    values: np.ndarray, shape: tuple[int, ...], size: tuple[int, int], stride: tuple[int, int]
) -> np.ndarray:
    """The sum of `values` (N, C, Ho, Wo, kh, kw) over the entries of `shape` they belong to."""
    places = np.arange(np.prod(shape)).reshape(shape)
    flat = windows(places, size, stride).ravel()
    return np.bincount(flat, values.ravel(), minlength=places.size).reshape(shape)


def conv_output_size(n: int, k: int, s: int, p: int, d: int = 1) -> Any:
    """A NumPy integer."""
    reach = (k - 1) * d + 1
    if n + 2 * p < reach:
        raise ValueError
    return np.floor_divide(n + 2 * p - reach + s, s, dtype=np.int64)


def cross_correlate2d(x: np.ndarray, k: np.ndarray) -> Any:
    """One row of the result is a product with all kernels of that row."""
    view = windows(x[None, None], k.shape, (1, 1))[0, 0]
    return np.einsum("ijuv,uv->ij", view, k)


def convolve2d(x: np.ndarray, k: np.ndarray) -> Any:
    """By the Fourier transform, of which the middle is kept."""
    shape = [a + b - 1 for a, b in zip(x.shape, k.shape, strict=True)]
    full = np.fft.irfft2(np.fft.rfft2(x, shape) * np.fft.rfft2(k, shape), shape)
    return full[k.shape[0] - 1 : x.shape[0], k.shape[1] - 1 : x.shape[1]]


def conv2d_forward(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: tuple[int, int], pad: tuple[int, int]
) -> Any:
    """The sum in index notation."""
    print("convolving", x.shape)
    padded = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in pad)])
    y = np.einsum("ncijuv,fcuv->nfij", windows(padded, w.shape[2:], stride), w, optimize=True)
    return [y + b.reshape(1, -1, 1, 1), (x, w, b, stride, pad)]


def conv2d_backward(dy: np.ndarray, cache: Any) -> Any:
    """The windows once more, and the sums transposed."""
    x, w, b, stride, pad = cache
    padded = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in pad)])
    dw = np.einsum("nfij,ncijuv->fcuv", dy, windows(padded, w.shape[2:], stride), optimize=True)
    dwindows = np.einsum("nfij,fcuv->ncijuv", dy, w)
    dx = scattered(dwindows, padded.shape, w.shape[2:], stride)
    inner = tuple(slice(p, p + n) for p, n in zip(pad, x.shape[2:], strict=True))
    return [
        dx[:, :, inner[0], inner[1]],
        dw,
        np.ones(dy[:, 0].size) @ dy.swapaxes(0, 1).reshape(len(b), -1).T,
    ]


def im2col(x: np.ndarray, k: tuple[int, int], s: tuple[int, int], p: tuple[int, int]) -> np.ndarray:
    """The windows with the channels moved."""
    padded = np.pad(x, [(0, 0), (0, 0), *((n, n) for n in p)])
    view = np.moveaxis(windows(padded, k, s), 1, 3)
    return view.reshape(int(np.prod(view.shape[:3])), -1)


def col2im(
    cols: np.ndarray,
    x_shape: tuple[int, ...],
    k: tuple[int, int],
    s: tuple[int, int],
    p: tuple[int, int],
) -> np.ndarray:
    """The sum of the numbers that belong to each entry."""
    N, C, H, W = x_shape
    padded = (N, C, H + 2 * p[0], W + 2 * p[1])
    shape = windows(np.empty(padded), k, s).shape
    order = (shape[0], shape[2], shape[3], shape[1], *shape[4:])
    values = np.moveaxis(cols.reshape(order), 3, 1)
    x = scattered(values, padded, k, s)
    return x[:, :, p[0] : p[0] + H][..., p[1] : p[1] + W]


def maxpool2d_forward(x: np.ndarray, size: tuple[int, int], stride: tuple[int, int]) -> Any:
    """The maximum of the view."""
    return windows(x, size, stride).max((4, 5)), [x, size, stride]


def maxpool2d_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """A one in the first place that equals the maximum, times the gradient."""
    x, size, stride = cache
    view = windows(x, size, stride)
    flat = view.reshape(*view.shape[:4], -1)
    equal = flat == flat.max(-1, keepdims=True)
    first = equal & (equal.cumsum(-1) == 1)
    return scattered((first * dy[..., None]).reshape(view.shape), x.shape, size, stride)


def avgpool2d_forward(x: np.ndarray, size: tuple[int, int], stride: tuple[int, int]) -> Any:
    """The mean of the view."""
    return windows(x, size, stride).mean((4, 5)), [x, size, stride]


def avgpool2d_backward(dy: np.ndarray, cache: Any) -> np.ndarray:
    """Shares as broad as the windows."""
    x, size, stride = cache
    shares = np.broadcast_to(dy[..., None, None] / np.prod(size), (*dy.shape, *size))
    return scattered(shares, x.shape, size, stride)


def conv1d_text(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> Any:
    """A convolution of images of height T and width D, filter by filter."""
    K = w.shape[1]
    view = np.stack([x[:, t : t + K] for t in range(x.shape[1] - K + 1)], axis=1)
    return np.einsum("ntkd,fkd->ntf", view, w) + b


def max_over_time(y: np.ndarray) -> Any:
    """The entry that argmax points at."""
    return np.take_along_axis(y, y.argmax(1)[:, None], 1)[:, 0]


def receptive_field(layers: Sequence[tuple[int, int, int]]) -> int:
    """By recursion from the input."""
    if not layers:
        return 1
    *below, (k, _, d) = layers
    jump = 1
    for _, s, _ in below:
        jump *= s
    return receptive_field(below) + d * (k - 1) * jump


class LeNet(torch.nn.Module):
    """The network with a method for the part that looks."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = (
            torch.nn.Conv2d(c, f, kernel_size=3, stride=1, padding=(1, 1))
            for c, f in [(1, 6), (6, 16)]
        )
        self.fc1, self.fc2, self.fc3 = (
            torch.nn.Linear(a, b) for a, b in [(64, 120), (120, 84), (84, 10)]
        )

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """The feature maps, flattened."""
        x = self.conv1(x).clamp(min=0)
        x = torch.nn.functional.adaptive_max_pool2d(x, 4)
        x = self.conv2(x).clamp(min=0)
        return torch.nn.functional.adaptive_max_pool2d(x, 2).reshape(x.shape[0], 64)

    def forward(self, x: torch.Tensor) -> Any:
        """The part that decides."""
        return self.fc3(self.fc2(self.fc1(self.features(x)).relu()).relu())


def lenet_to_keras(lenet: Any) -> keras.Model:
    """A subclass of keras.Model."""

    class Net(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.convs = [
                keras.layers.Conv2D(6, 3, padding="same"),
                keras.layers.Conv2D(16, 3, padding="same"),
            ]
            self.pool = keras.layers.MaxPooling2D(2, 2)
            self.affine = [keras.layers.Dense(n) for n in (120, 84, 10)]

        def call(self, x: Any) -> Any:
            for conv in self.convs:
                x = self.pool(keras.ops.relu(conv(x)))
            x = keras.ops.reshape(keras.ops.transpose(x, (0, 3, 1, 2)), (-1, 64))
            for layer in self.affine[:-1]:
                x = keras.ops.relu(layer(x))
            return self.affine[-1](x)

    net = Net()
    net(np.zeros((1, 8, 8, 1), "float32"))
    for theirs, ours in zip(net.convs, (lenet.conv1, lenet.conv2), strict=True):
        weight = ours.weight.detach().permute(2, 3, 1, 0).contiguous()
        theirs.set_weights([weight.numpy(), ours.bias.detach().numpy()])
    for theirs, ours in zip(net.affine, (lenet.fc1, lenet.fc2, lenet.fc3), strict=True):
        theirs.set_weights([ours.weight.detach().t().numpy(), ours.bias.detach().numpy()])
    return net
