"""What a class made of an assignment, as data: for the tables, and for other programs as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from autograder.grader.grading.entries import Entries
from autograder.grader.grading.standing import Standing
from autograder.grader.grading.verdict import Graded


class ExerciseSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a class made of one exercise.

    Attributes:
        exercise: the name of the function or class.
        right: how many got it right.
        graded: of how many.
        mistakes: how many made each known mistake, the commonest first; a status stands for what
            has no name.
    """

    exercise: str
    right: int
    graded: int
    mistakes: dict[str, int]


class StudentSummary(msgspec.Struct, frozen=True, kw_only=True):
    """Where one student stands.

    Attributes:
        student: the student's name in the course.
        points: what counts, in which what people gave is, before the penalty; None where nothing
            is graded.
        max_points: what could be got; None where nothing is graded.
        penalty: what is taken off because the work was late.
        exercises: the status of each exercise.
        note: why there are no points, or how they are out of date; else "".
    """

    student: str
    points: float | None
    max_points: float | None
    penalty: float
    exercises: dict[str, str]
    note: str


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What `autograder report --json` writes.

    Attributes:
        assignment: the name of the assignment.
        exercises: in the order of the notebook.
        students: in alphabetical order.
    """

    assignment: str
    exercises: list[ExerciseSummary]
    students: list[StudentSummary]


def summarise(
    assignment: str, standings: Sequence[Standing], entries: Entries | None = None
) -> Summary:
    """The summary of an assignment.

    Args:
        assignment: its name.
        standings: where the students stand.
        entries: what the gradebook says of them; where there is none, the verdicts alone count.
    """
    graded = [one.graded for one in standings if one.graded is not None]
    rows = (_student(one, entries) for one in sorted(standings, key=lambda s: s.student))
    return Summary(assignment=assignment, exercises=by_exercise(graded), students=list(rows))


def by_exercise(graded: Sequence[Graded]) -> list[ExerciseSummary]:
    """What the students made of each exercise, in the order of the notebook."""
    found = []
    for name in dict.fromkeys(v.exercise for one in graded for v in one.verdicts):
        verdicts = [v for one in graded for v in one.verdicts if v.exercise == name]
        wrong = [v for v in verdicts if v.status != "correct"]
        made = Counter(v.mistake or v.status.replace("_", " ") for v in wrong)
        found.append(
            ExerciseSummary(
                exercise=name,
                right=len(verdicts) - len(wrong),
                graded=len(verdicts),
                mistakes=dict(made.most_common()),
            )
        )
    return found


def score(one: Standing, entries: Entries | None = None) -> tuple[float, float] | None:
    """What a student got, before the penalty, and could get; None where nothing is graded."""
    if one.graded is None:
        return None
    entry = entries.by_student.get(one.student) if entries is not None else None
    if entries is not None and entry is not None:
        return entry.score(), entries.max_score
    verdicts = one.graded.verdicts
    return sum(v.points for v in verdicts), sum(v.max_points for v in verdicts)


def _student(one: Standing, entries: Entries | None) -> StudentSummary:
    points, most = score(one, entries) or (None, None)
    entry = entries.by_student.get(one.student) if entries is not None else None
    verdicts = one.graded.verdicts if one.graded is not None else []
    return StudentSummary(
        student=one.student,
        points=points,
        max_points=most,
        penalty=entry.penalty if entry is not None else 0.0,
        exercises={v.exercise: v.status for v in verdicts},
        note=one.note,
    )
