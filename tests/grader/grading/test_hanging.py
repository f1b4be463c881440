"""What never ends costs the exercise that calls it, and is named there; the rest is judged."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from autograder.grader.commands.grading import Hosts, grade_class
from autograder.grader.grading.course import Course
from autograder.grader.grading.verdict import Verdict
from autograder.grader.release.solve import grade_id_of, solved
from tests.attacks.attack import BACK, CELL, FORWARD, STEP, reference

pytestmark = pytest.mark.slow

PLAIN = reference()[STEP].split("\n\n\n")[1]
HANGS = "def sigmoid(a):\n    while True:\n        a = -a"
HANGS_LATER = """calls = []


def sigmoid(a):
    calls.append(a)
    while len(calls) > 30:
        a = -a
    return 0.5 * (1 + np.tanh(0.5 * a))"""
BY_A_CALL = """def put_in_its_place():
    def never(a):
        while True:
            a = -a
    globals()["sigmoid"] = never


put_in_its_place()"""


def notebook(step: str, *added: str) -> str:
    """The solved notebook with another step, and cells above it."""
    made: Any = nbformat.reads(solved("lstm"), as_version=4)
    at = next(i for i, cell in enumerate(made.cells) if grade_id_of(cell) == STEP)
    made.cells[at].source = step
    made.cells[at:at] = [new_code_cell(source) for source in added]
    return nbformat.writes(made)


@pytest.fixture(scope="module")
def graded(
    made_once: Path, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Mapping[str, Verdict]]:
    """The verdicts by student and exercise, under limits of two seconds."""
    root = tmp_path_factory.mktemp("hanging") / "course"
    shutil.copytree(made_once, root)
    with (root / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Execute.cell_seconds = c.Execute.ask_seconds = 2\n")
    course = Course(root)
    handed_in = {
        "helper": notebook(PLAIN, HANGS),
        "later": notebook(PLAIN, HANGS_LATER),
        "call": notebook(f"{reference()[STEP]}\n\n\n{BY_A_CALL}"),
    }
    for student, text in handed_in.items():
        folder = course.path("submitted", student, "lstm")
        folder.mkdir(parents=True)
        (folder / "lstm.ipynb").write_text(text)
    outcome = grade_class(course, "lstm", Hosts(1))
    assert not outcome.failures
    return {s: {v.exercise: v for v in one.verdicts} for s, one in outcome.by_student.items()}


@pytest.mark.parametrize("student", ["helper", "later"])
def test_a_helper_that_hangs_costs_what_calls_it(
    graded: Mapping[str, Mapping[str, Verdict]], student: str
) -> None:
    found = graded[student]
    assert {name: verdict.status for name, verdict in found.items()} == {
        STEP: "timeout",
        BACK: "timeout",
        FORWARD: "timeout",
        CELL: "correct",
    }
    assert "It gave no answer, it took longer than 2 seconds, and was" in found[STEP].message
    assert "It may stand in `sigmoid`, in another cell." in found[STEP].message
    says = f"It was not called: `{STEP}`, on which it is built, does not come back."
    assert says in found[BACK].message
    assert f"It is built on `{STEP}`, which does not come back either." in found[FORWARD].message
    assert found[CELL].points == 3.0


def test_a_call_beside_a_right_definition_that_would_hang_it_costs_nothing(
    graded: Mapping[str, Mapping[str, Verdict]],
) -> None:
    assert {verdict.status for verdict in graded["call"].values()} == {"correct"}
