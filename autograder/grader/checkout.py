"""Where things stand in the checkout of those who teach, and in a folder of their own beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autograder import own

PACKAGE = Path(__file__).resolve().parents[1]
"""The package `autograder`."""

ROOT = PACKAGE.parent
CHAPTERS = ROOT / "chapters"
SOLUTIONS = ROOT / "solutions"

FETCHED = ROOT / "_build" / "data"
"""Where what is fetched at set-up is, for experiments."""


@dataclass(frozen=True)
class Home:
    """Where assignments have their places.

    Attributes:
        root: the folder of all of them.
        exercises: what an exercise is, a folder an assignment.
        solutions: what is right, and known mistakes, likewise.
        chapters: the pages.
    """

    root: Path
    exercises: Path
    solutions: Path
    chapters: Path


COURSE = Home(ROOT, PACKAGE / "exercises", SOLUTIONS, CHAPTERS)


def of_folder(folder: Path) -> Home:
    """The places of a folder of an instructor's own."""
    return Home(folder, own.public(folder), folder / "solutions", folder / "chapters")


def homes() -> tuple[Home, ...]:
    """The course, and the folder that is in use beside it, if any."""
    folder = own.folder()
    return (COURSE,) if folder is None else (COURSE, of_folder(folder))


def home(assignment: str) -> Home:
    """Where the assignment has its places; the course, where it is not known."""
    found = (one for one in homes() if assignment and (one.exercises / assignment).is_dir())
    return next(found, COURSE)
