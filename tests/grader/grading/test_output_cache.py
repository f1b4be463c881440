"""A class that was graded is told again at once, and whatever has changed is graded anew."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.grader import manifest
from autograder.grader.grading import output_cache
from autograder.grader.release.sample import sample

COMMAND = "autograder.grader.commands.grading"


def grade(course) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "autograder.grader.cli",
            "grade",
            "lstm",
            "--course",
            str(course.root),
        ],
        capture_output=True,
        text=True,
    )


@pytest.fixture
def arguments(course):
    return ["grade", "lstm", "--course", str(course.root)]


@pytest.mark.slow
def test_a_graded_class_is_told_again_until_something_changes(course, submit, arguments):
    assert output_cache.told(arguments) is None
    submitted = submit("ada", sample("lstm")["reference"])
    first = grade(course)
    assert first.returncode == 0, first.stderr
    assert output_cache.told(arguments) == first.stdout
    second = grade(course)
    assert (second.stdout, second.returncode) == (first.stdout, 0)

    for more in (["--json", "out.json"], ["--workers", "1"], ["--runner", "gpu"]):
        assert output_cache.told([*arguments, *more]) is None
    assert output_cache.told(["report", *arguments[1:]]) is None

    submitted.write_bytes(submitted.read_bytes() + b"\n")
    assert output_cache.told(arguments) is None
    assert grade(course).stdout == first.stdout
    assert output_cache.told(arguments) == first.stdout

    with Gradebook(course.directory.db_url, course.directory.course_id) as book:
        book.find_student("ada").first_name = "Ada"
        book.db.commit()
    assert output_cache.told(arguments) is None


def test_a_change_while_a_class_is_graded_is_not_missed(course, submit, arguments):
    submitted = submit("ada", "{}")
    watch = course.watch("lstm", COMMAND)
    watch.keep("as it was")
    assert output_cache.told(arguments) == "as it was"
    watch = course.watch("lstm", COMMAND)
    submitted.write_text("[]")
    watch.keep("stale")
    assert output_cache.told(arguments) is None


@pytest.fixture
def checkout(tmp_path, monkeypatch) -> Path:
    """A copy of the code, which is looked at."""
    for part in ("autograder", "solutions"):
        ignored = shutil.ignore_patterns("__pycache__", "*.npz")
        shutil.copytree(manifest.ROOT / part, tmp_path / "checkout" / part, ignore=ignored)
    monkeypatch.setattr(manifest, "ROOT", tmp_path / "checkout")
    manifest.files.cache_clear()
    yield tmp_path / "checkout"
    manifest.files.cache_clear()


@pytest.mark.parametrize(
    ("file", "stands"),
    [
        ("autograder/grader/judge/judge.py", False),
        ("autograder/exercises/lstm/__init__.py", False),
        ("autograder/grader/report/tables.py", False),
        ("autograder/grader/commands/grading.py", False),
        ("autograder/grader/commands/terminal.py", False),
        ("solutions/lstm/reference.py", False),
        ("solutions/lstm/mistakes.diff", False),
        ("solutions/lstm/plain.py", False),
        ("solutions/families.diff", False),
        ("autograder/exercises/gru/__init__.py", True),
        ("autograder/figures/lstm_cell.py", True),
        ("autograder/grader/book/pages.py", True),
        ("autograder/grader/experiments/traces.py", True),
        ("solutions/gru/reference.py", True),
        ("solutions/gru/mistakes.diff", True),
        ("solutions/lstm/styles/loops.py", True),
    ],
)
def test_the_code_counts_that_decides_or_prints(checkout, course, arguments, file, stands):
    course.watch("lstm", COMMAND).keep("as it was")
    assert output_cache.told(arguments) == "as it was"
    with (checkout / file).open("a") as code:
        code.write("# changed\n")
    assert output_cache.told(arguments) == ("as it was" if stands else None)


def test_what_was_told_is_of_one_checkout(course, arguments, tmp_path, monkeypatch):
    course.watch("lstm", COMMAND).keep("as it was")
    monkeypatch.setattr(output_cache, "ROOT", tmp_path / "other")
    assert output_cache.told(arguments) is None


def test_a_note_of_then_is_none(course, arguments):
    course.watch("lstm", COMMAND).keep("as it was")
    note = course.root / ".autograder" / "told" / "lstm.json"
    kept = json.loads(note.read_bytes())
    del kept["code"]
    note.write_text(json.dumps(kept))
    assert output_cache.told(arguments) is None


def test_a_gradebook_on_a_server_cannot_be_watched(course, monkeypatch):
    monkeypatch.chdir(course.root)
    course.directory.db_url = "postgresql://staff@127.0.0.1/course"
    assert course.watch("lstm", COMMAND) is None


@pytest.mark.parametrize("step", ["submitted", "release", "autograded"])
def test_a_folder_elsewhere_cannot_be_watched(course, tmp_path, step):
    setattr(course.directory, f"{step}_directory", str(tmp_path / "elsewhere"))
    assert course.watch("lstm", COMMAND) is None


def test_a_link_costs_the_note_and_nothing_else(course, submit, arguments, tmp_path):
    submitted = submit("ada", "{}")
    course.watch("lstm", COMMAND).keep("as it was")
    (tmp_path / "elsewhere.csv").touch()
    submitted.with_name("data.csv").symlink_to(tmp_path / "elsewhere.csv")
    assert output_cache.told(arguments) is None
    course.watch("lstm", COMMAND).keep("as it was")
    assert output_cache.told(arguments) is None


def test_a_note_that_cannot_be_written_costs_nothing_else(course, arguments):
    (course.root / ".autograder").mkdir(exist_ok=True)
    (course.root / ".autograder" / "told").write_text("in the way")
    course.watch("lstm", COMMAND).keep("as it was")
    assert output_cache.told(arguments) is None


def test_half_a_note_is_none(course, arguments):
    course.watch("lstm", COMMAND).keep("as it was")
    note: Path = course.root / ".autograder" / "told" / "lstm.json"
    note.write_bytes(note.read_bytes()[:20])
    assert output_cache.told(arguments) is None
