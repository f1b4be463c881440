"""Convolution and pooling, forward and backward, and LeNet in torch and in Keras.

N samples, C channels, F filters, H and W the height and width of an image, KH and KW those of a
kernel, Ho and Wo those of an output, T steps and D inputs of a text. Height comes before width
in every pair.
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view


def conv_output_size(n: int, k: int, s: int, p: int, d: int = 1) -> int:
    """Count the places that a sliding window takes along one axis.

    A kernel of k taps, d apart, reaches over d(k − 1) + 1 entries. It starts at
    the first of the n + 2p entries of the padded axis and moves on by s as long
    as it fits:

        n_out = ⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1

    Args:
        n: the number of entries of the axis, without padding.
        k: the number of taps of the kernel.
        s: the stride, from one place to the next.
        p: the padding on each of the two sides.
        d: the dilation, from one tap to the next.

    Returns:
        The number of places, an int.

    Raises:
        ValueError: if the kernel reaches over more than the n + 2p entries.

    Source: Dumoulin and Visin (2016), "A guide to convolution arithmetic for
    deep learning", arXiv 1603.07285, relationship 6 and section 5.1.
    """
    reach = d * (k - 1) + 1
    room = n + 2 * p
    if reach > room:
        raise ValueError(f"a kernel that reaches over {reach} entries does not fit into {room}")
    return (room - reach) // s + 1


def cross_correlate2d(x: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Slide a kernel over an image and take the sum of products at every place.

        y[i, j] = Σ_u Σ_v x[i + u, j + v] · k[u, v]

    The kernel stays inside the image, moves by one, and is not turned. Arrays
    are float64, and no argument is changed.

    Args:
        x: the image, (H, W).
        k: the kernel, (KH, KW), at most as large as the image.

    Returns:
        The cross-correlation, (H − KH + 1, W − KW + 1).

    Source: Goodfellow, Bengio and Courville (2016), "Deep Learning", equation
    9.6.
    """
    windows = sliding_window_view(x, k.shape)
    return np.tensordot(windows, k, axes=2)


