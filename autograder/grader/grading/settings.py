"""What a course has chosen, in one file for people: assignments, points, dates, and a folder.

Courses made before December 2026 have no such file, and nothing is chosen in them.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.exercises import assignments
from autograder.grader import folder
from autograder.grader.errors import CommandError

FILE = "course.toml"
"""The name of the file, in the course folder."""

OWN = "exercises"
"""What names a folder of assignments beside those of the course, seen from the course folder."""

KNOWN = ("due", "extensions", "points")
"""What may be said of one assignment."""

TEXT = """\
# What this course hands out. People write this file; no command changes it.
#
# What is chosen here counts from the next `autograder course FOLDER` (assignments),
# `autograder release lstm` (points) and `autograder grade lstm` (dates) on. For instance:
#
#   [lstm]
#   due = 2026-12-01T23:59:00+01:00
#   extensions = {{ ada = 2026-12-03T23:59:00+01:00 }}
#   points = {{ lstm_step_forward = 4, LSTMCell = 5 }}
#
# Assignments of your own stand in a folder outside of the course; above all parts in brackets:
#
#   exercises = "../my-exercises"
#
# The secret seeds of the hidden inputs are not here, because this file may be shown to others,
# but for extensions, which name students. The seeds are in .autograder/seeds.json, for the eyes of
# its owner alone. Back that folder up.

assignments = [
{names}]
"""


class SettingsError(CommandError):
    """The file says something that cannot be; the text says what."""


@dataclass(frozen=True)
class Settings:
    """What the course has chosen.

    Attributes:
        assignments: those that it hands out; None where nothing was chosen.
        due: until when each may be handed in, in UTC, where that is said.
        extensions: until when single students may, in UTC, by assignment and student.
        points: of the exercises that have other points than in their chapter, by assignment.
    """

    assignments: tuple[str, ...] | None = None
    due: Mapping[str, datetime] = field(default_factory=dict)
    extensions: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict)
    points: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def text(chosen: Sequence[str], beside: str = "") -> str:
    """The file of a new course, which may name a folder of assignments beside it."""
    made = TEXT.format(names="".join(f'    "{name}",\n' for name in chosen))
    return f"{made}\n{OWN} = {json.dumps(beside, ensure_ascii=False)}\n" if beside else made


def use_own(root: Path) -> None:
    """Have the assignments beside the course that its file names, if it names any.

    Raises:
        SettingsError: where the file cannot be read.
        FolderError: where the folder that it names cannot be used.
    """
    named = _said(root).get(OWN)
    if named is None:
        return
    if not isinstance(named, str) or not named.strip():
        raise SettingsError(
            f'{root / FILE}: {OWN} has to be the path of a folder, such as "../my-exercises".'
        )
    folder.use(root / Path(named).expanduser())


def read(root: Path) -> Settings:
    """What the file in the course folder says; nothing, where there is none.

    Raises:
        SettingsError: where it cannot be read, or says what cannot be.
    """
    path, said = root / FILE, _said(root)
    said.pop(OWN, None)
    chosen = said.pop("assignments", None)
    if chosen is not None and not _are_names(chosen):
        raise SettingsError(f'{path}: assignments has to be a list such as ["lstm", "gru"].')
    for name in (*(chosen or ()), *said):
        if name not in assignments():
            known = ", ".join(assignments())
            raise SettingsError(f"{path}: there is no assignment {name}. There are: {known}.")
    due, extensions, points = {}, {}, {}
    for name, of in said.items():
        unknown = sorted(of.keys() - set(KNOWN)) if isinstance(of, dict) else [name]
        if unknown:
            raise SettingsError(
                f"{path}: of {name} nothing can be said but {', '.join(KNOWN)}, in a part that "
                f"begins with [{name}]; {unknown[0]} is none of them."
            )
        if "due" in of:
            due[name] = _moment(path, f"the due date of {name}", of["due"])
        if "extensions" in of:
            extensions[name] = _extensions(path, name, of["extensions"])
        if "points" in of:
            points[name] = _points(path, name, of["points"])
    return Settings(
        None if chosen is None else tuple(dict.fromkeys(chosen)), due, extensions, points
    )


def _said(root: Path) -> dict[str, Any]:
    path = root / FILE
    try:
        return tomllib.loads(path.read_bytes().decode())
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.") from None


def _are_names(chosen: Any) -> bool:
    return isinstance(chosen, list) and all(isinstance(name, str) for name in chosen)


def _moment(path: Path, what: str, said: Any) -> datetime:
    if not isinstance(said, datetime) or said.tzinfo is None:
        raise SettingsError(
            f"{path}: {what} has to be written with its time and its time zone, without quotes, "
            "such as 2026-12-01T23:59:00+01:00."
        )
    return said.astimezone(UTC).replace(tzinfo=None)


def _extensions(path: Path, name: str, said: Any) -> dict[str, datetime]:
    if not isinstance(said, dict):
        raise SettingsError(
            f"{path}: the extensions of {name} have to be dates by student, such as "
            "{ ada = 2026-12-03T23:59:00+01:00 }."
        )
    return {
        student: _moment(path, f"the extension of {name} for {student}", until)
        for student, until in said.items()
    }


def _points(path: Path, name: str, said: Any) -> dict[str, float]:
    right = isinstance(said, dict) and all(
        isinstance(number, int | float) and not isinstance(number, bool) and 0 < number < 1e6
        for number in said.values()
    )
    if not right:
        raise SettingsError(
            f"{path}: the points of {name} have to be numbers above 0 by exercise, such as "
            "{ LSTMCell = 5 }."
        )
    return {exercise: float(number) for exercise, number in said.items()}
