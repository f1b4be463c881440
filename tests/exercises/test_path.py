"""`path` is asked in an order that is drawn: the number of a call tells nothing."""

from __future__ import annotations

from itertools import cycle

import pytest

from autograder.exercises import find, run
from tests.students import judge, judged, solved


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_answers_by_the_number_of_the_call_are_wrong(seed: int) -> None:
    exercise = find("path")
    assert exercise is not None
    right = solved("layers")
    elsewhere = run(judge("layers", 77).program(exercise), right)
    words = ("cudnn", "fused", "loop")
    said = cycle(
        [words[int(a.results[0].value)] for a in elsewhere if a.results[0].value is not None]
    )
    assert judged(exercise, seed, right).status == "correct"
    assert judged(exercise, seed, {**right, "path": lambda trace: next(said)}).status == "wrong"