def convolve2d(x: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Convolve an image with a kernel, as mathematics defines it.

        y[i, j] = Σ_u Σ_v x[i + KH − 1 − u, j + KW − 1 − v] · k[u, v]

    The kernel stays inside the image and moves by one. Arrays are float64, and
    no argument is changed.

    Args:
        x: the image, (H, W).
        k: the kernel, (KH, KW), at most as large as the image.

    Returns:
        The convolution, (H − KH + 1, W − KW + 1).

    Source: Goodfellow, Bengio and Courville (2016), "Deep Learning", equation
    9.5.
    """
    return cross_correlate2d(x, k[::-1, ::-1])


def conv2d_forward(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: tuple[int, int], pad: tuple[int, int]
) -> tuple[np.ndarray, tuple[Any, ...]]:
    """Cross-correlate a batch of images with filters that see all channels.

    With x padded by ph rows of zeros above and below, and by pw columns left
    and right:

        y[n, f, i, j] =
            b[f] + Σ_c Σ_u Σ_v x[n, c, sh·i + u, sw·j + v] · w[f, c, u, v]

    Rows and columns at the end that no window reaches are not used. Arrays are
    float64, and no argument is changed.

    Args:
        x: the images, (N, C, H, W).
        w: the filters, (F, C, KH, KW).
        b: the bias, one a filter, (F,).
        stride: the pair (sh, sw).
        pad: the pair (ph, pw), the zeros on each side.

    Returns:
        y: the feature maps, (N, F, Ho, Wo).
        cache: what `conv2d_backward` will need, in any form you like.

    Source: LeCun et al. (1989), "Backpropagation applied to handwritten zip
    code recognition", Neural Computation 1(4); as one product of matrices,
    Chellapilla, Puri and Simard (2006), "High performance convolutional neural
    networks for document processing".
    """
    N, C, _, _ = x.shape
    F, _, KH, KW = w.shape
    sh, sw = stride
    ph, pw = pad
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    Ho, Wo = sliding_window_view(padded, (KH, KW), axis=(2, 3))[:, :, ::sh, ::sw].shape[2:4]
    # Windows of one column, at every column: a KW-th of all windows. It is the compact lowering
    # of Cho and Brand (2017), "MEC: memory-efficient convolution for deep neural network", arXiv
    # 1706.06873, on its side. Each column of a kernel takes its share from them, and the shares
    # are added one column apart, all rows at once: what crosses the end of a row is cut off. So
    # Vasudevan, Anderson and Gregg (2017), "Parallel multi channel convolution using general
    # matrix multiplication", arXiv 1704.04428, add the shares of single entries.
    padded = padded.transpose(1, 0, 2, 3)
    windows = np.empty((C, KH, N, Ho, padded.shape[3]))
    for u in range(KH):
        windows[:, u] = padded[:, :, u : u + sh * Ho : sh]
    cols = windows.reshape(C * KH, -1)
    filters = w.transpose(3, 0, 1, 2).reshape(KW * F, C * KH)
    shares = (filters @ cols).reshape(KW, F, -1)
    y = shares[0]
    for v in range(1, KW):
        y[:, :-v] += shares[v, :, v:]
    y = y.reshape(F, N, Ho, -1)[..., : sw * Wo : sw] + b[:, None, None, None]
    cache = (x.shape, w, cols, stride, pad)
    return y.transpose(1, 0, 2, 3), cache


def conv2d_backward(
    dy: np.ndarray, cache: tuple[Any, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Carry the gradient of a loss back through `conv2d_forward`.

    Every output handed x · w on; its gradient goes back to x by way of w, and
    to w by way of x:

        dx[n, c, sh·i + u, sw·j + v] +=
            Σ_f dy[n, f, i, j] · w[f, c, u, v]
        dw[f, c, u, v] =
            Σ_n Σ_i Σ_j dy[n, f, i, j] · x[n, c, sh·i + u, sw·j + v]
        db[f] = Σ_n Σ_i Σ_j dy[n, f, i, j]

    where x and dx are padded; the gradient of the padding is dropped. Arrays
    are float64. Neither dy nor the cache is changed: the cache may be used
    again.

    Args:
        dy: the gradient of the feature maps, (N, F, Ho, Wo).
        cache: what your `conv2d_forward` returned.

    Returns:
        dx: the gradient of the images, (N, C, H, W), without padding.
        dw: the gradient of the filters, (F, C, KH, KW), summed over the batch.
        db: the gradient of the bias, (F,), summed over the batch.

    Source: the chain rule applied to the equation of `conv2d_forward`;
    Goodfellow, Bengio and Courville (2016), "Deep Learning", section 9.5.
    """
    (N, C, H, W), w, cols, (sh, sw), (ph, pw) = cache
    F, _, KH, KW = w.shape
    Ho, Wo = dy.shape[2:]
    spread = np.zeros((F, N, Ho, W + 2 * pw))
    spread[..., : sw * Wo : sw] = dy.transpose(1, 0, 2, 3)
    spread = spread.reshape(F, -1)
    shares = np.zeros((KW, *spread.shape))
    for v in range(KW):
        shares[v, :, v:] = spread[:, : spread.shape[1] - v]
    shares = shares.reshape(KW * F, -1)
    db = spread.sum(axis=1)
    dw = (shares @ cols.T).reshape(KW, F, C, KH).transpose(1, 2, 3, 0)
    filters = w.transpose(3, 0, 1, 2).reshape(KW * F, C * KH)
    dcols = (filters.T @ shares).reshape(C, KH, N, Ho, -1)
    padded = np.zeros((C, N, H + 2 * ph, W + 2 * pw))
    for u in range(KH):
        padded[:, :, u : u + sh * Ho : sh] += dcols[:, u]
    dx = padded[:, :, ph : ph + H, pw : pw + W].transpose(1, 0, 2, 3)
    return dx, dw, db


def im2col(x: np.ndarray, k: tuple[int, int], s: tuple[int, int], p: tuple[int, int]) -> np.ndarray:
    """Write every window of a batch of images as a row of one matrix.

    Row (n, i, j) holds what the kernel sees of image n at place (i, j), column
    (c, u, v) the entry of channel c at row u and column v of the window, both
    in C order:

        cols[(n, i, j), (c, u, v)] = x[n, c, sh·i + u, sw·j + v]

    with x padded by zeros. So `im2col(x, …) @ w.reshape(F, -1).T` is the
    convolution, one row a place. Arrays are float64, and x is not changed.

    Args:
        x: the images, (N, C, H, W).
        k: the size of the kernel, (KH, KW).
        s: the stride, (sh, sw).
        p: the padding on each side, (ph, pw).

    Returns:
        The matrix of windows, (N·Ho·Wo, C·KH·KW).

    Source: Chellapilla, Puri and Simard (2006), "High performance convolutional
    neural networks for document processing".
    """
    C = x.shape[1]
    KH, KW = k
    sh, sw = s
    ph, pw = p
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = sliding_window_view(padded, (KH, KW), axis=(2, 3))[:, :, ::sh, ::sw]
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, C * KH * KW)


