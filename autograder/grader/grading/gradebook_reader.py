"""What stands in nbgrader's gradebook."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, NamedTuple, Self

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import make_url, text
from sqlalchemy.exc import DatabaseError

from autograder.grader.errors import CommandError
from autograder.grader.grading.entries import Entries, Entry, Mark

LOCK_SECONDS = 5
"""Seconds for which PostgreSQL waits for a lock, as SQLite does, before it says so."""

BUSY = ("locked", "lock timeout", "deadlock")
"""What SQLite and PostgreSQL say where another program holds what is to be written."""


class NotebookCells(NamedTuple):
    """A released notebook in the gradebook, and the names of its cells by their ids."""

    id: str
    grade_cells: dict[str, str]
    points: dict[str, float]
    solution_cells: dict[str, str]


class ReleasedAssignment(NamedTuple):
    """A released assignment in the gradebook, whether it has a due date, its notebooks by name."""

    id: str
    due: bool
    notebooks: dict[str, NotebookCells]


class Known(NamedTuple):
    """A student in the gradebook; "" is what it does not know."""

    id: str
    first_name: str
    last_name: str
    email: str
    lms_user_id: str

    @property
    def names(self) -> tuple[str, ...]:
        """What a text says that names the person."""
        return tuple(filter(None, self[1:4]))


class UnknownAssignmentError(CommandError):
    """The gradebook does not have the assignment; the text says what to do."""


class LockedError(CommandError):
    """The gradebook stayed locked by another program."""


class NoGradebookError(CommandError):
    """What stands at the gradebook's address is none; the text says what to do."""


