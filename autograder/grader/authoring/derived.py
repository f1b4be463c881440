"""What follows from what a person has written: stubs, public data, points and sections."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.checking.hints import HintsError, read
from autograder.checking.public import SEED
from autograder.exercises import exercises
from autograder.grader import catalogue, references
from autograder.grader.catalogue import CatalogueError
from autograder.grader.checkout import COURSE, home
from autograder.grader.errors import CommandError
from autograder.grader.judge.expected import answers as right_answers
from autograder.grader.release import contents, expected, stubs
from autograder.grader.release.stubs import NoCellError


class DerivedError(CommandError):
    """Something that was written is not as it has to be; the text says where, and what to do."""


def derive(assignment: str) -> None:
    """Write what follows: the stubs of the chapter, the public data, and what the wheel tells.

    In the course the data of an exercise that has some stays: another machine rounds otherwise, and
    a test names what is stale.

    Raises:
        DerivedError: where a part that it follows from is not as it has to be.
        SectionError: where a mistake or a hint names a section that there is not.
    """
    own = home(assignment)
    solutions, mine = f"solutions/{assignment}", [e.name for e in exercises(assignment)]
    kept = expected.stored(assignment) if own == COURSE else {}
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
    with _told(f"exercises/{assignment}", own.exercises / assignment):
        for exercise in exercises(assignment):
            if exercise.name not in kept:
                right_answers(exercise, exercise.draw(SEED))
    with _told(f"{solutions}/mistakes.diff"):
        catalogue.entries(assignment)
    hints = own.exercises / assignment / "hints.toml"
    with _told(f"exercises/{assignment}/hints.toml"):
        read(hints.read_text(encoding="utf-8"), tuple(mine))
    with _told(f"the page of {assignment}"):
        stubs.write(assignment)
    with _told(f"exercises/{assignment}", own.exercises / assignment):
        if lacking := [name for name in mine if name not in kept]:
            expected.write(assignment, *lacking)
    if own == COURSE:
        contents.write()
    else:
        contents.write_own(assignment)


@contextmanager
def _told(what: str, folder: Path | None = None) -> Iterator[None]:
    """Say in a sentence what is wrong with what a person wrote, in a file of `folder` or `what`."""
    try:
        yield
    except CommandError:
        raise
    except (CatalogueError, HintsError, NoCellError) as error:
        raise DerivedError(str(error)) from None
    except SyntaxError as error:
        raise DerivedError(f"{what}, line {error.lineno}: {error.msg}.") from None
    except RuntimeError as error:  # of the reference, which fails where it is asked
        raise DerivedError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [f for f in frames if folder is not None and Path(f.filename).is_relative_to(folder)]
        at = f"/{Path(own[-1].filename).name}, line {own[-1].lineno}" if own else ""
        raise DerivedError(f"{what}{at}: {type(error).__name__}: {error}.") from None
