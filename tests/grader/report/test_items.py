"""The measures of exercises, against what is computed another way."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.grader.report.items import FEW, _interval, analyse

MOST = {"easy": 1.0, "hard": 2.0, "other": 3.0}


def earned(count: int) -> list[dict[str, float]]:
    """Everybody has the easy one; who has the other does not have the hard one."""
    return [
        {"easy": 1.0, "hard": 2.0 * (at % 4 == 0), "other": 3.0 * (at % 4 != 0)}
        for at in range(count)
    ]


def test_difficulty_and_discrimination_are_those_of_the_field() -> None:
    rng = np.random.default_rng(3)
    ability = rng.normal(size=200)
    table = [
        {name: MOST[name] * float(a + rng.normal() > level) for name, level in LEVELS.items()}
        for a in ability
    ]
    points = np.array([[row[name] for name in MOST] for row in table])
    for column, item in enumerate(analyse(table, MOST)):
        own, rest = points[:, column], np.delete(points, column, axis=1).sum(1)
        # The point-biserial correlation by its own formula.
        has = own > 0
        p = has.mean()
        biserial = (rest[has].mean() - rest[~has].mean()) / rest.std() * np.sqrt(p * (1 - p))
        assert item.difficulty == pytest.approx(p)
        assert item.discrimination == pytest.approx(biserial)
        assert item.low < item.discrimination < item.high


LEVELS = {"easy": -1.0, "hard": 1.0, "other": 0.0}


def test_what_is_too_easy_or_hard_is_told_where_there_are_enough() -> None:
    easy, hard, other = analyse(earned(2 * FEW), MOST)
    assert (easy.difficulty, easy.discrimination, easy.remark) == (1.0, None, "very easy")
    assert hard.difficulty == 0.25
    assert hard.remark.startswith("very hard")
    assert other.difficulty == 0.75
    assert other.discrimination == pytest.approx(-1)
    assert {item.remark for item in analyse(earned(FEW - 1), MOST)} == {"too few to tell"}


def test_an_exercise_that_goes_against_the_rest_is_told() -> None:
    table = [*earned(40), {"easy": 1.0, "hard": 2.0, "other": 3.0}]
    assert "says little about the rest" in analyse(table, MOST)[2].remark


def test_the_interval_is_as_wide_as_is_said() -> None:
    low, high = _interval(0.3, FEW)
    assert (round(low, 2), round(high, 2)) == (-0.16, 0.66)


def test_nobody_and_nothing_have_no_measures() -> None:
    assert analyse([], MOST) == []
    assert analyse([{"easy": 1.0}], {}) == []
    assert analyse([{"easy": 1.0}], {"easy": 1.0})[0].discrimination is None
