"""A note in a course folder on what was made there and from what, so that nothing is made twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from autograder.grader.checkout import PACKAGE, homes
from autograder.grader.grading.files import write_atomically

TOOLS = ("jupytext", "nbformat", "nbgrader")
"""The packages that make them."""


def noted(path: Path) -> Any:
    """What the note says, or None where it says nothing of what would be made today."""
    try:
        note = json.loads(path.read_bytes())
        return note["made"] if note["from"] == _sources() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def noted_once(path: Path) -> dict[str, Any]:
    """What the note says, whatever it was made from; nothing where there is no note."""
    try:
        made = json.loads(path.read_bytes())["made"]
        return made if isinstance(made, dict) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def note(path: Path, made: Any) -> None:
    """Write down that `made`, as JSON can hold it, was made from what there is today."""
    write_atomically(path, json.dumps({"from": _sources(), "made": made}).encode())


def digests(files: Iterable[Path]) -> dict[str, str]:
    """A digest of each of the files that are there, by its path."""
    return {str(file): _digest(file.read_bytes()) for file in files if file.is_file()}


@cache
def _sources() -> str:
    """A digest of all that decides what is made."""
    folders = [
        PACKAGE,
        *(f for one in homes() for f in (one.exercises, one.chapters, one.solutions)),
    ]
    found = {file for folder in folders for file in folder.rglob("*")}
    files = sorted(file for file in found if "__pycache__" not in file.parts)
    return _digest(json.dumps([[version(tool) for tool in TOOLS], digests(files)]).encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
