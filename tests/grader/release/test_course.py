"""Releasing an assignment once more, after its chapter has changed."""

from __future__ import annotations

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.grader.grading.course import CourseError
from autograder.grader.release import course as courses
from autograder.grader.release.solve import grade_id_of
from autograder.grader.release.source import notebook


def with_a_cell_less() -> str:
    made = notebook("lstm")
    made.cells = [cell for cell in made.cells if grade_id_of(cell) != "check-LSTMCell"]
    return nbformat.writes(made)


def test_where_nbgrader_refuses_the_earlier_release_stands(course, monkeypatch) -> None:
    with Gradebook(course.directory.db_url, course.directory.course_id) as book:
        book.add_student("ada")
        book.add_submission("lstm", "ada")
    steps = [course.path(step, ".", "lstm") / "lstm.ipynb" for step in ("source", "release")]
    before = [file.read_bytes() for file in steps]
    monkeypatch.setattr(courses, "text", lambda _: with_a_cell_less())
    monkeypatch.setattr(courses, "noted", lambda _: None)
    with pytest.raises(CourseError, match="because there are submissions associated with it"):
        courses.release(course, "lstm")
    assert [file.read_bytes() for file in steps] == before


def test_a_changed_chapter_is_released_again(course, monkeypatch) -> None:
    monkeypatch.setattr(courses, "text", lambda _: with_a_cell_less())
    monkeypatch.setattr(courses, "noted", lambda _: None)
    assert courses.release(course, "lstm")
    assert "check-LSTMCell" not in course.released("lstm")
    assert not courses.release(course, "lstm")
