"""The gradebook gets each submission whole, once, and keeps what people wrote."""

import sqlite3
from datetime import datetime, timedelta

import pytest
from nbgrader.api import Gradebook

from autograder.grader.grading import gradebook
from autograder.grader.grading.gradebook import Writer
from autograder.grader.grading.gradebook_reader import LockedError, UnknownAssignmentError
from tests.grader.grading.verdicts import verdict

VERDICTS = [
    verdict("lstm_step_forward", 3, 3),
    verdict("lstm_step_backward", 0, 4, "wrong"),
    verdict("lstm_forward", 2, 2),
    verdict("LSTMCell", 0, 3, "needs_review"),
]


@pytest.fixture
def writer(course):
    with Writer(course.directory.db_url, course.directory.course_id, course.config) as made:
        yield made


@pytest.fixture
def book(course):
    with Gradebook(course.directory.db_url, course.directory.course_id) as opened:
        yield opened


def test_scores_and_comments_stand_as_nbgrader_writes_them(writer, book):
    writer.write(VERDICTS, ["LSTMCell"], None)
    submission = book.find_submission("lstm", "ada")
    assert (submission.score, submission.max_score) == (5.0, 12.0)
    grades = {g.name: g for g in submission.notebooks[0].grades}
    assert grades["check-lstm_step_backward"].auto_score == 0
    assert not grades["check-lstm_step_backward"].needs_manual_grade
    assert grades["check-LSTMCell"].needs_manual_grade
    comments = {c.name: c.auto_comment for c in submission.notebooks[0].comments}
    assert comments["LSTMCell"] == "No response."
    assert comments["lstm_forward"] is None


def test_writing_twice_gives_one_submission(writer, book):
    writer.write(VERDICTS, [], None)
    writer.write(VERDICTS, [], None)
    assert len(book.assignment_submissions("lstm")) == 1
    assert writer.students("lstm") == {"ada"}


def test_a_score_that_a_person_gave_stays(writer, book):
    writer.write(VERDICTS, [], None)
    book.find_grade("check-LSTMCell", "lstm", "lstm", "ada").manual_score = 1.5
    book.db.commit()
    writer.write(VERDICTS, [], None)
    book.db.expire_all()
    grade = book.find_grade("check-LSTMCell", "lstm", "lstm", "ada")
    assert grade.manual_score == 1.5
    assert grade.needs_manual_grade
    assert book.find_submission("lstm", "ada").score == 6.5


def test_a_cell_that_people_grade_alone_is_left_to_them(writer, book):
    """A submission that nbgrader itself has made holds more than the cells of our checks."""
    book.add_task_cell("essay", "lstm", "lstm", max_score=5, cell_type="markdown")
    book.update_or_create_student("ada")
    book.add_submission("lstm", "ada")
    writer.write(VERDICTS, [], None)
    book.db.expire_all()
    essay = book.find_grade("essay", "lstm", "lstm", "ada")
    assert (essay.auto_score, essay.needs_manual_grade) == (None, True)
    assert book.find_submission("lstm", "ada").score == 5.0


def test_late_work_is_marked_as_late(writer, book):
    book.update_or_create_assignment("lstm", duedate="2026-01-01 12:00:00 UTC")
    writer.write(VERDICTS, [], datetime(2026, 1, 1, 13))
    submission = book.find_submission("lstm", "ada")
    assert submission.total_seconds_late == timedelta(hours=1).total_seconds()
    assert submission.late_submission_penalty == 0


def test_an_unreleased_assignment_is_told(writer):
    with pytest.raises(UnknownAssignmentError, match="autograder release perceptron"):
        writer.students("perceptron")


def test_a_failure_in_the_middle_leaves_nothing(writer, book, monkeypatch):
    def fail(*_, **__):
        writer._gradebook.db.flush()
        raise RuntimeError("in the middle")

    monkeypatch.setattr(writer, "_penalise", fail)
    with pytest.raises(RuntimeError):
        writer.write(VERDICTS, [], None)
    assert writer.students("lstm") == set()
    assert book.assignment_submissions("lstm") == []


def test_a_locked_database_is_asked_again_and_then_told(course, writer, monkeypatch):
    path = course.directory.db_url.removeprefix("sqlite:///")
    monkeypatch.setattr(gradebook, "PATIENCE", 0.0)
    other = sqlite3.connect(path, timeout=0)
    other.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(LockedError, match="could not be written"):
            writer.write(VERDICTS, [], None)
    finally:
        other.rollback()
        other.close()
    writer.write(VERDICTS, [], None)
    assert writer.students("lstm") == {"ada"}
