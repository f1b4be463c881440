"""How hard each exercise was, and whether it tells apart who knows the rest: the field's measures.

They are those of classical test theory, as in L. Crocker and J. Algina, Introduction to Classical
and Modern Test Theory (1986), chapter 14.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

FEW = 20
"""Students below whom nothing is called easy or hard: with 20, the 95 % interval of a correlation
of 0.3 reaches from −0.16 to 0.66."""

EASY, HARD = 0.95, 0.3
"""Shares of the points from which an exercise is called very easy, and up to which very hard."""

UNRELATED = 0.2
"""The correlation below which an exercise says little about the rest."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """How an exercise did as an item of a test.

    Attributes:
        exercise: its name.
        difficulty: p, the mean share of its points that was earned: 1 where everybody had all.
        discrimination: r, the correlation of its points with those of all other exercises (the
            item–rest correlation; the point-biserial where there is no part of the points); None
            where one of them is the same for everybody.
        low: from where the 95 % interval of r reaches, by Fisher's transformation.
        high: to where.
        remark: whether it was too easy or too hard, or says little; that there are too few to
            tell; or "".
    """

    exercise: str
    difficulty: float
    discrimination: float | None
    low: float | None = None
    high: float | None = None
    remark: str


def analyse(earned: Sequence[Mapping[str, float]], most: Mapping[str, float]) -> list[Item]:
    """The measures of all exercises.

    Args:
        earned: a mapping a student: the points by exercise.
        most: what each exercise can earn.
    """
    names = [name for name in most if most[name] > 0]
    if not earned or not names:
        return []
    points = np.array([[one.get(name, 0.0) for name in names] for one in earned])
    total = points.sum(1)
    found = []
    for column, name in enumerate(names):
        own = points[:, column]
        difficulty = float(own.mean() / most[name])
        r = _correlation(own, total - own)
        low, high = _interval(r, len(earned))
        remark = _remark(difficulty, high, len(earned))
        found.append(
            Item(
                exercise=name,
                difficulty=difficulty,
                discrimination=r,
                low=low,
                high=high,
                remark=remark,
            )
        )
    return found


def _correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    if len(one) < 3 or math.isclose(one.std(), 0) or math.isclose(other.std(), 0):
        return None
    return float(np.corrcoef(one, other)[0, 1])


def _interval(r: float | None, count: int) -> tuple[float | None, float | None]:
    if r is None or count < 4 or abs(r) >= 1 - 1e-12:
        return None, None
    half = 1.96 / math.sqrt(count - 3)
    return math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half)


def _remark(difficulty: float, high: float | None, count: int) -> str:
    if count < FEW:
        return "too few to tell"
    if difficulty >= EASY:
        return "very easy"
    said = ["very hard"] if difficulty <= HARD else []
    if high is not None and high < UNRELATED:
        said.append("says little about the rest: look at what it asks and how it is checked")
    return "; ".join(said)
