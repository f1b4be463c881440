"""A stand-in for a function of an earlier assignment is as right as the function that it is for."""

from __future__ import annotations

import pytest

from autograder import given
from autograder.exercises import Exercise
from tests.students import EXERCISES, judged

STAND_INS = [exercise for exercise in EXERCISES if hasattr(given, exercise.name)]


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("exercise", STAND_INS, ids=lambda exercise: exercise.name)
def test_a_stand_in_gives_what_its_exercise_asks_for(exercise: Exercise, seed: int) -> None:
    found = judged(exercise, seed, vars(given))
    assert found.status == "correct", found.message
