"""What the wheel knows of the chapters: points, and the pages of the sections that it names.

It stands in `exercises/contents.toml`, which `python -m autograder.grader.release.contents` makes
from the chapters.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from autograder.checking.show import Section

FILE = "contents.toml"
"""Its name, in `autograder/exercises`."""

NAMED = re.compile(r"‘[^’]+’")
"""A section as a hint names it."""


def points(assignment: str) -> Mapping[str, float]:
    """What the book gives for each exercise, by name; nothing where it does not say."""
    found: Mapping[str, float] = _of(assignment).get("points", {})
    return found


def section(assignment: str, title: str) -> Section | None:
    """The section that a mistake sends to.

    Args:
        assignment: the assignment.
        title: as the mistake has it, in quotes, or "". One that the book no longer has, as in an
            old verdict, is known by its title alone.
    """
    return _section(title, _of(assignment).get("mistakes", {})) if title else None


def elsewhere(assignment: str, hint: str) -> tuple[Section, ...]:
    """The sections that a hint names and that do not stand in the assignment's own notebook."""
    places = _of(assignment).get("hints", {})
    titles = dict.fromkeys(NAMED.findall(hint))
    return tuple(_section(title, places) for title in titles if title[1:-1] in places)


def _section(title: str, places: Mapping[str, str]) -> Section:
    place = places.get(title[1:-1])
    if place is None:
        return Section(title)
    site, page = _known()["site"], _known()["pages"][place.partition("#")[0]]
    return Section(title, page, f"{site}/{place}" if site else "", place)


def _of(assignment: str) -> dict[str, Any]:
    found: dict[str, Any] = _known().get(assignment, {})
    return found


@cache
def _known() -> dict[str, Any]:
    return tomllib.loads((files("autograder.exercises") / FILE).read_text(encoding="utf-8"))
