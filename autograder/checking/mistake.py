"""A known wrong version of an exercise, as far as the student is told of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """What is said of a known wrong version.

    Attributes:
        name: its name in the catalogue.
        says: what is wrong, where, and the probable cause.
        read: the title of the section to read, in quotes.
    """

    name: str
    says: str
    read: str
