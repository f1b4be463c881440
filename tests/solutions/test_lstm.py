"""The LSTM references against torch, against differences, and against what is true of any LSTM."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from solutions.lstm.reference import (
    LSTMCell,
    lstm_forward,
    lstm_step_backward,
    lstm_step_forward,
    sigmoid,
)

Array = NDArray[np.float64]

SIZES = [(3, 5, 4), (1, 5, 4), (3, 1, 4), (3, 5, 1), (1, 1, 1), (4, 4, 4)]
SIZE = st.integers(1, 5)
SEED = st.integers(0, 2**16)


def step_inputs(N: int, D: int, H: int, seed: int = 0) -> list[Array]:
    rng = np.random.default_rng(seed)
    shapes = [(N, D), (N, H), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,)]
    return [rng.normal(size=shape) for shape in shapes]


def close_values(answer: Array, wanted: Array) -> None:
    assert answer.shape == wanted.shape
    assert answer.dtype == np.float64
    assert np.max(np.abs(answer - wanted)) <= 1e-9 * max(1, np.max(np.abs(wanted)))


def close_gradient(answer: Array, wanted: Array) -> None:
    assert answer.shape == wanted.shape
    assert np.linalg.norm(answer - wanted) <= 1e-7 * np.linalg.norm(wanted) + 1e-12


def with_weights(layer: Any, Wx: Array, Wh: Array, b: Array) -> Any:
    """A layer or cell of torch with the course's weights, in float64."""
    wanted = {"weight_ih": Wx.T, "weight_hh": Wh.T, "bias_ih": b, "bias_hh": 0 * b}
    with torch.no_grad():
        for name, parameter in layer.double().named_parameters():
            parameter.copy_(torch.from_numpy(wanted[name.removesuffix("_l0")].copy()))
    return layer


def tensors(*arrays: Array) -> list[torch.Tensor]:
    return [torch.from_numpy(a).requires_grad_() for a in arrays]


@pytest.mark.parametrize(("N", "D", "H"), SIZES)
def test_step_equals_the_cell_of_torch(N: int, D: int, H: int) -> None:
    x, h, c, Wx, Wh, b = step_inputs(N, D, H)
    h_next, c_next, _ = lstm_step_forward(x, h, c, Wx, Wh, b)
    theirs = with_weights(torch.nn.LSTMCell(D, H), Wx, Wh, b)
    h_torch, c_torch = theirs(torch.from_numpy(x), (torch.from_numpy(h), torch.from_numpy(c)))
    close_values(h_next, h_torch.detach().numpy())
    close_values(c_next, c_torch.detach().numpy())


@pytest.mark.parametrize("extreme", [1e3, -1e3])
def test_step_is_finite_where_the_gates_saturate(extreme: float) -> None:
    x, h, c, Wx, Wh, b = step_inputs(3, 5, 4)
    with np.errstate(all="raise"):
        h_next, c_next, cache = lstm_step_forward(x, h, c, 0 * Wx, 0 * Wh, 0 * b + extreme)
        lstm_step_backward(np.ones_like(h), np.ones_like(c), cache)
    opened = float(extreme > 0)
    close_values(c_next, opened * (c + 1))
    close_values(h_next, opened * np.tanh(c_next))


def test_sigmoid_equals_its_definition() -> None:
    a = np.linspace(-30, 30, 61)
    close_values(sigmoid(a), 1 / (1 + np.exp(-a)))


@pytest.mark.parametrize(("N", "D", "H"), SIZES)
def test_step_gradients_equal_autograd(N: int, D: int, H: int) -> None:
    inputs = step_inputs(N, D, H)
    rng = np.random.default_rng(1)
    dh_next, dc_next = rng.normal(size=(2, N, H))
    *_, cache = lstm_step_forward(*inputs)
    answers = lstm_step_backward(dh_next, dc_next, cache)

    x, h, c, Wx, Wh, b = leaves = tensors(*inputs)
    a_i, a_f, a_g, a_o = (x @ Wx + h @ Wh + b).chunk(4, dim=1)
    c_next = a_f.sigmoid() * c + a_i.sigmoid() * a_g.tanh()
    h_next = a_o.sigmoid() * c_next.tanh()
    grads = torch.autograd.grad(
        [h_next, c_next], leaves, [torch.from_numpy(dh_next), torch.from_numpy(dc_next)]
    )
    for answer, wanted in zip(answers, grads, strict=True):
        close_gradient(answer, wanted.numpy())


