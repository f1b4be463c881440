"""Right work in the forms in which students leave it: it gets its points, and a note where odd."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.grader.grading.course import Course
from autograder.grader.release.solve import solved
from tests.attacks.attack import STEP
from tests.grader.grading.honest_forms import FILES, FORMS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def graded(made_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """The verdicts on all forms, by student."""
    root = tmp_path_factory.mktemp("honest") / "course"
    shutil.copytree(made_once, root)
    with (root / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Execute.cell_seconds = 3\n")
    course = Course(root)
    for name in (*FORMS, *FILES):
        notebook = nbformat.reads(solved("lstm"), as_version=4)
        if edit := FORMS.get(name):
            edit(notebook)
        written = nbformat.writes(notebook)
        folder = course.path("submitted", name, "lstm")
        folder.mkdir(parents=True)
        (folder / "lstm.ipynb").write_bytes(
            FILES[name](written) if name in FILES else written.encode()
        )
    command = [sys.executable, "-m", "autograder.grader.cli", "grade", "lstm"]
    found = root / "verdicts.json"
    done = subprocess.run(
        [*command, "--course", str(root), "--json", str(found)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    by_student: dict[str, dict[str, Any]] = {}
    for verdict in json.loads(found.read_text()):
        by_student.setdefault(verdict["student"], {})[verdict["exercise"]] = verdict
    return by_student


def test_the_forms_are_many() -> None:
    """Of 72 that were tried when the grader was built, 13 lost points."""
    assert len(FORMS) + len(FILES) >= 72


@pytest.mark.parametrize("name", [*FORMS, *FILES])
def test_right_work_gets_its_points(graded: Mapping[str, Any], name: str) -> None:
    lost = {v["exercise"]: v["message"] for v in graded[name].values() if v["status"] != "correct"}
    assert not lost
    assert sum(v["points"] for v in graded[name].values()) == 12


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("call-below", "The cell stops with NameError: name 'x_mine' is not defined in line 55."),
        ("call-above", "The cell stops with NameError: name 'lstm_step_forward' is not defined in"),
        ("missing-package", "No module named 'tqdm_of_nobody' in line 1. That costs nothing"),
        ("training-below", "The cell itself does not come to an end: it took longer than 3 sec"),
        ("crash", "The cell ended the kernel: a crash, a call of exit,"),
        ("constant-of-nobody-in-a-cell-before", "A cell from which it needs something stops with"),
        ("older-copy-below", "has 2 cells for `lstm_step_forward`; the last one that was changed"),
        ("answer-in-a-new-cell", "is as it was handed out; another cell that defines it was taken"),
        ("split-in-two", "was not in its place; another cell that defines it was taken"),
    ],
)
def test_the_note_says_what_stopped_or_was_taken(
    graded: Mapping[str, Any], name: str, says: str
) -> None:
    assert says in graded[name][STEP]["message"]
