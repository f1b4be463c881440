"""Bring verdicts into nbgrader's gradebook, one transaction a submission."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import NamedTuple

from nbgrader.api import (
    Assignment,
    BaseCell,
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
from sqlalchemy import make_url, text
from sqlalchemy.exc import DatabaseError, OperationalError
from traitlets.config import Config

from autograder.grader.errors import CommandError
from autograder.grader.grading.entries import Entries, Entry, Mark, same
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
    points: dict[str, float]
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


class NoGradebookError(CommandError):
    """What stands at the gradebook's address is none; the text says what to do."""


class LateRuleError(Exception):
    """The course's own rule about late work fails; the text says how."""


class Writer:
    """Writes the verdicts of submissions into a gradebook.

    Args:
        db_url: the gradebook's address, SQLite's or PostgreSQL's.
        course_id: the course's name in it.
        config: the course's configuration, for its rule about late work.

    Raises:
        NoGradebookError: where there is something else at the address, or nothing answers.
        LockedError: where another program holds it.
    """

    def __init__(self, db_url: str, course_id: str, config: Config) -> None:
        try:
            self._gradebook = Gradebook(db_url, course_id)
        except DatabaseError as error:
            place = make_url(db_url).render_as_string()
            if _busy(error):
                raise LockedError(f"The gradebook {place} is locked: {error.orig}.") from None
            raise NoGradebookError(
                f"The gradebook {place} cannot be opened: {error.orig}. Where the file is damaged, "
                "put a copy of it back, or move it away and make another from the journal: "
                "autograder gradebook"
            ) from None
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
        released = self._known(assignment)
        ids = self._gradebook.db.query(SubmittedAssignment.student_id)
        return {student for (student,) in ids.filter_by(assignment_id=released.id)}

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

    def people(self) -> dict[str, tuple[str, ...]]:
        """What the gradebook says of who the students are: real names and addresses."""
        db = self._gradebook.db
        found = db.query(Student.id, Student.first_name, Student.last_name, Student.email)
        people = {student: tuple(filter(None, who)) for student, *who in found}
        db.rollback()
        return people

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

    def wanted(self, verdict: Verdict) -> float | None:
        """The score that belongs into the gradebook: by the points that the cell has there."""
        # Of what waits for another machine, the points that are sure count already.
        if verdict.status == "deferred" and not verdict.points:
            return None
        graded = self._of(verdict.assignment).notebooks[verdict.assignment]
        names = {name: cell for cell, name in graded.grade_cells.items()}
        points = graded.points.get(names.get(verdict.cell, ""), verdict.max_points)
        if same(points, verdict.max_points) or not verdict.max_points:
            return verdict.points
        return verdict.points * points / verdict.max_points

    def penalty(self, student: str, score: float, late: float) -> float | None:
        """What the course's own rule takes off late work; by default nothing.

        Args:
            student: the student's name.
            score: what the notebook got.
            late: seconds that it came late.

        Raises:
            LateRuleError: where the rule itself fails.
        """
        if late <= 0:
            return None
        rule = self._late.plugin_inst
        try:
            penalty = rule.late_submission_penalty(student, score, late)
            return None if penalty is None else min(max(float(penalty), 0.0), score)
        except Exception as error:
            raise LateRuleError(
                f"The course's rule about late work, {type(rule).__name__}, fails for {student}: "
                f"{type(error).__name__}: {error}. It is named in nbgrader_config.py."
            ) from None

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
        self._commit(lambda: self._write(verdicts, untouched, timestamp))

    def mend(self, verdicts: Sequence[Verdict], timestamp: datetime | None) -> None:
        """Write those scores of a submission again that are not what the verdicts say.

        Nothing else is touched: what a person has looked at stays looked at.

        Args:
            verdicts: of one student and one assignment, which stands in the gradebook.
            timestamp: when the work was submitted, in UTC, where that is known.

        Raises:
            LockedError: where the database stays locked.
        """
        self._commit(lambda: self._mend(verdicts, timestamp))

    def penalise(self, assignment: str, penalties: Mapping[str, float | None]) -> None:
        """Write what is taken off the notebooks of late students.

        Args:
            assignment: the name of the assignment, and of the notebook.
            penalties: by student.

        Raises:
            LockedError: where the database stays locked.
        """
        released = self._known(assignment)

        def change() -> None:
            for student, penalty in penalties.items():
                notebook = self._graded(self._submission(released, student), assignment)
                notebook.late_submission_penalty = penalty

        self._commit(change)

    def set_due(self, assignment: str, due: datetime | None) -> None:
        """Write until when an assignment may be handed in, in UTC; None is for ever.

        Raises:
            LockedError: where the database stays locked.
        """
        released = self._known(assignment)

        def change() -> None:
            self._gradebook.db.get(Assignment, released.id).duedate = due

        self._commit(change)
        self._released.pop(assignment)

    def _commit(self, change: Callable[[], None]) -> None:
        """Make a change whole or not at all, and wait for another program's lock."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                change()
                self._gradebook.db.commit()
                return
            except OperationalError as error:
                self._gradebook.db.rollback()
                if not _busy(error) or time.monotonic() > end:
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
        submission = self._submission(released, first.student)
        submission.timestamp = timestamp
        notebook = self._graded(submission, first.assignment)
        for grade, verdict in self._judged(notebook, verdicts):
            self._score(grade, verdict)
        solutions = released.notebooks[first.assignment].solution_cells
        for comment in notebook.comments:
            empty = solutions.get(comment.cell_id) in untouched
            comment.auto_comment = "No response." if empty else None
        self._penalise(notebook, may_be_late=released.due and timestamp is not None)

    def _mend(self, verdicts: Sequence[Verdict], timestamp: datetime | None) -> None:
        first = verdicts[0]
        submission = self._submission(self._of(first.assignment), first.student)
        if timestamp is not None:
            submission.timestamp = timestamp
        for grade, verdict in self._judged(self._graded(submission, first.assignment), verdicts):
            if not same(grade.auto_score, self.wanted(verdict)):
                self._score(grade, verdict)

    def _judged(
        self, notebook: SubmittedNotebook, verdicts: Sequence[Verdict]
    ) -> Iterator[tuple[Grade, Verdict]]:
        """The grades of the cells that the judge decided; all others are people's alone."""
        assignment = verdicts[0].assignment
        names = self._of(assignment).notebooks[assignment].grade_cells
        by_cell = {v.cell: v for v in verdicts}
        for grade in notebook.grades:
            verdict = by_cell.get(names.get(grade.cell_id, ""))
            if verdict is not None:
                yield grade, verdict

    def _score(self, grade: Grade, verdict: Verdict) -> None:
        grade.auto_score = self.wanted(verdict)
        to_look_at = verdict.status in ("needs_review", "deferred")
        grade.needs_manual_grade = grade.manual_score is not None or to_look_at

    def _graded(self, submission: SubmittedAssignment, assignment: str) -> SubmittedNotebook:
        """The notebook of a submission that the judge decides on."""
        wanted = self._of(assignment).notebooks[assignment].id
        (notebook,) = (n for n in submission.notebooks if n.notebook_id == wanted)
        return notebook

    def _penalise(self, notebook: SubmittedNotebook, may_be_late: bool) -> None:
        notebook.late_submission_penalty = None
        if not may_be_late:
            return
        self._gradebook.db.flush()
        self._gradebook.db.refresh(notebook)
        late = notebook.assignment.total_seconds_late
        with suppress(LateRuleError):  # the score counts; it is told when all are written
            penalty = self.penalty(notebook.student.id, notebook.score, late)
            notebook.late_submission_penalty = penalty

    def _known(self, assignment: str) -> _Released:
        try:
            return self._of(assignment)
        except MissingEntry:
            raise UnknownAssignmentError(
                f"The gradebook does not know the assignment {assignment}. If it was deleted or "
                "exchanged, put a copy of it back, or make it again from what was released and "
                f"graded: autograder gradebook {assignment}. If the assignment is new: "
                f"autograder release {assignment}"
            ) from None

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


def _busy(error: DatabaseError) -> bool:
    return any(words in str(error).lower() for words in BUSY)


def _notebook(notebook: Notebook) -> _Notebook:
    # A task has points and a comment, as nbgrader has it.
    asked = [*notebook.grade_cells, *notebook.task_cells]
    return _Notebook(
        notebook.id,
        {cell.id: cell.name for cell in asked},
        {cell.id: float(cell.max_score) for cell in asked},
        {cell.id: cell.name for cell in [*notebook.solution_cells, *notebook.task_cells]},
    )


def _empty(notebook: _Notebook) -> SubmittedNotebook:
    return SubmittedNotebook(
        notebook_id=notebook.id,
        grades=[Grade(cell_id=cell) for cell in notebook.grade_cells],
        comments=[Comment(cell_id=cell) for cell in notebook.solution_cells],
    )
