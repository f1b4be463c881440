"""The recurrent references against torch, against differences, and against what is true of any."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from solutions.recurrent.reference import (
    clip_grad_norm,
    embedding_backward,
    embedding_forward,
    jacobian_norms,
    rnn_backward,
    rnn_forward,
    rnn_step_backward,
    rnn_step_forward,
    sample,
    sequence_cross_entropy,
    tbptt,
)

Array = NDArray[np.float64]

SIZES = [(3, 5, 4), (1, 5, 4), (3, 1, 4), (3, 5, 1), (1, 1, 1), (4, 4, 4)]
SIZE = st.integers(1, 5)
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


def step_inputs(N: int, D: int, H: int, seed: int = 0) -> list[Array]:
    return draw((N, D), (N, H), (D, H), (H, H), (H,), seed=seed)


def sequence_inputs(N: int, T: int, D: int, H: int, seed: int = 0) -> list[Array]:
    return draw((N, T, D), (N, H), (D, H), (H, H), (H,), seed=seed)


def tensors(*arrays: Array) -> list[torch.Tensor]:
    return [torch.from_numpy(a.copy()).requires_grad_() for a in arrays]


def layer_of_torch(Wx: Array, Wh: Array, b: Array) -> Any:
    """The layer of torch with the course's weights, in float64."""
    layer = torch.nn.RNN(*Wx.shape, batch_first=True).double()
    wanted = {"weight_ih_l0": Wx.T, "weight_hh_l0": Wh.T, "bias_ih_l0": b, "bias_hh_l0": 0 * b}
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            parameter.copy_(torch.from_numpy(wanted[name].copy()))
    return layer


@pytest.mark.parametrize(("N", "D", "H"), SIZES)
def test_step_equals_the_cell_of_torch(N: int, D: int, H: int) -> None:
    x, h, Wx, Wh, b = step_inputs(N, D, H)
    h_next, _ = rnn_step_forward(x, h, Wx, Wh, b)
    theirs, _ = layer_of_torch(Wx, Wh, b)(torch.from_numpy(x[:, None]), torch.from_numpy(h[None]))
    close_values(h_next, theirs[:, 0].detach().numpy())


@pytest.mark.parametrize("extreme", [1e3, -1e3])
def test_step_is_finite_where_it_saturates(extreme: float) -> None:
    x, h, Wx, Wh, b = step_inputs(3, 5, 4)
    with np.errstate(all="raise"):
        h_next, cache = rnn_step_forward(x, h, 0 * Wx, 0 * Wh, 0 * b + extreme)
        dx, *_ = rnn_step_backward(np.ones_like(h), cache)
    close_values(h_next, np.full_like(h, np.sign(extreme)))
    assert not dx.any()


@pytest.mark.parametrize(("N", "D", "H"), SIZES)
def test_step_gradients_equal_autograd(N: int, D: int, H: int) -> None:
    inputs = step_inputs(N, D, H)
    (dh_next,) = draw((N, H), seed=1)
    _, cache = rnn_step_forward(*inputs)
    x, h, Wx, Wh, b = leaves = tensors(*inputs)
    wanted = torch.autograd.grad((x @ Wx + h @ Wh + b).tanh(), leaves, torch.from_numpy(dh_next))
    for _ in range(2):
        for answer, gradient in zip(rnn_step_backward(dh_next, cache), wanted, strict=True):
            close_gradient(answer, gradient.numpy())


@pytest.mark.parametrize("T", [1, 2, 7])
@pytest.mark.parametrize(("N", "D", "H"), SIZES)
def test_sequence_and_its_gradients_equal_those_of_torch(N: int, T: int, D: int, H: int) -> None:
    inputs = sequence_inputs(N, T, D, H)
    dhs, dhT = draw((N, T, H), (N, H), seed=1)
    hs, caches = rnn_forward(*inputs)
    layer = layer_of_torch(*inputs[2:])
    x, h0 = tensors(*inputs[:2])
    hs_torch, hT_torch = layer(x, h0[None])
    close_values(hs, hs_torch.detach().numpy())

    weights = [layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0]
    dx, dh0, dWx, dWh, db = torch.autograd.grad(
        [hs_torch, hT_torch], [x, h0, *weights], [torch.from_numpy(a) for a in (dhs, dhT[None])]
    )
    wanted = (dx, dh0, dWx.T, dWh.T, db)
    for _ in range(2):
        for answer, gradient in zip(rnn_backward(dhs, dhT, caches), wanted, strict=True):
            close_gradient(answer, gradient.numpy())


