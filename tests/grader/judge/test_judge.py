"""The judge: lazy about what is right, and unmoved by whatever a kernel answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.exercises import Answer, Call, Exercise, Program, Result, find, run
from autograder.exercises.program import arrays_in
from autograder.exercises.wire import decode_answers, encode_answers
from autograder.grader import catalogue, references
from autograder.grader.judge import Judge, expected
from tests.students import EXERCISES, judge, solved

WITH_FEW = 6
"""A seed whose judges know few mistakes, and which nothing else takes."""

STATUSES = {"correct", "wrong", "error", "not attempted"}


# A file that another test left open is closed whenever the collector comes by, and Hypothesis
# warns of the size of what it draws; neither is the judge's.
no_warning = pytest.mark.filterwarnings(
    "error", "ignore::ResourceWarning", "ignore::hypothesis.errors.HypothesisWarning"
)


def exercise_of(name: str) -> Exercise:
    found = find(name)
    assert found is not None
    return found


def count(monkeypatch: pytest.MonkeyPatch, name: str) -> list[str]:
    """The exercises for which `expected.<name>` is asked from now on."""
    asked: list[str] = []
    real = getattr(expected, name)

    def counted(exercise: Exercise, program: Program) -> Any:
        asked.append(exercise.name)
        return real(exercise, program)

    monkeypatch.setattr(expected, name, counted)
    return asked


def test_what_is_right_is_computed_once_and_mistakes_only_for_the_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right_answers, banks = count(monkeypatch, "answers"), count(monkeypatch, "fingerprints")
    hidden, exercise = Judge("lstm", 5), exercise_of("lstm_forward")
    right = solved("lstm")
    for _ in range(3):
        assert hidden.judge(exercise, lambda p: run(p, right), {}.get).status == "correct"
    assert (right_answers, banks) == (["lstm_forward"], [])
    wrong = next(m for m in catalogue.entries("lstm") if m.exercise == "lstm_forward")
    student = catalogue.namespace("lstm", wrong)
    for _ in range(3):
        assert hidden.judge(exercise, lambda p: run(p, student), {}.get).mistake == wrong.name
    assert (right_answers, banks) == (["lstm_forward"], ["lstm_forward"])


def test_a_reference_that_fails_is_a_fault_of_the_course(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = references.text("lstm").replace("T = x.shape[1]", "T = x.shape[7]")
    monkeypatch.setattr(references, "text", lambda assignment: broken)
    exercise = exercise_of("lstm_forward")
    with pytest.raises(RuntimeError, match="the reference of lstm_forward fails for N=3"):
        expected.answers(exercise, exercise.draw(0))


def test_a_seed_makes_its_own_program() -> None:
    exercise = exercise_of("lstm_step_forward")
    one, other = (Judge("lstm", seed).program(exercise).calls[0].args[0] for seed in (1, 2))
    assert not np.array_equal(one, other)


words = st.sampled_from(
    ["", "Skipped", "StudentError", "NotImplementedError", "ValueError", "no", "\u2028"]
)


@st.composite
def forged(draw: st.DrawFn, call: Call) -> Answer:
    """Any answer to the call that the wire lets through."""
    raised, returned, message = draw(words), draw(words), draw(words | st.just(call.name))
    if raised or returned:
        return Answer(call.name, returned=returned, raised=raised, message=message)
    shape = st.sampled_from([(3, 4), (3, 2), (4, 4), (), (0,), (0, 7), (2, 3, 4)])
    dtype = st.sampled_from(["f8", "f4", "f2", "?", "i8", "u1"])
    value = st.none() | hnp.arrays(dtype, shape)
    results = tuple(Result(draw(words), draw(value)) for _ in call.returns)
    arrays = len(arrays_in(call.args))
    return Answer(call.name, results, message=message, after=(draw(words),) * arrays)


@pytest.fixture(scope="module", autouse=True)
def few_known() -> Iterator[None]:
    """Each exercise has three known mistakes: running all takes longest, and tells no more."""
    real = catalogue.entries

    def few(assignment: str) -> tuple[catalogue.Entry, ...]:
        by_exercise = groupby(sorted(real(assignment), key=_exercise), key=_exercise)
        return tuple(known for _, each in by_exercise for known in islice(each, 3))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "entries", few)
        yield


def _exercise(known: catalogue.Entry) -> str:
    return known.exercise


@no_warning
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_no_answer_makes_the_judge_fail_or_content(exercise: Exercise, data: st.DataObject) -> None:
    hidden = judge(exercise.assignment, WITH_FEW)

    def ask(further: Program) -> Sequence[Answer]:
        answers = [data.draw(forged(call)) for call in further.calls]
        return decode_answers(encode_answers(answers), further)

    found = hidden.judge(exercise, ask, {}.get)
    assert found.status in STATUSES - {"correct"}
    assert found.message


@no_warning
@pytest.mark.parametrize("exercise", [e for e in EXERCISES if e.costly], ids=lambda e: e.name)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_no_costly_answer_does_either(exercise: Exercise, data: st.DataObject) -> None:
    hidden, student = judge(exercise.assignment, WITH_FEW), solved(exercise.assignment)

    def ask_costly(program: Program) -> Sequence[Answer]:
        answers = [data.draw(forged(call)) for call in program.calls]
        return decode_answers(encode_answers(answers), program)

    found = hidden.judge(exercise, lambda program: run(program, student), {}.get, ask_costly)
    assert found.status in STATUSES - {"correct"}
    assert found.message


@no_warning
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_follow_through_stands_forged_answers(data: st.DataObject) -> None:
    hidden = judge("lstm", WITH_FEW)
    step, back = exercise_of("lstm_step_forward"), exercise_of("lstm_step_backward")
    wrong = next(m for m in catalogue.entries("lstm") if m.exercise == step.name)
    student = catalogue.namespace("lstm", wrong)
    earlier = {step.name: hidden.judge(step, lambda program: run(program, student), {}.get)}

    def ask(further: Program) -> Sequence[Answer]:
        answers = run(further, student)
        at = data.draw(st.integers(0, len(answers) - 1))
        answers[at] = data.draw(forged(further.calls[at]))
        return decode_answers(encode_answers(answers), further)

    for exercise in (back, exercise_of("lstm_forward")):
        found = hidden.judge(exercise, ask, earlier.get)
        assert found.status in STATUSES
