"""The classifiers of comments that are compared, on texts that are made up."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from autograder.corpora import MissingDataError
from autograder.corpora.goemotions import Comment
from autograder.corpora.sentences import vocabulary
from autograder.corpora.valence import Rated
from autograder.exercises.shared.special_words import FIRST
from autograder.grader import references
from autograder.grader.checkout import CHAPTERS
from autograder.grader.experiments import __main__ as experiments
from autograder.grader.experiments import classifiers, comparison, goemotions, resampling, valence
from autograder.grader.experiments.classifiers import VECTORS, Corpus, Part

SIZES = {"E": 6, "H": 5, "A": 4}
SIGNS = {"good": ["fine", "lovely"], "bad": ["poor", "broken"], "neither": ["box", "two"]}


def part(n: int, seed: int) -> Part:
    """Texts in which one word decides."""
    rng = np.random.default_rng(seed)
    texts, labels = [], []
    for _ in range(n):
        label = str(rng.choice(list(SIGNS)))
        text = [str(word) for word in rng.choice(["it", "is", "a", "so"], rng.integers(1, 6))]
        text.insert(rng.integers(len(text) + 1), str(rng.choice(SIGNS[label])))
        texts.append(text)
        labels.append(label)
    return Part(texts, labels)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus(part(400, 0), part(80, 1), list(SIGNS))


@pytest.mark.parametrize("make", [classifiers.naive_bayes, classifiers.logistic_regression])
def test_a_rival_learns_which_word_decides(make: Any, corpus: Corpus) -> None:
    found = make(corpus)
    assert found.dev > 0.95
    assert found.predict([["a", "lovely", "box", "lovely"]]) == ["good"]


def test_the_majority_is_one_class(corpus: Corpus) -> None:
    assert len(set(classifiers.majority(corpus).predict(corpus.dev.texts))) == 1


@pytest.mark.parametrize("vectors", VECTORS[::2])
def test_the_network_learns_it_too(
    vectors: str, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classifiers, "BATCH", 16)
    network, history = classifiers.network(corpus, vectors, 0, {"lovely": 3.0}, 12, SIZES)
    assert max(history["dev"]) > 0.9
    again = classifiers.macro_f1(
        corpus.dev.labels, network.predict(corpus.dev.texts), corpus.classes
    )
    assert round(again, 4) == history["dev"][history["epoch"] - 1] == max(history["dev"])
    p, shares = network.read(corpus.dev.texts)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-6)
    assert [len(row) for row in shares] == [len(text) for text in corpus.dev.texts]
    np.testing.assert_allclose([sum(row) for row in shares], 1, rtol=1e-5)


def test_a_training_is_repeated_to_the_last_digit(corpus: Corpus) -> None:
    once, again = (classifiers.network(corpus, VECTORS[1], 3, {}, 1, SIZES)[0] for _ in range(2))
    for a, b in zip(once.model.parameters(), again.model.parameters(), strict=True):
        assert torch.equal(a, b)


def test_without_attention_all_shares_are_equal(corpus: Corpus) -> None:
    network, _ = classifiers.network(corpus, VECTORS[0], 0, {}, 2, SIZES, attention=False)
    for row in network.read(corpus.dev.texts[:9])[1]:
        np.testing.assert_allclose(row, 1 / len(row), rtol=1e-5)


def test_counted_vectors_come_from_the_information_of_the_assignment() -> None:
    rng = np.random.default_rng(0)
    texts = [[str(word) for word in rng.integers(0, 12, 30)] for _ in range(40)]
    number = vocabulary(texts, 1, FIRST)
    V = 4 + len(number)
    counts = np.zeros((V, V))
    for text in texts:
        for away in range(1, 5):
            for a, b in zip(text[:-away], text[away:], strict=True):
                counts[number[a], number[b]] += 1
                counts[number[b], number[a]] += 1
    information = references.namespace("emotion")["ppmi"](counts)
    U, sizes, _ = np.linalg.svd(information)
    wanted = (U[:, :5] * sizes[:5]) @ U[:, :5].T
    found = classifiers.counted(texts, number, 5)
    found = found @ found.T
    found *= np.linalg.norm(wanted) / np.linalg.norm(found)
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_whole_words_and_features_are_left_out(corpus: Corpus) -> None:
    torch.manual_seed(0)
    model = references.namespace("emotion")["EmotionBiLSTM"](200, 6, 5, 4, 3)
    left = classifiers.thinned(model)
    for name, share in classifiers.DROPPED.items():
        rows = left[name].abs().sum(dim=1)
        gone = (rows == 0).float().mean().item()
        assert abs(gone - share) < 0.15
        kept = rows > 0
        whole = dict(model.named_parameters())[name]
        torch.testing.assert_close(left[name][kept], whole[kept] / (1 - share))


def test_batches_hold_every_text_once_and_are_of_similar_length() -> None:
    rng = np.random.default_rng(0)
    texts = [["a"] * int(n) for n in rng.integers(1, 40, 1000)]
    found = classifiers.batches(texts, rng)
    assert sorted(np.concatenate(found)) == list(range(1000))
    spread = [np.ptp([len(texts[k]) for k in rows]) for rows in found]
    assert max(spread) <= 10
    first = [len(texts[rows[0]]) for rows in found]
    assert any(a > b for a, b in pairwise(first)), "in an order by lot"


def test_an_interval_holds_zero_where_two_are_alike() -> None:
    rng = np.random.default_rng(0)
    y = [str(k) for k in rng.integers(0, 3, 400)]
    noisy = [label if rng.random() < 0.7 else "0" for label in y]
    low, high = resampling.of_macro_f1(y, [noisy, noisy], [noisy])
    assert low == high == 0
    low, high = resampling.of_macro_f1(y, [y], [noisy])
    assert low > 0.1


def test_a_table_of_confusions_has_what_is_true_in_its_rows() -> None:
    assert comparison.confusion(["a", "a", "b"], ["a", "b", "b"], ["a", "b"]) == [[1, 1], [0, 1]]


def test_a_comparison_has_all_that_belongs_to_it(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classifiers, "SIZES", SIZES)
    monkeypatch.setattr(classifiers.network, "__defaults__", (3, SIZES, True))
    monkeypatch.setattr(comparison, "SEEDS", (0, 1))
    test = part(60, 2)
    others = {"another": (0.5, {"bound": 0.1}, ["good"] * 60)}
    tried = {VECTORS[0]: (0, 1), comparison.WITHOUT: (0,)}
    record, _ = comparison.compared(corpus, test, {}, others, tried)
    assert json.loads(json.dumps(record)) == record
    assert record["vectors"] == VECTORS[0]
    assert list(record["rivals"]) == [*comparison.RIVALS, "another"]
    assert sum(record["support"]) == 60 == sum(map(sum, record["confusion"]))
    assert len(record["network"]["test"]) == 2
    low, high = record["over logistic regression"]["interval"]
    assert low <= high


def test_no_document_and_no_sentence_is_in_two_parts() -> None:
    rated = [
        Rated(f"sentence of {'x' * (n % 50)}", 1.0, "product", f"product {n // 10}")
        for n in range(200)
    ] + [Rated(f"A film {'y' * (n // 2)}!", -1.0, "film", "") for n in range(100)]
    parts = valence.split(rated)
    assert sum(map(len, parts)) == 300
    for what in ("text", "document"):
        seen = [{getattr(one, what) for one in part} - {""} for part in parts]
        assert not seen[0] & seen[1]
        assert not seen[0] & seen[2]
        assert not seen[1] & seen[2]


def test_nearly_equal_comments_are_left_out() -> None:
    comments = [Comment(text, ("joy",), "") for text in ("So good!", "so good", "bad")]
    assert goemotions.without(comments[1:], comments[:1]) == comments[2:]


def test_a_corpus_that_is_not_there_is_told_and_passed_over(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("DATA", raising=False)
    monkeypatch.setattr(valence, "FETCHED", tmp_path)
    experiments.main(["goemotions", "valence"])
    said = capsys.readouterr().out
    assert "goemotions is left out. GoEmotions is read from a folder that you name" in said
    assert "valence is left out. There is no vaderSentiment" in said


def recorded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (CHAPTERS / "emotion" / "results" / f"{name}.json").read_text(encoding="utf-8")
    )
    return found


def test_a_reduced_row_is_what_the_record_has() -> None:
    try:
        found = valence.reduced()
    except MissingDataError as reason:
        pytest.skip(str(reason))
    wanted = recorded("valence")["reduced"]
    assert found["naive Bayes"] == wanted["naive Bayes"]
    assert found["network"] == pytest.approx(wanted["network"], abs=0.02)
