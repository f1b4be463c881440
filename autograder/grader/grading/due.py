"""Due dates: from the file of the course into the gradebook, where formgrader shows them.

A date that a person has changed in the gradebook stays until the file says another one.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from autograder.grader.grading.course import Course
from autograder.grader.grading.files import write_atomically
from autograder.grader.grading.gradebook import Writer


def follow(course: Course, assignment: str, gradebook: Writer) -> str:
    """Write the due date that the course's file says into the gradebook, unless it stands there.

    Returns:
        A sentence on what was changed, or on what was left alone; else "".

    Raises:
        UnknownAssignmentError: where the gradebook does not have the assignment.
        LockedError: where the database stays locked.
    """
    wanted = course.settings.due.get(assignment)
    stands = gradebook.due(assignment)
    written = _written(course)
    before = written.get(assignment)
    if wanted is None and before is None:
        return ""
    if wanted is None:
        _keep(course, {name: date for name, date in written.items() if name != assignment})
        if stands is None or stands.isoformat() != before:
            return ""
        gradebook.set_due(assignment, None)
        return f"{assignment} has no due date any more, as course.toml says."
    if stands not in (None, wanted) and before == wanted.isoformat():
        return (
            f"The gradebook says that {assignment} is due {_said(stands)}, and course.toml "
            f"{_said(wanted)}. The date in the gradebook counts, for it was changed there; let "
            "the two agree."
        )
    if stands != wanted:
        gradebook.set_due(assignment, wanted)
    if before != wanted.isoformat():
        _keep(course, written | {assignment: wanted.isoformat()})
    if stands == wanted:
        return ""
    return f"{assignment} is due {_said(wanted)} now, as course.toml says."


def _keep(course: Course, written: dict[str, str]) -> None:
    write_atomically(_place(course), json.dumps(written, indent=1).encode(), mode=0o600)


def _place(course: Course) -> Path:
    return course.kept / "due.json"


def _written(course: Course) -> dict[str, str]:
    """The dates that were written from the file, by assignment."""
    try:
        found = json.loads(_place(course).read_bytes())
        return found if isinstance(found, dict) else {}
    except (OSError, ValueError):
        return {}


def _said(due: datetime | None) -> str:
    return f"{due:%Y-%m-%d %H:%M} UTC" if due is not None else "never"
