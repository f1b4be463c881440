"""A class whose verdicts are known: they are put into the journal, as if a judge had given them.

Everything after the judge is the real thing, and no kernel is started.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from nbgrader.api import Gradebook

from autograder.grader import commands
from autograder.grader.commands.terminal import out
from autograder.grader.grading.course import Course
from autograder.grader.grading.graded_notebook import marked
from autograder.grader.grading.notebook import Released
from autograder.grader.grading.verdict import Graded, Status
from autograder.grader.release.solve import filled
from tests.grader.grading.verdicts import verdict

POINTS = {"lstm_step_forward": 3, "lstm_step_backward": 4, "lstm_forward": 2, "LSTMCell": 3}

RULE = """

import sys
from nbgrader.plugins import LateSubmissionPlugin


class AllOff(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score


c.AssignLatePenalties.plugin_class = AllOff
"""
"""What takes everything off late work, at the end of a configuration."""


@dataclass
class Known:
    """A course, and what is done with it.

    Attributes:
        course: the course.
        capsys: what catches the words of the commands.
        monkeypatch: what gives the commands their arguments.
    """

    course: Course
    capsys: Any
    monkeypatch: pytest.MonkeyPatch

    def hand_in(self, student: str, wrong: Sequence[str] = (), at: str = "") -> None:
        """Hand in work that is right but for these exercises, and have it judged."""
        folder = self.course.path("submitted", student, "lstm")
        folder.mkdir(parents=True, exist_ok=True)
        notebook = filled("lstm", {name: f"# {student} has {name} wrong" for name in wrong})
        (folder / "lstm.ipynb").write_text(notebook)
        if at:
            (folder / "timestamp.txt").write_text(f"{at} UTC")
        self.judge(student, dict.fromkeys(wrong, "wrong"))

    def judge(self, student: str, statuses: dict[str, Status]) -> None:
        """Put the verdicts on what the student handed in into the journal."""
        job = self.course.job("lstm", student)
        released = Released.parse(job.released)
        verdicts = [
            msgspec.structs.replace(
                verdict(name, 0 if name in statuses else most, most, statuses.get(name, "correct")),
                student=student,
            )
            for name, most in POINTS.items()
        ]
        submission = released.read(job.handed_in.notebook)
        self.course.journal("lstm").append(
            Graded(
                key=job.key,
                student=student,
                submission=job.handed_in.digest,
                verdicts=verdicts,
                notebook=marked(released, submission, {}, verdicts),
            )
        )

    def autograder(self, *arguments: str, code: int = 0) -> tuple[list[str], str]:
        """Run a command: the rows that it prints, and what it says besides."""
        with self.monkeypatch.context() as patch:
            patch.setattr(
                sys, "argv", ["autograder", *arguments, "--course", str(self.course.root)]
            )
            patch.setattr(out, "_record_buffer", [])
            with pytest.raises(SystemExit) as stopped:
                commands.main()
        said = self.capsys.readouterr()
        assert stopped.value.code == code, said.err
        return [" ".join(row.split()) for row in said.out.splitlines()], said.err

    def book(self) -> Gradebook:
        """The gradebook, to be closed."""
        return Gradebook(self.course.directory.db_url, self.course.directory.course_id)

    def stands(self, student: str) -> tuple[float, float]:
        """The score of a student in the gradebook, and the penalty."""
        with self.book() as book:
            found = book.find_submission("lstm", student)
            return found.score, found.late_submission_penalty

    def add_rule(self) -> None:
        """Let the course take everything off late work."""
        with (self.course.root / "nbgrader_config.py").open("a") as config:
            config.write(RULE)
        self.course = Course(self.course.root)


def row(rows: Sequence[str], student: str) -> str:
    """The row of a student in a table, without the name."""
    (found,) = (row for row in rows if row.split(" ")[0] == student)
    return found.removeprefix(student).strip()
