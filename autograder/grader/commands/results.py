"""What a class is told, and those who teach it: tables, and pages of feedback."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.grader import report
from autograder.grader.commands.terminal import err, out
from autograder.grader.grading import feedback
from autograder.grader.grading.course import Course, CourseError
from autograder.grader.grading.job import lookup
from autograder.grader.grading.progress import Waiting
from autograder.grader.grading.verdict import Graded


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
    out.print(f"Wrote the feedback of {len(students) - len(failures)} students into {folder}.")
    return failures


def print_report(course: Course, assignment: str) -> None:
    """Print what a class got right, and which mistakes it made.

    Raises:
        CourseError: where nothing is graded yet.
    """
    journal = course.journal(assignment)
    jobs = [course.job(assignment, student) for student in course.class_of(assignment)]
    graded = [one for job in jobs if (one := lookup(job, journal)) is not None]
    if not graded:
        raise CourseError(f"Nothing is graded yet. Grade with: autograder grade {assignment}")
    out.print(report.exercises(graded))
    out.print()
    print_students(graded)


def print_students(graded: Sequence[Graded]) -> None:
    """Print what each student got, and the cells that a person may want to look at."""
    out.print(report.students(graded))
    suspicions = report.suspicions(graded)
    if suspicions.row_count:
        out.print()
        out.print(suspicions)
