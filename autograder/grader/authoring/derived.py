"""What follows from the parts that a person has written: stubs, public data, points and sections."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from autograder.checking.hints import HintsError, read
from autograder.exercises import exercises
from autograder.grader import catalogue, references
from autograder.grader.catalogue import CatalogueError
from autograder.grader.checkout import COURSE, home
from autograder.grader.errors import CommandError
from autograder.grader.release import contents, expected, stubs
from autograder.grader.release.stubs import NoCellError


class DerivedError(CommandError):
    """Something that was written is not as it has to be; the text says where, and what to do."""


def derive(assignment: str, names: tuple[str, ...] = ()) -> None:
    """Write what follows: the stubs of the chapter, the public data, and what the wheel tells.

    Args:
        assignment: the assignment.
        names: the exercises whose public data is made anew, where not that of all.

    Raises:
        DerivedError: where a part that it follows from is not as it has to be.
        SectionError: where a mistake or a hint names a section that there is not.
    """
    own = home(assignment)
    solutions, mine = f"solutions/{assignment}", [e.name for e in exercises(assignment)]
    with _told(f"{solutions}/reference.py"):
        right = references.namespace(assignment)
    for name in mine:
        if name not in right:
            raise DerivedError(
                f"{solutions}/reference.py has no {name}, which exercises/{assignment} asks for."
            )
    for style in references.styles(assignment):
        with _told(f"{solutions}/styles/{style}.py"):
            there = references.execute(references.style(assignment, style))
        if missing := [name for name in mine if name not in there]:
            raise DerivedError(f"{solutions}/styles/{style}.py has no {missing[0]}.")
    with _told(f"{solutions}/mistakes.diff"):
        catalogue.entries(assignment)
    hints = own.exercises / assignment / "hints.toml"
    with _told(f"exercises/{assignment}/hints.toml"):
        read(hints.read_text(encoding="utf-8"), tuple(mine))
    with _told(f"the page of {assignment}"):
        stubs.write(assignment)
    with _told(f"exercises/{assignment}"):
        expected.write(assignment, *names)
    if own == COURSE:
        contents.write()
    else:
        contents.write_own(assignment)


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Say in a sentence what is wrong with what a person wrote."""
    try:
        yield
    except CommandError:
        raise
    except (CatalogueError, HintsError, NoCellError) as error:
        raise DerivedError(str(error)) from None
    except SyntaxError as error:
        raise DerivedError(f"{what}, line {error.lineno}: {error.msg}.") from None
    except Exception as error:
        raise DerivedError(f"{what}: {_where(error)}{type(error).__name__}: {error}") from error


def _where(error: Exception) -> str:
    """The innermost line of a reference in which an error was raised; it has no file there."""
    frames = traceback.extract_tb(error.__traceback__)
    inner = [frame for frame in frames if frame.filename == "<reference>"]
    return f"in {inner[-1].name}: " if inner else ""
