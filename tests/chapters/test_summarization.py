"""The pages on summaries: every number that they state."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.exercises.summarization.phrases import FUNCTION_WORDS
from solutions.summarization.reference import (
    lcs_positions,
    phrases,
    pointer_mixture,
    rouge_l,
    rouge_lsum,
    rouge_n,
)
from tests.chapters import pages
from tests.chapters.pages import Ran, lesson_of, run_lesson, run_solved

LESSON = lesson_of("summarization")


def said(number: int, *parts: str) -> None:
    pages.said(LESSON, number, *parts)


@pytest.fixture(scope="module")
def solved() -> Ran:
    return run_solved("summarization")


@pytest.fixture(scope="module")
def lesson() -> Ran:
    return run_lesson(LESSON)


# The assignment.


def test_the_demonstrations_show_what_is_said(solved: Ran) -> None:
    names, printed = solved
    for line in (
        "words in any order      9 1.00 1.00 1.00",
        "other words             7 0.00 0.00 0.00",
        "joined to one text (L): 0.56",
        "sentences kept (Lsum):  1.00",
        "Lsum, no line breaks:   0.56",
        "0.60, as when it is said once: 0.60",
        "right on texts not seen: 100%",
        "likeliest without: UNK",
        "likeliest with it: crumb",
        "the reference has 9 words; F1 is best at 11",
    ):
        assert line in printed, line
    words = set(names["written"]) & set(names["offered"])
    assert "linked" in words
    assert names["written"].index("linked") not in names["places"]
    responses = dict(zip(map(tuple, names["cut"]), names["found"], strict=True))
    straight, turned = responses["in", "plain", "files"]
    assert straight == max(names["found"][:, 0]) > 1.5 * turned


def test_the_curves_are_as_their_caption_says(solved: Ran) -> None:
    precision, recall, f1 = solved[0]["curves"].T
    assert np.all(np.diff(np.array([precision, recall, f1])[:, 2:11]) > 0)
    assert np.all(np.diff(recall[10:]) == 0)
    assert np.all(np.diff(precision[10:]) < 0)
    assert recall[-1] == pytest.approx(0.9, abs=0.02)
    assert f1.max() == pytest.approx(0.8, abs=0.02)


def test_the_example_of_five_words_has_four_hits() -> None:
    mine = [["w1", "w2", "w3", "w4", "w5"]]
    other = [["w1", "w2", "w6"], ["w1", "w3", "w5"]]
    assert rouge_lsum(mine, other)[1] == 4 / 5


def test_the_example_of_phrases_is_cut_as_shown() -> None:
    cut = phrases(["the", "parser", "of", "the", "files", "for", "X"], ["of", "the", "for"], 5)
    assert " · ".join(map(" ".join, cut)) == "the parser of · the files for · X"
    assert {"on", "the"} <= set(FUNCTION_WORDS)


# The lesson.


def test_the_lesson_prints_what_it_says(lesson: Ran) -> None:
    names, printed = lesson
    for line in (
        "A 0.75 0.33 0.75",
        "B 1.00 0.00 0.50",
        "C 0.86 0.80 0.86",
        "rougeL:                    0.56",
        "rougeLsum:                 1.00",
        "rougeLsum, no line breaks: 0.56",
        "파일을 읽는 프로그램: 1 by blanks, 0 by default",
        "les données sont là: 1 by blanks, 1 by default",
    ):
        assert line in printed, line
    gain = names["gain"]
    assert len(gain) == 150
    assert gain.min() >= 0
    assert 0.5 < gain.max() < 0.6
    assert np.mean(gain > 0) > 0.95
    assert gain[names["points"][:, 1] > 0.7].mean() == pytest.approx(0.27, abs=0.03)
    assert names["sayable"] < names["copyable"] < names["both"]


def test_the_package_gives_what_the_assignment_asks_for(lesson: Ran) -> None:
    f1 = lesson[0]["f1"]
    mine, other = "the program keeps notes", "notes the keeps program"
    assert f1("rouge1", mine, other) == rouge_n(mine.split(), other.split(), 1)[2]
    assert f1("rougeL", mine, other) == rouge_l(mine.split(), other.split())[2]


def test_the_answers() -> None:
    mine, other = [*"abcd"], [*"dabc"]
    assert (rouge_n(mine, other, 1)[2], rouge_l(mine, other)[2]) == (1, 3 / 4)
    assert rouge_n(mine, other, 2)[2] == pytest.approx(2 / 3)
    assert lcs_positions(mine, other) == [0, 1, 2]
    said(1, ": 1.", "2/3", "3/4", "finds 1")
    assert rouge_n(["the", "cat"], ["the"] * 3, 1)[0] == 1 / 3
    said(2, "1/3", "precision is 1")
    one, two = [*"abc"], [*"def"]
    assert rouge_l([*one, *two], [*two, *one])[2] == 0.5
    assert rouge_lsum([one, two], [two, one])[2] == 1
    said(3, "3 of 6 words: 0.5", "6 of 6: 1")
    assert rouge_lsum([["a", "b"], ["a", "c"]], [["a", "b", "c"]])[0] == 3 / 3
    said(4, "four positions", "three hits", "4/3")
    said(
        5, "(10, 6, 8)", "(10, 4, 16)", "(2, 5, 16)", "(2, 5, 32)", f"= {16 * 3 * 8}$", "16 biases"
    )
    said(6, "0.5", "should be 0.")
    weights, ids = np.array([[0.6, 0.1, 0.3]]), np.array([[2, 3, 1]])
    p = pointer_mixture(np.array([[0.5, 0.5]]), np.array([0.5]), weights, ids, 4)
    np.testing.assert_allclose(p, [[0.25, 0.4, 0.3, 0.05]])
    said(7, "= 0.4$", "= 0.3$", "0.25", "0.05")
