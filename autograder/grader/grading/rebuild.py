"""The gradebook of an assignment made again from what was released, the journal and `autograded/`.

What people alone had written there cannot be: scores and comments given by hand, and extensions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import get_args

import nbformat
from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import determine_grade

from autograder.checking.show import LABELS
from autograder.grader.grading.cell import Cell
from autograder.grader.grading.course import Course, CourseError
from autograder.grader.grading.journal import Journal
from autograder.grader.grading.notebook import Released
from autograder.grader.grading.record import Record, Settled
from autograder.grader.grading.verdict import Graded, Status, Verdict


@dataclass
class Rebuilt:
    """What was made again.

    Attributes:
        assignment: whether the gradebook did not have the assignment itself.
        from_journal: the students whose scores the journal has.
        from_notebooks: those whose graded notebook alone has them.
        unreadable: those whose graded notebook cannot be read.
        settled: what was set right besides.
    """

    assignment: bool
    from_journal: list[str] = field(default_factory=list)
    from_notebooks: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    settled: Settled | None = None


def released_assignments(course: Course) -> list[str]:
    """The assignments that were released in the course, in alphabetical order."""
    top = course.root / course.directory.release_directory
    names = sorted(p.name for p in top.glob("*") if p.is_dir())
    return [name for name in names if (top / name / f"{name}.ipynb").is_file()]


def enter(course: Course, assignment: str) -> bool:
    """Enter a released assignment into the gradebook, where that does not have it.

    Returns:
        Whether it had to be entered.

    Raises:
        CourseError: where nbgrader refuses; its reason is in the text.
    """
    released = course.released(assignment)
    with course.gradebook() as gradebook:
        if assignment in gradebook.assignments():
            return False
    directory = course.directory
    with Gradebook(directory.db_url, directory.course_id) as book:
        book.update_or_create_assignment(assignment)
    about = {"notebook": assignment, "assignment": assignment, "db_url": directory.db_url}
    try:
        SaveCells().preprocess(nbformat.reads(released, as_version=4), {"nbgrader": about})
    except RuntimeError as error:
        raise CourseError(f"nbgrader failed: {error}") from None
    return True


def rebuild(course: Course, assignment: str) -> Rebuilt:
    """Make what the gradebook lacks of an assignment again, and set right what it has otherwise.

    Raises:
        CourseError: where the assignment was not released.
    """
    found = Rebuilt(enter(course, assignment))
    journal = course.journal(assignment)
    checks = Released.parse(course.released(assignment)).checks
    standing: list[Graded] = []
    with Record(course, assignment) as record:
        for student, path in _graded(course, assignment).items():
            text = path.read_bytes().decode(errors="replace")
            graded = _from_journal(journal, student, text)
            entered = found.from_journal
            if graded is None:
                graded = _from_notebook(checks, student, assignment, text)
                entered = found.from_notebooks
            if graded is None:
                found.unreadable.append(student)
                continue
            if not record.has(student):
                entered.append(student)
                record.write(graded)
            standing.append(graded)
        settled = record.settle(standing)
    entered_now = {*found.from_journal, *found.from_notebooks}
    besides = {who: scores for who, scores in settled.scores.items() if who not in entered_now}
    found.settled = replace(settled, scores=besides)
    return found


def _graded(course: Course, assignment: str) -> dict[str, Path]:
    """The graded notebook of each student who has one."""
    top = course.root / course.directory.autograded_directory
    students = sorted(p.name for p in top.glob("*") if p.is_dir())
    paths = {s: course.path("autograded", s, assignment) / f"{assignment}.ipynb" for s in students}
    return {student: path for student, path in paths.items() if path.is_file()}


def _from_journal(journal: Journal, student: str, notebook: str) -> Graded | None:
    """The newest line with which the notebook was graded."""
    return next((one for one in journal.of(student) if one.notebook == notebook), None)


def _from_notebook(
    checks: tuple[Cell, ...], student: str, assignment: str, notebook: str
) -> Graded | None:
    """What stands in the check cells of a graded notebook, read as nbgrader reads it."""
    try:
        cells = nbformat.reads(notebook, as_version=4).cells
        by_id = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in cells}
        verdicts = [_verdict(check, by_id[check.grade_id], student, assignment) for check in checks]
    except Exception:  # whatever is wrong with it, it is no graded notebook of this assignment
        return None
    return Graded(key="", student=student, verdicts=verdicts, notebook=notebook)


def _verdict(check: Cell, cell: nbformat.NotebookNode, student: str, assignment: str) -> Verdict:
    points, most = determine_grade(cell)
    shown = "".join(output.get("data", {}).get("text/html", "") for output in cell.outputs)
    right: Status = "correct" if points == most else "wrong"
    known: Iterator[Status] = (
        status for status in get_args(Status) if f"<strong>{LABELS[status]}</strong>" in shown
    )
    return Verdict(
        student=student,
        assignment=assignment,
        exercise=check.exercise,
        points=points or 0.0,
        max_points=most,
        status=next(known, right),
        message="",
        mistake=None,
        read="",
        seed=0,
        device="cpu",
        versions={},
        duration=0.0,
    )