def test_step_gradients_equal_central_differences() -> None:
    inputs = step_inputs(3, 5, 4)
    rng = np.random.default_rng(1)
    dh_next, dc_next = rng.normal(size=(2, 3, 4))
    *_, cache = lstm_step_forward(*inputs)

    def loss() -> float:
        h_next, c_next, _ = lstm_step_forward(*inputs)
        return float((dh_next * h_next).sum() + (dc_next * c_next).sum())

    step = 1e-5
    for answer, array in zip(lstm_step_backward(dh_next, dc_next, cache), inputs, strict=True):
        wanted = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            kept = array[index]
            array[index] = kept + step
            above = loss()
            array[index] = kept - step
            below = loss()
            array[index] = kept
            wanted[index] = (above - below) / (2 * step)
        close_gradient(answer, wanted)


def test_a_cache_serves_twice_and_after_other_calls() -> None:
    first, second = step_inputs(3, 5, 4, seed=1), step_inputs(2, 3, 6, seed=2)
    dh_next, dc_next = np.random.default_rng(3).normal(size=(2, 3, 4))
    *_, cache = lstm_step_forward(*first)
    before = lstm_step_backward(dh_next, dc_next, cache)
    lstm_step_forward(*second)
    for answer, wanted in zip(lstm_step_backward(dh_next, dc_next, cache), before, strict=True):
        np.testing.assert_array_equal(answer, wanted)


@pytest.mark.parametrize("T", [1, 2, 7])
@pytest.mark.parametrize(("N", "D", "H"), SIZES)
def test_sequence_equals_the_layer_of_torch(N: int, T: int, D: int, H: int) -> None:
    _, h0, c0, Wx, Wh, b = step_inputs(N, D, H)
    x = np.random.default_rng(1).normal(size=(N, T, D))
    hs, hT, cT, _ = lstm_forward(x, h0, c0, Wx, Wh, b)
    theirs = with_weights(torch.nn.LSTM(D, H, batch_first=True), Wx, Wh, b)
    hs_torch, (hT_torch, cT_torch) = theirs(
        torch.from_numpy(x), (torch.from_numpy(h0)[None], torch.from_numpy(c0)[None])
    )
    close_values(hs, hs_torch.detach().numpy())
    close_values(hT, hT_torch[0].detach().numpy())
    close_values(cT, cT_torch[0].detach().numpy())
    np.testing.assert_array_equal(hT, hs[:, -1])


def test_step_caches_of_a_sequence_give_its_gradient() -> None:
    _, h0, c0, Wx, Wh, b = step_inputs(3, 5, 4)
    x = np.random.default_rng(1).normal(size=(3, 6, 5))
    dhs = np.random.default_rng(2).normal(size=(3, 6, 4))
    *_, caches = lstm_forward(x, h0, c0, Wx, Wh, b)
    dh, dc = np.zeros_like(h0), np.zeros_like(c0)
    dx = np.zeros_like(x)
    for t in reversed(range(6)):
        dx[:, t], dh, dc, *_ = lstm_step_backward(dhs[:, t] + dh, dc, caches[t])

    theirs = with_weights(torch.nn.LSTM(5, 4, batch_first=True), Wx, Wh, b)
    leaves = tensors(x, h0[None], c0[None])
    hs_torch, _ = theirs(leaves[0], (leaves[1], leaves[2]))
    grads = torch.autograd.grad(hs_torch, leaves, torch.from_numpy(dhs))
    for answer, wanted in zip([dx, dh[None], dc[None]], grads, strict=True):
        close_gradient(answer, wanted.numpy())


