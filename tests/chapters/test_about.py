"""The page about the grader: what it says of the words that a student is told."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.checking.compare import compare, summary
from autograder.exercises import TOLERANCES, Array, Call, Exercise, Program
from autograder.exercises.program import run
from autograder.grader.release.source import CHAPTERS

TEXT = (CHAPTERS / "about" / "grader.md").read_text(encoding="utf-8")
RIGHT = np.random.default_rng(0).standard_normal((4, 4))


def said(returned: Array, right: Array = RIGHT, parts: tuple[str, ...] = ()) -> str:
    """What a student is told who returns `returned`."""
    call = Call("N=4, D=4", "f", (np.ones(1),), ("y",))
    program = Program("lstm", (call,))
    exercise = Exercise("f", "lstm", lambda rng: program, {"y": "gradient"}, parts={"y": parts})
    answers = run(program, {"f": lambda x: returned})
    findings = compare(exercise, program, answers, {call.name: {"y": right}})
    return summary([call], findings)


@pytest.mark.parametrize(
    ("returned", "right", "told", "on_the_page"),
    [
        (0 * RIGHT, RIGHT, "it is zero everywhere", "that it is zero everywhere"),
        (RIGHT, 0 * RIGHT, "it should be zero", "or should be"),
        (RIGHT * (1 + 1e-6 * RIGHT), RIGHT, "digits are lost", "that digits are lost"),
        (3 * RIGHT, RIGHT, "every entry is 3 times", "that every entry is off by the same factor"),
        (RIGHT.T.copy(), RIGHT, "it is transposed", "that it is transposed"),
        (
            np.vstack([RIGHT[:1], 2 * RIGHT[1:]]),
            RIGHT,
            "the first row is right, a later one is not",
            "that the first row is right and a later one is not",
        ),
    ],
)
def test_what_the_values_have_in_common_is_told_as_the_page_says(
    returned: Array, right: Array, told: str, on_the_page: str
) -> None:
    assert told in said(returned, right)
    assert on_the_page in TEXT


def test_the_slices_of_gates_are_told_and_a_single_entry_is_not() -> None:
    wrong = RIGHT.copy()
    wrong[0, 1] += 1
    assert "the slice of f is wrong" in said(wrong, parts=tuple("ifgo"))
    assert "which gates' slices are wrong" in TEXT
    assert said(wrong) == "`y` has wrong values for N=4, D=4."
    assert "Otherwise you are not told where in the array the mistake shows." in TEXT


def test_the_bounds_that_are_told_are_those_that_decide() -> None:
    for kind, words in (("forward", "for forward passes"), ("gradient", "for gradients")):
        exponent = round(np.log10(TOLERANCES[kind].allowed))
        assert f"{words} within $10^{{{exponent}}}$" in TEXT
