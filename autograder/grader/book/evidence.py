"""What the checks were tried on, counted from what the tests run: mistakes, right ways, bounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive

from autograder.exercises import TOLERANCES, Array, exercises
from autograder.exercises.tolerances import TEXT, close_error, max_error, norm_error
from autograder.grader import catalogue, references
from autograder.grader.checkout import PACKAGE, ROOT
from autograder.grader.release.source import assignments

Row = Sequence[str]

MEASURES: Mapping[Callable[[Array, Array], float], str] = {
    max_error: "max |a − r| / max(1, max |r|)",
    norm_error: "‖a − r‖ / ‖r‖",
    close_error: "max |a − r| / (0.00001 + 0.0001 |r|)",
}
"""How an answer a is measured against r, which is right."""


def setup(app: Any) -> None:
    """Connect to Sphinx."""
    app.add_directive("checked-exercises", CheckedExercises)
    app.add_directive("tolerances", Tolerances)


class CheckedExercises(Directive):  # type: ignore[misc]
    """A sentence with the sums, and a table of all exercises."""

    def run(self) -> list[nodes.Node]:
        """Make both."""
        env = self.state.document.settings.env
        for file in (ROOT / "solutions").rglob("*.diff"):
            env.note_dependency(str(file))
        head = ("exercise", "known mistakes", "right ways", "bounds")
        rows = list(counted())
        mistakes = sum(int(row[1]) for row in rows)
        says = f"Together {len(rows):,} exercises and {mistakes:,} known mistakes."
        return [nodes.paragraph("", says), _table(head, rows, numbers={1, 2}, code={0})]


class Tolerances(Directive):  # type: ignore[misc]
    """A table of the bounds on the difference from what is right, each with its reason."""

    def run(self) -> list[nodes.Node]:
        """Make it."""
        env = self.state.document.settings.env
        env.note_dependency(str(PACKAGE / "exercises" / "tolerances.py"))
        head = ("bound", "what is measured", "at most", "why")
        rows = [
            (name, MEASURES[one.error], f"{one.allowed:g}", f"{one.why[0].upper()}{one.why[1:]}.")
            for name, one in TOLERANCES.items()
        ]
        return [_table(head, rows, numbers={2}, code=set())]


def counted() -> Iterator[Row]:
    """For each exercise, in the order of the book: name, known mistakes, right ways, bounds."""
    for assignment in assignments():
        known = Counter(entry.exercise for entry in catalogue.entries(assignment))
        ways = 1 + len(references.styles(assignment))  # the reference, and every other style
        for exercise in exercises(assignment):
            bounds = dict.fromkeys(exercise.tolerances.values())
            says = ", ".join("equal texts" if name == TEXT else name for name in bounds)
            yield (exercise.name, str(known[exercise.name]), str(ways), says or "its own")


def _table(head: Row, rows: Sequence[Row], numbers: set[int], code: set[int]) -> nodes.table:
    """A table whose columns `numbers` stand on the right and whose columns `code` are code."""
    table = nodes.table()
    group = nodes.tgroup(cols=len(head))
    table += group
    group.extend(nodes.colspec(colwidth=1) for _ in head)

    def row(cells: Row, is_head: bool) -> nodes.row:
        made = nodes.row()
        for place, text in enumerate(cells):
            inner = nodes.literal(text, text) if place in code and not is_head else nodes.Text(text)
            entry = nodes.entry("", nodes.paragraph("", "", inner))
            entry["classes"] += ["text-right"] if place in numbers else []
            made += entry
        return made

    group += nodes.thead("", row(head, True))
    group += nodes.tbody("", *(row(cells, False) for cells in rows))
    return table
