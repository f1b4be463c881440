"""The versions with which the class is graded, and what they mean for a notebook with others.

A test holds them against the grader's constraints.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection

from autograder.packages import NAMES

VERSIONS = {"numpy": "2.4.6", "torch": "2.13.0", "keras": "3.15.1"}
"""The grader's, by package."""

ANNOUNCES = re.compile(r"\w*(?:Deprecation|Future)Warning\b")
"""What a package warns with of what a later version will refuse."""


def says_what_differs(status: str, warned: Collection[str]) -> str:
    """A sentence where a verdict may be another with the grader's versions, or "".

    Args:
        status: what the check has found.
        warned: the warnings that were given on the way.
    """
    others = _others()
    if not others or not (status == "error" or any(map(ANNOUNCES.match, warned))):
        return ""
    here = " and ".join(f"{NAMES[name]} {own}" for name, own in others.items())
    there = " and ".join(f"{NAMES[name]} {VERSIONS[name]}" for name in others)
    says = f"The class is graded with {there}, and this is {here}."
    if status == "error":
        return f"{says} What stops here may be right there, and the other way round."
    return f"{says} What the warning announces may be an error there, and cost the points: mend it."


def _others() -> dict[str, str]:
    """The versions here that are not the grader's, by package, of what is imported."""
    found = {}
    for name, version in VERSIONS.items():
        own = getattr(sys.modules.get(name), "__version__", version)
        if _release(own) != _release(version):
            found[name] = str(own)
    return found


def _release(version: str) -> list[str]:
    """The numbers before any word on the build."""
    return re.findall(r"\d+", version.partition("+")[0])[:2]
