"""The references of the parts of a network against torch, central differences and NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.exercises import TOLERANCES
from solutions.feedforward.reference import (
    affine_backward,
    affine_forward,
    numerical_gradient,
    relu_backward,
    relu_forward,
    sigmoid,
    softmax_cross_entropy,
    tanh_backward,
    tanh_forward,
)

SIZE = st.integers(1, 5)
SEED = st.integers(0, 2**16)


def close(answer: Any, wanted: Any, tolerance: str = "forward") -> None:
    a, r = np.asarray(answer), np.asarray(wanted)
    assert a.shape == r.shape
    assert TOLERANCES[tolerance].accepts(a, r)


def test_sigmoid_equals_the_one_of_torch_and_is_stable() -> None:
    x = np.concatenate([np.linspace(-40, 40, 81), [1e3, -1e3]])
    with np.errstate(all="raise"):
        close(sigmoid(x), torch.sigmoid(torch.tensor(x)).numpy())
    assert sigmoid(np.array(0.0)) == 0.5


@given(shape=st.lists(SIZE, min_size=1, max_size=3), N=SIZE, M=SIZE, seed=SEED)
@settings(max_examples=30, deadline=None)
def test_the_affine_map_and_its_gradients_equal_autograd(
    shape: list[int], N: int, M: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    x, W = rng.normal(size=(N, *shape)), rng.normal(size=(int(np.prod(shape)), M))
    b, dy = rng.normal(size=M), rng.normal(size=(N, M))
    y, cache = affine_forward(x, W, b)
    leaves = [torch.tensor(a, requires_grad=True) for a in (x, W, b)]
    theirs = torch.nn.functional.linear(leaves[0].flatten(1), leaves[1].T, leaves[2])
    close(y, theirs.detach().numpy())
    wanted = torch.autograd.grad(theirs, leaves, torch.tensor(dy))
    for answer, right in zip(affine_backward(dy, cache), wanted, strict=True):
        close(answer, right.numpy(), "gradient")


@pytest.mark.parametrize("shape", [(), (4,), (2, 3, 2)])
@pytest.mark.parametrize(
    ("forward", "backward", "theirs"),
    [
        (relu_forward, relu_backward, torch.relu),
        (tanh_forward, tanh_backward, torch.tanh),
    ],
)
def test_activations_equal_autograd(
    shape: tuple[int, ...], forward: Any, backward: Any, theirs: Any
) -> None:
    rng = np.random.default_rng(0)
    x, dy = np.asarray(rng.normal(size=shape)), np.asarray(rng.normal(size=shape))
    y, cache = forward(x)
    leaf = torch.tensor(x, requires_grad=True)
    out = theirs(leaf)
    close(y, out.detach().numpy())
    close(backward(dy, cache), torch.autograd.grad(out, leaf, torch.tensor(dy))[0].numpy())


def test_the_tanh_is_finite_far_from_0() -> None:
    y, cache = tanh_forward(np.array([-1e3, 1e3]))
    np.testing.assert_array_equal(y, [-1, 1])
    np.testing.assert_array_equal(tanh_backward(np.ones(2), cache), [0, 0])


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@given(N=SIZE, C=SIZE, seed=SEED)
@settings(max_examples=20, deadline=None)
def test_the_loss_and_its_gradient_equal_autograd(
    reduction: str, N: int, C: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    z, y = 3 * rng.normal(size=(N, C)), rng.integers(0, C, N)
    loss, dz = softmax_cross_entropy(z, y, None, reduction)
    leaf = torch.tensor(z, requires_grad=True)
    theirs = torch.nn.functional.cross_entropy(leaf, torch.tensor(y), reduction=reduction)
    close(loss, theirs.detach().numpy())
    close(dz, torch.autograd.grad(theirs.sum(), leaf)[0].numpy())


@pytest.mark.parametrize("dtype", [bool, float])
def test_a_masked_row_does_not_count(dtype: type) -> None:
    rng = np.random.default_rng(0)
    z, y = rng.normal(size=(5, 3)), rng.integers(0, 3, 5)
    mask = np.array([1, 0, 1, 1, 0]).astype(dtype)
    kept = mask.astype(bool)
    loss, dz = softmax_cross_entropy(z, y, mask)
    alone, dz_alone = softmax_cross_entropy(z[kept], y[kept])
    close(loss, alone)
    close(dz[kept], dz_alone)
    np.testing.assert_array_equal(dz[~kept], 0)
    losses, _ = softmax_cross_entropy(z, y, mask, "none")
    np.testing.assert_array_equal(losses[~kept], 0)


def test_the_loss_is_finite_for_huge_logits_and_zero_when_all_is_masked() -> None:
    z, y = np.array([[1e3, -1e3, 0.0]]), np.array([1])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss, dz = softmax_cross_entropy(z, y)
        assert softmax_cross_entropy(z, y, np.zeros(1))[0] == 0
    close(loss, 2e3)
    close(dz, [[1, -1, 0]])


def test_an_unknown_reduction_is_refused() -> None:
    with pytest.raises(ValueError, match="not 'average'"):
        softmax_cross_entropy(np.zeros((1, 2)), np.zeros(1, int), None, "average")


def test_central_differences_are_exact_on_quadratics_and_off_by_h_squared_on_cubics() -> None:
    x, dy = np.random.default_rng(0).normal(size=(2, 3, 2))
    close(numerical_gradient(lambda a: a**2, x, dy, 0.1), 2 * x * dy)
    close(numerical_gradient(lambda a: a**3, x, dy, 0.1), (3 * x**2 + 0.01) * dy)
    close(numerical_gradient(np.sum, np.arange(3), 2.0), [2, 2, 2], "gradient")


def test_numerical_gradients_leave_a_view_alone_and_agree_with_the_backward_pass() -> None:
    rng = np.random.default_rng(0)
    wide = rng.normal(size=(4, 6))
    x, W, b, dy = wide[:, ::2], rng.normal(size=(3, 2)), rng.normal(size=2), rng.normal(size=(4, 2))
    before = wide.copy()
    found = numerical_gradient(lambda a: affine_forward(a, W, b)[0], x, dy)
    np.testing.assert_array_equal(wide, before)
    dx, _, _ = affine_backward(dy, affine_forward(x, W, b)[1])
    np.testing.assert_allclose(found, dx, rtol=0, atol=1e-8)
