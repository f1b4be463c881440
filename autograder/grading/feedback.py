"""Feedback for students, by nbgrader's own command, for those whose grade is newer than theirs."""

from __future__ import annotations

from pathlib import Path

from .course import Course


def stale(course: Course, assignment: str) -> list[str]:
    """The graded students whose feedback is missing or older than the graded notebook."""
    top = course.root / course.directory.autograded_directory
    found = []
    for student in sorted(p.name for p in top.glob("*") if p.is_dir()):
        graded = course.path("autograded", student, assignment) / f"{assignment}.ipynb"
        page = course.path("feedback", student, assignment) / f"{assignment}.html"
        if graded.exists() and _time(page) < _time(graded):
            found.append(student)
    return found


def write(course: Course, assignment: str, student: str) -> None:
    """Write the feedback of one student.

    Raises:
        CourseError: where nbgrader refuses; its reason is in the text.
    """
    course.nbgrader(lambda api: api.generate_feedback(assignment, student, force=True))


def _time(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0.0
