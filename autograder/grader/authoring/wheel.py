"""The wheel with which students check the assignments of a folder: its public half, and no more.

It lays its packages beside those of the course's own wheel, so that `check` finds them there, and
requires nothing: what a package index has under the course's name may be a stranger's.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from autograder import exercises
from autograder.grader import folder
from autograder.grader.authoring.derived import derive
from autograder.grader.authoring.leaks import leaks, public_files
from autograder.grader.authoring.unwritten import unwritten
from autograder.grader.checkout import Home, home, of_folder
from autograder.grader.errors import CommandError

TAKEN = (".py", ".toml", ".npz")
"""The files that it takes: code, hints and contents, public data."""

PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "1+{digest}"
description = "Exercises beside From Cells to cuDNN: what their checks need"
requires-python = ">=3.11"

[tool.hatch.build.targets.wheel]
packages = ["autograder"]
"""


class WheelError(CommandError):
    """The wheel cannot be built, or should not be; the text says why."""


def build(beside: Path, target: Path, tell: Callable[[str], None]) -> Path:
    """Build the wheel of a folder.

    Args:
        beside: the folder.
        target: where the wheel is put.
        tell: told of files that are left out, in sentences.

    Raises:
        WheelError: where something is left to write, or the wheel would show a solution.
        CommandError: where a part of an assignment is not as it has to be.
    """
    folder.use(beside)
    place = of_folder(beside.resolve())
    names = [name for name in exercises.assignments() if home(name) == place]
    if left := unwritten(place, names):
        raise WheelError(f"There is still something to write. {left[0]}")
    for name in names:
        derive(name)
        for sentence in leaks(place, name):
            raise WheelError(sentence)
    with tempfile.TemporaryDirectory(prefix="autograder-") as made:
        _lay_out(place, names, Path(made), tell)
        return _built(Path(made), target)


def _lay_out(place: Home, names: list[str], made: Path, tell: Callable[[str], None]) -> None:
    """Put what the wheel takes where it is to lie, beside the description of a project."""
    total = hashlib.sha256()
    for file in (file for name in names for file in public_files(place, name)):
        path = file.relative_to(place.exercises)
        if file.suffix not in TAKEN or file.name.startswith("."):
            tell(f"exercises/{path.as_posix()} is left out: a wheel takes {', '.join(TAKEN)}.")
            continue
        target = made / "autograder" / "exercises" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        data = file.read_bytes()
        total.update(f"{path.as_posix()} {len(data)}\n".encode() + data)
    stem = re.sub(r"[^a-z0-9]+", "-", place.root.name.lower()).strip("-") or "folder"
    project = PROJECT.format(name=f"cells-to-cudnn-{stem}", digest=total.hexdigest()[:12])
    (made / "pyproject.toml").write_text(project, encoding="utf-8")


def _built(made: Path, target: Path) -> Path:
    try:
        from hatchling.builders.wheel import WheelBuilder
    except ImportError as error:
        raise WheelError(
            f"A wheel is built with hatchling ({error}): in the checkout, make course installs it."
        ) from None
    target.mkdir(parents=True, exist_ok=True)
    (built,) = WheelBuilder(str(made)).build(directory=str(target))
    return Path(built)
