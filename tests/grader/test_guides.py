"""The guides, followed: a term from an empty folder to grades that are handed back.

`--prove` plays it with a class of forty.
"""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.grader.checkout import ROOT
from autograder.grader.kernels.probe import probe
from autograder.grader.release.solve import filled, solved
from tests.guides import GUIDES, steps

NAMED = {"ada": "Ada Lovelace", "ben": "Ben Okafor", "eva": "Eva Lindqvist", "kim": "Kim Min-ji"}
IN_TIME = "Tuesday, 1 December 2026, 10:30 PM"
LATER = "Friday, 4 December 2026, 9:00 AM"
HEAD = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments"
)

SERVERS = ("jupyter lab",)
"""Commands that do not end, which other tests start."""


class Term:
    """A folder in which a guide is followed, and the home of whoever follows it."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.here = folder / "work"
        self.said: dict[str, str] = {}
        (self.home / "Downloads").mkdir(parents=True)
        self.here.mkdir()

    def run(self, command: str) -> str:
        """Run a command where the ones before have led."""
        if command.startswith("cd "):
            self.here = self.here / command[3:]
            return ""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        own = {"HOME": str(self.home), "PATH": path, "PYTHONPATH": str(ROOT), "TZ": "Europe/Berlin"}
        done = subprocess.run(
            ["bash", "-euc", command],
            cwd=self.here,
            env={**os.environ, **own, "COLUMNS": "200"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        self.said[command] = done.stdout + done.stderr
        return self.said[command]

    def follow(self, guide: str) -> Iterator[str]:
        """Write the files of a guide and run its commands; each is told before it is run."""
        for step in steps(guide):
            if step.path:
                # Files of the course stand in it; those that lie beside it are made before.
                (self.here / step.path).write_text(step.text, encoding="utf-8")
            for command in step.commands:
                if not command.startswith(SERVERS):
                    yield command
                    self.run(command)

    def hand_in(self, name: str, works: Mapping[str, str], times: Mapping[str, str]) -> None:
        """What Moodle gives: a zip of these works, and a worksheet with times by student."""
        numbers = {student: 500 + n for n, student in enumerate(times)}
        with zipfile.ZipFile(self.home / "Downloads" / name, "w") as packed:
            for student, notebook in works.items():
                folder = f"{full(student)}_{numbers[student]}_assignsubmission_file_"
                packed.writestr(f"{folder}/my work.ipynb", notebook)
        rows = [
            f'Participant {numbers[s]},{full(s)},{s}@example.org,,,14.00,Yes,"{time}",-,'
            for s, time in times.items()
        ]
        sheet = self.home / "Downloads" / "worksheet.csv"
        sheet.write_text("\n".join(["\ufeff" + HEAD, *rows, ""]))


def full(student: str) -> str:
    return NAMED.get(student, f"{student.title()} Smith")


@pytest.mark.slow
@pytest.mark.skipif(bool(probe().refusal), reason="needs a sandbox")
def test_a_term_by_the_guides(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    size = 40 if request.config.getoption("--prove") else 5
    more = [f"student{n:02}" for n in range(size - len(NAMED))]
    times = {
        "ada": IN_TIME,
        "ben": IN_TIME,
        "eva": "-",
        "kim": LATER,
        **dict.fromkeys(more, IN_TIME),
    }
    wrong = filled("lstm", {"LSTMCell": "class LSTMCell:\n    pass\n"})  # all else are stubs
    term = Term(tmp_path)
    for command in term.follow("instructor"):
        if command.startswith("nbgrader db student import"):
            with (term.here / "students.csv").open("a") as roster:
                roster.writelines(f"{s},{s.title()},Smith,{s}@example.org\n" for s in more)
        if command.startswith("autograder collect lstm ~/Downloads/submissions.zip"):
            works = {"ada": solved("lstm"), "ben": wrong, "kim": solved("lstm")}
            term.hand_in("submissions.zip", works | dict.fromkeys(more, solved("lstm")), times)
        if command.startswith("autograder collect lstm ~/Downloads/late.zip"):
            with book(term) as gradebook:
                grade = gradebook.find_grade("check-LSTMCell", "lstm", "lstm", "ben")
                grade.manual_score, grade.needs_manual_grade = 2.0, False
                comment = gradebook.find_comment("LSTMCell", "lstm", "lstm", "ben")
                comment.manual_comment = "You were near."
                gradebook.db.commit()
            times = {**times, "eva": LATER}
            term.hand_in("late.zip", {"eva": solved("lstm")}, times)
        if command.startswith("autograder student eva --export"):
            everybody_has(term, {"ada": 14, "ben": 2, "eva": 14, "kim": 14 - 3 * 1.4}, more)
    assert not (term.here / "submitted" / "eva").exists()
    assert zipfile.ZipFile(term.here / "eva.zip").namelist()

    for command in term.follow("assistant"):
        assert command.startswith("autograder ")
    assert "ben" in term.said["autograder report lstm"]
    for command in term.follow("administrator"):
        assert command.startswith("autograder ")
    assert not (term.here / "submitted" / "ben").exists()
    (term.here / "my.ipynb").write_text(solved("lstm"))
    for command in term.follow("alone"):
        assert command.startswith("autograder ")
    assert "12 / 12" in term.said["autograder grade lstm my.ipynb"]


def book(term: Term) -> Gradebook:
    """The gradebook of the course, to be closed."""
    return Gradebook(f"sqlite:///{term.here}/gradebook.db", "course101")


def everybody_has(term: Term, final: Mapping[str, float], more: list[str]) -> None:
    """Gradebook, table, feedback and the platform's table say the same at the end."""
    wanted = {**final, **dict.fromkeys(more, 14.0)}
    with book(term) as gradebook:
        found = {s.student_id: s for s in gradebook.find_assignment("lstm").submissions}
        assert {name: s.score - s.late_submission_penalty for name, s in found.items()} == (
            pytest.approx(wanted)
        )
        comment = gradebook.find_comment("LSTMCell", "lstm", "lstm", "ben")
        assert comment.comment == "You were near."
    with (term.here / "for-moodle.csv").open(encoding="utf-8-sig") as file:
        rows = {row["Email address"].split("@")[0]: row for row in csv.DictReader(file)}
    assert {name: float(row["Grade"]) for name, row in rows.items()} == pytest.approx(wanted)
    with zipfile.ZipFile(term.home / "Downloads" / "feedback.zip") as packed:
        pages = {name: packed.read(name).decode() for name in packed.namelist()}
    (ben,) = (text for name, text in pages.items() if name.startswith("Ben Okafor_"))
    assert "You were near." in ben
    assert len(pages) == len(wanted)
    assert (term.here / "reports" / "lstm.html").is_file()
    released = (term.here / "release" / "lstm" / "lstm.ipynb").read_text()
    assert "build an LSTM cell" in released


def test_contributors_are_told_of_targets_that_are_there() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.M))
    asked = [command for step in steps("contributor") for command in step.commands]
    assert asked
    assert {command.removeprefix("make ") for command in asked} <= targets


def test_every_command_of_a_guide_is_followed_by_a_test() -> None:
    followed = {"instructor", "assistant", "administrator", "alone", "contributor", "own_exercise"}
    untried = {"where_it_runs"}  # needs Docker, a hub and GitHub, and says what was tried instead
    assert {page.stem for page in GUIDES.glob("*.md")} == followed | untried
    assert "## What was tried" in (GUIDES / "where_it_runs.md").read_text(encoding="utf-8")
