"""What a class is told, and those who teach it: tables, and pages of feedback."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.grader import report
from autograder.grader.commands.terminal import err, out
from autograder.grader.grading import feedback
from autograder.grader.grading.course import Course, CourseError
from autograder.grader.grading.progress import Waiting
from autograder.grader.grading.standing import UNGRADED, Standing, standing


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
        _print_outdated(_standings(course, assignment, sorted(there)))
    return failures


def print_report(course: Course, assignment: str) -> None:
    """Print what a class got right, and which mistakes it made.

    Raises:
        CourseError: where nothing is graded yet.
    """
    standings = _standings(course, assignment, course.class_of(assignment))
    if all(one.note == UNGRADED for one in standings):
        raise CourseError(f"Nothing is graded yet. Grade with: autograder grade {assignment}")
    out.print(report.exercises([one.graded for one in standings if one.graded is not None]))
    out.print()
    print_students(standings)


def print_students(standings: Sequence[Standing]) -> None:
    """Print what each student got, and the cells that a person may want to look at."""
    out.print(report.students(standings))
    _print_outdated(standings)
    suspicions = report.suspicions([one.graded for one in standings if one.graded is not None])
    if suspicions.row_count:
        out.print()
        out.print(suspicions)


def _print_outdated(standings: Sequence[Standing]) -> None:
    for sentence in report.outdated(standings):
        out.print()
        out.print(sentence, markup=False)


def _standings(course: Course, assignment: str, students: Sequence[str]) -> list[Standing]:
    journal = course.journal(assignment)
    return [standing(course.job(assignment, student), journal) for student in students]
