"""The references of a network that learns against torch, Keras, and what it has to learn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.data import digits
from autograder.exercises import TOLERANCES
from solutions.training.reference import (
    MLP,
    adam_step,
    initialise,
    layer_norm_backward,
    layer_norm_forward,
    mlp_to_keras,
    mlp_to_torch,
    train,
)

SIZE = st.integers(1, 5)
SEED = st.integers(0, 2**16)


def close(answer: Any, wanted: Any, tolerance: str = "forward") -> None:
    a, r = np.asarray(answer), np.asarray(wanted)
    assert a.shape == r.shape
    assert TOLERANCES[tolerance].accepts(a, r)


@pytest.mark.parametrize(
    ("kind", "variance"), [("normal", 1e-4), ("xavier", 2 / 450), ("he", 2 / 200)]
)
def test_initial_weights_have_the_variance_of_their_kind(kind: str, variance: float) -> None:
    rng = np.random.default_rng(0)
    W = initialise(200, 250, kind, rng)
    assert W.shape == (200, 250)
    assert abs(W.mean()) < 0.02 * variance**0.5
    assert W.var() == pytest.approx(variance, rel=0.04)
    assert np.any(initialise(200, 250, kind, rng) != W)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="not 'uniform'"):
        initialise(2, 3, "uniform", np.random.default_rng(0))


@given(N=SIZE, D=SIZE, eps=st.sampled_from([1e-5, 1e-2, 1.0]), seed=SEED)
@settings(max_examples=30, deadline=None)
def test_the_layer_normalisation_and_its_gradients_equal_autograd(
    N: int, D: int, eps: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    x, dy = 3 + rng.normal(size=(N, D)), rng.normal(size=(N, D))
    gamma, beta = rng.normal(size=D), rng.normal(size=D)
    y, cache = layer_norm_forward(x, gamma, beta, eps)
    leaves = [torch.tensor(a, requires_grad=True) for a in (x, gamma, beta)]
    theirs = torch.nn.functional.layer_norm(leaves[0], (D,), *leaves[1:], eps)
    close(y, theirs.detach().numpy())
    wanted = torch.autograd.grad(theirs, leaves, torch.tensor(dy))
    for answer, right in zip(layer_norm_backward(dy, cache), wanted, strict=True):
        close(answer, right.numpy(), "gradient")


def test_the_layer_normalisation_has_the_eps_of_torch_and_is_finite_without_a_spread() -> None:
    x = np.array([[2.0, 2.0, 2.0], [1e3, 1e3 + 1e-3, 1e3 - 1e-3]])
    gamma, beta = np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])
    y, _ = layer_norm_forward(x, gamma, beta)
    np.testing.assert_array_equal(y[0], beta)
    layer = torch.nn.LayerNorm(3, dtype=torch.float64)
    layer.load_state_dict({"weight": torch.tensor(gamma), "bias": torch.tensor(beta)})
    close(y, layer(torch.tensor(x)).detach().numpy())
    alone, _ = layer_norm_forward(np.array([[7.0], [-1e6]]), gamma[:1], beta[:1])
    np.testing.assert_array_equal(alone, [[4.0], [4.0]])


def by_torch(p: Any, x: torch.Tensor) -> torch.Tensor:
    for k in range(0, len(p), 2):
        x = (torch.relu(x) if k else x) @ p[k] + p[k + 1]
    return x


@pytest.mark.parametrize("dims", [[5, 3], [5, 4, 3], [1, 1, 1, 1], [4, 7, 2, 6, 3]])
def test_the_network_and_its_gradients_equal_autograd(dims: list[int]) -> None:
    rng = np.random.default_rng(0)
    mlp = MLP(dims, rng)
    for p in mlp.parameters():
        p[...] = rng.normal(size=p.shape)
    x, dz = rng.normal(size=(3, dims[0])), rng.normal(size=(3, dims[-1]))
    leaves = [torch.tensor(a, requires_grad=True) for a in (x, *mlp.parameters())]
    theirs = by_torch(leaves[1:], leaves[0])
    for _ in range(2):
        close(mlp.forward(x), theirs.detach().numpy())
        dx = mlp.backward(dz)
    wanted = torch.autograd.grad(theirs, leaves, torch.tensor(dz))
    for answer, right in zip([dx, *mlp.gradients()], wanted, strict=True):
        close(answer, right.numpy(), "gradient")


def test_a_new_network_has_he_weights_and_zero_biases() -> None:
    W1, b1, W2, b2 = MLP([300, 200, 4], np.random.default_rng(0)).parameters()
    assert [a.shape for a in (W1, b1, W2, b2)] == [(300, 200), (200,), (200, 4), (4,)]
    assert W1.var() == pytest.approx(2 / 300, rel=0.05)
    assert not b1.any()
    assert not b2.any()


@pytest.mark.parametrize("settings_", [{}, {"lr": 0.1, "betas": (0.5, 0.9), "eps": 0.1}])
def test_adam_equals_the_one_of_torch(settings_: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    p, state = rng.normal(size=(3, 2)), {}
    theirs = torch.tensor(p, requires_grad=True)
    adam = torch.optim.Adam([theirs], **settings_)
    beta1, beta2 = settings_.get("betas", (0.9, 0.999))
    for g in rng.normal(size=(5, 3, 2)):
        before = p.copy()
        p_next, state = adam_step(
            p, g, state, settings_.get("lr", 1e-3), beta1, beta2, settings_.get("eps", 1e-8)
        )
        np.testing.assert_array_equal(p, before)
        p = p_next
        theirs.grad = torch.tensor(g)
        adam.step()
        close(p, theirs.detach().numpy())


@pytest.mark.parametrize("dims", [[5, 3], [6, 4, 4, 3]])
def test_the_frameworks_compute_the_same_logits(dims: list[int]) -> None:
    rng = np.random.default_rng(0)
    mlp = MLP(dims, rng)
    x = rng.normal(size=(7, dims[0]))
    z = mlp.forward(x)
    module, model = mlp_to_torch(mlp), mlp_to_keras(mlp)
    for p in mlp.parameters():
        p[...] = 0
    x32 = x.astype(np.float32)
    close(module(torch.tensor(x32)).detach().numpy(), z, "float32")
    close(np.asarray(model(x32)), z, "float32")
    assert all(p.requires_grad for p in module.parameters())
    assert sum(p.numel() for p in module.parameters()) == model.count_params()


def test_training_reaches_95_per_cent_of_digits_held_out() -> None:
    x, y, x_held, y_held = digits(seed=1)
    rng = np.random.default_rng(1)
    mlp = MLP([64, 64, 10], rng)
    losses = train(mlp, x, y, 30, 32, 3e-3, rng)
    assert len(losses) == 30
    assert losses[-1] < 0.05 < 1 < losses[0]
    assert (mlp.forward(x_held).argmax(axis=1) == y_held).mean() >= 0.95


def test_training_is_the_same_for_the_same_seed() -> None:
    x, y, *_ = digits(held_out=1700)
    weights = []
    for _ in range(2):
        rng = np.random.default_rng(5)
        mlp = MLP([64, 8, 10], rng)
        train(mlp, x, y, 2, 40, 1e-2, rng)
        weights.append(mlp.parameters()[0].copy())
    np.testing.assert_array_equal(weights[0], weights[1])
