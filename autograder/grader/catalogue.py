"""The known wrong versions of the references, each with the sentence that the student is told.

A mistake is written as edits of the reference's text, so that what is right stands in one
place. The catalogue of an assignment is its module in `solutions.mistakes`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from autograder.grader import references

Edits = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Mistake:
    """A wrong version of one exercise.

    Attributes:
        name: what staff and reports call it, unique within its exercise.
        exercise: the function or class that is wrong.
        edits: pairs of old and new text; each old text occurs once in the definition.
        says: what the student is told: what is wrong, where, and the probable cause.
        read: the section of the chapter to read, in quotes.
    """

    name: str
    exercise: str
    edits: Edits
    says: str
    read: str


def catalogue(exercise: str, rows: Iterable[tuple[str, Edits, str, str]]) -> tuple[Mistake, ...]:
    """The mistakes of one exercise, from rows of name, edits, sentence and section."""
    return tuple(Mistake(name, exercise, edits, says, read) for name, edits, says, read in rows)


def mistakes(assignment: str) -> tuple[Mistake, ...]:
    """The catalogue of the assignment `assignment`."""
    found: tuple[Mistake, ...] = import_module(f"solutions.mistakes.{assignment}").MISTAKES
    return found


def source(assignment: str, mistake: Mistake) -> str:
    """The definition of the exercise with the mistake in it.

    Raises:
        ValueError: if an edit does not fit the reference as it stands now.
    """
    edited = references.definition(assignment, mistake.exercise)
    for old, new in mistake.edits:
        times = edited.count(old)
        if times != 1:
            raise ValueError(
                f"The mistake {mistake.name} of {mistake.exercise} replaces {old!r}, which "
                f"occurs {times} times in the reference; it has to occur once."
            )
        edited = edited.replace(old, new)
    return edited


def text(assignment: str, mistake: Mistake) -> str:
    """The references of `assignment` with the mistake in its exercise and nowhere else."""
    right = references.definition(assignment, mistake.exercise)
    return references.text(assignment).replace(right, source(assignment, mistake))


def namespace(assignment: str, mistake: Mistake) -> dict[str, Any]:
    """The objects of the references of `assignment`, with the wrong version in place."""
    return references.execute(text(assignment, mistake))
