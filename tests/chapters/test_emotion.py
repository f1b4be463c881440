"""The pages on emotion in comments: every number that they state."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score

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
