"""Feedback of a whole class, in several processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest
from nbgrader.converters import GenerateFeedback

from autograder.grader import commands
from autograder.grader.grading import feedback
from autograder.grader.grading.course import Course, CourseError

CLASS = [f"student-{number}" for number in range(2 * feedback.FEW)]


@pytest.fixture(scope="module")
def graded_once(made_once, tmp_path_factory):
    """A class that is graded; nothing of what it handed in has to be run."""
    course = Course(shutil.copytree(made_once, tmp_path_factory.mktemp("graded") / "course"))
    for student in CLASS:
        folder = course.path("submitted", student, "lstm")
        folder.mkdir(parents=True)
        (folder / "lstm.ipynb").write_text("a letter, not a notebook")
    assert command(course, "grade").returncode == 0
    return course.root


@pytest.fixture
def graded(graded_once, tmp_path):
    return Course(shutil.copytree(graded_once, tmp_path / "course"))


def words(course, name: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "autograder.grader.cli",
        name,
        "lstm",
        "--course",
        str(course.root),
    ]


def command(course, name: str) -> subprocess.CompletedProcess[str]:
    """Run a command on the course."""
    return subprocess.run(words(course, name), capture_output=True, text=True)


def pages(course) -> dict[str, str]:
    return {
        student: page.read_text()
        for student in CLASS
        if (page := course.path("feedback", student, "lstm") / "lstm.html").exists()
    }


def test_everybody_gets_a_page_and_nobody_gets_it_twice(graded) -> None:
    first = command(graded, "feedback")
    assert first.returncode == 0, first.stderr
    assert f"the feedback of {len(CLASS)} students" in first.stdout
    assert pages(graded).keys() == set(CLASS)
    assert "the feedback of 0 students" in command(graded, "feedback").stdout


def test_only_its_owner_sees_what_holds_grades(graded) -> None:
    """The pages themselves can be read, as nbgrader needs where it hands out copies of them."""
    feedback.write(graded, "lstm", CLASS[0])
    for path, mode in (
        (graded.gradebook_file, 0o600),
        (graded.root / "feedback", 0o700),
        (graded.root / "autograded", 0o700),
        (graded.kept, 0o700),
        (graded.kept / "lstm.jsonl", 0o600),
        (graded.log("lstm"), 0o600),
        (graded.path("feedback", CLASS[0], "lstm") / "lstm.html", 0o644),
        (graded.path("autograded", CLASS[0], "lstm") / "lstm.ipynb", 0o600),
    ):
        assert path.stat().st_mode & 0o777 == mode, path


def test_the_same_is_written_by_one_process_and_by_many(graded) -> None:
    command(graded, "feedback")
    by_many = pages(graded)
    assert by_many.keys() == set(CLASS)
    for student in CLASS:
        feedback.write(graded, "lstm", student)
    assert pages(graded) == by_many


def test_a_page_that_is_newer_by_the_clock_is_renewed_where_the_grade_is_another(graded) -> None:
    command(graded, "feedback")
    page = graded.path("feedback", CLASS[0], "lstm") / "lstm.html"
    future = time.time() + 10**6
    os.utime(page, (future, future))
    assert feedback.stale(graded, "lstm") == []
    notebook = graded.path("autograded", CLASS[0], "lstm") / "lstm.ipynb"
    notebook.write_text(f"{notebook.read_text()}\n")
    os.utime(notebook, (0, 0))
    assert feedback.stale(graded, "lstm") == [CLASS[0]]
    assert "the feedback of 1 students" in command(graded, "feedback").stdout
    assert feedback.stale(graded, "lstm") == []


def test_one_student_without_a_page_costs_nobody_else_theirs(graded) -> None:
    broken = graded.path("autograded", CLASS[0], "lstm") / "lstm.ipynb"
    broken.write_text("no notebook")
    done = command(graded, "feedback")
    assert done.returncode == commands.NOT_ALL
    assert pages(graded).keys() == set(CLASS[1:])
    assert done.stderr.count(CLASS[0]) == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_the_command_and_the_same_command_goes_on(graded, way) -> None:
    running = subprocess.Popen(
        words(graded, "feedback"), stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while not pages(graded):
        assert running.poll() is None, running.communicate()
        time.sleep(0.02)
    below = psutil.Process(running.pid).children(recursive=True)
    assert below
    running.send_signal(way)
    _, said = running.communicate()
    assert running.returncode in (130, -signal.SIGKILL)
    assert "Traceback" not in said
    assert psutil.wait_procs(below, timeout=30)[1] == []
    assert command(graded, "feedback").returncode == 0
    assert pages(graded).keys() == set(CLASS)


@pytest.mark.parametrize("name", ["*", "[!x]*", "b?b", "two\nlines", " bob ", "one two"])
def test_a_page_is_that_of_its_own_student_or_refused(course, name, monkeypatch) -> None:
    for student in (name, "bob", "one two three"):
        folder = course.path("autograded", student, "lstm")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "lstm.ipynb").write_text(course.released("lstm"))
    written = []

    def convert(converter, notebook) -> None:
        written.append(converter.init_single_notebook_resources(notebook)["nbgrader"]["student"])

    monkeypatch.setattr(GenerateFeedback, "convert_single_notebook", convert)
    monkeypatch.setattr(GenerateFeedback, "set_permissions", lambda *_: None)
    if name in (" bob ", "one two"):
        feedback.write(course, "lstm", name)
        assert written == [name]
    else:
        with pytest.raises(CourseError, match="Name the student's folder otherwise in submitted/"):
            feedback.write(course, "lstm", name)
        assert not written
