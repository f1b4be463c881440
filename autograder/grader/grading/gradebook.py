"""Bring verdicts into nbgrader's gradebook, one transaction a submission."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.exc import OperationalError
from traitlets.config import Config

from autograder.grader.grading.entries import same
from autograder.grader.grading.gradebook_reader import (
    LockedError,
    NotebookCells,
    Reader,
    ReleasedAssignment,
    busy,
)
from autograder.grader.grading.verdict import Verdict

PATIENCE = 60.0
"""Seconds for which a locked database is asked again."""


class LateRuleError(Exception):
    """The course's own rule about late work fails; the text says how."""


class Writer(Reader):
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
        super().__init__(db_url, course_id)
        self._late = AssignLatePenalties(config=config)
        self._late.init_plugin()

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

    def remove(self, student: str) -> None:
        """Remove a student who stands there, with all submissions.

        Raises:
            LockedError: where the database stays locked.
        """

        def change() -> None:
            found = self._gradebook.db.get(Student, student)
            for submission in found.submissions:
                for notebook in submission.notebooks:
                    for part in (*notebook.grades, *notebook.comments):
                        self._gradebook.db.delete(part)
                    self._gradebook.db.delete(notebook)
                self._gradebook.db.delete(submission)
            self._gradebook.db.delete(found)

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

    def extend(self, assignment: str, student: str, extension: timedelta | None) -> None:
        """Write how much longer than the others a student has, whose submission stands there.

        Raises:
            LockedError: where the database stays locked.
        """
        released = self._known(assignment)

        def change() -> None:
            self._submission(released, student).extension = extension

        self._commit(change)

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
                if not busy(error) or time.monotonic() > end:
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

    def _submission(self, released: ReleasedAssignment, student: str) -> SubmittedAssignment:
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


def _empty(notebook: NotebookCells) -> SubmittedNotebook:
    return SubmittedNotebook(
        notebook_id=notebook.id,
        grades=[Grade(cell_id=cell) for cell in notebook.grade_cells],
        comments=[Comment(cell_id=cell) for cell in notebook.solution_cells],
    )
