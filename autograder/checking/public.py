"""The public cases: published seeds, and what is right for them, as the wheel carries it.

One file an assignment, `exercises/<assignment>/expected.npz`: the expected arrays in full, and for
each known mistake its sentences and the fingerprint of its answers. It holds no line of a solution.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from autograder.checking.assess import Mistake
from autograder.checking.compare import Expected, judged
from autograder.exercises import Array, Exercise

SEED = 1997
"""The published seed; hidden seeds are drawn elsewhere."""


@dataclass(frozen=True)
class Public:
    """What the public check of one exercise knows."""

    expected: Expected
    fingerprints: Mapping[str, Array]
    inherited: Mapping[str, Array]
    mistakes: Mapping[str, Mistake]


def load(exercise: Exercise) -> Public:
    """The public data of an exercise.

    Raises:
        FileNotFoundError: where the installed package lacks the file of the assignment.
    """
    arrays = _arrays(exercise.assignment)
    expected = {
        call.name: {
            name: arrays[key(exercise, i, j)]
            for j, name in enumerate(call.returns)
            if name in exercise.tolerances
        }
        for i, call in enumerate(judged(exercise, exercise.draw(SEED)))
    }
    known = json.loads(str(arrays[f"{exercise.name}.mistakes"]))
    mistakes = {entry["name"]: Mistake(**entry) for entry in known}
    fingerprints = dict(zip(mistakes, arrays[f"{exercise.name}.fingerprints"], strict=True))
    before = json.loads(str(arrays[f"{exercise.name}.before"]))
    inherited = dict(zip(before, arrays[f"{exercise.name}.inherited"], strict=True))
    return Public(expected, fingerprints, inherited, mistakes)


def key(exercise: Exercise, call: int, result: int) -> str:
    """The name of an expected array in the file: the judged call and the result by number."""
    return f"{exercise.name}.{call}.{result}"


@cache
def _arrays(assignment: str) -> dict[str, Array]:
    resource = files(f"autograder.exercises.{assignment}") / "expected.npz"
    with resource.open("rb") as file, np.load(file, allow_pickle=False) as data:
        return dict(data)
