"""Who must be looked at by a person, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from autograder.grader.grading.entries import Entries, Entry
from autograder.grader.grading.standing import Standing
from autograder.grader.grading.verdict import Verdict
from autograder.grader.kernels.printable import line

NEEDS_GPU = "put off, for it needs a GPU: autograder grade ASSIGNMENT --runner gpu"
NO_CLOCK = "its speed could not be told"


class ToLookAt(msgspec.Struct, frozen=True, kw_only=True):
    """A cell, or a submission, for a person to look at.

    Attributes:
        student: the student's name in the course.
        cell: the exercise, or the grade_id of another cell; "" where it is all of it.
        why: what about it.
    """

    student: str
    cell: str
    why: str


def attention(standings: Sequence[Standing], entries: Entries | None) -> list[ToLookAt]:
    """All that a person has to look at, or may want to, by student."""
    stand = entries.by_student if entries is not None else {}
    return [
        ToLookAt(student=one.student, cell=cell, why=line(why, 300))
        for one in sorted(standings, key=lambda s: s.student)
        for cell, why in _of(one, stand.get(one.student))
    ]


def _of(one: Standing, entry: Entry | None) -> Iterator[tuple[str, str]]:
    if one.note:
        yield "", one.note
    verdicts = one.graded.verdicts if one.graded is not None else []
    marks = {cell: mark for (_, cell), mark in entry.marks.items()} if entry is not None else {}
    told = set()
    for verdict in verdicts:
        mark = marks.get(verdict.cell)
        if mark is not None and mark.manual is not None and not mark.waits:
            continue  # somebody has looked at it
        told.add(verdict.cell)
        for why in filter(None, (_why(verdict), verdict.suspicion)):
            yield verdict.exercise, why
        if mark is not None and mark.waits and not _why(verdict):
            told.discard(verdict.cell)
    for cell, mark in sorted(marks.items()):
        if mark.waits and cell not in told:
            yield cell.removeprefix("check-"), "to be graded by hand"


def _why(verdict: Verdict) -> str:
    if verdict.status == "needs_review":
        return f"refused: {verdict.reason or verdict.message or 'no reason was given'}"
    if verdict.status == "deferred":
        # What waits for its speed alone has its other points, and no reason of its own.
        if why := verdict.reason or (NO_CLOCK if verdict.points else ""):
            return f"put off: {why}"
        return NEEDS_GPU.replace("ASSIGNMENT", verdict.assignment)
    return ""
