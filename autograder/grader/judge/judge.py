"""Judging one assignment: the same hidden inputs for the whole class."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from autograder.checking.assess import Assessment, Mistake, assess, follow_through
from autograder.checking.compare import Expected
from autograder.exercises import Answer, Array, Ask, Exercise, Program, exercises
from autograder.grader.judge import expected
from autograder.grader.judge import speed as speeds


class Judge:
    """Judges the exercises of one assignment with the inputs of one secret seed.

    What is right is computed once for a class; the answers of known mistakes only when an
    answer is wrong.

    Args:
        assignment: the assignment.
        seed: the secret seed of the assignment and course.
    """

    def __init__(self, assignment: str, seed: int) -> None:
        self.assignment = assignment
        self.seed = seed
        self._rooms = {e.name: _Room(e, seed) for e in exercises(assignment)}

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """The exercises of the assignment, in the order of its notebook."""
        return exercises(self.assignment)

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
            lambda: room.fingerprints,
            lambda name: room.mistakes[name],
        )
        return follow_through(
            exercise,
            room.program,
            answers,
            assessment,
            earlier,
            room.inherited,
            ask,
            self.seed,
        )

    def paced(
        self,
        exercise: Exercise,
        answers: Sequence[Answer],
        found: Assessment,
        ask: Ask,
        device: str = "cpu",
        clock: speeds.Clock = speeds.CLOCK,
    ) -> Assessment:
        """What is found about an object, after a look at how fast it is.

        Args:
            exercise: the exercise.
            answers: what the student's object answered to `program(exercise)`.
            found: what is found about them.
            ask: runs a further program in the student's kernel. What it raises, where there is
                no answer, is raised here.
            device: where the object is to run, "cpu" or "cuda".
            clock: the judge's clocks.
        """
        speed = exercise.speed
        if speed is None:
            return found
        if found.status == "wrong" and not found.inspected:
            room = self._rooms[exercise.name]
            loops = speeds.says_that_it_loops(exercise, room.program, answers, room.expected)
            return speeds.honest(speed, found) if loops else found
        if found.status != "correct":
            return found
        return speeds.paced(exercise, speed, found, ask, self.seed, device, clock)


class _Room:
    """The knowledge about one exercise, made when it is first needed."""

    def __init__(self, exercise: Exercise, seed: int) -> None:
        self._exercise = exercise
        self._seed = seed
        self._inherited: dict[str, Array] = {}

    @cached_property
    def program(self) -> Program:
        return self._exercise.draw(self._seed)

    @cached_property
    def expected(self) -> Expected:
        return expected.answers(self._exercise, self.program)

    @cached_property
    def fingerprints(self) -> dict[str, Array]:
        return expected.fingerprints(self._exercise, self.program)

    def inherited(self, mistakes: Collection[str]) -> dict[str, Array]:
        new = set(mistakes) - self._inherited.keys()
        self._inherited |= expected.inherited(self._exercise, self.program, new)
        return {name: self._inherited[name] for name in mistakes if name in self._inherited}

    @cached_property
    def mistakes(self) -> dict[str, Mistake]:
        return expected.mistakes(self._exercise)
