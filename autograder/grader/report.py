"""Tables for the people who teach: who got what, and which mistakes a class made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.table import Column, Table
from rich.text import Text

from autograder.checking.show import LABELS
from autograder.grader.grading.standing import CHANGED, OLDER, Standing
from autograder.grader.grading.verdict import Graded, Verdict
from autograder.grader.kernels.printable import line

NAME_WIDTH = 32
"""Columns of the terminal that a student's name takes at most."""


def students(standings: Sequence[Standing]) -> Table:
    """A row a student: the points, and what was wrong in a few words, or why there are none."""
    table = Table(_student_column(), "points", "what was wrong", box=None, header_style="bold")
    for one in sorted(standings, key=lambda s: s.student):
        if one.graded is None:
            table.add_row(_name(one.student), "", one.note)
            continue
        points = sum(v.points for v in one.graded.verdicts)
        possible = sum(v.max_points for v in one.graded.verdicts)
        wrong = [v for v in one.graded.verdicts if v.status != "correct"]
        table.add_row(_name(one.student), f"{points:g} / {possible:g}", _words(wrong))
    return table


def outdated(standings: Sequence[Standing]) -> Iterator[str]:
    """A sentence on the students whom an older version graded, and one on changed submissions."""
    for note in (OLDER, CHANGED):
        names = sorted(one.student for one in standings if one.note == note)
        if names:
            everyone = len(names) == len(standings)
            who = f"all {len(names)}" if everyone else line(", ".join(names), 500)
            yield f"{note[0].upper()}{note[1:]}: {who}."


def suspicions(graded: Sequence[Graded]) -> Table:
    """A row for each cell that a person may want to look at; it took no point."""
    table = Table(_student_column(), "exercise", "to be looked at", box=None, header_style="bold")
    for one in sorted(graded, key=lambda g: g.student):
        for verdict in one.verdicts:
            if verdict.suspicion:
                table.add_row(
                    _name(one.student), verdict.exercise, Text(line(verdict.suspicion, 200))
                )
    return table


def exercises(graded: Sequence[Graded]) -> Table:
    """A row an exercise: how many were right, and the mistakes that were made most."""
    table = Table("exercise", "right", "mistakes", box=None, header_style="bold")
    for name in dict.fromkeys(v.exercise for one in graded for v in one.verdicts):
        verdicts = [v for one in graded for v in one.verdicts if v.exercise == name]
        right = sum(v.status == "correct" for v in verdicts)
        wrong = [v for v in verdicts if v.status != "correct"]
        made = Counter(v.mistake or v.status.replace("_", " ") for v in wrong)
        often = ", ".join(f"{mistake} ({n})" for mistake, n in made.most_common(5))
        table.add_row(name, f"{right} of {len(verdicts)}", often)
    return table


def _student_column() -> Column:
    """Names, of which a long one is cut short, and takes no room from what everybody got."""
    return Column("student", no_wrap=True, overflow="ellipsis", max_width=NAME_WIDTH)


def _name(student: str) -> Text:
    """The name as it is, with nothing in it that the terminal or rich would take for a command."""
    return Text(line(student, 100))


def _words(wrong: Sequence[Verdict]) -> str:
    """What was wrong: the mistake's name where it is known, else the status."""
    if not wrong:
        return ""
    reasons: dict[str, list[str]] = {}
    for verdict in wrong:
        reason = verdict.mistake or LABELS[verdict.status]
        if verdict.reason:
            reason += f" ({verdict.reason})"
        reasons.setdefault(reason, []).append(verdict.exercise)
    if len(reasons) == 1 and len(wrong) > 2:
        return f"{next(iter(reasons))}, in {len(wrong)} exercises"
    return "; ".join(f"{', '.join(names)}: {reason}" for reason, names in reasons.items())
