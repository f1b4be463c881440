"""Edits of a definition: lines that are taken out, and lines that are put in for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


class CatalogueError(ValueError):
    """An entry of a catalogue that does not fit: where it stands, and why."""


@dataclass(frozen=True, order=True)
class Edit:
    """Lines `start` to `stop` of a definition, counted from 0, become `put_in`.

    Where `start` is `stop`, `put_in` comes before that line.
    """

    start: int
    stop: int
    put_in: tuple[str, ...]

    def overlaps(self, other: Edit) -> bool:
        """Whether both change one line, or put lines in at one place."""
        at_one_place = self.start == self.stop == other.start == other.stop
        return at_one_place or (self.start < other.stop and other.start < self.stop)


@dataclass(frozen=True)
class Hunk:
    """An edit as it is written: by the text of lines, not by their numbers.

    Attributes:
        where: file and line, for what is said of it.
        after: a line, without indentation, after which the place is searched, or "".
        taken_out: lines without indentation.
        put_in: lines with their indentation relative to one another.
    """

    where: str
    after: str
    taken_out: tuple[str, ...]
    put_in: tuple[str, ...]

    def locate(self, definition: Sequence[str]) -> Edit:
        """The edit of `definition`, given as lines, that this hunk describes.

        Lines taken out are consecutive and match without their indentation. They have to be at
        one place, or at the first one after the line `after`, which itself is at one place.
        Lines put in begin where the first line taken out does; where none is, they follow the
        line `after` and begin where it does, or one level deeper where it ends with a colon.

        Raises:
            CatalogueError: if there is no such place, or no single one.
        """
        try:
            return self._locate(definition)
        except LookupError as reason:
            raise CatalogueError(f"{self.where}: {reason}.") from None

    def _locate(self, definition: Sequence[str]) -> Edit:
        stripped = [line.strip() for line in definition]
        begin = _one_place([self.after], stripped) + 1 if self.after else 0
        if not self.taken_out:
            if not self.after or not self.put_in:
                raise LookupError("lines put in need a line taken out, or an @ line above them")
            deeper = 4 if self.after.endswith(":") else 0
            return Edit(begin, begin, self._indented(_indent(definition[begin - 1]) + deeper))
        if self.after:
            start = begin + _places(self.taken_out, stripped[begin:], f" after {self.after!r}")[0]
        else:
            start = _one_place(self.taken_out, stripped)
        stop = start + len(self.taken_out)
        return Edit(start, stop, self._indented(_indent(definition[start])))

    def _indented(self, width: int) -> tuple[str, ...]:
        shift = width - _indent(self.put_in[0]) if self.put_in else 0
        if any(line and _indent(line) + shift < 0 for line in self.put_in):
            raise LookupError(f"{self.put_in[0].strip()!r} is put in with too little indentation")
        return tuple(line and " " * (_indent(line) + shift) + line.strip() for line in self.put_in)


def clash(edits: Iterable[Edit]) -> Edit | None:
    """The first edit that overlaps the one before it, or None where all can be made at once."""
    return next((b for a, b in pairwise(sorted(edits)) if a.overlaps(b)), None)


def edited(definition: Sequence[str], edits: Iterable[Edit]) -> list[str]:
    """The lines of `definition` with `edits` made, of which no two overlap."""
    lines = list(definition)
    for edit in sorted(edits, reverse=True):
        lines[edit.start : edit.stop] = edit.put_in
    return lines


def _places(wanted: Sequence[str], lines: Sequence[str], where: str = "") -> list[int]:
    size = len(wanted)
    found = [i for i in range(len(lines)) if tuple(lines[i : i + size]) == tuple(wanted)]
    if not found:
        missing = next((line for line in wanted if line not in lines), None)
        if missing is None:
            raise LookupError(f"{wanted[0]!r} is not followed by the next lines taken out{where}")
        raise LookupError(f"{missing!r} is no line of the definition{where}")
    return found


def _one_place(wanted: Sequence[str], lines: Sequence[str]) -> int:
    found = _places(wanted, lines)
    if len(found) > 1:
        raise LookupError(
            f"{wanted[0]!r} stands at {len(found)} places of the definition; name a line above the "
            "one that is meant with @"
        )
    return found[0]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
