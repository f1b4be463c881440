"""Due dates: from the file of the course into the gradebook, where formgrader shows them.

A date that a person has changed in the gradebook stays until the file says another one.
"""

from __future__ import annotations

import json
from datetime import datetime

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
    if wanted is None:
        return ""
    stands = gradebook.due(assignment)
    written = _written(course)
    if stands not in (None, wanted) and written.get(assignment) == wanted.isoformat():
        return (
            f"The gradebook says that {assignment} is due {_said(stands)}, and course.toml "
            f"{_said(wanted)}. The date in the gradebook counts, for it was changed there; let "
            "the two agree."
        )
    written[assignment] = wanted.isoformat()
    if stands != wanted:
        gradebook.set_due(assignment, wanted)
    if _written(course) != written:
        place = course.kept / "due.json"
        write_atomically(place, json.dumps(written, indent=1).encode(), mode=0o600)
    if stands == wanted:
        return ""
    return f"{assignment} is due {_said(wanted)} now, as course.toml says."


def _written(course: Course) -> dict[str, str]:
    """The dates that were written from the file, by assignment."""
    try:
        found = json.loads((course.kept / "due.json").read_bytes())
        return found if isinstance(found, dict) else {}
    except (OSError, ValueError):
        return {}


def _said(due: datetime | None) -> str:
    return f"{due:%Y-%m-%d %H:%M} UTC" if due is not None else "never"
