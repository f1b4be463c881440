"""A class of eight, how it is graded by the command, and what it should get."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from autograder.grader.grading.course import Course

POINTS = {"right": 12.0, "wrong": 9.0}


def command(root: Path, where: str) -> list[str]:
    """The command that grades the course; `where` is empty for no cluster."""
    return [
        *(sys.executable, "-m", "autograder.grader.cli", "grade", "lstm", "--course", str(root)),
        *(("--cluster", where) if where else ()),
    ]


def grade(root: Path, where: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run that command to its end."""
    return subprocess.run(
        command(root, where),
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
        cwd=root,  # where Dask keeps its certificates while a SLURM job needs them
    )


def journal(course: Course) -> Path:
    return course.root / ".autograder" / "lstm.jsonl"


def count(course: Course) -> int:
    """How many submissions have been graded by now."""
    return journal(course).read_bytes().count(b"\n") if journal(course).exists() else 0


def lines(course: Course) -> list[dict[str, Any]]:
    return [json.loads(line) for line in journal(course).read_bytes().splitlines()]


def all_are_graded_once(course: Course) -> None:
    students = [line["student"] for line in lines(course)]
    assert len(students) == len(set(students)) == 8
    with Gradebook(course.directory.db_url, course.directory.course_id) as book:
        scores = {s.student_id: s.score for s in book.find_assignment("lstm").submissions}
    assert scores == {student: POINTS[student.partition("-")[0]] for student in students}
