"""Judging one assignment: the same hidden inputs for the whole class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from ..assess import Assessment, Mistake, assess, follow_through
from ..compare import Expected
from ..exercises import Answer, Array, Ask, Exercise, Program, exercises
from . import known


class Judge:
    """Judges the exercises of one assignment with the inputs of one secret seed.

    What is right is computed once for a class; the answers of known mistakes only when an
    answer is wrong.

    Args:
        stem: the assignment.
        seed: the secret seed of the assignment and course.
    """

    def __init__(self, stem: str, seed: int) -> None:
        self.stem = stem
        self.seed = seed
        self._rooms = {e.name: _Room(e, seed) for e in exercises(stem)}

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """The exercises of the assignment, in the order of its notebook."""
        return exercises(self.stem)

    def program(self, exercise: Exercise) -> Program:
        """The calls to be made of the student's object."""
        return self._rooms[exercise.name].program

    def judge(
        self,
        exercise: Exercise,
        answers: Sequence[Answer],
        earlier: Mapping[str, Assessment],
        ask: Ask,
    ) -> Assessment:
        """Assess the answers to `program(exercise)`.

        Args:
            exercise: the exercise.
            answers: what the student's object answered.
            earlier: what was found about the exercises before this one, by name.
            ask: runs a further program in the student's kernel, for follow-through.
        """
        room = self._rooms[exercise.name]
        assessment = assess(
            exercise,
            room.program,
            answers,
            room.expected,
            lambda: room.bank,
            lambda name: room.mistakes[name],
        )
        return follow_through(
            exercise,
            room.program,
            answers,
            assessment,
            earlier,
            lambda: room.inherited,
            ask,
            self.seed,
        )


class _Room:
    """The knowledge about one exercise, made when it is first needed."""

    def __init__(self, exercise: Exercise, seed: int) -> None:
        self._exercise = exercise
        self._seed = seed

    @cached_property
    def program(self) -> Program:
        return self._exercise.draw(self._seed)

    @cached_property
    def expected(self) -> Expected:
        return known.expected(self._exercise, self.program)

    @cached_property
    def bank(self) -> dict[str, Array]:
        return known.bank(self._exercise, self.program)

    @cached_property
    def inherited(self) -> dict[str, Array]:
        return known.inherited(self._exercise, self.program)

    @cached_property
    def mistakes(self) -> dict[str, Mistake]:
        return known.mistakes(self._exercise)
