"""A class that was graded is told again at once, and whatever has changed is graded anew."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.grader.grading import output_cache
from autograder.grader.release.sample import sample


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
    watch = course.watch("lstm")
    watch.keep("as it was")
    assert output_cache.told(arguments) == "as it was"
    watch = course.watch("lstm")
    submitted.write_text("[]")
    watch.keep("stale")
    assert output_cache.told(arguments) is None


def test_the_code_counts(course, submit, arguments, tmp_path, monkeypatch):
    code = tmp_path / "code"
    code.mkdir()
    (code / "judge.py").write_text("strict = True")
    monkeypatch.setattr(output_cache, "CODE", (code,))
    course.watch("lstm").keep("as it was")
    assert output_cache.told(arguments) == "as it was"
    (code / "judge.py").write_text("strict = False")
    assert output_cache.told(arguments) is None


def test_a_gradebook_on_a_server_cannot_be_watched(course, monkeypatch):
    monkeypatch.chdir(course.root)
    course.directory.db_url = "postgresql://staff@127.0.0.1/course"
    assert course.watch("lstm") is None


@pytest.mark.parametrize("step", ["submitted", "release", "autograded"])
def test_a_folder_elsewhere_cannot_be_watched(course, tmp_path, step):
    setattr(course.directory, f"{step}_directory", str(tmp_path / "elsewhere"))
    assert course.watch("lstm") is None


def test_a_link_costs_the_note_and_nothing_else(course, submit, arguments, tmp_path):
    submitted = submit("ada", "{}")
    course.watch("lstm").keep("as it was")
    (tmp_path / "elsewhere.csv").touch()
    submitted.with_name("data.csv").symlink_to(tmp_path / "elsewhere.csv")
    assert output_cache.told(arguments) is None
    course.watch("lstm").keep("as it was")
    assert output_cache.told(arguments) is None


def test_a_note_that_cannot_be_written_costs_nothing_else(course, arguments):
    (course.root / ".autograder").mkdir(exist_ok=True)
    (course.root / ".autograder" / "told").write_text("in the way")
    course.watch("lstm").keep("as it was")
    assert output_cache.told(arguments) is None


def test_half_a_note_is_none(course, arguments):
    course.watch("lstm").keep("as it was")
    note: Path = course.root / ".autograder" / "told" / "lstm.json"
    note.write_bytes(note.read_bytes()[:20])
    assert output_cache.told(arguments) is None
