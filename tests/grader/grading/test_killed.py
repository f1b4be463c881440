"""The grader, its workers, kernels and warm process are killed at random: nothing is lost."""

import json
import random
import subprocess
import sys
import time

import psutil
import pytest
from nbgrader.api import Gradebook

from autograder.grader.release.sample import sample

CLASS = 100
KILLS = 50
PATIENCE = 600
"""Seconds in which all kills and all verdicts have to be done, on a slow machine."""

GRADERS = 6
"""How many of the kills hit the grader itself, which then has to be started again."""

POINTS = {"right": 12.0, "wrong": 9.0}


def kind(process: psutil.Process) -> str:
    """What a process below the grader is, by its command line; "other" where it has ended."""
    line = " ".join(cmdline(process))
    if "autograder.grader.kernels.inside.forkserver" in line:
        return "warm"
    if "multiprocessing.forkserver" in line:
        return "worker"  # or the process that forks them
    return "kernel" if "bwrap" in line or "autograder.grader.kernels" in line else "other"


def grade(root) -> subprocess.Popen[bytes]:
    """Start the grader; what it says goes into a file, which nobody has to read."""
    with said(root).open("wb") as stderr:
        return subprocess.Popen(
            [sys.executable, "-m", "autograder.grader.cli", "grade", "lstm", "--course", str(root)],
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )


def said(root):
    return root.parent / "said"


def kill_one(rng: random.Random, grader: psutil.Process) -> str:
    """Kill a random process below the grader; its kind, or "" where there was none."""
    try:
        below = [(kind(p), p) for p in grader.children(recursive=True)]
        wanted = rng.choice(["warm", "worker", "worker", "kernel", "kernel", "kernel"])
        chosen = [p for what, p in below if what == wanted]
        if not chosen:
            return ""
        rng.choice(chosen).kill()
    except psutil.NoSuchProcess:
        return ""
    return wanted


@pytest.mark.slow
@pytest.mark.timeout(2 * PATIENCE)
def test_no_verdict_is_lost_and_none_is_given_twice(course, submit):
    known = sample("lstm")
    wrong = next(n for name, n in known.items() if name.startswith("lstm-step-forward-"))
    for number in range(CLASS):
        submit(f"right-{number}", known["reference"]) if number % 2 else submit(
            f"wrong-{number}", wrong
        )

    rng = random.Random(7)
    killed: list[str] = []
    grader = grade(course.root)
    watched = psutil.Process(grader.pid)
    end = time.monotonic() + PATIENCE
    while grader.poll() is None or len(killed) < KILLS:
        assert time.monotonic() < end, state(course, killed, watched)
        if grader.poll() is not None:
            # It came to an end before it was killed often enough: take some verdicts away.
            forget(course, rng)
            grader = grade(course.root)
            watched = psutil.Process(grader.pid)
        time.sleep(rng.uniform(0.1, 0.6))
        if len(killed) >= KILLS:
            continue
        if killed.count("grader") < GRADERS * len(killed) / KILLS:
            grader.kill()
            grader.wait()
            killed.append("grader")
            grader = grade(course.root)
            watched = psutil.Process(grader.pid)
        elif hit := kill_one(rng, watched):
            killed.append(hit)
    last = grade(course.root)
    assert last.wait(PATIENCE) == 0, said(course.root).read_text()
    assert len(killed) >= KILLS
    assert set(killed) == {"grader", "worker", "kernel", "warm"}

    lines = [json.loads(line) for line in journal(course).read_bytes().splitlines() if whole(line)]
    keys = [line["key"] for line in lines]
    assert len(set(keys)) == len(keys) == CLASS
    for line in lines:
        points = sum(verdict["points"] for verdict in line["verdicts"])
        assert points == POINTS[line["student"].partition("-")[0]], line["student"]
    with Gradebook(course.directory.db_url, course.directory.course_id) as book:
        scores = {s.student_id: s.score for s in book.find_assignment("lstm").submissions}
    assert len(scores) == CLASS
    assert all(score == POINTS[student.partition("-")[0]] for student, score in scores.items())
    assert not [p for p in psutil.process_iter() if str(course.root) in " ".join(cmdline(p))]


@pytest.mark.slow
def test_nothing_outlives_a_grader_that_is_killed(course, submit):
    known = sample("lstm")
    for number in range(4):
        submit(f"endless-{number}", known["endless-loop"])
    grader = grade(course.root)
    watched = psutil.Process(grader.pid)
    end = time.monotonic() + PATIENCE
    while "kernel" not in map(kind, below := watched.children(recursive=True)):
        assert grader.poll() is None, said(course.root).read_text()
        assert time.monotonic() < end, said(course.root).read_text()
        time.sleep(0.2)
    grader.kill()
    grader.wait()
    _, alive = psutil.wait_procs(below, timeout=30)
    assert not alive


def state(course, killed: list[str], grader: psutil.Process) -> str:
    """Where a run stands that does not come to an end."""
    lines = len(journal(course).read_bytes().splitlines())
    below = [(p.pid, p.status(), cmdline(p)[:6]) for p in grader.children(recursive=True)]
    return f"{len(killed)} kills, {lines} lines, {below}, {said(course.root).read_text()}"


def journal(course):
    return course.root / ".autograder" / "lstm.jsonl"


def whole(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def forget(course, rng: random.Random) -> None:
    """Drop some lines of the journal, as if they had never been graded."""
    if not journal(course).exists():
        return
    lines = journal(course).read_bytes().splitlines(keepends=True)
    journal(course).write_bytes(b"".join(rng.sample(lines, max(0, len(lines) - 30))))


def cmdline(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
