"""The convolutional references against torch, against differences, and against what is true."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.signal
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from autograder.data import digits
from solutions.convolutional.reference import (
    LeNet,
    avgpool2d_backward,
    avgpool2d_forward,
    col2im,
    conv1d_text,
    conv2d_backward,
    conv2d_forward,
    conv_output_size,
    convolve2d,
    cross_correlate2d,
    im2col,
    lenet_to_keras,
    max_over_time,
    maxpool2d_backward,
    maxpool2d_forward,
    receptive_field,
)

Array = NDArray[np.float64]

CONVOLUTIONS = [
    # N, C, H, W, F, KH, KW, stride, pad
    (2, 3, 7, 6, 4, 3, 2, (1, 1), (0, 0)),
    (2, 3, 7, 6, 4, 2, 3, (2, 1), (1, 2)),
    (1, 2, 8, 5, 3, 3, 3, (3, 2), (2, 0)),
    (3, 1, 5, 9, 1, 1, 4, (2, 3), (0, 1)),
    (1, 1, 1, 1, 1, 1, 1, (1, 1), (0, 0)),
    (2, 4, 4, 4, 4, 4, 4, (1, 1), (3, 3)),
]
POOLS = [
    # N, C, H, W, size, stride
    (2, 3, 6, 8, (2, 2), (2, 2)),
    (2, 3, 7, 5, (3, 2), (2, 1)),
    (1, 2, 5, 9, (2, 4), (1, 3)),
    (1, 1, 1, 1, (1, 1), (1, 1)),
]
SMALL = st.integers(1, 3)
SEED = st.integers(0, 2**16)


def close_values(answer: Array, wanted: Array) -> None:
    assert answer.shape == wanted.shape
    assert answer.dtype == np.float64
    assert np.max(np.abs(answer - wanted)) <= 1e-9 * max(1, np.max(np.abs(wanted)))


def close_gradient(answer: Array, wanted: Array) -> None:
    assert answer.shape == wanted.shape
    assert np.linalg.norm(answer - wanted) <= 1e-7 * np.linalg.norm(wanted) + 1e-12


def draw(*shapes: tuple[int, ...], seed: int = 0) -> list[Array]:
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in shapes]


def tensors(*arrays: Array) -> list[torch.Tensor]:
    return [torch.from_numpy(a.copy()).requires_grad_() for a in arrays]


@pytest.mark.parametrize("n", range(1, 12))
def test_the_output_size_is_the_number_of_places(n: int) -> None:
    for k in range(1, 5):
        for s in range(1, 5):
            for p in range(3):
                for d in range(1, 4):
                    places = range(0, n + 2 * p - d * (k - 1), s)
                    if places:
                        answer = conv_output_size(n, k, s, p, d)
                        assert answer == len(places)
                        assert type(answer) is int
                    else:
                        with pytest.raises(ValueError, match="does not fit into"):
                            conv_output_size(n, k, s, p, d)


@pytest.mark.parametrize("sizes", [((6, 7), (3, 2)), ((5, 4), (1, 4)), ((3, 3), (3, 3))])
def test_correlation_and_convolution_equal_those_of_scipy(sizes: Any) -> None:
    x, k = draw(*sizes)
    close_values(cross_correlate2d(x, k), scipy.signal.correlate2d(x, k, "valid"))
    close_values(convolve2d(x, k), scipy.signal.convolve2d(x, k, "valid"))


@pytest.mark.parametrize("case", CONVOLUTIONS)
def test_a_convolution_and_its_gradients_equal_those_of_torch(case: Any) -> None:
    N, C, H, W, F, KH, KW, stride, pad = case
    x, w, b = draw((N, C, H, W), (F, C, KH, KW), (F,))
    y, cache = conv2d_forward(x, w, b, stride, pad)
    leaves = tensors(x, w, b)
    y_torch = torch.nn.functional.conv2d(*leaves, stride=stride, padding=pad)
    close_values(y, y_torch.detach().numpy())

    (dy,) = draw(y.shape, seed=1)
    wanted = torch.autograd.grad(y_torch, leaves, torch.from_numpy(dy))
    for _ in range(2):
        for answer, gradient in zip(conv2d_backward(dy, cache), wanted, strict=True):
            close_gradient(answer, gradient.numpy())


def test_the_gradients_of_a_convolution_equal_central_differences() -> None:
    arrays = draw((2, 2, 5, 4), (3, 2, 3, 2), (3,))
    stride, pad = (2, 1), (1, 0)
    y, cache = conv2d_forward(*arrays, stride, pad)
    (dy,) = draw(y.shape, seed=1)
    for answer, array in zip(conv2d_backward(dy, cache), arrays, strict=True):
        wanted = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            kept = array[index]
            sides = []
            for value in (kept + 1e-5, kept - 1e-5):
                array[index] = value
                sides.append(np.vdot(dy, conv2d_forward(*arrays, stride, pad)[0]))
            array[index] = kept
            wanted[index] = (sides[0] - sides[1]) / 2e-5
        close_gradient(answer, wanted)


def test_an_input_that_no_window_reaches_has_no_gradient() -> None:
    x, w, b = draw((1, 2, 6, 8), (3, 2, 3, 3), (3,))
    y, cache = conv2d_forward(x, w, b, (2, 3), (0, 0))
    dx, _, _ = conv2d_backward(np.ones_like(y), cache)
    assert not dx[:, :, 5].any()
    assert not dx[..., 6:].any()


@pytest.mark.parametrize("case", CONVOLUTIONS)
def test_im2col_equals_unfold_and_its_product_is_the_convolution(case: Any) -> None:
    N, C, H, W, F, KH, KW, stride, pad = case
    x, w, b = draw((N, C, H, W), (F, C, KH, KW), (F,))
    cols = im2col(x, (KH, KW), stride, pad)
    unfolded = torch.nn.functional.unfold(
        torch.from_numpy(x), (KH, KW), padding=pad, stride=stride
    ).numpy()
    close_values(cols, unfolded.transpose(0, 2, 1).reshape(-1, C * KH * KW))
    y, _ = conv2d_forward(x, w, b, stride, pad)
    close_values(cols @ w.reshape(F, -1).T + b, y.transpose(0, 2, 3, 1).reshape(-1, F))


@given(N=SMALL, C=SMALL, H=SMALL, W=SMALL, k=SMALL, s=SMALL, p=st.integers(0, 2), seed=SEED)
@settings(max_examples=50, deadline=None)
def test_col2im_is_the_adjoint_of_im2col(
    N: int, C: int, H: int, W: int, k: int, s: int, p: int, seed: int
) -> None:
    size, stride, pad = (min(k, H + 2 * p), min(s, W + 2)), (s, 1), (p, 1)
    (x,) = draw((N, C, H, W), seed=seed)
    cols = im2col(x, size, stride, pad)
    (c,) = draw(cols.shape, seed=seed + 1)
    there, back = np.vdot(cols, c), np.vdot(x, col2im(c, x.shape, size, stride, pad))
    assert abs(there - back) <= 1e-9 * max(1, abs(there))


@pytest.mark.parametrize("case", POOLS)
@pytest.mark.parametrize("ties", [False, True])
def test_the_maximum_pool_equals_that_of_torch(case: Any, ties: bool) -> None:
    N, C, H, W, size, stride = case
    (x,) = draw((N, C, H, W))
    x = x - 3 if not ties else np.round(x)
    y, cache = maxpool2d_forward(x, size, stride)
    (leaf,) = tensors(x)
    y_torch = torch.nn.functional.max_pool2d(leaf, size, stride)
    close_values(y, y_torch.detach().numpy())
    (dy,) = draw(y.shape, seed=1)
    (wanted,) = torch.autograd.grad(y_torch, leaf, torch.from_numpy(dy))
    for _ in range(2):
        close_gradient(maxpool2d_backward(dy, cache), wanted.numpy())


def test_among_equal_maxima_the_first_takes_the_gradient() -> None:
    x = np.zeros((1, 1, 4, 4))
    x[0, 0, 1, 1] = x[0, 0, 1, 0] = 1.0
    y, cache = maxpool2d_forward(x, (2, 2), (2, 2))
    dx = maxpool2d_backward(np.arange(1.0, 5).reshape(y.shape), cache)[0, 0]
    np.testing.assert_array_equal(dx, [[0, 0, 2, 0], [1, 0, 0, 0], [3, 0, 4, 0], [0, 0, 0, 0]])


@pytest.mark.parametrize("case", POOLS)
def test_the_mean_pool_equals_that_of_torch(case: Any) -> None:
    N, C, H, W, size, stride = case
    (x,) = draw((N, C, H, W))
    y, cache = avgpool2d_forward(x, size, stride)
    (leaf,) = tensors(x)
    y_torch = torch.nn.functional.avg_pool2d(leaf, size, stride)
    close_values(y, y_torch.detach().numpy())
    (dy,) = draw(y.shape, seed=1)
    (wanted,) = torch.autograd.grad(y_torch, leaf, torch.from_numpy(dy))
    for _ in range(2):
        close_gradient(avgpool2d_backward(dy, cache), wanted.numpy())


@pytest.mark.parametrize(("N", "T", "D", "F", "K"), [(2, 7, 3, 4, 2), (1, 5, 1, 1, 5)])
def test_a_convolution_over_time_equals_that_of_torch(
    N: int, T: int, D: int, F: int, K: int
) -> None:
    x, w, b = draw((N, T, D), (F, K, D), (F,))
    y = conv1d_text(x, w, b)
    theirs = torch.nn.functional.conv1d(
        torch.from_numpy(x).transpose(1, 2),
        torch.from_numpy(w).transpose(1, 2),
        torch.from_numpy(b),
    )
    close_values(y, theirs.transpose(1, 2).numpy())
    close_values(max_over_time(y), theirs.amax(2).numpy())


@given(layers=st.lists(st.tuples(SMALL, SMALL, SMALL), max_size=4))
@settings(max_examples=50, deadline=None)
def test_the_receptive_field_is_what_one_output_moves_with(
    layers: list[tuple[int, int, int]],
) -> None:
    r = receptive_field(layers)
    x = torch.zeros(1, 1, r, dtype=torch.float64, requires_grad=True)
    y = x
    for k, s, d in layers:
        taps = torch.ones(1, 1, k, dtype=torch.float64)
        y = torch.nn.functional.conv1d(y, taps, stride=s, dilation=d)
    assert y.shape[2] == 1
    (seen,) = torch.autograd.grad(y.sum(), x)
    assert seen[0, 0, 0] > 0
    assert seen[0, 0, -1] > 0


def test_lenet_has_the_layers_of_its_description() -> None:
    shapes = {name: tuple(p.shape) for name, p in LeNet().named_parameters()}
    assert shapes == {
        "conv1.weight": (6, 1, 3, 3),
        "conv1.bias": (6,),
        "conv2.weight": (16, 6, 3, 3),
        "conv2.bias": (16,),
        "fc1.weight": (120, 64),
        "fc1.bias": (120,),
        "fc2.weight": (84, 120),
        "fc2.bias": (84,),
        "fc3.weight": (10, 84),
        "fc3.bias": (10,),
    }


def test_lenet_in_keras_gives_the_same_logits() -> None:
    torch.manual_seed(0)
    lenet = LeNet()
    x = digits().x_held[:50].astype(np.float32).reshape(-1, 1, 8, 8)
    logits = lenet(torch.from_numpy(x)).detach().numpy()
    theirs = np.asarray(lenet_to_keras(lenet)(x.transpose(0, 2, 3, 1)))
    np.testing.assert_allclose(theirs, logits, rtol=1e-4, atol=1e-5)


def test_lenet_reads_98_of_100_digits_that_it_has_not_seen() -> None:
    data = digits(seed=1)
    torch.manual_seed(0)
    lenet = LeNet()
    x = torch.tensor(data.x, dtype=torch.float32).reshape(-1, 1, 8, 8)
    y = torch.from_numpy(data.y)
    batches = 15 * [*torch.arange(len(x)).split(32)]
    adam = torch.optim.Adam(lenet.parameters())
    speed = torch.optim.lr_scheduler.OneCycleLR(adam, 0.01, total_steps=len(batches))
    loss = torch.nn.CrossEntropyLoss(label_smoothing=0.1)
    for i, rows in enumerate(batches):
        if i % (len(batches) // 15) == 0:
            order = torch.randperm(len(x))
        adam.zero_grad()
        loss(lenet(x[order[rows]]), y[order[rows]]).backward()
        adam.step()
        speed.step()
    x_held = torch.tensor(data.x_held, dtype=torch.float32).reshape(-1, 1, 8, 8)
    found = lenet(x_held).argmax(1).numpy()
    assert np.mean(found == data.y_held) >= 0.98
