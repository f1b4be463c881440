"""The second assignment's references against torch and Keras, and against what is true of them."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from autograder import given as stand_ins
from solutions.lstm import reference as lstm
from solutions.lstm_sequences.reference import (
    KerasLSTMCell,
    bilstm,
    init_lstm,
    lstm_backward,
    reorder_gates,
    retention,
)

Array = NDArray[np.float64]

SIZES = [(3, 5, 4), (1, 5, 4), (3, 1, 4), (3, 5, 1), (1, 1, 1), (4, 4, 4)]
SEED = st.integers(0, 2**16)


def close_values(answer: Array, wanted: Array) -> None:
    assert answer.shape == wanted.shape
    assert answer.dtype == np.float64
    assert np.max(np.abs(answer - wanted)) <= 1e-9 * max(1, np.max(np.abs(wanted)))


def close_gradient(answer: Array, wanted: Array) -> None:
    assert answer.shape == wanted.shape
    assert np.linalg.norm(answer - wanted) <= 1e-7 * np.linalg.norm(wanted) + 1e-12


def draw(N: int, T: int, D: int, H: int, seed: int = 0) -> list[Array]:
    rng = np.random.default_rng(seed)
    shapes = [(N, T, D), (N, H), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,)]
    return [rng.standard_normal(shape) for shape in shapes]


def test_the_stand_ins_are_the_functions_of_the_first_assignment() -> None:
    x, h0, c0, *W = draw(3, 4, 5, 2)
    dh, dc = np.random.default_rng(1).standard_normal((2, 3, 2))
    ours, theirs = (m.lstm_step_forward(x[:, 0], h0, c0, *W) for m in (lstm, stand_ins))
    for one, other in zip(ours[:2], theirs[:2], strict=True):
        close_values(other, one)
    for _ in range(2):
        gradients = stand_ins.lstm_step_backward(dh, dc, theirs[2])
        wanted = lstm.lstm_step_backward(dh, dc, ours[2])
        for one, other in zip(wanted, gradients, strict=True):
            close_gradient(other, one)
    for one, other in zip(
        lstm.lstm_forward(x, h0, c0, *W)[:3],
        stand_ins.lstm_forward(x, h0, c0, *W)[:3],
        strict=True,
    ):
        close_values(other, one)


@pytest.mark.parametrize("T", [1, 2, 6])
@pytest.mark.parametrize(("N", "D", "H"), SIZES)
def test_gradients_of_sequences_are_those_of_torch(N: int, T: int, D: int, H: int) -> None:
    x, h0, c0, Wx, Wh, b = draw(N, T, D, H)
    rng = np.random.default_rng(1)
    dhs, (dhT, dcT) = rng.standard_normal((N, T, H)), rng.standard_normal((2, N, H))
    layer = torch.nn.LSTM(D, H, batch_first=True, dtype=torch.float64)
    for parameter, value in zip(layer.parameters(), (Wx.T, Wh.T, b, 0 * b), strict=True):
        parameter.data = torch.tensor(value)
    leaves = [torch.tensor(a, requires_grad=True) for a in (x, h0[None], c0[None])]
    hs, (hT, cT) = layer(leaves[0], (leaves[1], leaves[2]))
    weights = [layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0]
    upstream = [torch.tensor(a) for a in (dhs, dhT[None], dcT[None])]
    found = torch.autograd.grad([hs, hT, cT], [*leaves, *weights], upstream)
    dx, dh0, dc0, dWx, dWh, db = (g.numpy() for g in found)
    *_, caches = stand_ins.lstm_forward(x, h0, c0, Wx, Wh, b)
    for _ in range(2):
        answers = lstm_backward(dhs, dhT, dcT, caches)
        wanted = (dx, dh0[0], dc0[0], dWx.T, dWh.T, db)
        for answer, gradient in zip(answers, wanted, strict=True):
            close_gradient(answer, gradient)


def test_it_takes_the_caches_of_the_first_assignment_with_its_step() -> None:
    x, h0, c0, *W = draw(3, 4, 5, 2)
    dhs, (dhT, dcT) = np.ones((3, 4, 2)), np.ones((2, 3, 2))
    by_stand_in = lstm_backward(dhs, dhT, dcT, stand_ins.lstm_forward(x, h0, c0, *W)[3])
    module: Any = lstm_backward.__globals__
    kept = module["lstm_step_backward"]
    try:
        module["lstm_step_backward"] = lstm.lstm_step_backward
        by_hand = lstm_backward(dhs, dhT, dcT, lstm.lstm_forward(x, h0, c0, *W)[3])
    finally:
        module["lstm_step_backward"] = kept
    for one, other in zip(by_hand, by_stand_in, strict=True):
        close_gradient(one, other)


@pytest.mark.parametrize(("D", "H", "forget_bias"), [(30, 40, 1.0), (3, 5, 2.5), (1, 1, 0.0)])
def test_first_weights_are_random_and_the_forget_gate_open(
    D: int, H: int, forget_bias: float
) -> None:
    Wx, Wh, b = init_lstm(D, H, forget_bias, np.random.default_rng(0))
    assert (Wx.shape, Wh.shape, b.shape) == ((D, 4 * H), (H, 4 * H), (4 * H,))
    np.testing.assert_array_equal(b, np.repeat([0, forget_bias, 0, 0], H))
    again = init_lstm(D, H, forget_bias, np.random.default_rng(0))
    np.testing.assert_array_equal(again[0], Wx)
    other = init_lstm(D, H, forget_bias, np.random.default_rng(1))
    assert np.any(other[0] != Wx)
    assert np.any(other[1] != Wh)
    if D * H > 100:
        assert 0.005 < Wx.std() < 1.5
        assert abs(Wx.mean()) < 0.05 * Wx.std()


@given(order=st.permutations("ifgo"), wanted=st.permutations("ifgo"), seed=SEED)
@settings(max_examples=30, deadline=None)
def test_an_order_and_back_is_none_and_the_cell_knows(
    order: list[str], wanted: list[str], seed: int
) -> None:
    src, dst = "".join(order), "".join(wanted)
    W = np.random.default_rng(seed).standard_normal((3, 8))
    there = reorder_gates(W, src, dst)
    np.testing.assert_array_equal(reorder_gates(there, dst, src), W)
    for k, gate in enumerate(dst):
        own = 2 * src.index(gate)
        np.testing.assert_array_equal(there[:, 2 * k : 2 * k + 2], W[:, own : own + 2])


def test_reordered_weights_of_keras_are_those_of_torch() -> None:
    bias = np.arange(9.0)
    np.testing.assert_array_equal(reorder_gates(bias, "zrn", "rzn"), [3, 4, 5, 0, 1, 2, 6, 7, 8])
    with pytest.raises(ValueError, match="equal division"):
        reorder_gates(np.ones(10), "rzn", "zrn")


@pytest.mark.parametrize("lengths", [[6, 2, 4], [1, 1, 1], [6, 6, 6]])
def test_both_directions_are_those_of_a_packed_layer_of_torch(lengths: list[int]) -> None:
    N, T, D, H = 3, 6, 4, 5
    x = np.random.default_rng(0).standard_normal((N, T, D))
    params: Any = [tuple(draw(N, T, D, H, seed)[3:]) for seed in (1, 2)]
    layer = torch.nn.LSTM(D, H, batch_first=True, bidirectional=True, dtype=torch.float64)
    values = [value for Wx, Wh, b in params for value in (Wx.T, Wh.T, b, 0 * b)]
    for parameter, value in zip(layer.parameters(), values, strict=True):
        parameter.data = torch.tensor(value)
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        torch.tensor(x), torch.tensor(lengths), batch_first=True, enforce_sorted=False
    )
    found, _ = torch.nn.utils.rnn.pad_packed_sequence(
        layer(packed)[0], batch_first=True, total_length=T
    )
    close_values(bilstm(x, np.array(lengths), *params), found.detach().numpy())


@given(seed=SEED, data=st.data())
@settings(max_examples=20, deadline=None)
def test_padding_is_never_read(seed: int, data: st.DataObject) -> None:
    N, T, D, H = 3, 5, 2, 3
    lengths = np.array(data.draw(st.lists(st.integers(1, T), min_size=N, max_size=N)))
    x = np.random.default_rng(seed).standard_normal((N, T, D))
    params: Any = [tuple(draw(N, T, D, H, seed + k)[3:]) for k in (1, 2)]
    padding = np.arange(T) >= lengths[:, None]
    noisy = np.where(padding[:, :, None], 1e3, x)
    hs = bilstm(x, lengths, *params)
    np.testing.assert_array_equal(bilstm(noisy, lengths, *params), hs)
    assert not hs[padding].any()
    assert hs[~padding].all()


def test_retention_is_what_a_cell_keeps() -> None:
    N, T, D, H = 2, 12, 3, 4
    x, h0, c0, Wx, Wh, _ = draw(N, T, D, H)
    b = np.repeat([-1e3, 1.5, 0, 0], H)
    cT = lstm.lstm_forward(x, h0, c0, 0 * Wx, 0 * Wh, b)[2]
    close_values(cT, c0 * retention(1.5, T))
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_array_equal(retention(np.array([1e3, -1e3]), 3), [1, 0])
    assert retention(0.3, 0) == 1
    assert np.shape(retention(2.0, 5)) == ()
    assert np.shape(retention(np.ones((2, 3)), 5)) == (2, 3)


@pytest.mark.parametrize(("N", "D", "H"), SIZES)
def test_the_cell_of_keras_is_that_of_keras(N: int, D: int, H: int) -> None:
    T = 4
    x, h0, c0, *W = draw(N, T, D, H)
    own, theirs = KerasLSTMCell(H), keras.layers.LSTMCell(H)
    found = []
    for cell in (own, theirs):
        rnn = keras.layers.RNN(cell, return_sequences=True, return_state=True)
        rnn.build((N, T, D))
        cell.set_weights(W)
        start = [h0.astype("float32"), c0.astype("float32")]
        found.append([np.asarray(t) for t in rnn(x.astype("float32"), initial_state=start)])
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(
        found[0][0], lstm.lstm_forward(x, h0, c0, *W)[0], rtol=1e-4, atol=1e-5
    )
    assert [w.shape for w in own.get_weights()] == [a.shape for a in W]
