"""What an exercise requires besides NumPy: all that it cannot be checked without, and no more."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from autograder import packages
from autograder.checking.examine import found_of
from autograder.exercises import assignments, exercises
from autograder.grader import references
from autograder.grader.release.solve import grade_id_of
from autograder.grader.release.source import notebook
from tests.exercises import without_frameworks
from tests.students import EXERCISES, solved


@pytest.fixture(scope="module")
def found() -> dict[str, tuple[str, str]]:
    """What is found of every reference where NumPy is alone."""
    sources = {}
    for assignment in assignments():
        names = [exercise.name for exercise in exercises(assignment)]
        (setup,) = (c.source for c in notebook(assignment).cells if grade_id_of(c) == "setup")
        sources[assignment] = (setup, references.cells(references.text(assignment), names))
    told = subprocess.run(
        [sys.executable, without_frameworks.__file__],
        input=json.dumps(sources),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(told.stdout)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_numpy_suffices_just_where_nothing_else_is_required(exercise, found) -> None:
    status, says = found[exercise.name]
    assert (status == "correct") == (exercise.requires == ()), says


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_all_that_is_required_is_what_the_course_installs(exercise) -> None:
    assert set(exercise.requires) <= packages.NAMES.keys() - {"numpy"}


def test_a_missing_package_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    right = solved("training")["MLP"]
    monkeypatch.setitem(sys.modules, "torch", None)
    shown = found_of(right).shown
    assert shown.status == "error"
    assert "`MLP` works with PyTorch, which this Python cannot import" in shown.message
    assert "page ‘How to start’ says how to install" in shown.message
