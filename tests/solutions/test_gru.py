"""The GRU references against torch, Keras, differences, and what is true of any GRU."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from solutions.gru.reference import (
    GRUCell,
    KerasGRUCell,
    convert_update_convention,
    count_params,
    equal_when_reset,
    gru_backward,
    gru_forward,
    gru_step_backward,
    gru_step_forward,
)

Array = NDArray[np.float64]

SIZES = [(3, 5, 4), (1, 5, 4), (3, 1, 4), (3, 5, 1), (1, 1, 1), (4, 4, 4)]
SIZE = st.integers(1, 5)
SEED = st.integers(0, 2**16)
VARIANTS = [True, False]


def draw(N: int, D: int, H: int, seed: int = 0) -> list[Array]:
    rng = np.random.default_rng(seed)
    shapes = [(N, D), (N, H), (D, 3 * H), (H, 3 * H), (3 * H,), (3 * H,)]
    return [rng.standard_normal(shape) for shape in shapes]


def close_values(answer: Array, wanted: Array) -> None:
    assert answer.shape == wanted.shape
    assert answer.dtype == np.float64
    assert np.max(np.abs(answer - wanted)) <= 1e-9 * max(1, np.max(np.abs(wanted)))


def close_gradient(answer: Array, wanted: Array) -> None:
    assert answer.shape == wanted.shape
    assert np.linalg.norm(answer - wanted) <= 1e-7 * np.linalg.norm(wanted) + 1e-12


def tensors(*arrays: Array) -> list[torch.Tensor]:
    return [torch.from_numpy(a.copy()).requires_grad_() for a in arrays]


def step_in_torch(leaves: list[torch.Tensor], reset_after: bool) -> torch.Tensor:
    """The equations of the step, which torch can differentiate."""
    x, h, Wx, Wh, bx, bh = leaves
    H = h.shape[1]
    u, v = x @ Wx + bx, h @ Wh + bh
    r, z = (u + v)[:, :H].sigmoid(), (u + v)[:, H : 2 * H].sigmoid()
    after, before = r * v[:, 2 * H :], (r * h) @ Wh[:, 2 * H :] + bh[2 * H :]
    n = (u[:, 2 * H :] + (after if reset_after else before)).tanh()
    return n + z * (h - n)


def in_torch(layer: Any, Wx: Array, Wh: Array, bx: Array, bh: Array) -> Any:
    wanted = {"weight_ih": Wx.T, "weight_hh": Wh.T, "bias_ih": bx, "bias_hh": bh}
    with torch.no_grad():
        for name, parameter in layer.double().named_parameters():
            parameter.copy_(torch.from_numpy(wanted[name.removesuffix("_l0")].copy()))
    return layer


def zrh(a: Array) -> Array:
    r, z, n = np.split(a, 3, axis=-1)
    return np.concatenate([z, r, n], axis=-1)


@pytest.mark.parametrize(("N", "D", "H"), SIZES)
def test_the_step_that_resets_after_is_that_of_torch(N: int, D: int, H: int) -> None:
    x, h, *W = draw(N, D, H)
    theirs = in_torch(torch.nn.GRUCell(D, H), *W)(torch.from_numpy(x), torch.from_numpy(h))
    close_values(gru_step_forward(x, h, *W, True)[0], theirs.detach().numpy())


@pytest.mark.parametrize("reset_after", VARIANTS)
@pytest.mark.parametrize(("N", "D", "H"), SIZES[:2])
def test_both_variants_are_those_of_keras(N: int, D: int, H: int, reset_after: bool) -> None:
    x, h, Wx, Wh, bx, bh = draw(N, D, H)
    cell = keras.layers.GRUCell(H, reset_after=reset_after)
    cell.build((N, D))
    b = np.stack([zrh(bx), zrh(bh)]) if reset_after else zrh(bx + bh)
    cell.set_weights([zrh(Wx), zrh(Wh), b])
    theirs = np.asarray(cell(x.astype("float32"), h.astype("float32"))[0])
    ours, _ = gru_step_forward(x, h, Wx, Wh, bx, bh, reset_after)
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("reset_after", VARIANTS)
@pytest.mark.parametrize(("N", "D", "H"), SIZES)
def test_step_gradients_equal_autograd(N: int, D: int, H: int, reset_after: bool) -> None:
    arrays = draw(N, D, H)
    dh_next = np.random.default_rng(1).standard_normal((N, H))
    h_next, cache = gru_step_forward(*arrays, reset_after)
    leaves = tensors(*arrays)
    theirs = step_in_torch(leaves, reset_after)
    close_values(h_next, theirs.detach().numpy())
    wanted = torch.autograd.grad(theirs, leaves, torch.from_numpy(dh_next))
    for _ in range(2):
        for answer, gradient in zip(gru_step_backward(dh_next, cache), wanted, strict=True):
            close_gradient(answer, gradient.numpy())


@pytest.mark.parametrize("reset_after", VARIANTS)
def test_step_gradients_equal_central_differences(reset_after: bool) -> None:
    arrays = draw(3, 5, 4)
    dh_next = np.random.default_rng(1).standard_normal((3, 4))
    _, cache = gru_step_forward(*arrays, reset_after)
    for answer, array in zip(gru_step_backward(dh_next, cache), arrays, strict=True):
        wanted = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            kept, sides = array[index], []
            for value in (kept + 1e-5, kept - 1e-5):
                array[index] = value
                sides.append(np.vdot(dh_next, gru_step_forward(*arrays, reset_after)[0]))
            array[index] = kept
            wanted[index] = (sides[0] - sides[1]) / 2e-5
        close_gradient(answer, wanted)


def test_with_the_reset_before_both_biases_have_one_gradient() -> None:
    arrays = draw(3, 5, 4)
    for reset_after in VARIANTS:
        _, cache = gru_step_forward(*arrays, reset_after)
        *_, dbx, dbh = gru_step_backward(np.ones((3, 4)), cache)
        assert np.allclose(dbx, dbh) is not reset_after


@pytest.mark.parametrize("far", [1e3, -1e3])
@pytest.mark.parametrize("reset_after", VARIANTS)
def test_a_step_is_finite_where_everything_saturates(far: float, reset_after: bool) -> None:
    x, h, Wx, Wh, bx, bh = draw(3, 5, 4)
    with np.errstate(all="raise"):
        weights = (0 * Wx, 0 * Wh, bx * 0 + far, 0 * bh)
        h_next, cache = gru_step_forward(x, h, *weights, reset_after)
        gru_step_backward(np.ones_like(h), cache)
    close_values(h_next, h if far > 0 else 0 * h - 1)


@pytest.mark.parametrize("T", [1, 2, 6])
@pytest.mark.parametrize(("N", "D", "H"), SIZES)
def test_sequences_and_their_gradients_are_those_of_torch(N: int, T: int, D: int, H: int) -> None:
    _, h0, *W = draw(N, D, H)
    rng = np.random.default_rng(1)
    x, dhs, dhT = (rng.standard_normal(s) for s in ((N, T, D), (N, T, H), (N, H)))
    hs, caches = gru_forward(x, h0, *W, True)
    layer = in_torch(torch.nn.GRU(D, H, batch_first=True), *W)
    leaves = tensors(x, h0[None])
    states, last = layer(*leaves)
    close_values(hs, states.detach().numpy())
    upstream = [torch.from_numpy(dhs), torch.from_numpy(dhT)[None]]
    wanted = torch.autograd.grad([states, last], [*leaves, *layer.parameters()], upstream)
    dx, dh0, dWx, dWh, dbx, dbh = (g.numpy() for g in wanted)
    for _ in range(2):
        answers = gru_backward(dhs, dhT, caches)
        for answer, gradient in zip(answers, (dx, dh0[0], dWx.T, dWh.T, dbx, dbh), strict=True):
            close_gradient(answer, gradient)


@given(N=SIZE, T=SIZE, D=SIZE, H=SIZE, seed=SEED, reset_after=st.booleans(), data=st.data())
@settings(max_examples=30, deadline=None)
def test_no_output_knows_a_later_input_or_another_row(
    N: int, T: int, D: int, H: int, seed: int, reset_after: bool, data: st.DataObject
) -> None:
    n, t = data.draw(st.integers(0, N - 1)), data.draw(st.integers(0, T - 1))
    _, h0, *W = draw(N, D, H, seed)
    x = np.random.default_rng(seed).standard_normal((N, T, D))
    changed = x.copy()
    changed[n, t] += 1
    moved = gru_forward(changed, h0, *W, reset_after)[0] != gru_forward(x, h0, *W, reset_after)[0]
    assert not moved[:, :t].any()
    assert not np.delete(moved, n, axis=0).any()
    assert moved[n, t].any()


def test_an_update_gate_at_one_keeps_the_state_and_its_gradient() -> None:
    x, h, Wx, Wh, bx, bh = draw(3, 5, 4)
    bx[4:8] = 1e3
    for reset_after in VARIANTS:
        h_next, cache = gru_step_forward(x, h, Wx, Wh, bx, bh, reset_after)
        close_values(h_next, h)
        dh_next = np.random.default_rng(1).standard_normal(h.shape)
        close_gradient(gru_step_backward(dh_next, cache)[1], dh_next)


@given(D=SIZE, H=SIZE, seed=SEED, reset_after=st.booleans())
@settings(max_examples=30, deadline=None)
def test_converted_weights_give_the_other_share(
    D: int, H: int, seed: int, reset_after: bool
) -> None:
    x, h, *W = draw(2, D, H, seed)
    there = convert_update_convention(tuple(W))
    for again, first in zip(convert_update_convention(there), W, strict=True):
        np.testing.assert_array_equal(again, first)
    one = gru_step_forward(x, h, *W, reset_after)[0]
    other = gru_step_forward(x, h, *there, reset_after)[0]
    W[2][H : 2 * H] = -1e4
    n = gru_step_forward(x, h, *W, reset_after)[0]
    # (1 − z) n + z h and z n + (1 − z) h add up to n + h.
    close_values(one + other, n + h)


def test_the_two_choices_are_what_they_are_asked_to_be() -> None:
    agree, differ = equal_when_reset()
    apart = [
        np.abs(gru_step_forward(*a, True)[0] - gru_step_forward(*a, False)[0]).max()
        for a in (agree, differ)
    ]
    assert apart[0] <= 1e-9
    assert apart[1] > 0.1


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("reset_after", VARIANTS)
def test_counts_are_those_of_keras(bias: bool, reset_after: bool) -> None:
    layers = {
        "rnn": keras.layers.SimpleRNN(5, use_bias=bias),
        "lstm": keras.layers.LSTM(5, use_bias=bias),
        "gru": keras.layers.GRU(5, use_bias=bias, reset_after=reset_after),
    }
    for kind, layer in layers.items():
        layer.build((None, None, 3))
        count = count_params(kind, 3, 5, bias, reset_after)
        assert count == layer.count_params()
        assert type(count) is int
    with pytest.raises(ValueError, match="one of rnn, lstm, gru"):
        count_params("cnn", 3, 5, bias, reset_after)


@pytest.mark.parametrize("reset_after", VARIANTS)
@pytest.mark.parametrize(("N", "D", "H"), SIZES)
def test_the_cell_of_torch_has_the_step_and_its_gradients(
    N: int, D: int, H: int, reset_after: bool
) -> None:
    x, h, *W = draw(N, D, H)
    cell = GRUCell(D, H, reset_after)
    shapes = {name: tuple(p.shape) for name, p in cell.named_parameters()}
    assert shapes == {"Wx": (D, 3 * H), "Wh": (H, 3 * H), "bx": (3 * H,), "bh": (3 * H,)}
    assert cell(torch.zeros(N, D)).dtype == torch.float32
    cell = cell.double()
    parameters = [cell.Wx, cell.Wh, cell.bx, cell.bh]
    with torch.no_grad():
        for parameter, value in zip(parameters, W, strict=True):
            parameter.copy_(torch.from_numpy(value))
    inputs = tensors(x, h)
    h_next = cell(*inputs)
    ours, cache = gru_step_forward(x, h, *W, reset_after)
    close_values(h_next.detach().numpy(), ours)
    dh_next = np.random.default_rng(1).standard_normal((N, H))
    wanted = torch.autograd.grad(h_next, [*inputs, *parameters], torch.from_numpy(dh_next))
    for answer, gradient in zip(gru_step_backward(dh_next, cache), wanted, strict=True):
        close_gradient(answer, gradient.numpy())
    zero = np.zeros((N, H))
    at_rest = gru_step_forward(x, zero, *W, reset_after)[0]
    close_values(cell(inputs[0]).detach().numpy(), at_rest)


@pytest.mark.parametrize("reset_after", VARIANTS)
def test_the_cell_of_keras_runs_over_sequences(reset_after: bool) -> None:
    N, T, D, H = 3, 6, 5, 4
    _, h0, *W = draw(N, D, H)
    x = np.random.default_rng(1).standard_normal((N, T, D))
    cell = KerasGRUCell(H, reset_after)
    rnn = keras.layers.RNN(cell, return_sequences=True, return_state=True)
    rnn.build((N, T, D))
    cell.set_weights(W)
    hs, hT = rnn(x.astype("float32"), initial_state=[h0.astype("float32")])
    ours, _ = gru_forward(x, h0, *W, reset_after)
    np.testing.assert_allclose(np.asarray(hs), ours, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(np.asarray(hT), ours[:, -1], rtol=1e-4, atol=1e-5)
    assert len(cell.trainable_weights) == 4
