"""What the gradebook says of the submissions of an assignment, as one look at it gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

CLOSE = 1e-9
"""Scores that differ by less are one: half a point may be written in more than one way."""


@dataclass(frozen=True)
class Mark:
    """What one graded cell of one student got.

    Attributes:
        auto: the score that the grader gave; None where there is none yet.
        manual: the score that a person gave, which counts instead; None where nobody did.
        extra: what a person gave on top.
        waits: whether a person has to look at it.
    """

    auto: float | None
    manual: float | None
    extra: float | None
    waits: bool

    @property
    def score(self) -> float:
        """What counts, by nbgrader's own rule."""
        given = self.auto if self.manual is None else self.manual
        return 0.0 if given is None else given + (self.extra or 0.0)


@dataclass(frozen=True)
class Entry:
    """What stands of one submission.

    Attributes:
        timestamp: when it was handed in, in UTC, where that is known.
        extension: how much longer than the others the student had.
        marks: by notebook and grade_id.
        penalties: what is taken off because the work was late, by notebook.
    """

    timestamp: datetime | None
    extension: timedelta | None
    marks: Mapping[tuple[str, str], Mark] = field(default_factory=dict)
    penalties: Mapping[str, float] = field(default_factory=dict)

    def score(self, notebook: str | None = None) -> float:
        """What a notebook got, or all of them, before the penalty."""
        of = (mark for (name, _), mark in self.marks.items() if notebook in (None, name))
        return sum(mark.score for mark in of)

    @property
    def penalty(self) -> float:
        """What is taken off the whole of it."""
        return sum(self.penalties.values())

    @property
    def final(self) -> float:
        """What counts in the end; as nbgrader exports it, it is never below zero."""
        return max(0.0, self.score() - self.penalty)

    @property
    def waiting(self) -> set[str]:
        """The cells that a person has to look at, by grade_id."""
        return {cell for (_, cell), mark in self.marks.items() if mark.waits}

    def after(self, due: datetime | None) -> float | None:
        """Seconds after it was due, the extension counted; below 0 before, None where unknown."""
        if due is None or self.timestamp is None:
            return None
        return (self.timestamp - due - (self.extension or timedelta())).total_seconds()

    def late(self, due: datetime | None) -> float:
        """Seconds that it came late, the extension counted."""
        return max(0.0, self.after(due) or 0.0)


@dataclass(frozen=True)
class Entries:
    """What stands of an assignment.

    Attributes:
        due: until when it may be handed in, in UTC, where that is set.
        max_score: the points of all its cells.
        by_student: the entry of each submission.
    """

    due: datetime | None
    max_score: float
    by_student: Mapping[str, Entry]


def same(one: float | None, other: float | None) -> bool:
    """Whether two scores are one."""
    if one is None or other is None:
        return one is other
    return abs(one - other) < CLOSE
