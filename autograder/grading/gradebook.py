"""Bring verdicts into nbgrader's gradebook, one transaction a submission."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from types import TracebackType

from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from traitlets.config import Config

from .verdict import Verdict

PATIENCE = 60.0
"""Seconds for which a locked database is asked again."""

LOCK_SECONDS = 5
"""Seconds for which PostgreSQL waits for a lock, as SQLite does, before it says so."""

BUSY = ("locked", "lock timeout", "deadlock")
"""What SQLite and PostgreSQL say where another program holds what is to be written."""


class UnknownAssignmentError(Exception):
    """The gradebook does not have the assignment; the text says what to do."""


class LockedError(Exception):
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
            released = self._gradebook.find_assignment(assignment)
        except MissingEntry:
            raise UnknownAssignmentError(
                f"The gradebook does not know the assignment {assignment}. "
                f"Release it with: autograder release {assignment}"
            ) from None
        return {submission.student_id for submission in released.submissions}

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
        notebook = self._notebook(first.student, first.assignment, timestamp)
        by_cell = {f"check-{v.exercise}": v for v in verdicts}
        for grade in notebook.grades:
            verdict = by_cell.get(grade.name)
            if verdict is None:
                continue
            # Of what waits for another machine, the points that are sure count already.
            waits = verdict.status == "deferred" and not verdict.points
            grade.auto_score = None if waits else verdict.points
            grade.needs_manual_grade = grade.manual_score is not None or verdict.status in (
                "refused",
                "deferred",
            )
        for comment in notebook.comments:
            comment.auto_comment = "No response." if comment.name in untouched else None
        self._penalise(notebook)

    def _penalise(self, notebook: SubmittedNotebook) -> None:
        """Take off what the course's own rule takes off late work; by default nothing."""
        notebook.late_submission_penalty = None
        late = notebook.assignment.total_seconds_late
        if late <= 0:
            return
        self._gradebook.db.flush()
        self._gradebook.db.refresh(notebook)
        penalty = self._late.plugin_inst.late_submission_penalty(
            notebook.student.id, notebook.score, late
        )
        if penalty is not None:
            notebook.late_submission_penalty = min(max(penalty, 0.0), notebook.score)

    def _notebook(
        self, student: str, assignment: str, timestamp: datetime | None
    ) -> SubmittedNotebook:
        """The student's notebook in the gradebook, made with all its cells if it is new."""
        db = self._gradebook.db
        released = self._gradebook.find_assignment(assignment)
        if db.get(Student, student) is None:
            db.add(Student(id=student))
            db.flush()
        submission = next((s for s in released.submissions if s.student_id == student), None)
        if submission is None:
            submission = SubmittedAssignment(assignment_id=released.id, student_id=student)
            db.add(submission)
            db.flush()
            for notebook in released.notebooks:
                made = SubmittedNotebook(notebook_id=notebook.id, assignment_id=submission.id)
                db.add(made)
                db.flush()
                db.add_all(Grade(cell_id=c.id, notebook_id=made.id) for c in notebook.grade_cells)
                cells = notebook.solution_cells
                db.add_all(Comment(cell_id=c.id, notebook_id=made.id) for c in cells)
            db.flush()
            db.refresh(submission)
        submission.timestamp = timestamp
        db.flush()
        return next(n for n in submission.notebooks if n.notebook.name == assignment)
