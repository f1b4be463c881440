"""The translators, and the rules they are held against."""

from __future__ import annotations

import numpy as np
import pytest
import sacrebleu
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.experiments import chrf, translator
from autograder.experiments.translator import Setting
from autograder.grader.experiments import translation_scores

TEXTS = st.lists(st.text("ab c", max_size=12), min_size=1, max_size=4)


@settings(deadline=None)
@given(st.data())
def test_chrf_is_sacrebleu_s(data: st.DataObject) -> None:
    right = data.draw(TEXTS)
    text, number = st.text("ab c", max_size=12), len(right)
    said = data.draw(st.lists(text, min_size=number, max_size=number))
    rows = np.array([chrf.counts(a, b) for a, b in zip(right, said, strict=True)])
    wanted = sacrebleu.CHRF().corpus_score(said, [right]).score
    assert chrf.score(rows.sum(0)) == pytest.approx(wanted, abs=1e-9)


PAIRS = [
    (["the", "cat"], ["le", "chat"]),
    (["the", "dog"], ["le", "chien"]),
    (["a", "cat"], ["un", "chat"]),
    (["a", "dog", "barks"], ["un", "chien", "aboie"]),
]


def test_words_are_aligned_by_what_they_come_with() -> None:
    table = translator.word_by_word(PAIRS)
    assert {w: table[w] for w in ("the", "cat", "dog", "a")} == {
        "the": "le", "cat": "chat", "dog": "chien", "a": "un"
    }  # fmt: skip


def test_the_memory_gives_the_translation_of_the_nearest_text() -> None:
    assert translator.nearest(PAIRS, ["a", "dog", "sleeps"]) == ["un", "chien", "aboie"]
    assert translator.nearest(PAIRS, ["the", "cat"]) == ["le", "chat"]


@pytest.mark.parametrize("attends", [False, True])
def test_a_translator_learns_a_few_texts_by_heart(attends: bool) -> None:
    torch.manual_seed(0)
    how = Setting(attends, E=12, H=24, lr=1e-2, epochs=120, batch=4)
    *_, last = translator.train(PAIRS * 2, how, 0)
    assert last.loss < 0.1
    sources = [source for source, _ in PAIRS]
    assert last.translate(sources) == [target for _, target in PAIRS]


def test_a_word_that_is_not_known_is_taken_from_the_source() -> None:
    texts = [([name, "file"], ["fichier", name]) for name in "abcdefgh"] * 2
    known = translator.vocabulary([target for _, target in texts[8:]])
    assert known == {"fichier": 4}
    how = Setting(True, E=12, H=24, lr=1e-2, epochs=80, batch=4)
    rows = [([name, "file"], ["fichier", name]) for name in "abcdefgh"]
    *_, last = translator.train(rows, how, 0)
    assert last.translate([["z", "file"]])[0][0] == "fichier"
    assert last.translate([["z", "file"]])[0][1] in ("z", "file")


def test_an_unknown_word_can_be_left_and_every_word_has_its_weights() -> None:
    rows = [([name, "file"], ["fichier", name]) for name in "abcdefgh"]
    *_, last = translator.train(rows, Setting(True, E=12, H=24, lr=1e-2, epochs=80, batch=4), 0)
    assert last.translate([["z", "file"]], copies=False)[0][1] == "?"
    found = list(last.looking([["z", "file"], ["file"]]))
    assert [words for words, _ in found] == last.translate([["z", "file"], ["file"]])
    for T, (words, weights) in zip((2, 1), found, strict=True):
        assert weights is not None
        assert weights.shape == (len(words) + 1, T)
        torch.testing.assert_close(weights.sum(1), torch.ones(len(words) + 1))
    *_, fixed = translator.train(rows, Setting(False, E=4, H=4, epochs=1), 0)
    assert all(weights is None for _, weights in fixed.looking([["file"]]))


def test_what_is_dropped_is_dropped_in_training_alone() -> None:
    how = Setting(True, E=6, H=8, epochs=2, batch=4, dropout=0.5)
    *_, last = translator.train(PAIRS * 2, how, 0)
    x = translator.padded([["a", "dog", "barks"]] * 2, last.sources)
    assert last.model.training is True
    weights = last.model.greedy(x)[1]
    assert last.model.training is False
    assert weights is not None
    torch.testing.assert_close(weights[0], weights[1])


def test_the_rate_falls_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = []
    step = torch.optim.Adam.step

    def noted(self: torch.optim.Adam) -> None:
        rates.append(self.param_groups[0]["lr"])
        step(self)

    monkeypatch.setattr(torch.optim.Adam, "step", noted)
    list(translator.train(PAIRS, Setting(True, E=4, H=4, lr=0.4, epochs=4, batch=4, end=0.0), 0))
    assert rates == pytest.approx([0.4, 0.3, 0.2, 0.1])


def test_a_setting_bounds_the_vocabulary_and_what_is_written() -> None:
    how = Setting(True, E=4, H=4, epochs=1, V=2, longest=3)
    *_, last = translator.train(PAIRS * 2, how, 0)
    assert len(last.sources) == len(last.targets) == 2
    assert max(map(len, last.translate([["the", "cat"]]))) <= 3


def test_padding_moves_no_translation() -> None:
    how = Setting(True, E=6, H=8, epochs=1, batch=4)
    *_, last = translator.train(PAIRS, how, 0)
    last.model.double()
    alone = last.model.greedy(translator.padded([["the", "cat"]], last.sources))[0]
    beside = [["the", "cat"], ["a", "dog", "barks", "a", "dog", "barks"]]
    together = last.model.greedy(translator.padded(beside, last.sources))[0]
    assert torch.equal(alone[0], together[0])


@settings(deadline=None)
@given(st.data())
def test_the_counts_of_bleu_are_sacrebleu_s(data: st.DataObject) -> None:
    words = st.lists(st.sampled_from("abc"), max_size=7)
    right = data.draw(st.lists(words, min_size=1, max_size=4))
    said = data.draw(st.lists(words, min_size=len(right), max_size=len(right)))
    counted = translation_scores.matches(right, said).sum(0)
    plain = sacrebleu.BLEU(tokenize="none", smooth_method="none", force=True)
    wanted = plain.corpus_score([" ".join(s) for s in said], [[" ".join(r) for r in right]])
    assert translation_scores.bleu(counted) == pytest.approx(wanted.score, abs=1e-9)


def test_a_gain_is_that_of_the_means() -> None:
    reference = [source for source, _ in PAIRS]
    right = translation_scores.runs(reference, reference)
    wrong = translation_scores.runs(reference, [["x"]] * 4)
    assert translation_scores.gain([right, wrong], [wrong]) == {
        "mean": 50.0,
        "interval": [50.0, 50.0],
    }
    assert translation_scores.gain([wrong], [right])["mean"] == -100


def test_the_interval_holds_the_difference() -> None:
    reference = [source for source, _ in PAIRS]
    one = translation_scores.runs(reference, reference)
    other = translation_scores.runs(reference, [["the", "cow"], ["a", "dog"], ["a", "cat"], ["x"]])
    low, high = translation_scores.gain([one], [other])["interval"]
    found = chrf.score(one.sum(0)) - chrf.score(other.sum(0))
    assert low <= found <= high
    assert translation_scores.gain([one], [one]) == {"mean": 0.0, "interval": [0.0, 0.0]}