def col2im(
    cols: np.ndarray,
    x_shape: tuple[int, int, int, int],
    k: tuple[int, int],
    s: tuple[int, int],
    p: tuple[int, int],
) -> np.ndarray:
    """Add every row of a matrix of windows back to where `im2col` took it from.

    It is the adjoint of `im2col`, not its inverse: ⟨im2col(x), cols⟩ = ⟨x,
    col2im(cols)⟩. An entry that lies in several windows gets the sum of all its
    copies, and what lies in the padding is dropped. Arrays are float64, and
    cols is not changed.

    Args:
        cols: a matrix in the layout of `im2col`, (N·Ho·Wo, C·KH·KW).
        x_shape: the shape of the images without padding, (N, C, H, W).
        k: the size of the kernel, (KH, KW).
        s: the stride, (sh, sw).
        p: the padding on each side, (ph, pw).

    Returns:
        The sums, (N, C, H, W).

    Source: the transpose of the linear map `im2col`, entry by entry.
    """
    N, C, H, W = x_shape
    KH, KW = k
    sh, sw = s
    ph, pw = p
    Ho = (H + 2 * ph - KH) // sh + 1
    Wo = (W + 2 * pw - KW) // sw + 1
    windows = cols.reshape(N, Ho, Wo, C, KH, KW).transpose(0, 3, 1, 2, 4, 5)
    padded = np.zeros((N, C, H + 2 * ph, W + 2 * pw))
    for u in range(KH):
        for v in range(KW):
            padded[:, :, u : u + sh * Ho : sh, v : v + sw * Wo : sw] += windows[..., u, v]
    return padded[:, :, ph : ph + H, pw : pw + W]


def maxpool2d_forward(
    x: np.ndarray, size: tuple[int, int], stride: tuple[int, int]
) -> tuple[np.ndarray, tuple[Any, ...]]:
    """Take the maximum of every window, channel by channel.

        y[n, c, i, j] = max_{u < ph, v < pw} x[n, c, sh·i + u, sw·j + v]

    There is no padding; rows and columns at the end that no window reaches are
    not used. Arrays are float64, and x is not changed.

    Args:
        x: the feature maps, (N, C, H, W).
        size: the height and width of the window, (ph, pw).
        stride: the pair (sh, sw).

    Returns:
        y: the maxima, (N, C, Ho, Wo).
        cache: what `maxpool2d_backward` will need, in any form you like.

    Source: Yamaguchi et al. (1990), "A neural network for speaker-independent
    isolated word recognition", ICSLP.
    """
    sh, sw = stride
    windows = sliding_window_view(x, size, axis=(2, 3))[:, :, ::sh, ::sw]
    flat = windows.reshape(*windows.shape[:4], -1)
    place = flat.argmax(axis=-1)
    y = flat.max(axis=-1)
    cache = (x, size, stride, place)
    return y, cache


