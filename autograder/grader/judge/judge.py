"""Judging the notebooks of a class: the same hidden inputs for all of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property, partial

from autograder.checking.assess import Assessment, Assessor
from autograder.checking.compare import Expected
from autograder.checking.mistake import Mistake
from autograder.checking.pairs import Pair
from autograder.checking.public import Public
from autograder.exercises import Array, Ask, Exercise, Program
from autograder.grader.judge import expected
from autograder.grader.judge import speed as speeds


class Judge:
    """Judges the exercises of one notebook with the inputs of one secret seed.

    What is right is computed once for a class; the answers of known mistakes only when an
    answer is wrong. Which exercises these are, the notebook says that was released: it may have
    some that stand in another assignment today.

    Args:
        assignment: the assignment that the notebook was released as.
        seed: the secret seed of the assignment and course.
    """

    def __init__(self, assignment: str, seed: int) -> None:
        self.assignment = assignment
        self.seed = seed
        self._known: dict[str, Hidden] = {}

    def program(self, exercise: Exercise) -> Program:
        """The calls to be made of the student's object."""
        return self.knowledge(exercise).program

    def knowledge(self, exercise: Exercise) -> Hidden:
        """What the judge knows about one exercise."""
        if exercise.name not in self._known:
            self._known[exercise.name] = Hidden(exercise, self.seed)
        return self._known[exercise.name]

    def judge(
        self,
        exercise: Exercise,
        ask: Ask,
        earlier: Callable[[str], Assessment | None],
        ask_costly: Ask | None = None,
        ask_apart: Ask | None = None,
    ) -> Assessment:
        """Assess the student's object.

        Args:
            exercise: the exercise.
            ask: runs a program in the student's kernel. What it raises, where there is no answer,
                is raised here.
            earlier: what was found about an exercise before this one, or None where that is not
                known; asked only where this one is wrong.
            ask_costly: the same as `ask` for calls that take long, where these have another limit.
            ask_apart: the same in a kernel that has seen no hidden input: a text that comes up
                there for public inputs may be told. Without it, all texts are.
        """
        public = None if ask_apart is None else partial(ask_apart, Public(exercise).program)
        return Assessor(self.knowledge(exercise), ask, ask_costly, public).assess(earlier)

    def by_itself(self, exercise: Exercise, ask: Ask) -> Assessment:
        """Assess the student's object, whatever is wrong with what it is built on."""
        return Assessor(self.knowledge(exercise), ask).by_itself()

    def timed(
        self,
        exercise: Exercise,
        found: Assessment,
        ask: Ask,
        device: str = "cpu",
        clock: speeds.Clock = speeds.CLOCK,
    ) -> Assessment:
        """What is found about an object, after a look at how fast it is.

        Args:
            exercise: the exercise.
            found: what is found about its values.
            ask: runs a program in the student's kernel. What it raises, where there is no answer,
                is raised here.
            device: where the object is to run, "cpu" or "cuda".
            clock: the judge's clocks.
        """
        speed = exercise.speed
        if speed is None:
            return found
        if found.status == "wrong":
            loops = speeds.says_that_it_loops(found.findings, self.knowledge(exercise).expected)
            return speeds.honest(speed, found) if loops else found
        if found.status != "correct":
            return found
        return speeds.timed(exercise, speed, found, ask, self.seed, device, clock)


class Hidden:
    """What the judge of one exercise knows, made when it is first needed; a `Knowledge`."""

    def __init__(self, exercise: Exercise, seed: int) -> None:
        self.exercise = exercise
        self.seed = seed
        self._inherited: dict[str, Array] = {}
        self._together: dict[Pair, Array | None] = {}

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters of the reference."""
        return expected.parameters(self.exercise)

    @cached_property
    def program(self) -> Program:
        """The calls with the hidden inputs."""
        return self.exercise.draw(self.seed)

    @cached_property
    def costly(self) -> Program | None:
        """The calls that take long, with hidden inputs."""
        return self.exercise.draw_costly(self.seed)

    @cached_property
    def expected(self) -> Expected:
        """What the reference answers."""
        return expected.answers(self.exercise, self.program)

    @cached_property
    def fingerprints(self) -> dict[str, Array]:
        """The fingerprints of the known mistakes, by name."""
        return expected.fingerprints(self.exercise, self.program)

    @cached_property
    def right(self) -> Ask:
        """Runs a program with the references."""
        return expected.right(self.exercise.assignment)

    @cached_property
    def measured(self) -> dict[str, Array]:
        """What random results have to be like, by call."""
        return expected.measured(self.exercise, self.exercise.measures(self.seed))

    @cached_property
    def mistaken(self) -> dict[str, dict[str, Array]]:
        """The same for the known mistakes, by mistake and call."""
        return expected.mistaken(self.exercise, self.exercise.measures(self.seed))

    def together(self, pairs: Sequence[Pair]) -> Iterator[tuple[Pair, Array]]:
        """The fingerprints of two mistakes at once, where their edits compose, each made once."""
        for pair in pairs:
            if pair not in self._together:
                self._together[pair] = expected.together(self.exercise, self.program, pair)
            rows = self._together[pair]
            if rows is not None:
                yield pair, rows

    def on_top_of(self, mistakes: Mapping[str, str]) -> Ask:
        """Runs a program with the references on top of known mistakes of earlier exercises."""
        return expected.on_top_of(self.exercise, mistakes, self.seed)

    def inherited(self, mistakes: Collection[str]) -> dict[str, Array]:
        """The fingerprints of the reference on top of earlier mistakes, each made once."""
        new = set(mistakes) - self._inherited.keys()
        self._inherited |= expected.inherited(self.exercise, self.program, new)
        return {name: self._inherited[name] for name in mistakes if name in self._inherited}

    @cached_property
    def mistakes(self) -> dict[str, Mistake]:
        """What is said of the known mistakes, by name."""
        return expected.mistakes(self.exercise)
