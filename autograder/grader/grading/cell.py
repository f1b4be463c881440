"""Cells: of the released notebook, of a submitted one, and what is taken of the latter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Cell:
    """A cell of the released notebook that grading runs, fills with a verdict or hands on.

    Attributes:
        grade_id: its nbgrader id.
        role: "setup", "solution" or "check"; "answer" for text that a person grades; "test" for
            an instructor's own, which nbgrader scores by whether it fails.
        source: as released.
        exercise: of a solution or check cell, the name of the exercise; else "".
        points: of a check cell.
    """

    grade_id: str
    role: str
    source: str
    exercise: str = ""
    points: float = 0.0


class Submitted(NamedTuple):
    """A submitted cell: its ids where it has them, its type and its text."""

    grade_id: Any
    kind: Any
    source: str
    id: Any = None
    pictures: Mapping[str, Mapping[str, str]] = {}


class Added(NamedTuple):
    """A cell that a student added.

    Attributes:
        after: how many cells of the released notebook stand above it.
        kind: its type, "code" or "markdown".
        source: its text.
        pictures: those pasted into its text, as nbformat keeps them.
    """

    after: int
    kind: str
    source: str
    pictures: Mapping[str, Mapping[str, str]] = {}


@dataclass(frozen=True)
class Submission:
    """What was found in a student's notebook.

    Attributes:
        sources: the text of each solution cell and answer, by grade_id.
        notes: a sentence on each cell that was not where it should be, by grade_id.
        helpers: what is run before a solution cell, out of cells that are none: the imports,
            definitions and plain constants that it needs; by grade_id.
        changes: what is run after a solution cell, because it changes what that defines, such as
            a method that is given to a class; by grade_id.
        added: the cells that the student added and a person may want to see, in order.
        pictures: those pasted into an answer, by grade_id.
    """

    sources: Mapping[str, str]
    notes: Mapping[str, str] = field(default_factory=dict)
    helpers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    changes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    added: Sequence[Added] = ()
    pictures: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)

    @property
    def content(self) -> list[object]:
        """All of it, as JSON can hold it."""
        maps = (self.sources, self.notes, self.helpers, self.changes, self.pictures)
        return [*map(dict, maps), list(self.added)]