def maxpool2d_backward(dy: np.ndarray, cache: tuple[Any, ...]) -> np.ndarray:
    """Carry the gradient of a loss back through `maxpool2d_forward`.

    The gradient of a window goes to its maximum and to nothing else. Among
    equal maxima it goes to the first one, row by row from the top and from the
    left within a row. An entry that is the maximum of several windows gets the
    sum. Arrays are float64. Neither dy nor the cache is changed.

    Args:
        dy: the gradient of the maxima, (N, C, Ho, Wo).
        cache: what your `maxpool2d_forward` returned.

    Returns:
        The gradient of the feature maps, (N, C, H, W).

    Source: the chain rule; the choice among equal maxima is that of torch and
    of NumPy's argmax.
    """
    x, (_, pw), (sh, sw), place = cache
    N, C, Ho, Wo = dy.shape
    n, c, i, j = np.ogrid[:N, :C, :Ho, :Wo]
    u = place // pw
    v = place % pw
    dx = np.zeros(x.shape)
    np.add.at(dx, (n, c, sh * i + u, sw * j + v), dy)
    return dx


def avgpool2d_forward(
    x: np.ndarray, size: tuple[int, int], stride: tuple[int, int]
) -> tuple[np.ndarray, tuple[Any, ...]]:
    """Take the mean of every window, channel by channel.

        y[n, c, i, j] = Σ_u Σ_v x[n, c, sh·i + u, sw·j + v] / (ph · pw)

    There is no padding; rows and columns at the end that no window reaches are
    not used. Arrays are float64, and x is not changed.

    Args:
        x: the feature maps, (N, C, H, W).
        size: the height and width of the window, (ph, pw).
        stride: the pair (sh, sw).

    Returns:
        y: the means, (N, C, Ho, Wo).
        cache: what `avgpool2d_backward` will need, in any form you like.

    Source: the subsampling of LeCun et al. (1998), "Gradient-based learning
    applied to document recognition", Proceedings of the IEEE 86(11), without
    its trained scale and bias.
    """
    sh, sw = stride
    windows = sliding_window_view(x, size, axis=(2, 3))[:, :, ::sh, ::sw]
    y = windows.mean(axis=(-2, -1))
    cache = (x.shape, size, stride)
    return y, cache


def avgpool2d_backward(dy: np.ndarray, cache: tuple[Any, ...]) -> np.ndarray:
    """Carry the gradient of a loss back through `avgpool2d_forward`.

    Every entry of a window gets the same share of the window's gradient; an
    entry that lies in several windows gets the sum of its shares. Arrays are
    float64. Neither dy nor the cache is changed.

    Args:
        dy: the gradient of the means, (N, C, Ho, Wo).
        cache: what your `avgpool2d_forward` returned.

    Returns:
        The gradient of the feature maps, (N, C, H, W).

    Source: the chain rule applied to the equation of `avgpool2d_forward`.
    """
    shape, (ph, pw), (sh, sw) = cache
    Ho, Wo = dy.shape[2:]
    share = dy / (ph * pw)
    dx = np.zeros(shape)
    for u in range(ph):
        for v in range(pw):
            dx[:, :, u : u + sh * Ho : sh, v : v + sw * Wo : sw] += share
    return dx


