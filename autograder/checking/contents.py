"""What the wheel knows of the chapters: points, and the pages of the sections that it names.

It stands in `exercises/contents.toml`, which `python -m autograder.grader.release.contents` makes
from the chapters. An assignment beside the course brings a file of its own, of the same form.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from autograder.checking.show import Section
from autograder.exercises import assignments

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
    return _section(assignment, title, _of(assignment).get("mistakes", {})) if title else None


def elsewhere(assignment: str, hint: str) -> tuple[Section, ...]:
    """The sections that a hint names and that do not stand in the assignment's own notebook."""
    places = _of(assignment).get("hints", {})
    titles = dict.fromkeys(NAMED.findall(hint))
    return tuple(_section(assignment, t, places) for t in titles if t[1:-1] in places)


def _section(assignment: str, title: str, places: Mapping[str, str]) -> Section:
    place = places.get(title[1:-1])
    if place is None:
        return Section(title)
    known = _known(assignment)
    site, page = known["site"], known["pages"][place.partition("#")[0]]
    return Section(title, page, f"{site}/{place}" if site else "", place)


def _of(assignment: str) -> dict[str, Any]:
    found: dict[str, Any] = _known(assignment).get(assignment, {})
    return found


def _known(assignment: str) -> dict[str, Any]:
    of_the_course = _read("autograder.exercises")
    own = assignment not in of_the_course and assignment in assignments()
    return _read(f"autograder.exercises.{assignment}") if own else of_the_course


@cache
def _read(package: str) -> dict[str, Any]:
    try:
        return tomllib.loads((files(package) / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:  # of an assignment that is being written
        return {}
