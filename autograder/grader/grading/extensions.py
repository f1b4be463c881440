"""Extensions: from the file of the course into the gradebook, whose rule about late work uses them.

One that a person has changed in the gradebook stays until the file says another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from autograder.grader.grading import kept
from autograder.grader.grading.course import Course
from autograder.grader.grading.gradebook import Writer

KEPT = "extensions"


def follow(course: Course, assignment: str, gradebook: Writer) -> Iterator[str]:
    """Write the extensions that the course's file gives into the gradebook.

    Who has handed in nothing yet gets one as soon as something is graded.

    Yields:
        A sentence for each that was changed or left alone.

    Raises:
        UnknownAssignmentError: where the gradebook does not have the assignment.
        LockedError: where the database stays locked.
    """
    wanted = course.settings.extensions.get(assignment, {})
    before = kept.read(course, KEPT)
    written = dict(before.get(assignment, {}))
    if not wanted and not written:
        return
    due, stands = gradebook.due(assignment), gradebook.extensions(assignment)
    if wanted and due is None:
        yield (
            f"course.toml says until when {', '.join(sorted(wanted))} may hand in {assignment}, "
            f"which has no due date, so that nobody is late. Say `due` under [{assignment}] too."
        )
        return
    if absent := sorted(wanted.keys() - stands.keys()):
        yield (
            f"course.toml has an extension of {assignment} for {', '.join(absent)}, of whom "
            "nothing is handed in."
        )
    if early := sorted(s for s, until in wanted.items() if due is not None and until < due):
        yield (
            f"course.toml lets {', '.join(early)} hand in {assignment} until a day before it is "
            f"due, {due:%Y-%m-%d %H:%M} UTC: that is no extension, and nothing comes of it."
        )
        wanted = {student: until for student, until in wanted.items() if student not in early}
    for student in sorted({*wanted, *written} & stands.keys()):
        until = wanted.get(student)
        has = stands[student] or timedelta()
        meant = timedelta() if until is None or due is None else until - due
        said, seconds = written.get(student, (None, None))
        own = seconds is not None and has.total_seconds() != seconds
        if own and has != meant and said == (until and until.isoformat()):
            yield (
                f"The gradebook gives {student} another time for {assignment} than course.toml. "
                "What stands in the gradebook counts, for it was changed there; let the two agree."
            )
            continue
        if has != meant and not (own and until is None):
            gradebook.extend(assignment, student, meant or None)
            yield _changed(student, assignment, until)
        if until is None:
            del written[student]
        else:
            written[student] = (until.isoformat(), meant.total_seconds())
    kept.write(course, KEPT, before | {assignment: written})


def _changed(student: str, assignment: str, until: datetime | None) -> str:
    if until is None:
        return f"{student} has no extension of {assignment} any more, as course.toml says."
    return f"{student} has until {until:%Y-%m-%d %H:%M} UTC for {assignment}, as course.toml says."
