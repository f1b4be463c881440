"""A class of attackers, graded at once as any class is, among two honest students.

Each attack is a submission, with the points that it should get and a proof that it did no harm.
"""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from nbgrader.api import Gradebook

import autograder
from autograder.grader.grading import feedback
from autograder.grader.grading.course import Course
from autograder.grader.kernels.probe import probe
from tests.attacks import (  # fmt: skip
    channels,
    folders,
    forging,
    forms,
    framework,
    kernel_tricks,
    leaks,
    notebooks,
    obscure,
    odd_arrays,
    output,
    reading,
    replay,
    resources,
    trees,
    two_faced,
    values,
)
from tests.attacks.attack import ALL, EXERCISES, Attack, Outcome
from tests.attacks.world import as_json, digests, world

MODULES = (
    values, replay, forging, reading, leaks, framework, notebooks, folders, resources, output,
    obscure, two_faced, odd_arrays, kernel_tricks, forms, trees, channels,
)  # fmt: skip
ATTACKS = [attack for module in MODULES for attack in module.ATTACKS]
HONEST = [Attack(f"honest-{number}", "solves everything", ALL, solved=True) for number in (1, 2, 3)]
PACKAGE = Path(autograder.__file__).parent

LIMITS = """
c.Execute.cell_seconds = 1.5
c.Execute.ask_seconds = 1.5
c.Execute.all_seconds = 15
"""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


@dataclass
class Class:
    """The graded class."""

    course: Course
    done: subprocess.CompletedProcess[str]
    seconds: float
    outcomes: Mapping[str, Outcome]
    calls: list[str]
    names: Mapping[str, str]
    before: Mapping[str, str]
    after: Mapping[str, str]


@pytest.fixture(scope="session")
def attacked(made_once, tmp_path_factory) -> Iterator[Class]:
    if probe().refusal:
        pytest.skip(probe().refusal)
    top = tmp_path_factory.mktemp("attacks")
    canary, root, out = top / "canary", top / "course", top / "out.json"
    canary.mkdir()
    shutil.copytree(made_once, root)
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(LIMITS)
    course = Course(root)
    with world(course, canary) as (names, calls):
        for attack in (*ATTACKS, *HONEST):
            attack.submit(course.path("submitted", attack.name, "lstm"), names)
        # Else the processes of other tests, and the grader's own, would write these meanwhile.
        compileall.compile_dir(PACKAGE, quiet=2)
        kept = (canary, root / "release", root / "source", root / "submitted", PACKAGE)
        before = digests(*kept)
        environment = {**os.environ, "A_SECRET": names["TOKEN"], "PYTHONDONTWRITEBYTECODE": "1"}
        started = time.monotonic()
        done = _grade(root, out, environment)
        seconds = time.monotonic() - started
        after = digests(*kept)
        assert out.exists(), done.stderr
        for attack in ATTACKS:
            if attack.feedback:
                feedback.write(course, "lstm", attack.name)
        outcomes = {a.name: _outcome(course, a.name, out, names) for a in (*ATTACKS, *HONEST)}
        yield Class(course, done, seconds, outcomes, calls, names, before, after)


def _grade(
    root: Path, out: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Grade the class by the command; what it says goes into files, which nobody waits for."""
    command = [sys.executable, "-m", "autograder.grader.cli", "grade", "lstm", "--json", str(out)]
    said, erred = out.with_suffix(".out"), out.with_suffix(".err")
    with said.open("w") as stdout, erred.open("w") as stderr:
        done = subprocess.run(command, cwd=root, env=environment, stdout=stdout, stderr=stderr)
    return subprocess.CompletedProcess(
        command, done.returncode, said.read_text(), erred.read_text()
    )


def _outcome(course: Course, student: str, out: Path, names: Mapping[str, str]) -> Outcome:
    notebook = course.path("autograded", student, "lstm") / "lstm.ipynb"
    page = course.path("feedback", student, "lstm") / "lstm.html"
    return Outcome(
        {v["exercise"]: v for v in as_json(out) if v["student"] == student},
        notebook.read_text() if notebook.exists() else "",
        page.read_text() if page.exists() else "",
        names,
    )


def test_there_are_enough_attacks_and_each_has_its_own_name():
    assert len(ATTACKS) >= 300
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: ascii(attack.name)[1:-1])
def test_an_attack_gets_its_points_and_nothing_else(attacked, attack):
    outcome = attacked.outcomes[attack.name]
    verdicts = outcome.verdicts
    assert set(verdicts) == set(EXERCISES), attacked.done.stderr
    points = sum(v["points"] for v in verdicts.values())
    told = {name: (v["status"], v["message"]) for name, v in verdicts.items()}
    assert points == attack.points, told
    for name, wanted in attack.statuses.items():
        assert verdicts[name]["status"] in wanted.split(" or "), told
    if attack.proof is not None:
        attack.proof(outcome)


def test_the_honest_lose_nothing(attacked):
    for student in HONEST:
        verdicts = attacked.outcomes[student.name].verdicts
        assert {v["status"] for v in verdicts.values()} == {"correct"}


def test_everybody_is_graded(attacked):
    assert attacked.done.returncode == 0, attacked.done.stderr
    assert "Not done" not in attacked.done.stderr


def test_the_gradebook_holds_what_the_judge_decided(attacked):
    directory = attacked.course.directory
    with Gradebook(directory.db_url, directory.course_id) as book:
        submissions = book.find_assignment("lstm").submissions
        scores = {s.student_id: s.score for s in submissions}
        assert all(g.manual_score is None for s in submissions for g in s.notebooks[0].grades)
    assert scores == {a.name: a.points for a in (*ATTACKS, *HONEST)}


def test_nobody_was_called(attacked):
    assert attacked.calls == []


def test_no_file_has_changed(attacked):
    assert attacked.after == attacked.before


def test_no_process_is_left(attacked):
    mark = attacked.names["SLEEP"]
    assert not [
        p.info for p in psutil.process_iter(["cmdline"]) if mark in (p.info["cmdline"] or [])
    ]


def test_no_secret_is_shown_to_anybody(attacked):
    for name in ("TOKEN", "SEED"):
        secret = attacked.names[name]
        assert secret not in attacked.done.stdout + attacked.done.stderr
        for attack in ATTACKS:
            outcome = attacked.outcomes[attack.name]
            assert secret not in outcome.notebook + outcome.feedback, attack.name


def test_the_terminal_is_sent_no_command(attacked):
    said = attacked.done.stdout + attacked.done.stderr
    assert not [c for c in said if not c.isprintable() and c not in "\n\t"]
    assert "[red]x" in said
