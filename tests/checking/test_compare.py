"""What differs is told; a number that an answer to hidden inputs makes, only as one of few."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.checking.compare import compare
from autograder.exercises import Answer, Call, Exercise, Program
from autograder.exercises.numbers import count, percent
from autograder.exercises.program import ELSEWHERE, Array, Result, digests

N, D, H = 3, 5, 7
X, W = np.ones((N, D)), np.ones((D, H))
CALL = Call("N=3", "f", (X, W), ("y",))
PROGRAM = Program("lstm", (CALL,))
EXERCISE = Exercise("f", "lstm", lambda rng: PROGRAM, {"y": "forward"})
RIGHT = np.arange(1.0, 1 + N * H).reshape(N, H)


def says(value: Array, hidden: bool = True) -> str:
    result = Result("ndarray", value)
    answer = Answer(CALL.name, (result,), after=digests(CALL.args))
    found = compare(EXERCISE, PROGRAM, [answer], {CALL.name: {"y": RIGHT}}, (), hidden)
    return found[0].says


@pytest.mark.parametrize(
    "shape", [(H, N), (N, 4 * H), (N, D + H), (N * H,), (N, 1), (N,), (), (0,), (1, N, H)]
)
def test_a_shape_of_the_sizes_of_the_case_is_told(shape: tuple[int, ...]) -> None:
    assert f"has the shape {shape} for N=3; (3, 7) is wanted." in says(np.zeros(shape))


@pytest.mark.parametrize(
    "shape", [(0, 2803373, 1380020), (N, 1009), (2 * N, 2 * H), (1,) * 9, (0, 101)]
)
def test_another_shape_is_told_where_inputs_are_public(shape: tuple[int, ...]) -> None:
    assert says(np.zeros(shape)) == "`y` has another shape for N=3; (3, 7) is wanted."
    assert f"has the shape {shape} for N=3" in says(np.zeros(shape), hidden=False)


KERAS = "Exception encountered when calling f.call().\n\n\x1b[1mno room\x1b[0m\n\nArguments: x"


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("no room.", ": no room."),
        ("no\nroom", ": no room."),
        (KERAS, ": no room."),
        (KERAS.replace("\n", " ").replace("\x1b", " "), ": no room."),
        ("\x1b[31mno room", ": no room."),
        ("", "."),
    ],
)
@pytest.mark.parametrize(
    ("cell", "where"),
    [
        ("", " in line 2 of its cell"),
        ("g", " in line 2 of the cell of `g`"),
        (ELSEWHERE, " in line 2 of another cell"),
    ],
)
def test_an_exception_is_told_in_one_line(message: str, said: str, cell: str, where: str) -> None:
    answer = Answer(CALL.name, raised="ValueError", message=message, line=2, cell=cell)
    (found,) = compare(EXERCISE, PROGRAM, [answer], {CALL.name: {"y": RIGHT}})
    assert found.says == f"It raises ValueError{where} for N=3{said}"


@pytest.mark.parametrize("ratio", [2, 0.5, -1, N, 1 / N, H, 1 / (N * H), -4 * H])
def test_a_usual_ratio_is_told(ratio: float) -> None:
    assert f"every entry is {ratio:.4g} times what it should be" in says(ratio * RIGHT)


@pytest.mark.parametrize("ratio", [4.746, 2.011, -0.7319, 1e9])
def test_another_ratio_is_told_where_inputs_are_public(ratio: float) -> None:
    assert "every entry is off by one and the same factor." in says(ratio * RIGHT)
    assert f"{ratio:.4g} times" in says(ratio * RIGHT, hidden=False)


def test_a_number_without_bounds_is_not_told() -> None:
    assert [count(7), count(123456), count(-5)] == ["7", "more than 100", "fewer than 0"]
    assert [percent(0.5), percent(4.8e12)] == ["50%", "more than 1000%"]
