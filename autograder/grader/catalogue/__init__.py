"""The known wrong versions of the exercises, each with the sentence that the student is told.

A mistake is written as an edit of what is right, in `solutions/<assignment>/mistakes.diff`;
`autograder.grader.catalogue.parser` describes the form. It edits the plainest right version:
that of `solutions/<assignment>/plain.py` where there is one, else the reference. So what makes a
reference faster touches no entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from autograder.checking.mistake import Mistake
from autograder.grader import references
from autograder.grader.catalogue.edits import CatalogueError as CatalogueError
from autograder.grader.catalogue.edits import Edit, clash, edited, merged
from autograder.grader.catalogue.parser import families, parse

FAMILIES = "families.diff"
"""The file of the families that all assignments may use, below `solutions`."""


@dataclass(frozen=True)
class Entry:
    """A wrong version of one exercise.

    Attributes:
        exercise: the function or class that is wrong.
        mistake: the mistake, as the student is told of it.
        edits: what makes the plainest right version wrong, in its lines.
    """

    exercise: str
    mistake: Mistake
    edits: tuple[Edit, ...]

    @property
    def name(self) -> str:
        """The name of the mistake, unique within its exercise."""
        return self.mistake.name


def entries(assignment: str) -> tuple[Entry, ...]:
    """The catalogue of the assignment `assignment`.

    Raises:
        CatalogueError: if an entry does not fit: file, line and reason.
    """
    file = f"{assignment}/mistakes.diff"
    return written(assignment, references.read(file), f"solutions/{file}")


def written(assignment: str, text: str, file: str = "text") -> tuple[Entry, ...]:
    """The entries that `text` describes, as a catalogue of `assignment` would.

    Raises:
        CatalogueError: if an entry does not fit.
    """
    return _entries(text, file, references.read(FAMILIES), references.plain(assignment))


def composable(one: Entry, other: Entry) -> bool:
    """Whether both mistakes can be made at once: in different exercises, lines, or words of one."""
    return one.exercise != other.exercise or merged(one.edits, other.edits) is not None


def wrong(assignment: str, *made: Entry) -> str:
    """The wrong definition of each exercise in which a mistake is made, in order.

    Raises:
        CatalogueError: if two of the mistakes edit the same words of a line.
    """
    return "\n\n".join(source for _, source in _wrong(references.plain(assignment), made))


def text(assignment: str, *made: Entry) -> str:
    """The plain references of `assignment`, with the mistakes in their exercises alone."""
    module = references.plain(assignment)
    for definition, source in _wrong(module, made):
        module = module.replace(definition, source)
    return module


def namespace(assignment: str, *made: Entry) -> dict[str, Any]:
    """The objects of the plain references of `assignment`, with the wrong versions in place."""
    module = references.plain(assignment)
    names = references.execute(module)
    for _, source in _wrong(module, made):
        references.execute(source, names)
    return names


def _wrong(module: str, made: tuple[Entry, ...]) -> Iterator[tuple[str, str]]:
    """The definitions in `module` of what is wrong, each with its wrong version."""
    by_exercise: dict[str, list[Entry]] = {}
    for entry in made:
        by_exercise.setdefault(entry.exercise, []).append(entry)
    for exercise, mistakes in by_exercise.items():
        edits = merged(*(entry.edits for entry in mistakes))
        if edits is None:
            names = " and ".join(entry.name for entry in mistakes)
            raise CatalogueError(f"The mistakes {names} of {exercise} edit the same words.")
        definition = references.pick(module, exercise)
        yield definition, "\n".join(edited(definition.splitlines(), edits)) + "\n"


@lru_cache(maxsize=32)
def _entries(text: str, file: str, family_text: str, module: str) -> tuple[Entry, ...]:
    known = families(family_text, f"solutions/{FAMILIES}")
    exercises = references.bound(module)
    seen: set[tuple[str, str]] = set()
    found = []
    for read in parse(text, file, known):
        if read.exercise not in exercises:
            raise read.line.error(f"the reference has no {read.exercise}")
        if (read.exercise, read.mistake.name) in seen:
            raise read.line.error(f"{read.exercise} has two mistakes {read.mistake.name}")
        seen.add((read.exercise, read.mistake.name))
        definition = references.pick(module, read.exercise).splitlines()
        edits = tuple(edit.locate(definition) for edit in read.edits)
        if clash(edits) is not None:
            raise read.line.error(f"two edits of {read.mistake.name} change the same line")
        found.append(Entry(read.exercise, read.mistake, edits))
    return tuple(found)
