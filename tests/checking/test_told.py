"""No text of the student's process carries hidden inputs out."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.checking.told import OTHER, OWN_EXCEPTION, OWN_TYPE, told
from autograder.exercises import Answer
from autograder.exercises.program import ELSEWHERE, Result

SECRET = "x0.1f3p-2"
ARRAY = Result("ndarray", np.zeros(2))


@pytest.mark.parametrize(
    "answer",
    [
        Answer("a", raised="ValueError", message=SECRET),
        Answer("a", raised=f"Error_{SECRET}", message=""),
        Answer("a", raised="StudentError", message=SECRET),
        Answer("a", warned=f"UserWarning: {SECRET}"),
        Answer("a", warned=f"RuntimeWarning: overflow encountered in {SECRET}"),
        Answer("a", returned=f"a {SECRET} of length 2"),
        Answer("a", returned=f"a tuple of length {10**12}"),
        Answer("a", results=(Result(SECRET, np.zeros(2)),)),
        Answer("a", raised="ValueError", line=10**6),
        Answer("a", raised="ValueError", line=1017),
        Answer("a", raised="ValueError", line=3, cell=SECRET),
    ],
)
def test_what_public_inputs_do_not_give_is_not_told(answer: Answer) -> None:
    (shown,) = told([answer], lambda: [Answer("a", raised="ValueError", message="sizes")])
    assert SECRET not in str(shown)
    assert str(10**6) not in str(shown)
    assert "1017" not in str(shown)


def test_the_kind_of_a_text_is_told() -> None:
    answers = [
        Answer("a", raised="Odd", message=SECRET, line=3),
        Answer("b", returned=SECRET),
        Answer("c", results=(Result(SECRET, None), ARRAY)),
    ]
    raised, returned, results = told(answers, list)
    assert (raised.raised, raised.line) == (OWN_EXCEPTION, 3)
    assert returned.returned == OTHER
    assert [result.type for result in results.results] == [OWN_TYPE, "ndarray"]


def test_what_public_inputs_give_too_is_told() -> None:
    answers = [
        Answer("a", raised="Odd", message="the sizes do not fit"),
        Answer("b", warned="UserWarning: slow"),
        Answer("c", results=(Result("Mine", None),)),
        Answer("d", raised="ValueError", line=1017),
        Answer("e", raised="ValueError", line=3, cell="affine_forward"),
    ]
    assert told(answers, lambda: answers) == answers


def test_nobody_is_asked_where_all_is_common() -> None:
    def never() -> list[Answer]:
        raise AssertionError

    answers = [
        Answer("a", results=(ARRAY,), warned="RuntimeWarning: overflow encountered in exp"),
        Answer("b", raised="NotImplementedError", line=4),
        Answer("c", raised="Skipped", message="a"),
        Answer("d", returned="a tuple of length 2"),
        Answer("e", raised="ValueError", line=3, cell=ELSEWHERE),
    ]
    assert told(answers, never) == answers
