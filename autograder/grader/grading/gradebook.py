"""Bring verdicts into nbgrader's gradebook, one transaction a submission."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import NamedTuple

from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from traitlets.config import Config

from autograder.grader.errors import CommandError
from autograder.grader.grading.verdict import Verdict

PATIENCE = 60.0
"""Seconds for which a locked database is asked again."""

LOCK_SECONDS = 5
"""Seconds for which PostgreSQL waits for a lock, as SQLite does, before it says so."""

BUSY = ("locked", "lock timeout", "deadlock")
"""What SQLite and PostgreSQL say where another program holds what is to be written."""


class _Notebook(NamedTuple):
    """A released notebook in the gradebook, and the names of its cells by their ids."""

    id: str
    grade_cells: dict[str, str]
    solution_cells: dict[str, str]


class _Released(NamedTuple):
    """A released assignment in the gradebook, whether it has a due date, its notebooks by name."""

    id: str
    due: bool
    notebooks: dict[str, _Notebook]


class UnknownAssignmentError(CommandError):
    """The gradebook does not have the assignment; the text says what to do."""


class LockedError(CommandError):
    """The gradebook stayed locked by another program."""


class Writer:
    """Writes the verdicts of submissions into a gradebook.

    Args:
        db_url: the gradebook's address, SQLite's or PostgreSQL's.
        course_id: the course's name in it.
        config: the course's configuration, for its rule about late work.
    """

    def __init__(self, db_url: str, course_id: str, config: Config) -> None:
        self._gradebook = Gradebook(db_url, course_id)
        self._released: dict[str, _Released] = {}
        if self._gradebook.engine.dialect.name == "postgresql":
            self._gradebook.db.execute(text(f"SET lock_timeout = '{LOCK_SECONDS}s'"))
            self._gradebook.db.commit()
        self._late = AssignLatePenalties(config=config)
        self._late.init_plugin()

    def __enter__(self) -> Writer:
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
        try:
            released = self._of(assignment)
        except MissingEntry:
            raise UnknownAssignmentError(
                f"The gradebook does not know the assignment {assignment}. "
                f"Release it with: autograder release {assignment}"
            ) from None
        ids = self._gradebook.db.query(SubmittedAssignment.student_id)
        return {student for (student,) in ids.filter_by(assignment_id=released.id)}

    def write(
        self, verdicts: Sequence[Verdict], untouched: Sequence[str], timestamp: datetime | None
    ) -> None:
        """Write the verdicts of one submission, whole or not at all.

        A score that a person gave stays, and is marked for another look, as nbgrader does.

        Args:
            verdicts: of one student and one assignment.
            untouched: the grade_ids of solution cells that are as they were handed out.
            timestamp: when the work was submitted, in UTC, where that is known.

        Raises:
            LockedError: where the database stays locked.
        """
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self._write(verdicts, untouched, timestamp)
                self._gradebook.db.commit()
                return
            except OperationalError as error:
                self._gradebook.db.rollback()
                busy = any(words in str(error).lower() for words in BUSY)
                if not busy or time.monotonic() > end:
                    raise LockedError(f"the gradebook could not be written: {error.orig}") from None
                time.sleep(0.2)
            except BaseException:
                self._gradebook.db.rollback()
                raise

    def _write(
        self, verdicts: Sequence[Verdict], untouched: Sequence[str], timestamp: datetime | None
    ) -> None:
        first = verdicts[0]
        released = self._of(first.assignment)
        graded = released.notebooks[first.assignment]
        submission = self._submission(released, first.student)
        submission.timestamp = timestamp
        (notebook,) = (n for n in submission.notebooks if n.notebook_id == graded.id)
        by_cell = {f"check-{v.exercise}": v for v in verdicts}
        for grade in notebook.grades:
            verdict = by_cell.get(graded.grade_cells.get(grade.cell_id, ""))
            if verdict is None:
                continue
            # Of what waits for another machine, the points that are sure count already.
            waits = verdict.status == "deferred" and not verdict.points
            grade.auto_score = None if waits else verdict.points
            grade.needs_manual_grade = grade.manual_score is not None or verdict.status in (
                "needs_review",
                "deferred",
            )
        for comment in notebook.comments:
            empty = graded.solution_cells.get(comment.cell_id) in untouched
            comment.auto_comment = "No response." if empty else None
        self._penalise(notebook, may_be_late=released.due and timestamp is not None)

    def _penalise(self, notebook: SubmittedNotebook, may_be_late: bool) -> None:
        """Take off what the course's own rule takes off late work; by default nothing."""
        notebook.late_submission_penalty = None
        if not may_be_late:
            return
        self._gradebook.db.flush()
        self._gradebook.db.refresh(notebook)
        late = notebook.assignment.total_seconds_late
        if late <= 0:
            return
        penalty = self._late.plugin_inst.late_submission_penalty(
            notebook.student.id, notebook.score, late
        )
        if penalty is not None:
            notebook.late_submission_penalty = min(max(penalty, 0.0), notebook.score)

    def _of(self, assignment: str) -> _Released:
        if assignment not in self._released:
            found = self._gradebook.find_assignment(assignment)
            self._released[assignment] = _Released(
                found.id,
                found.duedate is not None,
                {n.name: _notebook(n) for n in found.notebooks},
            )
        return self._released[assignment]

    def _submission(self, released: _Released, student: str) -> SubmittedAssignment:
        """The student's submission in the gradebook, made with all its cells if it is new."""
        db = self._gradebook.db
        if db.get(Student, student) is None:
            db.add(Student(id=student))
        keys = {"assignment_id": released.id, "student_id": student}
        submission = db.query(SubmittedAssignment).filter_by(**keys).one_or_none()
        if submission is None:
            notebooks = map(_empty, released.notebooks.values())
            submission = SubmittedAssignment(**keys, notebooks=list(notebooks))
            db.add(submission)
        return submission


def _notebook(notebook: Notebook) -> _Notebook:
    # A task has points and a comment, as nbgrader has it.
    asked = [*notebook.grade_cells, *notebook.task_cells]
    answered = [*notebook.solution_cells, *notebook.task_cells]
    return _Notebook(notebook.id, {c.id: c.name for c in asked}, {c.id: c.name for c in answered})


def _empty(notebook: _Notebook) -> SubmittedNotebook:
    return SubmittedNotebook(
        notebook_id=notebook.id,
        grades=[Grade(cell_id=cell) for cell in notebook.grade_cells],
        comments=[Comment(cell_id=cell) for cell in notebook.solution_cells],
    )
