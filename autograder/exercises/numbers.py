"""Numbers of an answer, as they are told: within bounds, so that none carries an input out."""

from __future__ import annotations

MOST = 100
"""The largest count that is told, and the largest share in tenths."""


def count(number: float) -> str:
    """A count in digits, or that it is larger than is told."""
    if number < 0:
        return "fewer than 0"
    return f"{number:.0f}" if number <= MOST else f"more than {MOST}"


def percent(share: float) -> str:
    """A share in per cent, or that it is larger than is told."""
    if share < 0:
        return "less than 0%"
    return f"{share:.0%}" if share <= MOST / 10 else f"more than {MOST / 10:.0%}"
