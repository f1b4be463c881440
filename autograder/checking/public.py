"""The public cases: published seeds, and what is right for them, as the wheel carries it.

One file an assignment, `exercises/<assignment>/expected.npz`: the expected arrays in full, and for
each known mistake its sentences and the fingerprint of its answers. It holds no line of a solution.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import numpy as np

from autograder.checking.compare import Expected, judged
from autograder.checking.mistake import Mistake
from autograder.exercises import Array, Exercise, Program

SEED = 1997
"""The published seed; hidden seeds are drawn elsewhere."""


class Public:
    """What the public check of one exercise knows; a `Knowledge`.

    Raises:
        FileNotFoundError: when it is asked for, where the installed package lacks the file of the
            assignment.
    """

    seed = SEED

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise

    @cached_property
    def program(self) -> Program:
        """The calls with the published inputs."""
        return self.exercise.draw(SEED)

    @cached_property
    def expected(self) -> Expected:
        """The right results of every judged call."""
        return {
            call.name: {
                name: self._arrays[key(self.exercise, i, j)]
                for j, name in enumerate(call.returns)
                if name in self.exercise.tolerances
            }
            for i, call in enumerate(judged(self.exercise, self.program))
        }

    @cached_property
    def mistakes(self) -> Mapping[str, Mistake]:
        """What is said of the known mistakes, by name."""
        known = (Mistake(**entry) for entry in self._read("mistakes"))
        return {mistake.name: mistake for mistake in known}

    @cached_property
    def fingerprints(self) -> Mapping[str, Array]:
        """The fingerprints of the known mistakes, by name."""
        found = self._arrays[f"{self.exercise.name}.fingerprints"]
        return dict(zip(self.mistakes, found, strict=True))

    def inherited(self, mistakes: Collection[str]) -> dict[str, Array]:
        """The fingerprints of what is right on top of earlier mistakes, by "exercise.mistake"."""
        found = self._arrays[f"{self.exercise.name}.inherited"]
        known = zip(self._read("before"), found, strict=True)
        return {name: array for name, array in known if name in mistakes}

    @property
    def _arrays(self) -> Mapping[str, Array]:
        return _arrays(self.exercise.assignment)

    def _read(self, what: str) -> Any:
        return json.loads(str(self._arrays[f"{self.exercise.name}.{what}"]))


def key(exercise: Exercise, call: int, result: int) -> str:
    """The name of an expected array in the file: the judged call and the result by number."""
    return f"{exercise.name}.{call}.{result}"


@cache
def _arrays(assignment: str) -> dict[str, Array]:
    resource = files(f"autograder.exercises.{assignment}") / "expected.npz"
    with resource.open("rb") as file, np.load(file, allow_pickle=False) as data:
        return dict(data)
