"""Other right ways to write the exercises, as students do; every check has to accept them.

A style is a module `<stem>/<style>.py` here with all exercises of the assignment.
"""

from __future__ import annotations

from typing import Any

from autograder import references


def styles(stem: str) -> tuple[str, ...]:
    """The names of the styles in which the assignment `stem` is written here."""
    folder = references.SOLUTIONS / "styles" / stem
    return tuple(sorted(f.stem for f in folder.glob("*.py") if f.stem != "__init__"))


def text(stem: str, style: str) -> str:
    """The module of one style, for `references.cells`."""
    return references.read(f"styles/{stem}/{style}.py")


def namespace(stem: str, style: str) -> dict[str, Any]:
    """The objects of one style, made anew."""
    return references.execute(text(stem, style))
