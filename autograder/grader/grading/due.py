"""Due dates: from the file of the course into the gradebook, where formgrader shows them.

A date that a person has changed in the gradebook stays until the file says another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from autograder.grader.grading import kept
from autograder.grader.grading.course import Course
from autograder.grader.grading.gradebook import Writer

KEPT = "due"


def follow(course: Course, assignment: str, gradebook: Writer) -> Iterator[str]:
    """Write the due date that the course's file says into the gradebook, unless it stands there.

    Yields:
        A sentence on what was changed, or on what was left alone.

    Raises:
        UnknownAssignmentError: where the gradebook does not have the assignment.
        LockedError: where the database stays locked.
    """
    wanted = course.settings.due.get(assignment)
    stands = gradebook.due(assignment)
    written = kept.read(course, KEPT)
    before = written.get(assignment)
    if wanted is None and before is None:
        return
    if wanted is None:
        kept.write(
            course, KEPT, {name: date for name, date in written.items() if name != assignment}
        )
        if stands is None or stands.isoformat() != before:
            return
        gradebook.set_due(assignment, None)
        yield f"{assignment} has no due date any more, as course.toml says."
        return
    if stands not in (None, wanted) and before == wanted.isoformat():
        yield (
            f"The gradebook says that {assignment} is due {_said(stands)}, and course.toml "
            f"{_said(wanted)}. The date in the gradebook counts, for it was changed there; let "
            "the two agree."
        )
        return
    if stands != wanted:
        gradebook.set_due(assignment, wanted)
    if before != wanted.isoformat():
        kept.write(course, KEPT, written | {assignment: wanted.isoformat()})
    if stands != wanted:
        yield f"{assignment} is due {_said(wanted)} now, as course.toml says."


def _said(due: datetime | None) -> str:
    return f"{due:%Y-%m-%d %H:%M} UTC" if due is not None else "never"
