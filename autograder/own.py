"""A folder of an instructor's own assignments, which stand beside those of the course.

It is divided as the course is: `exercises/<assignment>/` is public, and all that a student's kernel
sees of it; `solutions/<assignment>/` and `chapters/<assignment>/` are for those who teach. Which
folder it is, the environment says, so that every process that is started knows it too.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

VARIABLE = "AUTOGRADER_EXERCISES"
"""The variable of the environment that names the folder."""


def folder() -> Path | None:
    """The folder that is in use, or None."""
    named = os.environ.get(VARIABLE)
    return _resolved(named) if named else None


@cache
def _resolved(named: str) -> Path:
    return Path(named).resolve()


def public(folder: Path) -> Path:
    """The half of a folder that students may have."""
    return folder / "exercises"
