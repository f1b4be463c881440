"""The known wrong versions of the references, each with the sentence that the student is told.

A mistake is written as edits of the reference's text, so that what is right stands in one
place. The catalogue of an assignment is the module of its stem here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from autograder import references

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


def mistakes(stem: str) -> tuple[Mistake, ...]:
    """The catalogue of the assignment `stem`."""
    found: tuple[Mistake, ...] = import_module(f"{__name__}.{stem}").MISTAKES
    return found


def source(stem: str, mistake: Mistake) -> str:
    """The definition of the exercise with the mistake in it.

    Raises:
        ValueError: if an edit does not fit the reference as it stands now.
    """
    edited = references.definition(stem, mistake.exercise)
    for old, new in mistake.edits:
        times = edited.count(old)
        if times != 1:
            raise ValueError(
                f"The mistake {mistake.name} of {mistake.exercise} replaces {old!r}, which "
                f"occurs {times} times in the reference; it has to occur once."
            )
        edited = edited.replace(old, new)
    return edited


def text(stem: str, mistake: Mistake) -> str:
    """The references of `stem` with the mistake in its exercise and nowhere else."""
    right = references.definition(stem, mistake.exercise)
    return references.text(stem).replace(right, source(stem, mistake))


def namespace(stem: str, mistake: Mistake) -> dict[str, Any]:
    """The objects of the references of `stem`, with the wrong version in place of the right."""
    return references.execute(text(stem, mistake))