@pytest.mark.parametrize(("N", "D", "H"), SIZES)
def test_cell_equals_the_cell_of_torch(N: int, D: int, H: int) -> None:
    x, h, c, *_ = tensors(*step_inputs(N, D, H))
    cell = LSTMCell(D, H).double()
    weights = [p.detach().numpy() for p in (cell.Wx, cell.Wh, cell.b)]
    theirs = with_weights(torch.nn.LSTMCell(D, H), *weights)
    for answers, wanted in [
        (cell(x, (h, c)), theirs(x, (h, c))),
        (cell(x), theirs(x)),
    ]:
        for answer, value in zip(answers, wanted, strict=True):
            close_values(answer.detach().numpy(), value.detach().numpy())


def test_cell_has_the_gradients_of_the_step() -> None:
    arrays = step_inputs(3, 5, 4)
    x, h, c, Wx, Wh, b = arrays
    cell = LSTMCell(5, 4).double()
    with torch.no_grad():
        for parameter, value in zip((cell.Wx, cell.Wh, cell.b), (Wx, Wh, b), strict=True):
            parameter.copy_(torch.from_numpy(value))
    dh_next, dc_next = np.random.default_rng(1).normal(size=(2, 3, 4))
    inputs = tensors(x, h, c)
    outputs = cell(inputs[0], (inputs[1], inputs[2]))
    grads = torch.autograd.grad(
        outputs,
        [*inputs, cell.Wx, cell.Wh, cell.b],
        [torch.from_numpy(dh_next), torch.from_numpy(dc_next)],
    )
    *_, cache = lstm_step_forward(*arrays)
    for answer, wanted in zip(lstm_step_backward(dh_next, dc_next, cache), grads, strict=True):
        close_gradient(answer, wanted.numpy())


def test_cell_is_single_precision_until_told_otherwise() -> None:
    cell = LSTMCell(5, 4)
    assert {name: tuple(p.shape) for name, p in cell.named_parameters()} == {
        "Wx": (5, 16),
        "Wh": (4, 16),
        "b": (16,),
    }
    assert cell(torch.zeros(2, 5))[0].dtype == torch.float32
    assert cell.double()(torch.zeros(2, 5).double())[0].dtype == torch.float64


@given(N=SIZE, D=SIZE, H=SIZE, seed=SEED)
@settings(max_examples=30, deadline=None)
def test_rows_of_a_batch_do_not_meet(N: int, D: int, H: int, seed: int) -> None:
    x, h, c, Wx, Wh, b = step_inputs(N, D, H, seed)
    together = lstm_step_forward(x, h, c, Wx, Wh, b)[:2]
    for n in range(N):
        row = slice(n, n + 1)
        alone = lstm_step_forward(x[row], h[row], c[row], Wx, Wh, b)[:2]
        for one, all_rows in zip(alone, together, strict=True):
            close_values(one, all_rows[row])


@given(N=SIZE, T=SIZE, D=SIZE, H=SIZE, seed=SEED, data=st.data())
@settings(max_examples=30, deadline=None)
def test_no_output_knows_a_later_input(
    N: int, T: int, D: int, H: int, seed: int, data: st.DataObject
) -> None:
    t = data.draw(st.integers(0, T - 1))
    rng = np.random.default_rng(seed)
    _, h0, c0, Wx, Wh, b = step_inputs(N, D, H, seed)
    x = rng.normal(size=(N, T, D))
    changed = x.copy()
    changed[:, t] += 1
    before = lstm_forward(x, h0, c0, Wx, Wh, b)[0]
    after = lstm_forward(changed, h0, c0, Wx, Wh, b)[0]
    np.testing.assert_array_equal(before[:, :t], after[:, :t])
    assert np.any(before[:, t:] != after[:, t:])


@given(N=SIZE, T=SIZE, D=SIZE, H=SIZE, seed=SEED)
@settings(max_examples=30, deadline=None)
def test_an_open_forget_gate_and_a_shut_input_gate_keep_the_cell_state(
    N: int, T: int, D: int, H: int, seed: int
) -> None:
    _, h0, c0, Wx, Wh, b = step_inputs(N, D, H, seed)
    x = np.random.default_rng(seed).normal(size=(N, T, D))
    b[:H], b[H : 2 * H] = -1e3, 1e3
    _, _, cT, _ = lstm_forward(x, h0, c0, Wx, Wh, b)
    close_values(cT, c0)
