"""The proof of every check: stubs and known mistakes fail, references and other styles pass.

It holds for all assignments: by the judge with two hidden seeds, and in a notebook, which
has the published one.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import combinations

import pytest

from autograder import public, references, signature
from autograder.check import examine
from autograder.exercises import Exercise, assignments, find, run
from autograder.release.source import CHAPTERS
from solutions import mistakes as catalogue
from solutions import styles
from tests.students import EXERCISES, bank, judge, judged, notebook, solved, untouched

HIDDEN = [0, 2**62 + 1]
SEEDS = [public.SEED, *HIDDEN]
MISTAKES = [(stem, mistake) for stem in assignments() for mistake in catalogue.mistakes(stem)]
STYLES = [(stem, style) for stem in assignments() for style in styles.styles(stem)]

exercise_and_seed = [
    pytest.param(exercise, seed, id=f"{exercise.stem}-{exercise.name}-{seed}")
    for exercise in EXERCISES
    for seed in SEEDS
]
every_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: f"{e.stem}-{e.name}")
every_mistake = pytest.mark.parametrize(
    ("stem", "mistake"), MISTAKES, ids=[f"{s}-{m.exercise}-{m.name}" for s, m in MISTAKES]
)
every_style = pytest.mark.parametrize(("stem", "style"), STYLES)


def of(stem: str) -> list[Exercise]:
    return [exercise for exercise in EXERCISES if exercise.stem == stem]


@pytest.mark.parametrize(("exercise", "seed"), exercise_and_seed)
def test_the_reference_is_correct(exercise: Exercise, seed: int) -> None:
    found = judged(exercise, seed, solved(exercise.stem))
    assert found.status == "correct", found.message
    assert found.message.startswith("All ")
    assert not found.mistake


@pytest.mark.parametrize(("exercise", "seed"), exercise_and_seed)
def test_the_stub_is_not_attempted(exercise: Exercise, seed: int) -> None:
    alone = solved(exercise.stem, **{exercise.name: references.stub(exercise.stem, exercise.name)})
    for student in (alone, untouched(exercise.stem)):
        assert judged(exercise, seed, student).status == "not attempted"


@every_exercise
def test_a_notebook_sees_the_reference_and_the_stub(exercise: Exercise) -> None:
    student = solved(exercise.stem)
    assert examine(exercise, student[exercise.name]).status == "correct"
    student = untouched(exercise.stem)
    assert examine(exercise, student[exercise.name]).status == "not attempted"


@pytest.mark.parametrize("seed", HIDDEN)
@every_mistake
def test_a_mistake_is_named(stem: str, mistake: catalogue.Mistake, seed: int) -> None:
    exercise = find(mistake.exercise)
    assert exercise is not None
    found = judged(exercise, seed, catalogue.namespace(stem, mistake))
    assert (found.status, found.mistake) == ("wrong", mistake.name), found.message
    assert found.message.startswith(mistake.says)
    assert found.read == mistake.read
    told = re.sub(r"every entry is \S+ times", "", found.message.removeprefix(mistake.says))
    assert not re.search(r"\d\.\d|\de[+-]", told), "no value that is right is told"


@every_mistake
def test_a_notebook_names_a_mistake(stem: str, mistake: catalogue.Mistake) -> None:
    exercise = find(mistake.exercise)
    assert exercise is not None
    student = notebook(catalogue.text(stem, mistake))
    found = examine(exercise, student[exercise.name])
    assert (found.status, found.mistake) == ("wrong", mistake.name), found.message
    again = examine(exercise, student[exercise.name])
    assert again.mistake == mistake.name, "checked a second time in the same kernel"


@pytest.mark.parametrize("seed", HIDDEN)
@every_style
def test_a_style_is_correct(stem: str, style: str, seed: int) -> None:
    student = notebook(styles.text(stem, style))
    for exercise in of(stem):
        found = judged(exercise, seed, student)
        assert found.status == "correct", f"{exercise.name}: {found.message}"


@every_style
def test_a_notebook_sees_that_a_style_is_correct(stem: str, style: str) -> None:
    student = notebook(styles.text(stem, style))
    for exercise in of(stem):
        found = examine(exercise, student[exercise.name])
        assert found.status == "correct", f"{exercise.name}: {found.message}"


@every_exercise
def test_there_are_mistakes_and_styles_enough(exercise: Exercise) -> None:
    assert len([m for _, m in MISTAKES if m.exercise == exercise.name]) >= 3
    assert len(styles.styles(exercise.stem)) >= 3


@pytest.mark.parametrize(("exercise", "seed"), exercise_and_seed)
def test_no_two_mistakes_have_one_signature(exercise: Exercise, seed: int) -> None:
    program = judge(exercise.stem, seed).program(exercise)
    right = signature.signature(exercise, program, run(program, solved(exercise.stem)))
    # Mistakes that only an inspection finds look right to a signature.
    versions = {
        name: found
        for name, found in bank(exercise, seed).items()
        if not signature.name(exercise, program, found, {"right": right})
    }
    same = [
        (one, other)
        for one, other in combinations(versions, 2)
        if signature.name(exercise, program, versions[one], {other: versions[other]})
    ]
    assert same == []


@cache
def headings() -> frozenset[str]:
    lines = (
        line
        for page in CHAPTERS.rglob("*.md")
        for line in page.read_text(encoding="utf-8").splitlines()
    )
    return frozenset(line.lstrip("#").strip() for line in lines if line.startswith("#"))


def test_what_a_student_is_told_to_read_is_a_heading() -> None:
    told = {mistake.read for _, mistake in MISTAKES}
    assert all(section[0] + section[-1] == "‘’" for section in told)
    assert {section[1:-1] for section in told} <= headings()
