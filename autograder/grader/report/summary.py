"""What a class made of an assignment, as data: for the tables, and for other programs as JSON."""

from __future__ import annotations

import builtins
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from autograder.checking.show import LABELS
from autograder.grader.grading.entries import Entries
from autograder.grader.grading.standing import Standing
from autograder.grader.grading.verdict import Graded, Verdict
from autograder.grader.report.wording import SAID, statement

_RAISES = re.compile(r"(It raises|The cell stops with) (\w+)")


class MistakeMade(msgspec.Struct, frozen=True, kw_only=True):
    """A mistake, or a way of not being right, as a class made it.

    Attributes:
        name: its name in the catalogue; a status stands for what has no name.
        says: what is wrong, in sentences.
        read: the section to read, in quotes, or "".
        count: how many made it.
        students: who.
        example: the cell of one of them, without what could say whose it is, or "".
    """

    name: str
    says: str
    read: str
    count: int
    students: list[str]
    example: str = ""


class ExerciseSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a class made of one exercise.

    Attributes:
        exercise: the name of the function or class.
        right: how many got it right.
        graded: of how many.
        mistakes: how many made each known mistake, the commonest first; a status stands for what
            has no name.
        made: the same in sentences.
        statuses: how many have each status.
    """

    exercise: str
    right: int
    graded: int
    mistakes: dict[str, int]
    made: list[MistakeMade] = []
    statuses: dict[str, int] = {}


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
        score: the points less the penalty, and never below 0; None where nothing is graded.
        earned: the points of each exercise, in which what people gave is.
        handed_in: when, in UTC, as ISO 8601 has it; None where that is not known.
        after_due: seconds after it was due, the extension counted, below 0 where it came before;
            None where that is not known.
        versions: how many versions of the student's work were graded; None where that is not
            known.
    """

    student: str
    points: float | None
    max_points: float | None
    penalty: float
    exercises: dict[str, str]
    note: str
    score: float | None = None
    earned: dict[str, float] = {}
    handed_in: str | None = None
    after_due: float | None = None
    versions: int | None = None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What a class made of an assignment.

    Attributes:
        assignment: the name of the assignment.
        exercises: in the order of the notebook.
        students: in alphabetical order.
    """

    assignment: str
    exercises: list[ExerciseSummary]
    students: list[StudentSummary]


def summarise(
    assignment: str,
    standings: Sequence[Standing],
    entries: Entries | None = None,
    versions: Mapping[str, int | None] | None = None,
) -> Summary:
    """The summary of an assignment.

    Args:
        assignment: its name.
        standings: where the students stand.
        entries: what the gradebook says of them; where there is none, the verdicts alone count.
        versions: how many versions of a student's work were graded, where that is known.
    """
    graded = [one.graded for one in standings if one.graded is not None]
    rows = [
        _student(one, entries, (versions or {}).get(one.student))
        for one in sorted(standings, key=lambda s: s.student)
    ]
    return Summary(assignment=assignment, exercises=by_exercise(graded), students=rows)


def by_exercise(graded: Sequence[Graded]) -> list[ExerciseSummary]:
    """What the students made of each exercise, in the order of the notebook."""
    found = []
    for name in dict.fromkeys(v.exercise for one in graded for v in one.verdicts):
        verdicts = [v for one in graded for v in one.verdicts if v.exercise == name]
        wrong = [v for v in verdicts if v.status != "correct"]
        found.append(
            ExerciseSummary(
                exercise=name,
                right=len(verdicts) - len(wrong),
                graded=len(verdicts),
                mistakes=dict(Counter(map(_name, wrong)).most_common()),
                made=_made(wrong),
                statuses=dict(Counter(v.status for v in verdicts)),
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


def _name(verdict: Verdict) -> str:
    return verdict.mistake or verdict.status.replace("_", " ")


def _made(wrong: Sequence[Verdict]) -> list[MistakeMade]:
    """What was made, the commonest first; what has no name is told apart by what was said of it."""
    alike: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in wrong:
        said = "" if verdict.mistake else _unnamed(verdict)
        alike.setdefault((_name(verdict), said), []).append(verdict)
    return [
        MistakeMade(
            name=name,
            says=said or Counter(v.message for v in verdicts).most_common(1)[0][0] or name,
            read=verdicts[0].read,
            count=len(verdicts),
            students=sorted(v.student for v in verdicts),
        )
        for (name, said), verdicts in sorted(alike.items(), key=lambda item: -len(item[1]))
    ]


def _unnamed(verdict: Verdict) -> str:
    """What is said of a verdict without a known mistake, without what is of one student alone."""
    label = LABELS[verdict.status]
    if raised := _RAISES.match(verdict.message):
        known = hasattr(builtins, raised[2])
        return f"{raised[1]} {raised[2] if known else 'an error of its own'}."
    told = verdict.message and verdict.status in SAID
    return statement(verdict.message) if told else f"{label[0].upper()}{label[1:]}."


def _student(one: Standing, entries: Entries | None, versions: int | None) -> StudentSummary:
    points, most = score(one, entries) or (None, None)
    entry = entries.by_student.get(one.student) if entries is not None else None
    verdicts = one.graded.verdicts if one.graded is not None else []
    marks = {cell: mark for (_, cell), mark in entry.marks.items()} if entry is not None else {}
    stamp = entry.timestamp if entry is not None else None
    after = entry.after(entries.due) if entry is not None and entries is not None else None
    return StudentSummary(
        student=one.student,
        points=points,
        max_points=most,
        penalty=entry.penalty if entry is not None else 0.0,
        exercises={v.exercise: v.status for v in verdicts},
        note=one.note,
        score=entry.final if entry is not None and points is not None else points,
        earned={v.exercise: marks[v.cell].score if v.cell in marks else v.points for v in verdicts},
        handed_in=f"{stamp.isoformat()}Z" if stamp is not None else None,
        after_due=after,
        versions=versions,
    )
