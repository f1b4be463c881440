"""A course folder of November 2026, graded before the house was moved, goes on as it was.

The archive holds the course of eight students of the sample class of `lstm`, with its journal, its
gradebook and its feedback, as the commands of then wrote them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.grader.grading.course import Course

pytestmark = pytest.mark.slow

OLDER = "Graded with an older version; grade again to renew:"

TABLE = """\
student score what was wrong
half-finished 3 / 12 not attempted yet, in 3 exercises
lstm-step-forward-coupled-to-forget-gate 9 / 12 lstm_step_forward: What is written of the \
candidate is 1 − f, the rest of the forget …
lstm-step-forward-gate-order-ifog 9 / 12 lstm_step_forward: The gates g and o are exchanged: \
their columns in Wx, Wh and b …
lstm-step-forward-weights-exchanged 9 / 12 lstm_step_forward: Wx and Wh are exchanged: each \
belongs to the array that its name ends …
reference 12 / 12
style-einsum 12 / 12
syntax-error 9 / 12 LSTMCell: The cell stops with SyntaxError: expected ':' in line 1.
untouched 0 / 12 not attempted yet, in 4 exercises
"""
"""What `autograder grade` prints of the verdicts of then, and of its own."""


@pytest.fixture
def old(tmp_path: Path) -> Course:
    archive = Path(__file__).with_name("course_of_2026_11.tar.xz")
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    return Course(tmp_path / "old")


def run(course: Course, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=course.root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def words(said: str) -> str:
    """What was said, wherever its lines end."""
    return " ".join(said.split())


def autograder(course: Course, command: str) -> str:
    return run(course, "autograder.grader.cli", command, "lstm")


def scores(course: Course) -> dict[str, float]:
    with Gradebook(course.directory.db_url, course.directory.course_id) as book:
        return {s.student_id: s.score for s in book.find_assignment("lstm").submissions}


def renew_feedback(course: Course, *students: str) -> str:
    """What the command says after it has written the feedback of students graded since."""
    written = {}
    for student in students:
        os.utime(course.path("autograded", student, "lstm") / "lstm.ipynb")
        page = course.path("feedback", student, "lstm") / "lstm.html"
        written[page] = page.stat().st_mtime
    said = autograder(course, "feedback")
    assert all(page.stat().st_mtime > then for page, then in written.items())
    return said


def test_it_is_reported_and_graded_again(old: Course) -> None:
    before = scores(old)
    report = autograder(old, "report")
    assert words(TABLE) in words(report)
    assert f"{OLDER} all 8." in report
    assert f"{OLDER} all 2." in renew_feedback(old, "reference", "untouched")

    assert words(autograder(old, "grade")) == words(TABLE)
    assert scores(old) == before
    report = autograder(old, "report")
    assert words(TABLE) in words(report)
    assert OLDER not in report
    assert OLDER not in renew_feedback(old, "reference")


def test_stock_autograde_finds_its_preprocessor(old: Course) -> None:
    assert "autograder.grading.preprocessors" in (old.root / "nbgrader_config.py").read_text()
    before = scores(old)
    run(old, "nbgrader", "autograde", "lstm", "--student", "reference", "--force")
    assert scores(old) == before
