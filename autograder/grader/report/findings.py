"""All that a report says of a class, gathered from course, journal, gradebook and solutions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec

from autograder.grader import references
from autograder.grader.grading.entries import Entries
from autograder.grader.grading.journal import Journal
from autograder.grader.grading.notebook import Released, sources
from autograder.grader.grading.standing import Standing
from autograder.grader.grading.verdict import Graded
from autograder.grader.references import SolutionsMissingError
from autograder.grader.report.alike import Pair, pairs
from autograder.grader.report.attention import ToLookAt, attention
from autograder.grader.report.example import Vocabulary, anonymous, nameless
from autograder.grader.report.items import Item, analyse
from autograder.grader.report.summary import ExerciseSummary, MistakeMade, Summary, summarise

Cells = Mapping[str, Mapping[str, str]]
"""The text of each exercise, by student."""


@dataclass(frozen=True)
class Class:
    """A class and what it handed in.

    Attributes:
        assignment: the name of the assignment.
        released: the notebook as handed out.
        standings: where the students stand.
        journal: all that was graded.
        entries: what the gradebook says, where there is one.
        people: what it says of who the students are.
        absent: of whom there is no work.
    """

    assignment: str
    released: Released
    standings: Sequence[Standing]
    journal: Journal
    entries: Entries | None = None
    people: Mapping[str, Sequence[str]] = field(default_factory=dict)
    absent: Sequence[str] = ()


class Report(Summary, frozen=True, kw_only=True):
    """What `autograder report --json` writes.

    Attributes:
        items: how hard each exercise was, and whether it tells apart who knows the rest.
        attention: what a person has to look at, or may want to.
        alike: pairs of students whose texts are alike; it is no accusation.
        absent: those whom the gradebook knows and who handed in nothing, in alphabetical order.
    """

    items: list[Item] = msgspec.field(default_factory=list)
    attention: list[ToLookAt] = msgspec.field(default_factory=list)
    alike: list[Pair] = msgspec.field(default_factory=list)
    absent: list[str] = msgspec.field(default_factory=list)


def find(of: Class) -> tuple[Report, Cells]:
    """The report on a class, and the cells of which it speaks."""
    versions = {one.student: _versions(of.journal, one.student) for one in of.standings}
    summary = summarise(of.assignment, of.standings, of.entries, versions)
    cells = {
        one.student: _cells(one.graded, of.released)
        for one in of.standings
        if one.graded is not None and not one.graded.unreadable
    }
    code = [*(cell.source for cell in of.released.cells), *_solutions(of.assignment)]
    prose = [c.source for c in of.released.notebook.cells if c.cell_type == "markdown"]
    known = Vocabulary.of(code, prose)
    report = Report(
        assignment=summary.assignment,
        exercises=[_with_examples(one, cells, known, of.people) for one in summary.exercises],
        students=summary.students,
        items=analyse(
            [one.earned for one in summary.students if one.student in cells], _points(of.standings)
        ),
        attention=attention(of.standings, of.entries),
        alike=pairs(cells, code),
        absent=list(of.absent),
    )
    return report, cells


def _solutions(assignment: str) -> list[str]:
    """The right ways that the course knows; none where this checkout has none of them."""
    with suppress(SolutionsMissingError):
        styles = (references.style(assignment, name) for name in references.styles(assignment))
        return [references.text(assignment), references.plain(assignment), *styles]
    return []


def _cells(graded: Graded, released: Released) -> dict[str, str]:
    texts = sources(graded.notebook)
    return {cell.exercise: texts.get(cell.grade_id, "") for cell in released.solutions}


def _versions(journal: Journal, student: str) -> int | None:
    """How many versions were graded; lines of before December 2026 do not say of which one."""
    digests = {graded.submission for graded in journal.of(student)}
    return None if not digests or "" in digests else len(digests)


def _points(standings: Sequence[Standing]) -> dict[str, float]:
    graded = (one.graded for one in standings if one.graded is not None)
    return {verdict.exercise: verdict.max_points for one in graded for verdict in one.verdicts}


def _with_examples(
    one: ExerciseSummary, cells: Cells, known: Vocabulary, people: Mapping[str, Sequence[str]]
) -> ExerciseSummary:
    made = [_with_example(mistake, one.exercise, cells, known, people) for mistake in one.made]
    return msgspec.structs.replace(one, made=made)


def _with_example(
    made: MistakeMade,
    exercise: str,
    cells: Cells,
    known: Vocabulary,
    people: Mapping[str, Sequence[str]],
) -> MistakeMade:
    """The mistake with the shortest cell of those who made it, which shows it best."""
    identity = {student: [student, *people.get(student, ())] for student in made.students}
    says = nameless(made.says, known, [word for those in identity.values() for word in those])
    texts = [(cells.get(student, {}).get(exercise, ""), student) for student in made.students]
    for text, student in sorted(texts, key=lambda pair: (len(pair[0]), pair)):
        shown = anonymous(text, known, identity[student]) if text else None
        if shown and made.name != "not attempted":
            return msgspec.structs.replace(made, says=says, example=shown)
    return msgspec.structs.replace(made, says=says)
