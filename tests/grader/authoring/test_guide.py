"""The guide, followed from an empty folder to feedback: its files and commands as they stand."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from autograder import exercises
from autograder.grader.checkout import PACKAGE, ROOT
from autograder.grader.commands import app
from autograder.grader.grading.course import Course
from autograder.grader.kernels.probe import probe
from tests.guides import steps

SECRET = b"decay * h + (1 - decay) * x"

CHECKED = """
import sys
sys.path.insert(0, {library!r})
import numpy as np
import autograder
assert autograder.__file__.startswith({library!r})
from autograder import check


def leaky_step(h, x, decay):
    return {right}


check(leaky_step)
check.hint(leaky_step)
"""


@pytest.fixture
def nothing_beside() -> Iterator[None]:
    yield
    exercises.use(None)


def run(command: str) -> int:
    """Run a command of the guide; what is not about pytest's own process runs in this one."""
    if command.startswith("autograder prove"):
        words = [sys.executable, "-m", "autograder.grader.cli", *shlex.split(command)[1:]]
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        done = subprocess.run(
            words, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": path}
        )
        print(done.stdout + done.stderr)
        return done.returncode
    if not command.startswith("autograder "):
        return subprocess.run(command, shell=True).returncode
    try:
        return int(app(shlex.split(command)[1:], standalone_mode=False) or 0)
    except click.exceptions.Exit as ended:
        return ended.exit_code


@pytest.mark.slow
@pytest.mark.skipif(bool(probe().refusal), reason="needs a sandbox")
def test_the_guide_leads_from_an_empty_folder_to_feedback(
    tmp_path: Path, nothing_beside: None, capfd: pytest.CaptureFixture[str]
) -> None:
    codes: dict[str, list[int]] = {}
    said: dict[str, str] = {}
    with contextlib.chdir(tmp_path):
        for step in steps("own_exercise"):
            if step.path:
                Path(step.path).parent.mkdir(parents=True, exist_ok=True)
                Path(step.path).write_text(step.text, encoding="utf-8")
            for command in step.commands:
                codes.setdefault(command, []).append(run(command))
                out, err = capfd.readouterr()
                said[" ".join(command.split()[:2])] = out + err
    prove = "autograder prove decay --folder my-exercises"
    assert codes.pop(prove) == [1, 0], said["autograder prove"]
    assert set(map(tuple, codes.values())) == {(0,)}, said
    assert said["autograder prove"].strip() == "decay is proved."

    (wheel,) = (tmp_path / "handout").glob("cells_to_cudnn_my_exercises-*.whl")
    held = zipfile.ZipFile(wheel)
    names = {name for name in held.namelist() if ".dist-info" not in name}
    inside = ("__init__.py", "leaky_step.py", "hints.toml", "contents.toml", "expected.npz")
    assert names == {f"autograder/exercises/decay/{name}" for name in inside}
    metadata = next(name for name in held.namelist() if name.endswith("METADATA"))
    assert b"Requires-Dist" not in held.read(metadata)
    released = (tmp_path / "course" / "release" / "decay" / "decay.ipynb").read_bytes()
    assert not [data for data in (released, *map(held.read, held.namelist())) if SECRET in data]

    for student, sentence in {
        "ben": "not attempted",
        "eva": "All of the state is kept, where a part of it is meant.",
    }.items():
        page = tmp_path / "course" / "feedback" / student / "decay" / "decay.html"
        assert sentence in page.read_text("utf-8"), student
    course = Course(tmp_path / "course")
    with course.gradebook() as gradebook:
        entries = gradebook.entries("decay").by_student
    points = {name: sum(m.auto or 0 for m in one.marks.values()) for name, one in entries.items()}
    assert points == {"ada": 2, "ben": 0, "eva": 0}
    report = " ".join(said["autograder report"].split())
    assert "1 × Not attempted" in report
    assert "1 × All of the state is kept" in report

    library = tmp_path / "library"
    shutil.copytree(
        PACKAGE, library / "autograder", ignore=shutil.ignore_patterns("grader", "grading", "_*_")
    )
    held.extractall(library)
    told = checked(library, "decay * h + (1 - decay) * x")
    assert told.startswith("leaky_step: correct. "), told
    told = checked(library, "h + (1 - decay) * x")
    assert "leaky_step: not right yet. All of the state is kept, where a part of it is" in told
    assert "Read ‘What leaky_step computes’" in told
    assert "leaky_step: hint 1 of 3. " in told
    assert "Look at `h_next` where `decay` is 1" in told


def checked(library: Path, right: str) -> str:
    """What a student's check and hint say where the two wheels are installed."""
    code = CHECKED.format(library=str(library), right=right)
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
