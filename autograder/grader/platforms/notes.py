"""What is kept of a collected submission, which no file in `submitted/` can say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from autograder.grader.grading.course import Course, CourseError
from autograder.grader.grading.files import write_atomically


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a submission that was collected.

    Attributes:
        platform: who named it.
        wrote: what the platform called it.
        digest: of the bytes.
        order: a later one has a larger one, on the same platform.
        late: whether the platform marked it as late.
        before: the digests of those that it replaced.
    """

    platform: str
    wrote: str
    digest: str
    order: int = 0
    late: bool = False
    before: list[str] = []


def noted(course: Course, assignment: str) -> dict[str, Noted]:
    """What is kept of the submissions that were collected, by student.

    Raises:
        CourseError: where the file is damaged.
    """
    place = _place(course, assignment)
    try:
        return msgspec.json.decode(place.read_bytes(), type=dict[str, Noted])
    except FileNotFoundError:
        return {}
    except msgspec.MsgspecError:
        raise CourseError(
            f"{place} is damaged. Put a copy of it back, or remove it: then collecting again finds "
            "out anew what is there, and feedback can be handed back after that."
        ) from None


def keep(course: Course, assignment: str, notes: Mapping[str, Noted]) -> None:
    """Write down what is kept, for the eyes of the course's owner alone."""
    data = msgspec.json.format(msgspec.json.encode(notes), indent=1)
    write_atomically(_place(course, assignment), data, mode=0o600)


def _place(course: Course, assignment: str) -> Path:
    return course.kept / "collected" / f"{assignment}.json"
