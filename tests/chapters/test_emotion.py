"""The pages on emotion in comments: every number that they state."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score

from autograder.corpora import fetch
from autograder.given.cells import LSTMCell
from autograder.given.directions import bilstm
from autograder.grader.release.source import page as page_of
from solutions.emotion.reference import macro_f1
from tests.chapters import pages
from tests.chapters.pages import Ran, lesson_of, run_lesson, run_solved

LESSON = lesson_of("emotion")


def said(number: int, *parts: str) -> None:
    pages.said(LESSON, number, *parts)


@pytest.fixture(scope="module")
def solved() -> Ran:
    return run_solved("emotion")


@pytest.fixture(scope="module")
def lesson() -> Ran:
    return run_lesson(LESSON)


# The assignment.


def test_the_demonstrations_show_what_is_said(solved: Ran) -> None:
    for line in (
        "masked: 0.00 of the attention is on padding",
        "right on sentences not seen: 100%",
        "equal to scikit-learn: True",
    ):
        assert line in solved[1]


def test_minimum_and_maximum_keep_the_same_company(solved: Ran) -> None:
    assert "minimum  maximum" in solved[1]
    assert "*minimum* and *maximum* keep the same company" in page_of("emotion").read_text("utf-8")


def test_masked_shares_and_those_of_scores_of_zero_are_as_drawn(solved: Ran) -> None:
    kinds = solved[0]["kinds_of_shares"]
    assert kinds["masked"][:4].sum() == pytest.approx(1)
    assert np.ptp(kinds["scores of 0"][4:]) < 1e-12
    assert np.ptp(kinds["no mask"][4:]) > 0.1
    for shares in kinds.values():
        assert shares.sum() == pytest.approx(1)


def test_attention_has_found_the_words_that_decide(solved: Ran) -> None:
    names = solved[0]
    signs = {word for known in names["signs"].values() for word in known}
    for k in names["shown"]:
        words = names["unseen"][k]
        assert words[int(names["alpha"][k].argmax())] in signs
        assert names["alpha"][k].max() > 0.9
    assert len({int(names["alpha"][k].argmax()) for k in names["shown"]}) > 1


# The lesson.


def test_the_lesson_shows_what_is_said(lesson: Ran) -> None:
    assert "never smaller: True" in lesson[1]
    names = lesson[0]
    assert np.max(names["of_means"] - names["macro"]) == pytest.approx(0.15, abs=0.06)
    by_comment, by_group = (
        np.mean([names["learned_by_heart"](test) for test in tests])
        for tests in names["splits"].values()
    )
    assert by_comment > 0.9
    assert abs(by_group - 0.5) < 0.1


def test_a_good_part_of_all_words_occurs_once(lesson: Ran) -> None:
    seen = lesson[0]["seen"]
    assert 0.3 < np.mean([times == 1 for times in seen.values()]) < 0.5


def test_the_shapes_of_a_batch() -> None:
    lengths, H = torch.tensor([3, 10, 7]), 32
    hs = bilstm(torch.randn(3, 10, 4), lengths, LSTMCell(4, H), LSTMCell(4, H))
    zeros = int((hs == 0).sum())
    assert hs.shape == (3, 10, 64)
    said(1, "(3, 10, 64)", "(3, 10)", "(3, 64)", "(3, 128)", f"{zeros} in all")


def test_shares_of_two_words_and_two_pads() -> None:
    e = np.exp([2.0, 1.0])
    masked, zeros = e / e.sum(), np.array([*e, 1, 1]) / (e.sum() + 2)
    said(
        2,
        *(f"{share:.3f}" for share in masked),
        f"{e[0]:.3f}",
        f"{e[1]:.3f}",
        *(f"{share:.3f}" for share in zeros[:3]),
        f"{zeros[:2].sum():.3f}",
    )


def test_neutral_always() -> None:
    y_true, y_pred = ["neutral"] * 90 + ["angry"] * 10, ["neutral"] * 100
    each = macro_f1(y_true, y_pred, ["neutral"])
    weighted = f1_score(y_true, y_pred, average="weighted")
    macro = macro_f1(y_true, y_pred, ["neutral", "angry"])
    said(3, "0.90", f"{each:.3f}", f"{weighted:.3f}", f"{macro:.3f}")


def test_the_mean_hides_two_bad_classes() -> None:
    each = 2 * 0.2 / 1.2
    said(4, f"{each:.3f}", "0.6 and 0.6, whose F1 is 0.6")


def test_a_loud_pad_leaves_nothing() -> None:
    assert np.exp(np.float64(-800)) == 0
    said(5, "800", "rounds to 0")


def test_twins_of_the_test_part() -> None:
    twins, there = 300 / 10, 300 / 10 * 0.9
    more = there * 0.4
    said(6, f"{twins:.0f} of the 1,000", f"{there:.0f}", f"{more:.0f} comments", f"{more / 10:.1f}")


# The page on real sentences, against its record.

REAL = LESSON.with_name("real_sentences.md")
TEXT = " ".join(REAL.read_text(encoding="utf-8").split())


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (LESSON.parent / "results" / "valence.json").read_text(encoding="utf-8")
    )
    return found


def told(number: int, *parts: str) -> None:
    pages.said(REAL, number, *parts)


def test_a_record_has_all_that_belongs_to_it(record: dict[str, Any]) -> None:
    assert {"date", "hardware", "versions", "seeds", "data", "sizes", "parameters"} <= record.keys()
    assert len(record["seeds"]) == 3 == len(record["network"]["test"])
    assert record["data"]["sha256"] == fetch.SHA256
    assert sum(record["support"]) == record["texts"]["test"] == sum(map(sum, record["confusion"]))


def test_the_scores_are_those_of_the_picture(record: dict[str, Any]) -> None:
    rivals = {name: 100 * row["test"] for name, row in record["rivals"].items()}
    seeds = [100 * score for score in record["network"]["test"]]
    low, middle, high = sorted(f"{score:.1f}" for score in seeds)
    assert (
        f"Majority is at {rivals['majority']:.1f}, VADER at {rivals['VADER']:.1f}, naive Bayes at "
        f"{rivals['naive Bayes']:.1f}, logistic regression at "
        f"{rivals['logistic regression']:.1f} and the network at {np.mean(seeds):.1f}, with three "
        f"marks for its seeds at {low}, {middle} and {high}"
    ) in TEXT
    assert rivals["naive Bayes"] < min(seeds)
    assert max(seeds) < rivals["logistic regression"]
    assert f"a gain of {max(seeds) - rivals['naive Bayes']:.1f} points" in TEXT


def test_the_difference_is_told_with_its_interval(record: dict[str, Any]) -> None:
    gain = record["over logistic regression"]
    assert f"The difference is −{-100 * gain['mean']:.1f} points" in TEXT
    assert gain["interval"][0] < 0 < 0.01 <= round(gain["interval"][1], 2)
    assert f"{round(record['parameters'], -3):,} numbers" in TEXT


def test_only_neutral_is_hard(record: dict[str, Any]) -> None:
    ours = np.mean(record["network"]["by class"], axis=0)
    theirs = np.array(record["rivals"]["logistic regression"]["by class"])
    np.testing.assert_allclose([ours[[0, 2]], theirs[[0, 2]]], 0.75, atol=0.015)
    assert max(ours[1], theirs[1]) < 0.3
    gap = theirs - ours
    assert abs(gap[1]) > 2 * max(abs(gap[[0, 2]]))
    assert f"there are {record['support'][1]} sentences" in TEXT


def test_what_each_part_adds_is_told(record: dict[str, Any]) -> None:
    tried = record["tried on dev"]
    random, by_count, lexicon, equal = (100 * np.mean(scores) for scores in tried.values())
    assert f"gains {by_count - random:.1f} points over random vectors" in TEXT
    assert f"as a 50th number {lexicon - by_count:.1f} more" in TEXT
    spread = 100 * np.ptp(tried["without attention"])
    lower = f"It is {lexicon - equal:.1f} points lower in the mean"
    assert f"{lower}, and its seeds range over {spread:.1f}" in TEXT
    assert sorted(record["network"]["epoch"])[::2] == [4, 7]
    assert record["sizes"]["E"] == 50


def test_the_sentences_that_are_discussed_are_shown(record: dict[str, Any]) -> None:
    wrong = [film for film in record["films"] if not film["right"]]
    first = wrong[0]
    share = first["shares"][first["words"].index("beautifully")]
    assert f"{share:.0%} of the attention lies on *beautifully*".replace("%", " %") in TEXT
    turned = [" ".join(film["words"]) for film in wrong[1:]]
    for text, turn in zip(
        turned,
        ("ain't what it used to be", "less than compelling", "forgettable formula into something"),
        strict=True,
    ):
        assert turn in text
        assert turn in TEXT
    story = next(film for film in record["films"] if "determination" in film["words"])
    assert 0.4 < story["shares"][story["words"].index("determination")] < 0.5


def test_the_answers_on_scores(record: dict[str, Any]) -> None:
    more = (0.45 - 0.25) / 3
    times = more / -record["over logistic regression"]["mean"]
    assert round(times) == 7
    told(1, f"{more:.3f}: {100 * more:.1f} points, seven times", f"{record['support'][1]}")
    table = np.array(record["confusion"])
    called, true, hits = table[:, 1].sum(), table[1].sum(), table[1, 1]
    told(
        2,
        f"{' + '.join(map(str, table[:, 1]))} = {called}$ sentences neutral, and {hits} are",
        f"P = {hits / called:.2f}",
        f"{' + '.join(map(str, table[1]))} = {true}$, so R = {hits / true:.2f}",
        f"{2 * hits / (called + true):.3f}",
    )
    scores = np.round(100 * np.array(record["network"]["test"]) + 1e-9, 1)
    spread = np.std(scores, ddof=1)
    told(3, f"{scores.mean():.1f}", f"= {spread:.1f}$", f"= {spread / 3**0.5:.2f}$ points")
    best = np.random.default_rng(0).standard_normal((9999, 20)).max(axis=1).mean() * spread
    assert 1.8 < best < 2.4
    told(4, f"a spread of {spread:.1f} points", "about two points above")


def test_what_is_said_of_the_emotions_is_in_their_record() -> None:
    found = json.loads((LESSON.parent / "results" / "goemotions.json").read_text(encoding="utf-8"))
    gain, rival = found["over logistic regression"], found["rivals"]["logistic regression"]
    assert f"the network is ahead, by {100 * gain['mean']:.1f} points" in TEXT
    assert f"is ahead by {100 * gain['mean']:.1f} points." in TEXT
    assert gain["interval"][0] > 0
    assert min(found["network"]["test"]) > rival["test"]
    assert found["texts"]["train"] == 16_000
    more = 100 * (np.mean(found["network"]["by class"], axis=0) - rival["by class"])
    by_class = dict(zip(found["classes"], more, strict=True))
    assert max(by_class, key=lambda label: by_class[label]) == "sadness"
    assert f"*sadness*, by {by_class['sadness']:.1f} points" in TEXT
    assert max(by_class["disgust"], by_class["anger"]) < 0
    assert min(by_class.values()) > -1.5
    row = dict(zip(found["classes"], found["confusion"][0], strict=True))
    assert abs(row["neutral"] - row["anger"]) < 10
    assert sum(n < 100 for n in found["support"]) == 2
