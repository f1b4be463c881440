"""What an exercise is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from autograder.exercises.program import Answer, Array, Program
from autograder.exercises.speed import Speed

MOST_PAIRS = 300
"""Pairs of mistakes that are tried on one answer, at a millisecond to ten each. Of 362 pairs drawn
from all exercises in NumPy 355 are among these, and 360 among a thousand."""

SOME_PAIRS = 50
"""The same where a layer of torch is run, which takes some ten milliseconds to a hundred."""

FEW_PAIRS = 5
"""The same where one of Keras is, which takes a third of a second and more."""

Ask = Callable[[Program], Sequence[Answer]]
"""Runs a program where the student's objects are, and brings the answers."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with the answer to one call.

    Attributes:
        call: the name of the call.
        says: a sentence for the student.
        mistake: the name of the known mistake that it is, where an exercise's own inspection
            names it.
        problem: what kind of thing is wrong, a word of `autograder.checking.compare.SEVERITY`.
        result: the name of the result, or "" where the call as a whole is wrong.
    """

    call: str
    says: str
    mistake: str = ""
    problem: str = "inspected"
    result: str = ""


@dataclass(frozen=True)
class Right:
    """What an exercise's own inspection may know of what is right.

    Attributes:
        ask: runs a program with right objects: with the references, or in a notebook with the
            student's own, whose values were judged before.
        measured: what the calls of `Exercise.measure` give for the reference, by call.
        mistaken: gives the same for every known mistake, by mistake and call; asked only where
            something is wrong.
    """

    ask: Ask
    measured: Mapping[str, Array]
    mistaken: Callable[[], Mapping[str, Mapping[str, Array]]]

    def name(self, call: str, fits: Callable[[Array], bool]) -> str:
        """The first known mistake whose measure for `call` fits, or ""."""
        found = (name for name, of in self.mistaken().items() if call in of and fits(of[call]))
        return next(found, "")


@dataclass(frozen=True)
class Exercise:
    """One function or class that the student writes.

    Attributes:
        name: the name of the function or class.
        assignment: the assignment it belongs to, which names its files everywhere.
        program: draws the inputs and says which calls are made of the student's object.
        tolerances: for each result that has to equal the reference's, the name of its row in
            `TOLERANCES`.
        parts: for a result whose last axis is made of equal slices, such as the gates of a
            packed gradient, the names of these slices.
        words: for a result that is the number of a word, such as a truth value, these words.
        needs: earlier exercises that this one is built upon.
        consistent_with_own: asked when one of `needs` is wrong: whether the object is right
            given the student's own earlier ones, so that a mistake costs once.
        draws_as: the earlier exercise by which what has no one right value is drawn, or "".
        drawn_as_own: asked when that one is wrong, and what was drawn is not right: whether it is
            what the student's own draws.
        inspect: finds what is wrong with results that have no one right value, such as drawn
            weights or a trained network, from a program, the answers by call, and what may be
            known of what is right. Asked where nothing else is wrong.
        measure: calls that measure, for a program, what its random results have to be like, such
            as the variance of its weights. Each gives one array, of one shape for all. The
            student's object is never asked: they are for the reference and its known mistakes.
        costly: draws calls that take long, such as a training. They are made only where the answers
            to `program` are right, and judged by `inspect` alone.
        seconds: how long the answers may take, where that is more than the course allows; of an
            exercise with `costly`, the answers to these.
        framework: what the frameworks call the very thing that is asked, so that whoever calls
            it has not written it.
        requires: the packages beyond NumPy, such as "torch", that the object or its check cannot do
            without. An exercise that requires none is checked in a reader's browser too.
        runner: "cpu", or "gpu" for what can be judged only where CUDA is.
        speed: how fast the object has to be on long inputs, where that earns points.
    """

    name: str
    assignment: str
    program: Callable[[np.random.Generator], Program]
    tolerances: Mapping[str, str]
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    consistent_with_own: Callable[[Ask, np.random.Generator], bool] | None = None
    draws_as: str = ""
    drawn_as_own: Callable[[Ask], bool] | None = None
    inspect: Callable[[Program, Mapping[str, Answer], Right], Sequence[Finding]] | None = None
    measure: Callable[[Program], Program] | None = None
    costly: Callable[[np.random.Generator], Program] | None = None
    seconds: float = 0.0
    framework: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    runner: str = "cpu"
    speed: Speed | None = None

    @property
    def pairs(self) -> int:
        """How many pairs of known mistakes the judge tries on one answer."""
        if "float32" not in self.tolerances.values():
            return MOST_PAIRS
        return FEW_PAIRS if self.seconds else SOME_PAIRS

    def draw(self, seed: int) -> Program:
        """The program with the inputs of `seed`; the same for the same seed."""
        return self.program(np.random.default_rng([seed, *self.name.encode()]))

    def draw_costly(self, seed: int) -> Program | None:
        """The calls that take long, or None where there are none."""
        if self.costly is None:
            return None
        return self.costly(np.random.default_rng([seed, 3, *self.name.encode()]))

    def measures(self, seed: int) -> Program:
        """The calls that measure what is right about `draw` and `draw_costly`."""
        programs = (self.draw(seed), self.draw_costly(seed))
        calls = [
            call
            for program in programs
            if program is not None and self.measure is not None
            for call in self.measure(program).calls
        ]
        return Program(self.assignment, tuple(calls))