def conv1d_text(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Slide filters of K steps over a batch of texts.

        y[n, t, f] = Σ_k Σ_d x[n, t + k, d] · w[f, k, d] + b[f]

    A filter sees all D inputs of K neighbouring steps. It is not turned, moves
    by one step, and stays inside the text; no activation follows. Arrays are
    float64, and no argument is changed.

    Args:
        x: the texts as vectors, one a step, (N, T, D).
        w: the filters, (F, K, D).
        b: the bias, one a filter, (F,).

    Returns:
        The feature maps, (N, T − K + 1, F).

    Source: Kim (2014), "Convolutional neural networks for sentence
    classification", arXiv 1408.5882, equation 2, without its activation.
    """
    K = w.shape[1]
    windows = sliding_window_view(x, K, axis=1)
    y: np.ndarray = np.tensordot(windows, w, axes=((3, 2), (1, 2))) + b
    return y


def max_over_time(y: np.ndarray) -> np.ndarray:
    """Keep the strongest response of each filter, wherever in the text it is.

    Args:
        y: the feature maps, (N, T, F), float64; not changed.

    Returns:
        The maxima over the steps, (N, F).

    Source: Collobert et al. (2011), "Natural language processing (almost) from
    scratch", Journal of Machine Learning Research 12, section 3.3.2.
    """
    strongest: np.ndarray = y.max(axis=1)
    return strongest


def receptive_field(layers: Sequence[tuple[int, int, int]]) -> int:
    """Count the inputs along one axis that one output of a stack can see.

    With k, s and d the taps, the stride and the dilation of a layer, counted
    from the input:

        r = 1 + Σ_l d_l (k_l − 1) Π_{m<l} s_m

    Padding does not matter. A pooling layer is a layer with d = 1.

    Args:
        layers: a triple (k, s, d) of ints for each layer, from the input
            upward; may be empty.

    Returns:
        The number of inputs, an int; 1 for no layers.

    Source: Araujo, Norris and Sim (2019), "Computing receptive fields of
    convolutional neural networks", Distill, with the dilation of Yu and Koltun
    (2016), arXiv 1511.07122.
    """
    r = 1
    jump = 1
    for k, s, d in layers:
        r += d * (k - 1) * jump
        jump *= s
    return r


class LeNet(torch.nn.Module):
    """A small network of the LeNet family for digits of 8 × 8 pixels.

    Two convolutions with a bias, each followed by ReLU and by a maximum over 2
    × 2 windows, then three affine layers with ReLU between them. The parameters
    are float32.

    Attributes:
        conv1: a `torch.nn.Conv2d` from 1 to 6 channels, 3 × 3, padding 1.
        conv2: a `torch.nn.Conv2d` from 6 to 16 channels, 3 × 3, padding 1.
        fc1: a `torch.nn.Linear` from 64 to 120.
        fc2: a `torch.nn.Linear` from 120 to 84.
        fc3: a `torch.nn.Linear` from 84 to 10.

    Source: LeCun et al. (1998), "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE 86(11), with ReLU and maximum pooling
    in place of their forerunners.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 6, 3, padding=1)
        self.conv2 = torch.nn.Conv2d(6, 16, 3, padding=1)
        self.fc1 = torch.nn.Linear(64, 120)
        self.fc2 = torch.nn.Linear(120, 84)
        self.fc3 = torch.nn.Linear(84, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Compute the logits of a batch of digits.

        Args:
            x: the digits, (N, 1, 8, 8).

        Returns:
            The logits, without softmax, (N, 10).
        """
        x = torch.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = torch.max_pool2d(torch.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        x = torch.relu(self.fc1(x))
        x = torch.relu(self.fc2(x))
        logits: torch.Tensor = self.fc3(x)
        return logits


def lenet_to_keras(lenet: LeNet) -> keras.Model:
    """Build the network of `LeNet` in Keras, with the same weights.

    torch keeps images as (N, C, H, W), Keras as (N, H, W, C). Filters and the
    weights of affine layers lie in another order there, and the first affine
    layer reads the feature maps in the order in which they are flattened.

    Args:
        lenet: an object with the layers `conv1`, `conv2`, `fc1`, `fc2` and
            `fc3` of `LeNet`, float32; read, not changed.

    Returns:
        A model that maps digits (N, 8, 8, 1) to the logits (N, 10) that `lenet`
            gives for the same digits as (N, 1, 8, 8).

    Source: the layouts that torch and Keras document for Conv2d, Conv2D, Linear
    and Dense.
    """
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(6, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(2),
            keras.layers.Conv2D(16, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(2),
            keras.layers.Flatten(),
            keras.layers.Dense(120, activation="relu"),
            keras.layers.Dense(84, activation="relu"),
            keras.layers.Dense(10),
        ]
    )
    layers = (lenet.conv1, lenet.conv2, lenet.fc1, lenet.fc2, lenet.fc3)
    arrays = [p.detach().cpu().numpy() for layer in layers for p in layer.parameters()]
    w1, b1, w2, b2, w3, b3, w4, b4, w5, b5 = arrays
    by_channel = w3.reshape(120, 16, 2, 2)
    w3 = by_channel.transpose(2, 3, 1, 0).reshape(64, 120)
    w1 = w1.transpose(2, 3, 1, 0)
    w2 = w2.transpose(2, 3, 1, 0)
    model.set_weights([w1, b1, w2, b2, w3, b3, w4.T, b4, w5.T, b5])
    return model
