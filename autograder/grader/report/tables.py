"""Tables for the people who teach: who got what, and which mistakes a class made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.table import Column, Table
from rich.text import Text

from autograder.grader.grading.entries import Entries, Entry
from autograder.grader.grading.rebuild import Rebuilt
from autograder.grader.grading.record import Settled
from autograder.grader.grading.standing import CHANGED, OLDER, Standing
from autograder.grader.grading.verdict import Graded, Verdict
from autograder.grader.kernels.printable import line
from autograder.grader.report import wording
from autograder.grader.report.summary import by_exercise, score

NAME_WIDTH = 40
"""Columns of the terminal that a student's name takes at most."""


def students(standings: Sequence[Standing], entries: Entries | None = None) -> Table:
    """A row a student: what counts in the end, and what was wrong, or why there is nothing.

    Args:
        standings: where the students stand.
        entries: what the gradebook says of them, with what people gave and took off; where there
            is none, the verdicts alone count.
    """
    stand = entries.by_student if entries is not None else {}
    late = any(entry.penalty for entry in stand.values())
    columns = (*(("points", "penalty") if late else ()), "score", "what was wrong")
    table = Table(_student_column(), *columns, box=None, header_style="bold")
    for one in sorted(standings, key=lambda s: s.student):
        entry = stand.get(one.student)
        words = [one.note]
        if one.graded is not None:
            verdicts = one.graded.verdicts
            words = [*wording.wrong(verdicts), _by_hand(entry, verdicts) if entry else ""]
        table.add_row(
            _name(one.student),
            *_numbers(score(one, entries), entry, late),
            Text("\n".join(filter(None, words))),
        )
    return table


def _numbers(got: tuple[float, float] | None, entry: Entry | None, late: bool) -> Iterator[str]:
    """The final score; before it what was got and what was taken off, where somebody was late."""
    if got is None:
        yield from ("", "", "") if late else ("",)
        return
    points, most = got
    if late:
        yield f"{points:g}"
        yield f"{entry.penalty:g}" if entry is not None and entry.penalty else ""
    yield f"{points if entry is None else entry.final:g} / {most:g}"


def _by_hand(entry: Entry, verdicts: Sequence[Verdict]) -> str:
    """What people gave, and what they have still to give."""
    deferred = {v.cell for v in verdicts if v.status == "deferred"}
    given = sum(mark.manual is not None for mark in entry.marks.values())
    waiting = sum(
        mark.waits and (cell not in deferred or mark.manual is not None)
        for (_, cell), mark in entry.marks.items()
    )
    said = [f"{given} graded by hand"] if given else []
    return ", ".join([*said, f"{waiting} to be graded by hand"] if waiting else said)


def settled(found: Settled) -> Iterator[str]:
    """Sentences on dates, on scores that were set right in the gradebook, on penalties."""
    yield from found.dates
    if found.scores:
        yield (
            "The gradebook had other scores than the verdicts, and they were written there again, "
            f"for {_people(found.scores)}."
        )
    if found.penalties:
        yield (
            f"The penalty for late work is another now for {_people(found.penalties)}: dates, "
            "extensions, points or scores have changed since."
        )


def rebuilt(assignment: str, found: Rebuilt) -> Iterator[str]:
    """What was made again in the gradebook, in sentences."""
    if found.assignment:
        yield f"{assignment}: the gradebook did not have it; its cells stand there as released."
    if found.from_journal:
        yield f"{assignment}: {len(found.from_journal)} submissions were entered from the journal."
    if found.from_notebooks:
        who = line(", ".join(found.from_notebooks), 500)
        yield (
            f"{assignment}: {len(found.from_notebooks)} were entered from their notebooks in "
            f"autograded/, for the journal has no such line: {who}."
        )
    if found.unreadable:
        yield (
            f"{assignment}: {len(found.unreadable)} notebooks in autograded/ cannot be read: "
            f"{line(', '.join(found.unreadable), 500)}. Grade with: autograder grade {assignment}"
        )
    if found.settled is not None:
        yield from (f"{assignment}: {sentence}" for sentence in settled(found.settled))
        if not (found.assignment or found.from_journal or found.from_notebooks):
            count = len(found.settled.entries.by_student)
            yield f"{assignment}: {count} submissions stand in the gradebook; none was missing."


def unread(error: Exception) -> str:
    """Why what a student handed in cannot be read."""
    if isinstance(error, OSError):
        return f"{error.filename} cannot be read: {error.strerror}"
    return f"what was handed in cannot be read: {type(error).__name__}: {error}"


NOT_MADE_AGAIN = (
    "Scores and comments that people gave by hand, extensions, and the names and addresses of the "
    "class stood in the gradebook alone: where it had any, they have to be entered again, those of "
    "the class by `nbgrader db student import FILE`, before anything is collected."
)
"""What neither the journal nor a notebook holds."""


def _people(changes: Mapping[str, tuple[float | None, float]]) -> str:
    """How many, and who with what before and now."""
    each = (
        f"{line(who, 100)} ({'nothing' if before is None else f'{before:g}'} → {now:g})"
        for who, (before, now) in sorted(changes.items())
    )
    return f"{len(changes)}, {line(', '.join(each), 500)}"


def outdated(standings: Sequence[Standing]) -> Iterator[str]:
    """A sentence on the students whom an older version graded, and one on changed submissions."""
    for note in (OLDER, CHANGED):
        names = sorted(one.student for one in standings if one.note == note)
        if names:
            everyone = len(names) == len(standings)
            who = f"all {len(names)}" if everyone else line(", ".join(names), 500)
            yield f"{note[0].upper()}{note[1:]}: {who}."


def absent(names: Sequence[str]) -> Iterator[str]:
    """A sentence on those of the class who handed in nothing, where there are any."""
    if names:
        yield f"Nothing from {len(names)} of the class: {line(', '.join(names), 2000)}."


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
    for one in by_exercise(graded):
        often = "\n".join(f"{m.count} × {wording.in_short(m.says)}" for m in one.made[:5])
        table.add_row(one.exercise, f"{one.right} of {one.graded}", Text(often))
    return table


def _student_column() -> Column:
    """Names, of which a long one is cut short, and takes no room from what everybody got."""
    return Column("student", no_wrap=True, overflow="ellipsis", max_width=NAME_WIDTH)


def _name(student: str) -> Text:
    """The name as it is, with nothing in it that the terminal or rich would take for a command."""
    return Text(line(student, 100))
