"""The verdict on one exercise of one student."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Status = Literal[
    "correct", "partial", "wrong", "not attempted", "error", "timeout", "needs_review", "deferred"
]


UNREADABLE = "the notebook cannot be read"
"""The reason of verdicts on what is no notebook."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What the judge decided, as it stands in the journal.

    Attributes:
        student: the student's name in the course.
        assignment: the name of the assignment.
        exercise: the name of the function or class.
        points: what it earned, between 0 and `max_points`.
        max_points: what it can earn.
        status: why it earned that.
        reason: where a person has to look at it, why, in words for the staff; else "".
        message: sentences for the student; no expected value of a hidden case is in them.
        mistake: the name of the known mistake, or None.
        read: the section to read, in quotes, or "".
        suspicion: what a person may want to look at, in words for the staff alone; it takes no
            point.
        seed: the seed of the hidden inputs; for staff.
        device: where the student's code ran, "cpu" or "gpu".
        versions: of the packages that decide.
        duration: seconds that the exercise took.
    """

    student: str
    assignment: str
    exercise: str
    points: float
    max_points: float
    status: Status
    reason: str = ""
    message: str
    mistake: str | None
    read: str
    suspicion: str = ""
    seed: int
    device: str
    versions: dict[str, str]
    duration: float

    @property
    def cell(self) -> str:
        """The grade_id of the cell that shows it."""
        return f"check-{self.exercise}"


def shown(verdict: Verdict) -> dict[str, Any]:
    """The verdict as it is written for other programs: without the secret seed."""
    return {key: value for key, value in msgspec.structs.asdict(verdict).items() if key != "seed"}


class Graded(msgspec.Struct, frozen=True, kw_only=True):
    """A graded submission: a line of the journal.

    Attributes:
        key: a digest of all that decided the verdicts.
        student: the student's name in the course.
        submission: a digest of what was handed in; "" in lines made before December 2026.
        verdicts: one an exercise, in the order of the notebook.
        notebook: the graded notebook, as JSON.
    """

    key: str
    student: str
    submission: str = ""
    verdicts: list[Verdict]
    notebook: str

    @property
    def deferred(self) -> bool:
        """Whether a verdict waits for another runner."""
        return any(verdict.status == "deferred" for verdict in self.verdicts)

    @property
    def unreadable(self) -> bool:
        """Whether there was nothing to judge."""
        return bool(self.verdicts) and all(v.reason == UNREADABLE for v in self.verdicts)

    @property
    def undecided(self) -> bool:
        """Whether something was put off that may be told here when it is graded again.

        A speed, which unlike what needs a GPU has the points of its values already; or what this
        machine was too busy to run, which unlike the former has a reason.
        """
        return any(v.status == "deferred" and (v.points > 0 or v.reason) for v in self.verdicts)
