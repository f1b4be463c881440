"""The journal: an append-only file of graded submissions, each line on the disk when it counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from autograder.grader.grading.files import append_line, write_atomically
from autograder.grader.grading.verdict import Graded


class Journal:
    """Graded submissions by the digest of all that decided them.

    A verdict is done when its line is here. A line that was cut off by a crash, or is damaged
    otherwise, is passed over, and its submission is graded again.

    Args:
        path: the file, made with the first line; None keeps the lines in memory alone.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lines: dict[str, Graded] = {}
        if path is not None and path.exists():
            for line in path.read_bytes().splitlines():
                try:
                    graded = msgspec.json.decode(_renamed(line), type=Graded)
                except ValueError:  # no JSON, no UTF-8, or none of our lines
                    continue
                self._add(graded)

    def __contains__(self, key: str) -> bool:
        return key in self._lines

    def __getitem__(self, key: str) -> Graded:
        return self._lines[key]

    def of(self, student: str) -> Iterator[Graded]:
        """The lines of one student, the newest first."""
        return (one for one in reversed(self._lines.values()) if one.student == student)

    def seed(self) -> int | None:
        """The seed with which the newest line was graded; None where there is no line."""
        newest = reversed(self._lines.values())
        return next((verdict.seed for one in newest for verdict in one.verdicts), None)

    def append(self, graded: Graded) -> None:
        """Write a line and wait until it is on the disk.

        Raises:
            OSError: where it could not be written; the submission does not count as graded.
        """
        if self._path is not None:
            # It holds grades, and the seed.
            append_line(self._path, msgspec.json.encode(graded), mode=0o600)
        self._add(graded)

    def forget(self, student: str) -> None:
        """Write the journal anew without the lines of a student.

        Raises:
            OSError: where it could not be written; it is as it was then.
        """
        self._lines = {key: one for key, one in self._lines.items() if one.student != student}
        if self._path is not None:
            lines = (msgspec.json.encode(one) + b"\n" for one in self._lines.values())
            write_atomically(self._path, b"".join(lines), mode=0o600)

    def _add(self, graded: Graded) -> None:
        """Put a line behind all others; the last one of a key stands."""
        self._lines.pop(graded.key, None)
        self._lines[graded.key] = graded


def _renamed(line: bytes) -> bytes:
    """A line with the statuses of today. Within a text of it, the quotes would be escaped."""
    return line.replace(b'"status":"refused"', b'"status":"needs_review"')
