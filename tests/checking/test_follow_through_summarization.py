"""Scores of summaries on top of a student's own positions, whose mistake nobody knows."""

from __future__ import annotations

import pytest

from tests.students import edited, judged_with, solved

SEED = 7
LATE = edited("summarization", "lcs_positions", "~ positions[::-1] => positions[::-1][:9]")
"""Right but for long texts: no known mistake."""


def statuses(**cells: str) -> dict[str, str]:
    found = judged_with("lcs_positions", SEED, solved("summarization", **cells))
    return {name: assessment.status for name, assessment in found.items()}


def test_a_mistake_that_is_not_known_costs_once() -> None:
    assert statuses(lcs_positions=LATE) == {
        "lcs_positions": "wrong",
        "rouge_l": "correct",
        "rouge_lsum": "correct",
    }


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("rouge_l", "~ len(lcs_positions(reference, hypothesis)) => 1"),
        ("rouge_lsum", "~ right[token] -= 1 => right[token] -= 0"),
        ("rouge_lsum", "~ hits += 1 => hits += 2"),
    ],
)
def test_a_score_with_a_mistake_of_its_own_is_wrong(name: str, edit: str) -> None:
    wrong = edited("summarization", name, edit)
    assert statuses(lcs_positions=LATE, **{name: wrong})[name] == "wrong"


def test_positions_that_are_none_at_all_open_no_way() -> None:
    nothing = "def lcs_positions(reference, hypothesis):\n    return []\n"
    zeros = "def {}(reference, hypothesis):\n    return 0.0, 0.0, 0.0\n"
    found = statuses(
        lcs_positions=nothing,
        rouge_l=zeros.format("rouge_l"),
        rouge_lsum=zeros.format("rouge_lsum"),
    )
    assert set(found.values()) == {"wrong"}
