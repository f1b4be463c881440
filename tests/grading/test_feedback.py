"""Feedback of a whole class, in several processes."""

from __future__ import annotations

import sys

import pytest

from autograder import commands
from autograder.grading import feedback

CLASS = [f"student-{number}" for number in range(2 * feedback.FEW)]


@pytest.fixture
def graded(course, submit, monkeypatch):
    """A class that is graded; nothing of what it handed in has to be run."""
    for student in CLASS:
        submit(student, "a letter, not a notebook")
    command(course, "grade", monkeypatch)
    return course


def command(course, name: str, monkeypatch) -> int:
    """The exit code of a command on the course."""
    monkeypatch.setattr(sys, "argv", ["autograder", name, "lstm", "--course", str(course.root)])
    with pytest.raises(SystemExit) as stopped:
        commands.main()
    return stopped.value.code


def pages(course) -> dict[str, str]:
    return {
        student: page.read_text()
        for student in CLASS
        if (page := course.path("feedback", student, "lstm") / "lstm.html").exists()
    }


def test_everybody_gets_a_page_and_nobody_gets_it_twice(graded, monkeypatch, capsys) -> None:
    assert command(graded, "feedback", monkeypatch) == 0
    assert f"the feedback of {len(CLASS)} students" in capsys.readouterr().out
    assert pages(graded).keys() == set(CLASS)
    assert command(graded, "feedback", monkeypatch) == 0
    assert "the feedback of 0 students" in capsys.readouterr().out


def test_the_same_is_written_by_one_process_and_by_many(graded, monkeypatch) -> None:
    command(graded, "feedback", monkeypatch)
    by_many = pages(graded)
    for student in CLASS:
        feedback.write(graded, "lstm", student)
    assert pages(graded) == by_many


def test_one_student_without_a_page_costs_nobody_else_theirs(graded, monkeypatch, capsys) -> None:
    broken = graded.path("autograded", CLASS[0], "lstm") / "lstm.ipynb"
    broken.write_text("no notebook")
    assert command(graded, "feedback", monkeypatch) == commands.NOT_ALL
    said = capsys.readouterr()
    assert pages(graded).keys() == set(CLASS[1:])
    assert said.err.count(CLASS[0]) == 1
    assert "Traceback" not in said.err
