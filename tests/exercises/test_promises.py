"""What a docstring promises under "Raises" is asked for, so that no promise is kept in vain."""

from __future__ import annotations

import pytest

from autograder.exercises import Exercise
from autograder.grader import references
from tests.students import EXERCISES, judged, solved

PROMISING = [e for e in EXERCISES if "Raises:" in references.stub(e.assignment, e.name)]

ANOTHER_ERROR = """

class AnotherError(Exception):
    pass


def raising_another(right):
    def function(*args, **kwargs):
        try:
            return right(*args, **kwargs)
        except Exception as error:
            raise AnotherError from error
    return function


{name} = raising_another({name})
"""


def test_some_exercises_promise_an_error() -> None:
    assert {"conv_output_size", "initialise", "lengths"} <= {e.name for e in PROMISING}


@pytest.mark.parametrize("exercise", PROMISING, ids=lambda e: f"{e.assignment}-{e.name}")
def test_another_error_than_the_promised_one_is_wrong(exercise: Exercise) -> None:
    right = references.cells(references.text(exercise.assignment), [exercise.name])[exercise.name]
    cell = right + ANOTHER_ERROR.format(name=exercise.name)
    found = judged(exercise, 2**62 + 1, solved(exercise.assignment, **{exercise.name: cell}))
    assert found.status == "wrong"
    assert "raises AnotherError" in found.message
