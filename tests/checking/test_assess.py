"""The assessor: it asks once, and for no more than it needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autograder.checking.assess import Assessment, Assessor
from autograder.checking.fingerprint import fingerprint
from autograder.checking.mistake import Mistake
from autograder.checking.pairs import Pair
from autograder.exercises import Answer, Array, Ask, Call, Exercise, Finding, Program, Right, run

PROGRAM = Program("lstm", (Call("N=2", "double", (np.ones(2),), ("y",)),))
LONG = Program("lstm", (Call("a training", "double", (np.ones(3),), ("z",)),))
DOUBLE = Exercise("double", "lstm", lambda rng: PROGRAM, {"y": "forward"}, needs=("one", "other"))


def right(x: Array) -> Array:
    return 2 * x


def squared(x: Array) -> Array:
    return x**2


class Known:
    """All that can be known about `DOUBLE`, and what of it was asked for."""

    exercise = DOUBLE
    seed = 3
    program = PROGRAM
    costly: Program | None = None
    right: Ask | None = None
    measured: Mapping[str, Array] = {}
    parameters = ("x",)
    mistaken: Mapping[str, Mapping[str, Array]] = {}
    expected: Mapping[str, Mapping[str, Array]] = {"N=2": {"y": 2 * np.ones(2)}}
    mistakes: Mapping[str, Mistake] = {"squared": Mistake("squared", "It squares.", "‘Squares’")}

    def __init__(self) -> None:
        self.asked: list[str] = []

    @property
    def fingerprints(self) -> Mapping[str, Array]:
        self.asked.append("fingerprints")
        return {"squared": fingerprint(DOUBLE, PROGRAM, run(PROGRAM, {"double": squared}))}

    def together(self, pairs: Sequence[Pair]) -> list[tuple[Pair, Array]]:
        return []

    def on_top_of(self, mistakes: Mapping[str, str]) -> Ask | None:
        return None

    def inherited(self, mistakes: Collection[str]) -> Mapping[str, Array]:
        self.asked += sorted(mistakes)
        return {}


class Student:
    """A student's object, and how often it was asked."""

    def __init__(self, function: Any) -> None:
        self.function = function
        self.asked: list[Program] = []

    def ask(self, program: Program) -> Sequence[Answer]:
        self.asked.append(program)
        return run(program, {"double": self.function})


def costly(inspect: Any) -> Known:
    """All that can be known where a training is asked for as well."""
    known = Known()
    known.exercise, known.costly = replace(DOUBLE, inspect=inspect), LONG
    return known


def nothing(name: str) -> Assessment | None:
    raise AssertionError(f"{name} was asked for")


def unknown(name: str) -> Assessment | None:
    return None


def test_of_what_is_right_nothing_more_is_asked() -> None:
    known, student = Known(), Student(right)
    found = Assessor(known, student.ask).assess(nothing)
    assert (found.status, found.message, found.findings) == (
        "correct",
        "All 1 cases are right.",
        (),
    )
    assert (student.asked, known.asked) == ([PROGRAM], [])


def test_a_known_mistake_is_named() -> None:
    known, student = Known(), Student(squared)
    found = Assessor(known, student.ask).assess(unknown)
    assert (found.status, found.mistake, found.read) == ("wrong", "squared", "‘Squares’")
    assert found.message.startswith("It squares. `y` has wrong values for N=2")
    assert (student.asked, known.asked) == ([PROGRAM], ["fingerprints"])


def test_an_exception_in_every_call_is_an_error() -> None:
    def broken(x: Array) -> Array:
        raise ValueError("no")

    found = Assessor(Known(), Student(broken).ask).assess(nothing)
    assert (found.status, found.findings[0].problem) == ("error", "raised")


@pytest.mark.parametrize("consistent", [True, False])
def test_a_mistake_of_an_earlier_exercise_costs_once(consistent: bool) -> None:
    known, student = Known(), Student(lambda x: 3 * x)
    known.exercise = replace(DOUBLE, consistent_with_own=lambda ask, rng: consistent)
    earlier = {"one": Assessment("correct", ""), "other": Assessment("wrong", "", "odd")}
    found = Assessor(known, student.ask).assess(earlier.get)
    assert found.status == ("correct" if consistent else "wrong")
    # Its own mistake is looked for last of all, and not where the other explains it.
    assert [*dict.fromkeys(known.asked)] == ["other.odd"] + ["fingerprints"] * (not consistent)
    assert ("given your own `other`" in found.message) == consistent


@pytest.mark.parametrize("mistake", ["squared", ""])
def test_what_an_inspection_finds_has_no_fingerprint(mistake: str) -> None:
    known, student = Known(), Student(right)
    finding = Finding("N=2", "It is odd.", mistake)
    known.exercise = replace(DOUBLE, inspect=lambda program, answers, right: [finding])
    found = Assessor(known, student.ask).assess(lambda name: Assessment("wrong", ""))
    assert (found.status, found.mistake, found.findings) == ("wrong", mistake, (finding,))
    assert known.asked == []


def test_costly_calls_are_made_where_the_others_are_right() -> None:
    def inspect(program: Program, answers: Mapping[str, Answer], right: Right) -> list[Finding]:
        return [Finding("a training", "It has not learned.")] if program is LONG else []

    quick, patient = Student(right), Student(right)
    found = Assessor(costly(inspect), quick.ask, patient.ask).assess(unknown)
    assert (quick.asked, patient.asked) == ([PROGRAM], [LONG])
    assert found.status == "wrong"
    assert "It is right in 1 of 2 cases, such as this one: N=2." in found.message
    found = Assessor(costly(lambda *_: []), quick.ask).assess(nothing)
    assert (found.status, found.message) == ("correct", "All 2 cases are right.")


def test_costly_calls_are_not_made_of_what_is_wrong() -> None:
    def inspect(program: Program, answers: Mapping[str, Answer], right: Right) -> list[Finding]:
        raise AssertionError("it was asked")

    student = Student(squared)
    assert Assessor(costly(inspect), student.ask).assess(unknown).mistake == "squared"
    assert student.asked == [PROGRAM]


def test_a_costly_call_that_fails_is_no_mistake_by_its_fingerprint() -> None:
    def tired(x: Array) -> Array:
        if len(x) > 2:
            raise ValueError("no")
        return 2 * x

    known = costly(lambda *_: [])
    found = Assessor(known, Student(tired).ask).assess(unknown)
    assert (found.status, found.mistake) == ("wrong", "")
    assert found.message.startswith("It raises ValueError for a training: no.")
    assert known.asked == []


def test_an_inspection_may_ask_what_is_right() -> None:
    rights: list[Right] = []

    def inspect(program: Program, answers: Mapping[str, Answer], right: Right) -> list[Finding]:
        rights.append(right)
        return []

    known, student, reference = Known(), Student(right), Student(right)
    known.exercise = replace(DOUBLE, inspect=inspect)
    known.mistaken = {"one": {}, "two": {"N=2": np.ones(1)}, "three": {"N=2": np.ones(1)}}
    Assessor(known, student.ask).assess(nothing)
    known.right = reference.ask
    Assessor(known, student.ask).assess(nothing)
    asked = [r.ask for r in rights]
    assert asked == [student.ask, reference.ask], "in a notebook its own objects have to serve"
    assert rights[0].name("N=2", lambda measure: measure == 1) == "two"
    assert rights[0].name("N=2", lambda measure: measure == 2) == ""
