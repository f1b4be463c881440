"""The proof of every check: stubs and known mistakes fail, references and other styles pass.

It holds for all assignments: by the judge with two hidden seeds, and in a notebook, which
has the published one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest

from autograder.checking import fingerprint as fingerprint
from autograder.checking.as_judged import Exchange
from autograder.checking.examine import examine
from autograder.checking.public import SEED, Public
from autograder.exercises import Exercise, find, run
from autograder.grader import catalogue, references
from autograder.grader.judge import expected
from tests.chapters.pages import headings
from tests.students import (
    ASSIGNMENTS,
    EXERCISES,
    KnownMistakes,
    fingerprints,
    judge,
    judged,
    notebook,
    solved,
    stale,
    untouched,
)

HIDDEN = [0, 2**62 + 1]
SEEDS = [SEED, *HIDDEN]
MISTAKES = [
    (assignment, mistake) for assignment in ASSIGNMENTS for mistake in catalogue.entries(assignment)
]
STYLES = [
    (assignment, style) for assignment in ASSIGNMENTS for style in references.styles(assignment)
]

LEAST_MISTAKES = 3
"""Known mistakes of an exercise; most have a dozen and more."""

LEAST_STYLES = 3
"""Other right ways to write an assignment, each with all of its exercises."""

exercise_and_seed = [
    pytest.param(exercise, seed, id=f"{exercise.assignment}-{exercise.name}-{seed}")
    for exercise in EXERCISES
    for seed in SEEDS
]
every_exercise = pytest.mark.parametrize(
    "exercise", EXERCISES, ids=lambda e: f"{e.assignment}-{e.name}"
)
every_mistake = pytest.mark.parametrize(
    ("assignment", "mistake"), MISTAKES, ids=[f"{s}-{m.exercise}-{m.name}" for s, m in MISTAKES]
)
every_style = pytest.mark.parametrize(("assignment", "style"), STYLES)


def of(assignment: str) -> list[Exercise]:
    return [exercise for exercise in EXERCISES if exercise.assignment == assignment]


@pytest.mark.parametrize(("exercise", "seed"), exercise_and_seed)
def test_the_reference_is_correct(exercise: Exercise, seed: int) -> None:
    found = judged(exercise, seed, solved(exercise.assignment))
    assert found.status == "correct", found.message
    assert found.message.startswith("All ")
    assert not found.mistake


@pytest.mark.parametrize(("exercise", "seed"), exercise_and_seed)
def test_the_stub_is_not_attempted(exercise: Exercise, seed: int) -> None:
    alone = solved(
        exercise.assignment, **{exercise.name: references.stub(exercise.assignment, exercise.name)}
    )
    for student in (alone, untouched(exercise.assignment)):
        assert judged(exercise, seed, student).status == "not attempted"


@every_exercise
def test_a_notebook_sees_the_reference_and_the_stub(exercise: Exercise) -> None:
    student = solved(exercise.assignment)
    assert examine(exercise, student[exercise.name]).status == "correct"
    student = untouched(exercise.assignment)
    assert examine(exercise, student[exercise.name]).status == "not attempted"


@pytest.fixture(scope="module")
def known() -> Iterator[KnownMistakes]:
    known = KnownMistakes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(expected, "wrong_answers", known.wrong_answers)
        yield known


@pytest.mark.parametrize("seed", HIDDEN)
@every_mistake
def test_a_mistake_is_named(
    assignment: str, mistake: catalogue.Entry, seed: int, known: KnownMistakes
) -> None:
    exercise = find(mistake.exercise)
    assert exercise is not None
    found = known.judged(exercise, seed, mistake)
    assert (found.status, found.mistake) == ("wrong", mistake.name), found.message
    assert found.message.startswith(mistake.mistake.says)
    assert found.read == mistake.mistake.read
    told = re.sub(r"every entry is \S+ times", "", found.message.removeprefix(mistake.mistake.says))
    assert not re.search(r"\d\.\d|\de[+-]", told), "no value that is right is told"


@every_mistake
def test_a_notebook_names_a_mistake(assignment: str, mistake: catalogue.Entry) -> None:
    exercise = find(mistake.exercise)
    assert exercise is not None
    student = notebook(catalogue.text(assignment, mistake))
    asked: list[Exchange] = []
    found = examine(exercise, student[exercise.name], asked)
    assert (found.status, found.mistake) == ("wrong", mistake.name), found.message
    # What `tests/checking/test_public.py` would else have to run all mistakes for once more.
    fresh = fingerprint.fingerprint(exercise, *asked[0])
    kept = Public(exercise).fingerprints[mistake.name]
    np.testing.assert_allclose(kept, fresh, rtol=1e-5, atol=1e-5, err_msg=stale(exercise))


@every_exercise
def test_a_notebook_names_a_mistake_again(exercise: Exercise) -> None:
    known = next(m for _, m in MISTAKES if m.exercise == exercise.name)
    student = notebook(catalogue.text(exercise.assignment, known))
    for _ in range(2):  # a cell that is run again in the same kernel
        assert examine(exercise, student[exercise.name]).mistake == known.name


@pytest.mark.parametrize("seed", HIDDEN)
@every_style
def test_a_style_is_correct(assignment: str, style: str, seed: int) -> None:
    student = notebook(references.style(assignment, style))
    for exercise in of(assignment):
        found = judged(exercise, seed, student)
        assert found.status == "correct", f"{exercise.name}: {found.message}"


@every_style
def test_a_notebook_sees_that_a_style_is_correct(assignment: str, style: str) -> None:
    student = notebook(references.style(assignment, style))
    for exercise in of(assignment):
        found = examine(exercise, student[exercise.name])
        assert found.status == "correct", f"{exercise.name}: {found.message}"


@every_exercise
def test_there_are_mistakes_and_styles_enough(exercise: Exercise) -> None:
    assignment, mine = exercise.assignment, [m for _, m in MISTAKES if m.exercise == exercise.name]
    assert len(mine) >= LEAST_MISTAKES, f"{exercise.name} in solutions/{assignment}/mistakes.diff"
    styles = references.styles(assignment)
    assert len(styles) >= LEAST_STYLES, f"in solutions/{assignment}/styles"


@pytest.mark.parametrize(("exercise", "seed"), exercise_and_seed)
def test_no_two_mistakes_have_one_fingerprint(exercise: Exercise, seed: int) -> None:
    program = judge(exercise.assignment, seed).program(exercise)
    right = fingerprint.fingerprint(exercise, program, run(program, solved(exercise.assignment)))
    # Mistakes that only an inspection finds look right to a signature.
    versions = {
        name: found
        for name, found in fingerprints(exercise, seed).items()
        if not fingerprint.name(exercise, program, found, {"right": right})
    }
    same = [
        (one, other)
        for one, other in combinations(versions, 2)
        if fingerprint.name(exercise, program, versions[one], {other: versions[other]})
    ]
    assert same == []


def test_what_a_student_is_told_to_read_is_a_heading() -> None:
    told = {mistake.mistake.read for _, mistake in MISTAKES}
    assert all(section[0] + section[-1] == "‘’" for section in told)
    assert {section[1:-1] for section in told} <= headings()
