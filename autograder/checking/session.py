"""What the checks of one notebook have found, since its kernel started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Session:
    """What is known of each exercise by its name.

    Attributes:
        status: what its last check has found.
        named: the mistake that its last check has named, or "".
        hints: how many of its hints were shown.
    """

    status: dict[str, str] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)

    def note(self, name: str, status: str, mistake: str) -> None:
        """Put down what a check has found."""
        self.status[name] = status
        self.named[name] = mistake

    def says(self, name: str, worth: Mapping[str, float], looked_into: bool) -> str:
        """What to do next, and how much of an assignment is right so far.

        Args:
            name: the exercise that was checked.
            worth: the points that the book gives for each exercise of its assignment.
            looked_into: whether there is a case of it.
        """
        right = [one for one in worth if self.status.get(one) == "correct"]
        so_far = (
            f"Since this notebook was started, {len(right)} of its {len(worth)} exercises "
            f"{'has' if len(right) == 1 else 'have'} been found right, which is "
            f"{sum(worth[one] for one in right):g} of {sum(worth.values()):g} points in the book. "
            "What an exercise is worth in your course stands above it."
        )
        if not looked_into or self.status[name] == "not attempted":
            return so_far
        return (
            f"`check.case` shows a call that goes wrong, with its numbers; `check.hint({name})` "
            f"gives a hint. {so_far}"
        )
