"""The references of `emotion` against scikit-learn, torch, and brute force."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import f1_score
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from autograder.given.cells import LSTMCell
from autograder.given.directions import bilstm
from autograder.given.text import PAD, UNK
from solutions.emotion.reference import (
    EmotionBiLSTM,
    additive_attention,
    macro_f1,
    pad_batch,
    ppmi,
)

Array = NDArray[Any]

COMMENTS = st.lists(st.lists(st.integers(0, 9), max_size=8), min_size=1, max_size=6)
SEED = st.integers(0, 2**16)


@given(COMMENTS, st.integers(1, 9))
def test_a_batch_is_that_of_torch(comments: list[list[int]], max_len: int) -> None:
    ids, lengths = pad_batch(comments, max_len)
    kept = [torch.tensor(words[:max_len] or [UNK]) for words in comments]
    wanted = pad_sequence(kept, batch_first=True, padding_value=PAD).numpy()
    assert ids.dtype == lengths.dtype == np.int64
    np.testing.assert_array_equal(ids, wanted)
    np.testing.assert_array_equal(lengths, [len(words) for words in kept])


@settings(max_examples=50)
@given(SEED, st.integers(1, 7))
def test_information_is_the_logarithm_of_shares(seed: int, V: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 5, (V, V)) * 1.0
    counts[rng.integers(V), rng.integers(V)] += 1
    found, S = ppmi(counts), counts.sum()
    for i, j in itertools.product(range(V), repeat=2):
        p, p_i, p_j = counts[i, j] / S, counts[i].sum() / S, counts[:, j].sum() / S
        wanted = max(0, math.log2(p / (p_i * p_j)) * math.log(2)) if p else 0
        assert found[i, j] == pytest.approx(wanted, abs=1e-12)


def test_independent_words_have_no_information() -> None:
    rng = np.random.default_rng(0)
    counts = np.outer(rng.random(5), rng.random(5))
    np.testing.assert_allclose(ppmi(counts), 0, atol=1e-12)


def drawn(N: int, T: int, D: int, A: int, seed: int = 0) -> list[Array]:
    rng = np.random.default_rng(seed)
    mask = rng.random((N, T)) < 0.6
    mask[np.arange(N), rng.integers(0, T, N)] = True
    shapes = ((N, T, D), (D, A), (A,), (A,))
    H, W, b, v = (rng.standard_normal(shape) for shape in shapes)
    return [H, mask, W, b, v]


@pytest.mark.parametrize("large", [1, 1e4])
@pytest.mark.parametrize("sizes", [(3, 4, 5, 2), (1, 1, 1, 1), (4, 7, 1, 3)])
def test_attention_is_that_of_torch_on_the_valid_places(
    sizes: tuple[int, int, int, int], large: float
) -> None:
    H, mask, W, b, v = drawn(*sizes)
    v = large * v
    context, alpha = additive_attention(H, mask, W, b, v)
    assert np.all(alpha[~mask] == 0)
    for n, valid in enumerate(mask):
        rows = torch.tensor(H[n, valid])
        shares = torch.softmax(
            torch.tanh(rows @ torch.tensor(W) + torch.tensor(b)) @ torch.tensor(v), 0
        )
        np.testing.assert_allclose(alpha[n, valid], shares, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(context[n], shares @ rows, rtol=1e-9, atol=1e-12)
    other = np.where(mask[:, :, None], H, -50.0)
    moved = additive_attention(other, mask.astype(float), W, b, v)
    np.testing.assert_array_equal(moved[1], alpha)
    np.testing.assert_allclose(moved[0], context, rtol=1e-12)


def test_attention_is_that_of_keras() -> None:
    import keras

    H, mask, W, b, v = drawn(3, 5, 4, 4)
    W, b = np.eye(4), 0 * b  # Keras adds query and key where a score has W and b
    layer = keras.layers.AdditiveAttention(dtype="float64")
    query = np.zeros((3, 1, 4))
    layer.build([query.shape, H.shape])
    layer.set_weights([v])
    theirs = layer([query, H, H], mask=[None, mask])
    context, _ = additive_attention(H, mask, W, b, v)
    np.testing.assert_allclose(np.asarray(theirs)[:, 0], context, rtol=1e-6)


LENGTHS = torch.tensor([3, 6, 1])


def classifier(dtype: torch.dtype = torch.float64) -> tuple[EmotionBiLSTM, torch.Tensor]:
    torch.manual_seed(0)
    model = EmotionBiLSTM(9, 4, 3, 2, 5).to(dtype)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape))
    return model, torch.randint(0, 9, (3, 7))


def test_the_classifier_is_made_of_layers_of_torch() -> None:
    model, ids = classifier()
    layer = torch.nn.LSTM(4, 3, batch_first=True, bidirectional=True, dtype=torch.float64)
    cells = [(c.Wx.T, c.Wh.T, c.b, 0 * c.b) for c in (model.fw, model.bw)]
    with torch.no_grad():
        for mine, value in zip(layer.parameters(), itertools.chain(*cells), strict=True):
            mine.copy_(value)
    x = torch.nn.functional.embedding(ids, model.E)
    packed = pack_padded_sequence(x, LENGTHS, batch_first=True, enforce_sorted=False)
    states, (ends, _) = layer(packed)
    hs, _ = pad_packed_sequence(states, batch_first=True, total_length=7)
    mask = torch.arange(7) < LENGTHS[:, None]
    numbers = [a.detach().numpy() for a in (hs, mask, model.W, model.b, model.v)]
    context, shares = additive_attention(*numbers)
    features = torch.cat([torch.tensor(context), ends[0], ends[1]], dim=1)
    logits, alpha = model(ids, LENGTHS)
    wanted = torch.nn.functional.linear(features, model.Wo.T, model.bo)
    torch.testing.assert_close(logits, wanted, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(alpha, torch.tensor(shares), rtol=1e-12, atol=1e-12)


def test_the_gradients_of_the_classifier_are_differences() -> None:
    model, ids = classifier()
    names = [name for name, _ in model.named_parameters()]

    def outputs(*values: torch.Tensor) -> Any:
        given = dict(zip(names, values, strict=True))
        return torch.func.functional_call(model, given, (ids, LENGTHS))

    assert torch.autograd.gradcheck(outputs, tuple(model.parameters()))


def test_padding_does_not_matter_to_the_classifier() -> None:
    model, ids = classifier()
    logits, alpha = model(ids, LENGTHS)
    valid = torch.arange(7) < LENGTHS[:, None]
    other = torch.where(valid, ids, 8 - ids)
    wider = torch.cat([other, other[:, :3]], dim=1)
    moved, shares = model(wider, LENGTHS)
    torch.testing.assert_close(moved, logits, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(shares[:, :7], alpha, rtol=1e-12, atol=1e-12)
    assert bool((shares[:, 7:] == 0).all())
    order = torch.tensor([2, 0, 1])
    torch.testing.assert_close(model(ids[order], LENGTHS[order])[0], logits[order])


def test_the_given_directions_are_two_loops() -> None:
    torch.manual_seed(1)
    fw, bw = LSTMCell(4, 3).double(), LSTMCell(4, 3).double()
    x = torch.randn(3, 7, 4, dtype=torch.float64)
    hs = bilstm(x, LENGTHS, fw, bw)
    for n, length in enumerate(LENGTHS.tolist()):
        for cell, half, steps in (
            (fw, hs[n, :, :3], range(length)),
            (bw, hs[n, :, 3:], reversed(range(length))),
        ):
            state = None
            for t in steps:
                state = cell(x[n, t][None], state)
                torch.testing.assert_close(half[t], state[0][0], rtol=1e-12, atol=1e-12)
            assert not half[length:].any()


WORDS = ["anger", "fear", "joy", "neutral"]


@settings(max_examples=300)
@given(st.data())
def test_the_score_is_that_of_scikit_learn(data: st.DataObject) -> None:
    kinds: list[Any] = data.draw(st.sampled_from([WORDS, [0, 1, 2, 3], [7, 3, 11, 5]]))
    n = data.draw(st.integers(1, 30))
    rows = st.lists(st.sampled_from(kinds), min_size=n, max_size=n)
    y_true, y_pred = data.draw(rows), data.draw(rows)
    labels = data.draw(st.lists(st.sampled_from(kinds), min_size=1, unique=True))
    if not set(labels) & {*y_true, *y_pred}:
        assert macro_f1(y_true, y_pred, labels) == 0  # scikit-learn asks for one label that occurs
        return
    try:
        wanted = f1_score(y_true, y_pred, labels=labels, average="macro", zero_division=0)
    except ValueError as error:  # and for one that is true
        assert "y_true" in str(error)  # noqa: PT017
        assert macro_f1(y_true, y_pred, labels) == 0
        return
    assert macro_f1(y_true, y_pred, labels) == pytest.approx(wanted, abs=1e-12)


def test_the_score_is_not_f1_of_the_means() -> None:
    y_true, y_pred = [0] * 8 + [1] * 4 + [2], [0] * 6 + [1, 1] + [1] * 2 + [0, 2] + [2]
    P, R = np.mean([6 / 7, 2 / 4, 1 / 2]), np.mean([6 / 8, 2 / 4, 1])
    assert abs(macro_f1(y_true, y_pred, [0, 1, 2]) - 2 * P * R / (P + R)) > 0.01
