"""The plain versions that mistakes edit: as right as the references that are written for speed."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from autograder.checking.compare import compare
from autograder.checking.examine import examine
from autograder.exercises import Exercise, find, run
from autograder.grader import references
from autograder.grader.judge import expected
from tests.students import EXERCISES, judged, notebook


def changed(exercise: Exercise) -> bool:
    """Whether the exercise, or one that it is built on, has a plain version of its own."""
    built_on = [needed for name in exercise.needs if (needed := find(name)) is not None]
    return any(
        references.pick(references.plain(e.assignment), e.name)
        != references.pick(references.text(e.assignment), e.name)
        for e in (exercise, *built_on)
    )


PLAIN = [exercise for exercise in EXERCISES if changed(exercise)]
every_plain_version = pytest.mark.parametrize(
    "exercise", PLAIN, ids=lambda e: f"{e.assignment}-{e.name}"
)


def student(exercise: Exercise) -> dict[str, Any]:
    return notebook(references.plain(exercise.assignment))


def test_the_timed_convolutions_have_plain_versions() -> None:
    assert {"conv2d_forward", "conv2d_backward"} <= {exercise.name for exercise in PLAIN}


@pytest.mark.parametrize("seed", [0, 1])
@every_plain_version
def test_a_plain_version_answers_as_the_reference(exercise: Exercise, seed: int) -> None:
    program = exercise.draw(seed)
    answers = run(program, student(exercise))
    assert compare(exercise, program, answers, expected.answers(exercise, program)) == []


@every_plain_version
def test_a_plain_version_passes_the_check_and_the_judge(exercise: Exercise) -> None:
    found = judged(exercise, 2**62 + 1, student(exercise))
    assert found.status == "correct", found.message
    found = examine(exercise, student(exercise)[exercise.name])
    assert found.status == "correct", found.message


@every_plain_version
def test_a_plain_version_has_the_signature_of_the_reference(exercise: Exercise) -> None:
    plain, reference = student(exercise), references.namespace(exercise.assignment)
    assert inspect.signature(plain[exercise.name]) == inspect.signature(reference[exercise.name])
