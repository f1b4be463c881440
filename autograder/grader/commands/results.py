"""What a class is told, and those who teach it: tables, and pages of feedback."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from autograder.grader.commands.terminal import end_if_not_done, err, out
from autograder.grader.errors import CommandError
from autograder.grader.grading import feedback
from autograder.grader.grading.course import Course
from autograder.grader.grading.entries import Entries
from autograder.grader.grading.files import write_atomically
from autograder.grader.grading.journal import Journal
from autograder.grader.grading.progress import Waiting
from autograder.grader.grading.rebuild import rebuild, released_assignments
from autograder.grader.grading.record import Settled
from autograder.grader.grading.standing import Standing, standing
from autograder.grader.kernels.printable import line
from autograder.grader.release.course import Release
from autograder.grader.report import tables


def write_feedback(course: Course, assignment: str) -> dict[str, str]:
    """Write the feedback of every student whose grade is newer than it.

    Returns:
        Why there is none, by student, where nbgrader refused.
    """
    students = feedback.stale(course, assignment)
    failures: dict[str, str] = {}
    with Waiting(err, f"Feedback on {assignment}", len(students)) as waiting:
        for student, refusal in feedback.write_all(course, assignment, students):
            if refusal:
                failures[student] = refusal
            waiting.done()
    folder = course.root / course.directory.feedback_directory
    written = [student for student in students if student not in failures]
    out.print(f"Wrote the feedback of {len(written)} students into {folder}.")
    if written:
        there = course.submissions(assignment).keys() & set(written)
        journal = course.journal(assignment)
        _print_apart(tables.outdated(standings(course, assignment, sorted(there), journal)))
    return failures


def make_again(course: Course, assignments: Sequence[str]) -> None:
    """Make the gradebook again, and say what was done.

    Args:
        course: the course.
        assignments: their names; all that were released where there are none.

    Raises:
        CourseError: where one of them was not released.
    """
    lost = False
    failures: dict[str, str] = {}
    for name in assignments or released_assignments(course):
        found = rebuild(course, name)
        for sentence in tables.rebuilt(name, found):
            out.print(sentence, markup=False, soft_wrap=True)
        lost = lost or found.assignment or bool(found.from_journal or found.from_notebooks)
        failures |= dict(found.settled.failures) if found.settled is not None else {}
    if lost:
        out.print(tables.NOT_MADE_AGAIN, soft_wrap=True)
    end_if_not_done(failures)


def write_json(path: Path, data: object) -> None:
    """Write for other programs what only the owner of the file may read: grades."""
    write_atomically(path, msgspec.json.format(msgspec.json.encode(data), indent=1) + b"\n", 0o600)


def print_students(
    found: Sequence[Standing], entries: Entries | None = None, absent: Sequence[str] = ()
) -> None:
    """Print what each student got, who handed in nothing, and the cells to be looked at."""
    out.print(tables.students(found, entries))
    _print_apart([*tables.absent(absent), *tables.outdated(found)])
    suspicions = tables.suspicions([one.graded for one in found if one.graded is not None])
    if suspicions.row_count:
        out.print()
        out.print(suspicions)


def print_release(found: Release, quiet: bool = False) -> None:
    """Say what became of an assignment; where `quiet`, nothing of one that has not changed."""
    if found.changed:
        out.print(f"Released {found.assignment}.")
    elif not quiet and not found.left:
        out.print(f"{found.assignment} has not changed.")
    if found.left:
        err.print(found.left, markup=False)


def print_settled(found: Settled | None) -> None:
    """Say what had to be set right in the gradebook."""
    for sentence in tables.settled(found) if found is not None else ():
        err.print(sentence, markup=False)


def _print_apart(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        out.print()
        out.print(sentence, markup=False, soft_wrap=True)


def standings(
    course: Course, assignment: str, students: Sequence[str], journal: Journal
) -> list[Standing]:
    """Where students stand; whose submission cannot be read takes the report from nobody else."""
    return [_standing(course, assignment, student, journal) for student in students]


def _standing(course: Course, assignment: str, student: str, journal: Journal) -> Standing:
    try:
        return standing(course.job(assignment, student), journal)
    except CommandError:  # of the course, and not of one student
        raise
    except Exception as error:
        return Standing(student, None, line(tables.unread(error), 200))
