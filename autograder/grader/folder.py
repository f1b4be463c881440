"""A folder of an instructor's own assignments is looked at before it is used.

Its two halves have to lie apart, and apart from the course; and its assignments may not take the
place of what the course has, by their names or those of their exercises. The folder is the
instructor's, so that its Python is run as the course's own is.
"""

from __future__ import annotations

import keyword
import os
import re
import traceback
from collections.abc import Iterator
from pathlib import Path

from autograder import exercises
from autograder.grader.checkout import COURSE, ROOT, Home, of_folder
from autograder.grader.errors import CommandError

TAKEN = ("pages", "site")
"""Names of tables in the file that tells points and sections."""

NAME = re.compile(r"[a-z][a-z0-9_]*")


class FolderError(CommandError):
    """A folder cannot be used, or an assignment of it; the text says why and what to do."""


def use(folder: Path) -> None:
    """Have the assignments of a folder beside those of the course.

    Raises:
        FolderError: where the folder or one of its assignments cannot be used.
    """
    place = of_folder(folder.resolve())
    if not place.exercises.is_dir():
        raise FolderError(
            f"{folder} is no folder of assignments: it has no folder exercises. To begin one: "
            f"autograder new-exercise --folder {folder} ASSIGNMENT NAME"
        )
    refuse_place(place)
    names = [entry.name for entry in sorted(place.exercises.iterdir()) if _is_assignment(entry)]
    for name in names:
        refuse_name(name)
    exercises.use(place.root)
    try:
        _refuse_exercises(names)
    except BaseException:
        exercises.use(None)
        raise


def refuse_name(assignment: str) -> None:
    """Refuse what cannot be the name of an assignment beside the course.

    Raises:
        FolderError: where it is no name, or one that the course has.
    """
    if not NAME.fullmatch(assignment) or keyword.iskeyword(assignment):
        raise FolderError(
            f"{assignment!r} cannot be the name of an assignment, which names its files: small "
            "letters, digits and _ make one, such as my_layers."
        )
    module = COURSE.exercises / assignment
    if assignment in TAKEN or module.exists() or module.with_suffix(".py").exists():
        raise FolderError(
            f"The course has {assignment} itself, and an assignment beside it may not take its "
            "place. Give it another name."
        )


def refuse_function(name: str) -> None:
    """Refuse what cannot be the name of an exercise.

    Raises:
        FolderError: where a function cannot have it.
    """
    if not name.isidentifier() or not name.isascii() or keyword.iskeyword(name):
        raise FolderError(
            f"{name!r} cannot be the name of an exercise: it is that of the function or class "
            "which students write, such as leaky_step."
        )


def refuse_place(place: Home) -> None:
    """Refuse a folder whose halves are not apart, or that is not apart from the course.

    Raises:
        FolderError: where it is so.
    """
    if place.root.is_relative_to(ROOT) or ROOT.is_relative_to(place.root):
        raise FolderError(
            f"{place.root} and the checkout of the course lie one within the other. A folder of "
            "your own stands beside it, so that neither is taken for a part of the other."
        )
    for link in (*links(place.exercises), *links(place.solutions)):
        raise FolderError(
            f"{link} is a link. What is public and what is not lie apart, so that no link may lead "
            "from one to the other: put the file itself there."
        )


def links(folder: Path) -> Iterator[Path]:
    """The links below a folder, or the folder itself where it is one."""
    if folder.is_symlink():
        yield folder
    for parent, folders, files in os.walk(folder):
        yield from (
            path for name in (*folders, *files) if (path := Path(parent, name)).is_symlink()
        )


def _is_assignment(entry: Path) -> bool:
    return (entry / "__init__.py").exists() or entry.is_symlink()


def _refuse_exercises(names: list[str]) -> None:
    for assignment in names:
        file = f"exercises/{assignment}/__init__.py"
        try:
            found = exercises.exercises(assignment)
        except KeyError:
            raise FolderError(f"{file} has no EXERCISES, or none in it.") from None
        except Exception as error:
            where = [
                f for f in traceback.extract_tb(error.__traceback__) if assignment in f.filename
            ]
            at = f" ({Path(where[-1].filename).name}, line {where[-1].lineno})" if where else ""
            said = f"{type(error).__name__}: {error}{at}"
            raise FolderError(f"{file} cannot be imported: {said}.") from None
        for one in found:
            refuse_function(one.name)
            if one.assignment != assignment:
                raise FolderError(
                    f"{file}: the exercise {one.name} says that it is of {one.assignment!r}. Its "
                    f"second argument is the name of its assignment, {assignment!r}."
                )
    seen: dict[str, str] = {}
    for assignment in exercises.assignments():
        for one in exercises.exercises(assignment):
            if one.name in seen:
                both = " and ".join(sorted({seen[one.name], assignment}))
                raise FolderError(
                    f"Two exercises are called {one.name}, in {both}. An exercise is found by its "
                    "name, so that yours needs another."
                )
            seen[one.name] = assignment