def test_gradients_through_time_equal_central_differences() -> None:
    arrays = sequence_inputs(2, 4, 3, 2)
    dhs, dhT = draw((2, 4, 2), (2, 2), seed=1)
    _, caches = rnn_forward(*arrays)

    def loss() -> float:
        hs, _ = rnn_forward(*arrays)
        return float(np.vdot(dhs, hs) + np.vdot(dhT, hs[:, -1]))

    for answer, array in zip(rnn_backward(dhs, dhT, caches), arrays, strict=True):
        wanted = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            kept = array[index]
            sides = []
            for value in (kept + 1e-5, kept - 1e-5):
                array[index] = value
                sides.append(loss())
            array[index] = kept
            wanted[index] = (sides[0] - sides[1]) / 2e-5
        close_gradient(answer, wanted)


@given(N=SIZE, T=SIZE, D=SIZE, H=SIZE, seed=SEED, data=st.data())
@settings(max_examples=30, deadline=None)
def test_no_state_knows_a_later_input_or_another_row(
    N: int, T: int, D: int, H: int, seed: int, data: st.DataObject
) -> None:
    t, n = data.draw(st.integers(0, T - 1)), data.draw(st.integers(0, N - 1))
    x, *others = sequence_inputs(N, T, D, H, seed)
    changed = x.copy()
    changed[n, t] += 1
    before, _ = rnn_forward(x, *others)
    after, _ = rnn_forward(changed, *others)
    np.testing.assert_array_equal(before[:, :t], after[:, :t])
    np.testing.assert_array_equal(np.delete(before, n, 0), np.delete(after, n, 0))
    assert np.any(before[n, t:] != after[n, t:])


@given(T=st.integers(2, 6), at=st.integers(1, 5), seed=SEED)
@settings(max_examples=30, deadline=None)
def test_a_sequence_may_be_cut_anywhere(T: int, at: int, seed: int) -> None:
    at = min(at, T - 1)
    x, h0, *weights = sequence_inputs(2, T, 3, 4, seed)
    dhs, dhT = draw((2, T, 4), (2, 4), seed=seed + 1)
    hs, caches = rnn_forward(x, h0, *weights)
    first, early = rnn_forward(x[:, :at], h0, *weights)
    second, late = rnn_forward(x[:, at:], first[:, -1], *weights)
    np.testing.assert_array_equal(np.concatenate([first, second], axis=1), hs)

    dx_late, between, *later = rnn_backward(dhs[:, at:], dhT, late)
    dx_early, dh0, *earlier = rnn_backward(dhs[:, :at], between, early)
    joined = [np.concatenate([dx_early, dx_late], axis=1), dh0]
    joined += [a + b for a, b in zip(earlier, later, strict=True)]
    for answer, wanted in zip(joined, rnn_backward(dhs, dhT, caches), strict=True):
        close_gradient(answer, wanted)


@pytest.mark.parametrize("shape", [(3, 4), (6,), (2, 3, 2), (1, 1)])
def test_a_look_up_and_its_gradient_equal_those_of_torch(shape: tuple[int, ...]) -> None:
    ids = np.random.default_rng(0).integers(0, 5, shape)
    E, dout = draw((7, 3), (*shape, 3))
    out, cache = embedding_forward(ids, E)
    (table,) = tensors(E)
    theirs = torch.nn.functional.embedding(torch.from_numpy(ids), table)
    close_values(out, theirs.detach().numpy())
    (wanted,) = torch.autograd.grad(theirs, table, torch.from_numpy(dout))
    close_gradient(embedding_backward(dout, cache), wanted.numpy())
    assert not embedding_backward(dout, cache)[5:].any()


