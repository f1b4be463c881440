"""The references on translation against sacrebleu, torch, brute force, and what is true of all."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sacrebleu
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from solutions.translation.reference import (
    Decoder,
    Encoder,
    Seq2Seq,
    greedy_decode,
    seq2seq_loss,
    shift_right,
)
from solutions.translation_decoding.reference import attend, beam_search, bleu

PAD, BOS, EOS = 0, 1, 2
V, E, H = 9, 3, 5
LENGTHS = torch.tensor([4, 1, 6, 3])


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def sources() -> torch.Tensor:
    return torch.randint(0, V, (4, 6))


def ready(cell: Any) -> torch.nn.GRU:
    """torch's own GRU with the weights of a cell."""
    layer = torch.nn.GRU(cell.Wx.shape[0], cell.Wh.shape[0], batch_first=True).double()
    values = {"weight_ih_l0": cell.Wx.T, "weight_hh_l0": cell.Wh.T}
    layer.load_state_dict({**values, "bias_ih_l0": cell.bx, "bias_hh_l0": cell.bh})
    return layer


def test_shifting_is_padding_on_the_left() -> None:
    y = torch.randint(0, V, (3, 5))
    wanted = torch.nn.functional.pad(y, (1, -1), value=BOS)
    assert torch.equal(shift_right(y), wanted)
    assert torch.equal(shift_right(y[:, :1]), torch.full((3, 1), BOS))


def test_the_encoder_is_a_packed_layer_of_torch() -> None:
    encoder, x = Encoder(V, E, H).double(), sources()
    hs, h, context = encoder(x, LENGTHS)
    packed = pack_padded_sequence(encoder.emb[x], LENGTHS, True, enforce_sorted=False)
    states, last = ready(encoder.cell)(packed)
    wanted, _ = pad_packed_sequence(states, True, total_length=6)
    torch.testing.assert_close(hs, wanted, rtol=1e-12, atol=1e-12)
    assert bool((hs[torch.arange(6) >= LENGTHS[:, None]] == 0).all())
    torch.testing.assert_close(context, torch.tanh(last[0] @ encoder.Wc))
    torch.testing.assert_close(h, torch.tanh(context @ encoder.W0))


def test_more_padding_and_another_order_move_nothing_of_the_encoder() -> None:
    encoder, x = Encoder(V, E, H).double(), sources()
    order = torch.tensor([2, 0, 3, 1])
    wider = torch.cat([x, torch.randint(0, V, (4, 3))], dim=1)
    wider[1, 1:] = 7
    for of, lengths, wanted in (
        (wider, LENGTHS, encoder(x, LENGTHS)),
        (x[order], LENGTHS[order], [part[order] for part in encoder(x, LENGTHS)]),
    ):
        found = encoder(of, lengths)
        torch.testing.assert_close(found[0][:, :6], wanted[0], rtol=1e-12, atol=1e-12)
        for a, r in zip(found[1:], wanted[1:], strict=True):
            torch.testing.assert_close(a, r, rtol=1e-12, atol=1e-12)


def test_the_decoder_is_its_cell_word_by_word() -> None:
    decoder = Decoder(V, E, H).double()
    y, h, context = torch.randint(0, V, (4, 6)), *torch.randn(2, 4, H, dtype=torch.float64)
    logits, last = decoder(y, h, context)
    state = h
    for t in range(6):
        word = decoder.emb[y[:, t]]
        state = decoder.cell(torch.cat([word, context], 1), state)
        wanted = torch.cat([state, word, context], 1) @ decoder.Wo + decoder.bo
        torch.testing.assert_close(logits[:, t], wanted, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(last, state, rtol=1e-12, atol=1e-12)


def test_no_word_moves_logits_that_predict_it() -> None:
    model = Seq2Seq(Encoder(V, E, H), Decoder(V, E, H)).double()
    x, y = sources(), torch.randint(3, V, (4, 5))
    before = model(x, LENGTHS, y)
    for t in range(5):
        other = y.clone()
        other[:, t] = (y[:, t] - 2) % (V - 3) + 3
        moved = (model(x, LENGTHS, other) - before).abs().amax(2)
        assert bool((moved[:, : t + 1] == 0).all())
        assert t == 4 or bool((moved[:, t + 1] > 0).all())


@pytest.mark.parametrize("scale", [1.0, 1e3])
def test_the_loss_is_torch_s_own(scale: float) -> None:
    logits = (scale * torch.randn(4, 6, V, dtype=torch.float64)).requires_grad_()
    y = torch.randint(1, V, (4, 6)) * (torch.arange(6) < LENGTHS[:, None])
    loss = seq2seq_loss(logits, y)
    wanted = torch.nn.functional.cross_entropy(logits.flatten(0, 1), y.flatten(), ignore_index=PAD)
    torch.testing.assert_close(loss, wanted)
    (slope,), (right,) = (torch.autograd.grad(one, logits) for one in (loss, wanted))
    torch.testing.assert_close(slope, right)
    assert bool((slope[y == PAD] == 0).all())


TOKENS = st.lists(st.sampled_from(["a", "b", "c", "ab"]), max_size=9)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(TOKENS, TOKENS), min_size=1, max_size=5), st.integers(1, 5))
def test_the_score_is_sacrebleu_s(pairs: list[tuple[list[str], list[str]]], n: int) -> None:
    reference, hypothesis = map(list, zip(*pairs, strict=True))
    metric = sacrebleu.BLEU(max_ngram_order=n, tokenize="none", smooth_method="none", force=True)
    right, found = ([" ".join(tokens) for tokens in corpus] for corpus in (reference, hypothesis))
    wanted = metric.corpus_score(found, [right]).score
    assert bleu(reference, hypothesis, n) == pytest.approx(wanted, abs=1e-9)


