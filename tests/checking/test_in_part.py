"""A known mistake that is made in a part of the cases is named, and none by accident."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.checking.examine import examine
from autograder.checking.fingerprint import name_in_part
from autograder.exercises import Array, Call, Exercise, Program, find
from tests.students import edited, judged, solved

PROGRAM = Program("lstm", tuple(Call(f"N={n}", "f", (), ("y",)) for n in range(1, 7)))
RIGHT = np.ones((6, 3))


def named(found: Array, tolerance: str = "forward", **known: Array) -> str:
    exercise = Exercise("f", "lstm", lambda rng: PROGRAM, {"y": tolerance})
    return name_in_part(exercise, PROGRAM, found, RIGHT, known)


def wrong(rows: int, by: float = 1.0) -> Array:
    """A version that is wrong in the first cases."""
    found = RIGHT.copy()
    found[:rows, 1:] += by
    return found


def test_a_mistake_that_shows_in_a_part_is_named() -> None:
    assert named(wrong(3), everywhere=wrong(6)) == "everywhere"


def test_the_one_that_shows_least_elsewhere_is_meant() -> None:
    assert named(wrong(3), everywhere=wrong(6), often=wrong(4)) == "often"
    assert named(wrong(3), this=wrong(5), that=wrong(5)) == ""


@pytest.mark.parametrize(
    "found",
    [wrong(1), wrong(3, by=2.0), np.vstack([wrong(3)[:3], 4 * RIGHT[:1], RIGHT[:2]])],
    ids=["one case", "other numbers", "one case more"],
)
def test_what_the_mistake_does_not_explain_has_no_name(found: Array) -> None:
    assert named(found, everywhere=wrong(6)) == ""


def test_counts_and_truth_values_agree_by_accident() -> None:
    assert named(wrong(3), "count", everywhere=wrong(6)) == ""


@pytest.mark.parametrize("where", ["check", "judge"])
def test_a_special_case_that_is_right_does_not_hide_the_mistake(where: str) -> None:
    """Whoever exchanges the two rows of a bias may well take a single one rightly."""
    exercise = find("gru_from_keras")
    assert exercise is not None
    edit = "~ rows[:] = bias[0] => rows[:] = bias[0][::-1]"
    student = solved("layers", gru_from_keras=edited("layers", "gru_from_keras", edit))
    found = (
        examine(exercise, student["gru_from_keras"])
        if where == "check"
        else judged(exercise, 3, student)
    )
    assert found.mistake == "rows-of-the-bias-exchanged"
    assert found.message.startswith(
        "Where it is wrong, this is why: The two rows of the bias are exchanged: the first belongs "
        "to the input. `bx` has wrong values"
    )
