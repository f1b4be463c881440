"""What the grader notes for itself in `.autograder/`, beside seeds and journals."""

from __future__ import annotations

import json
from typing import Any

from autograder.grader.grading.course import Course
from autograder.grader.grading.files import write_atomically


def read(course: Course, name: str) -> dict[str, Any]:
    """What is kept under a name; nothing where that is lost or damaged."""
    try:
        found = json.loads((course.kept / f"{name}.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write(course: Course, name: str, what: dict[str, Any]) -> None:
    """Keep this under a name, in the place of what was there."""
    data = json.dumps(what, indent=1).encode()
    write_atomically(course.kept / f"{name}.json", data, mode=0o600)