def test_anchors_of_the_score() -> None:
    assert bleu([["the", "cat"]], [["the"] * 3], 1) == pytest.approx(100 / 3)
    same = [["a", "b", "c", "d"], ["e"]]
    assert bleu(same, same, 4) == pytest.approx(100, abs=1e-9)
    assert bleu([["a", "b", "c"]], [["a", "b", "c"]], 4) == 0.0


Step = Callable[[int, Any], tuple[np.ndarray, Any]]


def language_model(seed: int, V: int = 6) -> Step:
    """A model whose logits hang on all words that were read."""
    rng = np.random.default_rng(seed)
    E, Wh, Wo = (rng.standard_normal(shape) for shape in ((V, 5), (5, 5), (5, V)))

    def step(token: int, state: Any) -> tuple[np.ndarray, Any]:
        before = np.zeros(5) if state is None else state
        h = np.tanh(E[token] + before @ Wh)
        logits = 2.5 * h @ Wo
        logits[[PAD, BOS]] = -np.inf
        return logits, h

    return step


def everything(step: Step, max_len: int, penalty: float) -> list[tuple[list[int], float]]:
    """All sentences of a model with their scores, the best first."""
    found = []

    def grow(ids: list[int], logp: float, state: Any) -> None:
        logits, state = step(ids[-1] if ids else BOS, state)
        gains = logits - np.logaddexp.reduce(logits)
        for token in np.flatnonzero(np.isfinite(gains)):
            total, length = logp + gains[token], len(ids) + 1
            if token == EOS or length == max_len:
                words = ids if token == EOS else [*ids, int(token)]
                found.append((words, total / length**penalty))
            else:
                grow([*ids, int(token)], total, state)

    grow([], 0.0, None)
    return sorted(found, key=lambda one: (-one[1], one[0]))


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("penalty", [0.0, 0.7, 1.0])
def test_a_beam_that_is_wide_enough_finds_the_best_of_all(seed: int, penalty: float) -> None:
    step, max_len = language_model(seed, 5), 4
    wanted = everything(step, max_len, penalty)
    found = beam_search(step, 3**max_len, max_len, penalty)
    assert [ids for ids, _ in found[:10]] == [ids for ids, _ in wanted[:10]]
    np.testing.assert_allclose([s for _, s in found], [s for _, s in wanted][: len(found)])
    total = sum(math.exp(score) for _, score in everything(step, max_len, 0.0))
    assert total == pytest.approx(1)


@pytest.mark.parametrize("seed", range(30))
def test_a_beam_of_one_is_the_greedy_search(seed: int) -> None:
    step = language_model(seed)
    for max_len in (1, 3, 7):
        ((ids, _),) = beam_search(step, 1, max_len, 1.0)
        assert ids == greedy_decode(step, max_len)


def test_attention_is_torch_s_own_without_a_scale() -> None:
    q, hs = (torch.randn(4, T, H, dtype=torch.float64) for T in (3, 6))
    W = torch.randn(H, H, dtype=torch.float64)
    mask = torch.arange(6) < LENGTHS[:, None]
    context, alpha = attend(q, hs, mask, W)
    own = torch.nn.functional.scaled_dot_product_attention
    wanted = own(q @ W, hs, hs, attn_mask=mask[:, None], scale=1.0)
    torch.testing.assert_close(context, wanted, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(alpha.sum(2), torch.ones(4, 3, dtype=torch.float64))
    assert bool((alpha.masked_select(~mask[:, None]) == 0).all())
    torch.testing.assert_close(attend(q, hs, mask.double(), W)[1], alpha)


def test_gradients_of_attention_are_those_of_differences() -> None:
    leaves = [torch.randn(2, T, 3, dtype=torch.float64, requires_grad=True) for T in (2, 4)]
    W = torch.randn(3, 3, dtype=torch.float64, requires_grad=True)
    mask = torch.tensor([[1, 1, 0, 1], [0, 1, 0, 0]], dtype=torch.bool)
    assert torch.autograd.gradcheck(lambda q, hs, W: attend(q, hs, mask, W), (*leaves, W))


def test_every_step_of_a_search_is_one_call() -> None:
    calls = itertools.count()
    step = language_model(3)

    def counted(token: int, state: Any) -> tuple[np.ndarray, Any]:
        next(calls)
        return step(token, state)

    ids = greedy_decode(counted, 5)
    assert next(calls) == min(len(ids) + 1, 5)
