"""The public cases: published seeds, and what is right for them, as the wheel carries it.

One file an assignment, `exercises/<assignment>/expected.npz`: the expected arrays in full, and for
each known mistake its sentences and the fingerprint of its answers. It holds no line of a solution.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import numpy as np

from autograder.checking.compare import Expected, judged
from autograder.checking.mistake import Mistake
from autograder.checking.pairs import Pair
from autograder.exercises import Array, Exercise, Program

SEED = 1997
"""The published seed; hidden seeds are drawn elsewhere."""


class Public:
    """What the public check of one exercise knows; a `Knowledge`.

    Args:
        exercise: the exercise.
        parameters: the names of the parameters of the student's object, for sentences about them.

    Raises:
        FileNotFoundError: when it is asked for, where the installed package lacks the file of the
            assignment.
    """

    seed = SEED

    def __init__(self, exercise: Exercise, parameters: Sequence[str] = ()) -> None:
        self.exercise = exercise
        self.parameters = parameters

    @cached_property
    def program(self) -> Program:
        """The calls with the published inputs."""
        return self.exercise.draw(SEED)

    @cached_property
    def costly(self) -> Program | None:
        """The calls that take long, with published inputs."""
        return self.exercise.draw_costly(SEED)

    @cached_property
    def expected(self) -> Expected:
        """The right results of every judged call."""
        return {
            call.name: {
                name: self._array(f"{i}.{j}")
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
        return dict(zip(self.mistakes, self._array("fingerprints"), strict=True))

    right = None
    """The references are not in the wheel."""

    @cached_property
    def measured(self) -> Mapping[str, Array]:
        """What random results have to be like, by call."""
        if self.exercise.measure is None:
            return {}
        return dict(zip(self._measures, self._array("measured"), strict=True))

    @cached_property
    def mistaken(self) -> Mapping[str, Mapping[str, Array]]:
        """The same for the known mistakes, by mistake and call."""
        found = zip(self.mistakes, self._array("mistaken"), strict=True)
        return {
            mistake: {
                call: measure
                for call, measure in zip(self._measures, measures, strict=True)
                if np.isfinite(measure).all()
            }
            for mistake, measures in found
        }

    def together(self, pairs: Sequence[Pair]) -> list[tuple[Pair, Array]]:
        """Nothing: the code of mistakes is not in the wheel."""
        return []

    def on_top_of(self, mistakes: Mapping[str, str]) -> None:
        """Nothing: the code of mistakes is not in the wheel."""

    def inherited(self, mistakes: Collection[str]) -> dict[str, Array]:
        """The fingerprints of what is right on top of earlier mistakes, by "exercise.mistake"."""
        known = zip(self._read("before"), self._array("inherited"), strict=True)
        return {name: array for name, array in known if name in mistakes}

    @cached_property
    def _measures(self) -> list[str]:
        return [call.name for call in self.exercise.measures(SEED).calls]

    def _array(self, what: str) -> Array:
        return _arrays(self.exercise.assignment)[f"{self.exercise.name}.{what}"]

    def _read(self, what: str) -> Any:
        return json.loads(self._array(what).item())


@cache
def _arrays(assignment: str) -> dict[str, Array]:
    resource = files(f"autograder.exercises.{assignment}") / "expected.npz"
    with resource.open("rb") as file, np.load(file, allow_pickle=False) as data:
        return dict(data)