@pytest.mark.parametrize("mask_type", [bool, float])
@pytest.mark.parametrize(("N", "T", "V"), [(3, 4, 5), (1, 4, 2), (4, 1, 3), (3, 3, 3), (2, 3, 1)])
def test_the_masked_loss_equals_that_of_torch(N: int, T: int, V: int, mask_type: type) -> None:
    rng = np.random.default_rng(0)
    z, y = 3 * rng.standard_normal((N, T, V)), rng.integers(0, V, (N, T))
    mask = (rng.random((N, T)) < 0.6) | (np.arange(T) == 0)
    loss, dz = sequence_cross_entropy(z, y, mask.astype(mask_type))
    (logits,) = tensors(z)
    wanted = torch.nn.functional.cross_entropy(logits[mask], torch.from_numpy(y[mask]))
    close_values(np.array(loss), wanted.detach().numpy())
    close_gradient(dz, torch.autograd.grad(wanted, logits)[0].numpy())
    assert not dz[~mask].any()
    other = np.where(mask, y, (y + 1) % V)
    assert sequence_cross_entropy(z, other, mask)[0] == loss


def test_the_loss_is_finite_for_huge_logits_and_zero_without_words() -> None:
    z = 1e3 * np.array([[[1.0, -1.0], [-1.0, 1.0]]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss, _ = sequence_cross_entropy(z, np.array([[1, 1]]), np.ones((1, 2)))
        nothing, dz = sequence_cross_entropy(z, np.array([[1, 1]]), np.zeros((1, 2)))
    assert loss == 1000
    assert nothing == 0
    assert not dz.any()


@given(seed=SEED, max_norm=st.floats(0.01, 100))
@settings(max_examples=50, deadline=None)
def test_clipping_is_that_of_torch(seed: int, max_norm: float) -> None:
    grads = draw((3, 4), (4,), (2, 1, 3), seed=seed)
    clipped, norm = clip_grad_norm(grads, max_norm)
    parameters = [torch.nn.Parameter(torch.zeros(g.shape, dtype=torch.float64)) for g in grads]
    for parameter, g in zip(parameters, grads, strict=True):
        parameter.grad = torch.from_numpy(g.copy())
    theirs = torch.nn.utils.clip_grad_norm_(parameters, max_norm)
    assert norm == pytest.approx(float(theirs))
    for answer, parameter, g in zip(clipped, parameters, grads, strict=True):
        assert parameter.grad is not None
        np.testing.assert_allclose(answer, parameter.grad.numpy(), rtol=1e-5)
        assert norm > max_norm or np.array_equal(answer, g)
    assert clip_grad_norm(clipped, max_norm)[1] <= max_norm * (1 + 1e-12)


def language_model(V: int, D: int, H: int, seed: int = 0) -> dict[str, Array]:
    shapes = {"E": (V, D), "Wx": (D, H), "Wh": (H, H), "b": (H,), "Wy": (H, V), "by": (V,)}
    return dict(zip(shapes, draw(*shapes.values(), seed=seed), strict=True))


@pytest.mark.parametrize("k", [1, 2, 3, 5, 6, 7, 20])
def test_truncated_gradients_equal_those_of_torch_with_a_detached_state(k: int) -> None:
    rng = np.random.default_rng(2)
    params, x = language_model(5, 3, 4), rng.integers(0, 5, (3, 7))
    (h0,) = draw((3, 4), seed=3)
    losses, grads, hT = tbptt(x, h0, params, k)
    leaves = dict(zip(params, tensors(*params.values()), strict=True))
    words, h, total, wanted = torch.from_numpy(x), torch.from_numpy(h0), 0, []
    for start in range(0, 6, k):
        h, at = h.detach(), []
        for t in range(start, min(start + k, 6)):
            h = (leaves["E"][words[:, t]] @ leaves["Wx"] + h @ leaves["Wh"] + leaves["b"]).tanh()
            z = h @ leaves["Wy"] + leaves["by"]
            at.append(torch.nn.functional.cross_entropy(z, words[:, t + 1]))
        wanted.append(sum(at) / len(at))
        total = total + wanted[-1]
    close_values(np.array(losses), np.array([float(loss) for loss in wanted]))
    close_values(hT, h.detach().numpy())
    found = torch.autograd.grad(total, list(leaves.values()))
    assert list(grads) == list(params)
    for answer, gradient in zip(grads.values(), found, strict=True):
        close_gradient(answer, gradient.numpy())


@given(k=st.integers(1, 9), seed=SEED)
@settings(max_examples=30, deadline=None)
def test_chunks_join_exactly(k: int, seed: int) -> None:
    x = np.random.default_rng(seed).integers(0, 5, (2, 9))
    params, (h0,) = language_model(5, 3, 4, seed), draw((2, 4), seed=seed)
    whole, _, hT = tbptt(x, h0, params, 8)
    losses, _, last = tbptt(x, h0, params, k)
    sizes = [min(k, 8 - start) for start in range(0, 8, k)]
    np.testing.assert_allclose(np.dot(losses, sizes) / 8, whole[0], rtol=1e-12)
    np.testing.assert_allclose(last, hT, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("H", "T"), [(4, 5), (1, 3), (3, 1)])
def test_jacobians_equal_those_of_autograd(H: int, T: int) -> None:
    Wx, Wh, b = draw((2, H), (H, H), (H,))
    norms = jacobian_norms({"Wx": Wx, "Wh": Wh, "b": b}, T)
    assert norms.shape == (T,)
    W, bias = torch.from_numpy(Wh), torch.from_numpy(b)
    states = [torch.zeros(H, dtype=torch.float64)]
    for _ in range(T):
        states.append((states[-1] @ W + bias).tanh())
    for t in range(T):

        def rest(h: torch.Tensor, t: int = t) -> torch.Tensor:
            for _ in range(T - t):
                h = (h @ W + bias).tanh()
            return h

        J = torch.autograd.functional.jacobian(rest, states[t])
        assert norms[t] == pytest.approx(float(torch.linalg.matrix_norm(J, 2)), rel=1e-9)


@pytest.mark.parametrize("radius", [0.8, 1.0, 1.2])
def test_a_scaled_rotation_fades_and_explodes_by_its_radius(radius: float) -> None:
    turn, _ = np.linalg.qr(draw((6, 6))[0])
    norms = jacobian_norms({"Wx": turn, "Wh": radius * turn, "b": np.zeros(6)}, 30)
    np.testing.assert_allclose(norms, radius ** np.arange(30, 0, -1.0), rtol=1e-9)


def listening(table: Array) -> tuple[Any, list[tuple[int, Any]]]:
    """A model with a table of logits, and what it is asked; a state is the number of the call."""
    heard: list[tuple[int, Any]] = []
    numbers: Iterator[int] = iter(range(1000))

    def step(token: int, state: Any) -> tuple[Array, int]:
        heard.append((token, state))
        return table[token], next(numbers)

    return step, heard


def test_the_model_hears_the_prefix_and_what_it_writes() -> None:
    table = np.where(np.roll(np.eye(5), 1, axis=1) == 1, 1e3, -1e3)
    for temperature in (0, 0.5, 3.0):
        step, heard = listening(table)
        new = sample(step, [3, 0, 2], 4, temperature, np.random.default_rng(0))
        assert new == [3, 4, 0, 1]
        assert all(type(v) is int for v in new)
        assert heard == [(3, None), (0, 0), (2, 1), (3, 2), (4, 3), (0, 4)]


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_words_are_as_frequent_as_the_temperature_says(temperature: float) -> None:
    logits = np.array([0.5, -1.0, 1.5, 0.0])
    step, _ = listening(np.tile(logits, (4, 1)))

    def without_end(token: int, state: Any) -> tuple[Array, Any]:
        return logits, state

    new = sample(without_end, [0], 20000, temperature, np.random.default_rng(4))
    p = np.exp(logits / temperature)
    share = np.bincount(new, minlength=4) / len(new)
    np.testing.assert_allclose(share, p / p.sum(), atol=4 * np.sqrt(0.25 / len(new)))
    assert sample(step, [0], 9, temperature, np.random.default_rng(1)) == sample(
        step, [0], 9, temperature, np.random.default_rng(1)
    )