class Reader:
    """Reads a gradebook.

    Args:
        db_url: the gradebook's address, SQLite's or PostgreSQL's.
        course_id: the course's name in it.

    Raises:
        NoGradebookError: where there is something else at the address, or nothing answers.
        LockedError: where another program holds it.
    """

    def __init__(self, db_url: str, course_id: str) -> None:
        try:
            self._gradebook = Gradebook(db_url, course_id)
        except DatabaseError as error:
            place = make_url(db_url).render_as_string()
            if busy(error):
                raise LockedError(f"The gradebook {place} is locked: {error.orig}.") from None
            raise NoGradebookError(
                f"The gradebook {place} cannot be opened: {error.orig}. Where the file is damaged, "
                "put a copy of it back, or move it away and make another from the journal: "
                "autograder gradebook"
            ) from None
        self._released: dict[str, ReleasedAssignment] = {}
        if self._gradebook.engine.dialect.name == "postgresql":
            self._gradebook.db.execute(text(f"SET lock_timeout = '{LOCK_SECONDS}s'"))
            self._gradebook.db.commit()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._gradebook.close()

    def students(self, assignment: str) -> set[str]:
        """The students whose submission of the assignment stands in the gradebook.

        Raises:
            UnknownAssignmentError: where the gradebook does not have the assignment.
        """
        released = self._known(assignment)
        ids = self._gradebook.db.query(SubmittedAssignment.student_id)
        return {student for (student,) in ids.filter_by(assignment_id=released.id)}

    def people(self) -> list[Known]:
        """The students whom the gradebook knows, and what it knows of them."""
        asked = (
            Student.id, Student.first_name, Student.last_name, Student.email, Student.lms_user_id
        )  # fmt: skip
        rows = self._gradebook.db.query(*asked).order_by(Student.id)
        known = [Known(*(value or "" for value in row)) for row in rows]
        self._gradebook.db.rollback()
        return known

    def assignments(self) -> set[str]:
        """The assignments that the gradebook has."""
        return {name for (name,) in self._gradebook.db.query(Assignment.name)}

    def due(self, assignment: str) -> datetime | None:
        """Until when an assignment may be handed in, in UTC, where that is set.

        Raises:
            UnknownAssignmentError: where the gradebook does not have it.
        """
        dates = self._gradebook.db.query(Assignment.duedate)
        found: datetime | None = dates.filter_by(id=self._known(assignment).id).scalar()
        return found

    def extensions(self, assignment: str) -> dict[str, timedelta | None]:
        """How much longer than the others each student has who has handed in something.

        Raises:
            UnknownAssignmentError: where the gradebook does not have the assignment.
        """
        found = self._gradebook.db.query(
            SubmittedAssignment.student_id, SubmittedAssignment.extension
        )
        return dict(found.filter_by(assignment_id=self._known(assignment).id).all())

    def entries(self, assignment: str) -> Entries:
        """What stands in the gradebook of the assignment now.

        Raises:
            UnknownAssignmentError: where the gradebook does not have it.
        """
        released = self._known(assignment)
        db = self._gradebook.db
        db.expire_all()
        due = self.due(assignment)
        names = {notebook.id: name for name, notebook in released.notebooks.items()}
        handed_in = db.query(
            SubmittedAssignment.student_id,
            SubmittedAssignment.timestamp,
            SubmittedAssignment.extension,
        ).filter_by(assignment_id=released.id)
        penalties: dict[str, dict[str, float]] = {}
        marks: dict[str, dict[tuple[str, str], Mark]] = {}
        of = SubmittedAssignment.assignment_id == released.id
        for student, notebook, penalty in (
            db.query(
                SubmittedAssignment.student_id,
                SubmittedNotebook.notebook_id,
                SubmittedNotebook.late_submission_penalty,
            )
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .filter(of)
        ):
            penalties.setdefault(student, {})[names[notebook]] = penalty or 0.0
        for student, notebook, cell, *mark in (
            db.query(
                SubmittedAssignment.student_id,
                SubmittedNotebook.notebook_id,
                BaseCell.name,
                Grade.auto_score,
                Grade.manual_score,
                Grade.extra_credit,
                Grade.needs_manual_grade,
            )
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .join(BaseCell, BaseCell.id == Grade.cell_id)
            .filter(of)
        ):
            marks.setdefault(student, {})[names[notebook], cell] = Mark(*mark)
        by_student = {
            student: Entry(timestamp, extension, marks.get(student, {}), penalties.get(student, {}))
            for student, timestamp, extension in handed_in
        }
        points = (n.points.values() for n in released.notebooks.values())
        db.rollback()
        return Entries(due, sum(map(sum, points)), by_student)

    def student(self, student: str) -> dict[str, Any] | None:
        """What stands of a student, for other programs; None where there is no such student."""
        found = self._gradebook.db.get(Student, student)
        if found is None:
            return None
        submissions = [
            {
                "assignment": submission.assignment.name,
                "handed_in": submission.timestamp and submission.timestamp.isoformat(),
                "extension_seconds": submission.extension and submission.extension.total_seconds(),
                "score": submission.score,
                "max_score": submission.max_score,
                "late_penalty": submission.late_submission_penalty,
                "cells": [
                    {
                        "cell": grade.name,
                        "auto_score": grade.auto_score,
                        "manual_score": grade.manual_score,
                        "extra_credit": grade.extra_credit,
                    }
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                ],
                "comments": [
                    {"cell": comment.name, "comment": comment.comment}
                    for notebook in submission.notebooks
                    for comment in notebook.comments
                    if comment.comment
                ],
            }
            for submission in found.submissions
        ]
        own = ("id", "first_name", "last_name", "email", "lms_user_id")
        return {**{name: getattr(found, name) for name in own}, "submissions": submissions}

    def _known(self, assignment: str) -> ReleasedAssignment:
        try:
            return self._of(assignment)
        except MissingEntry:
            raise UnknownAssignmentError(
                f"The gradebook does not know the assignment {assignment}. If it was deleted or "
                "exchanged, put a copy of it back, or make it again from what was released and "
                f"graded: autograder gradebook {assignment}. If the assignment is new: "
                f"autograder release {assignment}"
            ) from None

    def _of(self, assignment: str) -> ReleasedAssignment:
        if assignment not in self._released:
            found = self._gradebook.find_assignment(assignment)
            self._released[assignment] = ReleasedAssignment(
                found.id,
                found.duedate is not None,
                {n.name: _notebook(n) for n in found.notebooks},
            )
        return self._released[assignment]


def busy(error: DatabaseError) -> bool:
    """Whether another program holds what was asked for."""
    return any(words in str(error).lower() for words in BUSY)


def _notebook(notebook: Notebook) -> NotebookCells:
    # A task has points and a comment, as nbgrader has it.
    asked = [*notebook.grade_cells, *notebook.task_cells]
    return NotebookCells(
        notebook.id,
        {cell.id: cell.name for cell in asked},
        {cell.id: float(cell.max_score) for cell in asked},
        {cell.id: cell.name for cell in [*notebook.solution_cells, *notebook.task_cells]},
    )
