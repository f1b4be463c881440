"""The references of `summarization` against rouge-score, torch, and brute force."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from rouge_score.rouge_scorer import RougeScorer

from autograder.given.text import PAD
from solutions.summarization.reference import (
    PhraseEncoder,
    lcs_positions,
    phrase_cnn,
    phrases,
    pointer_mixture,
    rouge_l,
    rouge_lsum,
    rouge_n,
)

Array = NDArray[Any]
Score = tuple[float, float, float]


class Blanks:
    """A tokenizer for rouge-score that splits at blanks and changes nothing."""

    def tokenize(self, text: str) -> list[str]:
        return text.split()


KINDS = ("rouge1", "rouge2", "rouge3", "rougeL", "rougeLsum")
SCORER = RougeScorer(KINDS, tokenizer=Blanks())


def theirs(kind: str, reference: list[list[str]], hypothesis: list[list[str]]) -> Score:
    """The score of rouge-score, which takes sentences on lines of their own."""
    lines = ["\n".join(" ".join(s) for s in text) for text in (reference, hypothesis)]
    return tuple(SCORER.score(*lines)[kind])


TOKENS = st.lists(st.sampled_from(["a", "b", "c", "The", "the", "données", "한국어"]), max_size=9)
FEW = st.lists(st.sampled_from("ab"), max_size=8)
TEXT = TOKENS | FEW
SENTENCES = st.lists(TEXT.filter(bool), max_size=4)


@settings(max_examples=300)
@given(TEXT, TEXT, st.integers(1, 3))
def test_shared_runs_are_those_of_rouge_score(mine: list[str], other: list[str], n: int) -> None:
    assert rouge_n(mine, other, n) == theirs(f"rouge{n}", [mine], [other])


@settings(max_examples=300)
@given(TEXT, TEXT)
def test_the_longest_subsequence_scores_as_in_rouge_score(
    mine: list[str], other: list[str]
) -> None:
    assert rouge_l(mine, other) == theirs("rougeL", [mine], [other])


@settings(max_examples=1000)
@given(SENTENCES, SENTENCES)
def test_summaries_score_as_in_rouge_score(mine: list[list[str]], other: list[list[str]]) -> None:
    assert rouge_lsum(mine, other) == theirs("rougeLsum", mine, other)


def test_long_summaries_score_as_in_rouge_score() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        mine, other = (
            [
                [str(word) for word in rng.integers(0, rng.integers(2, 12), rng.integers(1, 20))]
                for _ in range(rng.integers(1, 6))
            ]
            for _ in range(2)
        )
        assert rouge_lsum(mine, other) == theirs("rougeLsum", mine, other)


def test_the_order_of_sentences_matters_to_one_score_alone() -> None:
    mine, other = [["a", "b"], ["c", "d"]], [["c", "d"], ["a", "b"]]
    assert rouge_lsum(mine, other) == (1, 1, 1)
    assert rouge_l([*mine[0], *mine[1]], [*other[0], *other[1]]) == (0.5, 0.5, 0.5)


@settings(max_examples=200)
@given(FEW, FEW)
def test_positions_are_of_a_longest_common_subsequence(mine: list[str], other: list[str]) -> None:
    found = lcs_positions(mine, other)
    assert found == sorted(set(found))
    rest = iter(other)
    assert all(mine[k] in rest for k in found), "they are a subsequence of the other text, too"
    longest = max(
        size
        for size in range(len(mine) + 1)
        if size == 0
        or {*itertools.combinations(mine, size)} & {*itertools.combinations(other, size)}
    )
    assert len(found) == longest


@given(TEXT, st.lists(st.sampled_from(["a", "the", "c"])), st.integers(1, 5))
def test_phrases_are_the_text_and_end_where_they_should(
    tokens: list[str], function_words: list[str], K: int
) -> None:
    found = phrases(tokens, function_words, K)
    assert found == phrases(tokens, set(function_words), K)
    assert [*itertools.chain(*found)] == tokens
    assert all(1 <= len(phrase) <= K for phrase in found)
    for number, phrase in enumerate(found):
        assert not set(phrase[1:-1]) & set(function_words)
        closed = len(phrase) == K or (len(phrase) > 1 and phrase[-1] in function_words)
        assert closed or number == len(found) - 1


def test_phrases_of_the_example() -> None:
    text = ["the", "parser", "of", "the", "files", "for", "X"]
    found = phrases(text, {"of", "the", "for"}, 5)
    assert found == [["the", "parser", "of"], ["the", "files", "for"], ["X"]]


@pytest.mark.parametrize(
    "sizes", [(2, 3, 4, 5, 6, 3), (1, 1, 1, 1, 1, 1), (3, 2, 2, 4, 3, 5), (2, 2, 7, 1, 2, 3)]
)
def test_a_phrase_becomes_the_maximum_of_its_windows(sizes: tuple[int, ...]) -> None:
    N, P, K, E, F, S = sizes
    rng = np.random.default_rng(1)
    x, w, b = rng.standard_normal((N, P, K, E)), rng.standard_normal((F, S, E)), rng.random(F)
    mask = rng.random((N, P, K)) < 0.6
    mask[0, 0] = P == 1
    found = phrase_cnn(x, mask, w, b)
    for n, p, f in itertools.product(range(N), range(P), range(F)):
        best = 0.0
        for k in np.flatnonzero(mask[n, p]):
            y = b[f]
            for s in range(S):
                at = k + s - S // 2
                if 0 <= at < K and mask[n, p, at]:
                    y += x[n, p, at] @ w[f, s]
            best = max(best, y)
        assert found[n, p, f] == pytest.approx(best, abs=1e-12)
    other = np.where(mask[..., None], x, 50.0)
    np.testing.assert_array_equal(phrase_cnn(other, mask.astype(float), w, b), found)


def encoder() -> tuple[PhraseEncoder, torch.Tensor]:
    torch.manual_seed(0)
    model = PhraseEncoder(9, 4, 5, 3, 6).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape))
    ids = torch.randint(1, 9, (3, 4, 5))
    ids[0, 1, 2:], ids[1, 2:], ids[2, 3:], ids[2, 0, :2] = PAD, PAD, PAD, PAD
    return model, ids


def test_the_encoder_is_the_layer_of_torch_over_phrase_cnn() -> None:
    model, ids = encoder()
    x, word = model.emb[ids].detach().numpy(), (ids != PAD).numpy()
    c = phrase_cnn(x, word, model.w.detach().numpy(), model.b.detach().numpy())
    layer = torch.nn.LSTM(5, 6, batch_first=True, dtype=torch.float64)
    cell = model.cell
    with torch.no_grad():
        for mine, value in zip(
            layer.parameters(), (cell.Wx.T, cell.Wh.T, cell.b, 0 * cell.b), strict=True
        ):
            mine.copy_(value)
    hs, mask = model(ids)
    wanted = layer(torch.tensor(c))[0] * torch.tensor(word.any(axis=2))[..., None]
    torch.testing.assert_close(hs, wanted, rtol=1e-12, atol=1e-12)
    assert mask.tolist() == [[True] * 4, [True, True, False, False], [True] * 3 + [False]]


def test_the_gradients_of_the_encoder_are_differences() -> None:
    model, ids = encoder()
    names = [name for name, _ in model.named_parameters()]

    def states(*values: torch.Tensor) -> Any:
        given = dict(zip(names, values, strict=True))
        return torch.func.functional_call(model, given, (ids,))[0]

    assert torch.autograd.gradcheck(states, tuple(model.parameters()))


def test_padding_does_not_matter_to_the_encoder() -> None:
    model, ids = encoder()
    hs, mask = model(ids)
    wider = torch.nn.functional.pad(ids, (0, 3, 0, 2))
    moved, more = model(wider)
    torch.testing.assert_close(moved[:, :4], hs, rtol=1e-12, atol=1e-12)
    assert not moved[:, 4:].any()
    assert not more[:, 4:].any()
    assert torch.equal(more[:, :4], mask)
    order = torch.tensor([2, 0, 1])
    torch.testing.assert_close(model(ids[order])[0], hs[order], rtol=1e-12, atol=1e-12)


@settings(max_examples=50)
@given(st.integers(0, 2**16), st.integers(1, 4), st.integers(1, 5), st.integers(1, 6))
def test_the_mixture_is_a_sum_place_by_place(seed: int, N: int, V: int, M: int) -> None:
    rng = np.random.default_rng(seed)
    size = V + int(rng.integers(0, 4))
    p_gen, weights = rng.dirichlet(np.ones(V), N), rng.dirichlet(np.ones(M), N)
    switch, ids = rng.random(N), rng.integers(0, size, (N, M))
    found = pointer_mixture(p_gen, switch, weights, ids, size)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-12)
    for n, k in itertools.product(range(N), range(size)):
        said = switch[n] * p_gen[n, k] if k < V else 0.0
        shown = sum(weights[n, m] for m in range(M) if ids[n, m] == k)
        assert found[n, k] == pytest.approx(said + (1 - switch[n]) * shown, abs=1e-12)
