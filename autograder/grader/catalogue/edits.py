"""Edits of a definition: lines for lines, and a part of a line for another."""

from __future__ import annotations

import ast
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import groupby, pairwise

from autograder.grader.syntax import parse


class CatalogueError(ValueError):
    """An entry of a catalogue that does not fit: where it stands, and why."""


@dataclass(frozen=True, order=True)
class Edit:
    """Lines `start` to `stop` of a definition, counted from 0, become `put_in`.

    Where `start` is `stop`, `put_in` comes before that line.

    Attributes:
        taken_out: what these lines are.
    """

    start: int
    stop: int
    put_in: tuple[str, ...]
    taken_out: tuple[str, ...] = field(default=(), compare=False)

    def overlaps(self, other: Edit) -> bool:
        """Whether both change one line, or put lines in at one place."""
        at_one_place = self.start == self.stop == other.start == other.stop
        return at_one_place or (self.start < other.stop and other.start < self.stop)


@dataclass(frozen=True)
class Written(ABC):
    """An edit as it is written: by the text of lines, not by their numbers.

    Attributes:
        where: file and line, for what is said of it.
        after: a line, without indentation, after which the place is searched, or "".
    """

    where: str
    after: str

    def locate(self, definition: Sequence[str]) -> Edit:
        """The edit of `definition`, given as lines, that is described.

        Raises:
            CatalogueError: if there is no such place, or no single one.
        """
        try:
            begin = _one_place([self.after], _stripped(definition)) + 1 if self.after else 0
            return self._locate(definition, begin)
        except LookupError as reason:
            raise CatalogueError(f"{self.where}: {reason}.") from None

    @abstractmethod
    def _locate(self, definition: Sequence[str], begin: int) -> Edit:
        """The edit, of the lines from `begin` on; a LookupError says what is wrong."""


@dataclass(frozen=True)
class Hunk(Written):
    """Lines for lines.

    Lines taken out are consecutive and match without their indentation. They have to be at one
    place, or at the first one after the line `after`, which itself is at one place. Lines put in
    begin where the first line taken out does; where none is, they follow the line `after` and
    begin where it does, or one level deeper where it ends with a colon.

    Attributes:
        taken_out: lines without indentation.
        put_in: lines with their indentation relative to one another.
    """

    taken_out: tuple[str, ...]
    put_in: tuple[str, ...]

    def _locate(self, definition: Sequence[str], begin: int) -> Edit:
        if not self.taken_out:
            if not self.after or not self.put_in:
                raise LookupError("lines put in need a line taken out, or an @ line above them")
            deeper = 4 if self.after.endswith(":") else 0
            return Edit(begin, begin, self._indented(_indent(definition[begin - 1]) + deeper))
        lines = _stripped(definition)
        if self.after:
            start = begin + _places(self.taken_out, lines[begin:], f" after {self.after!r}")[0]
        else:
            start = _one_place(self.taken_out, lines)
        stop = start + len(self.taken_out)
        put_in = self._indented(_indent(definition[start]))
        return Edit(start, stop, put_in, tuple(definition[start:stop]))

    def _indented(self, width: int) -> tuple[str, ...]:
        shift = width - _indent(self.put_in[0]) if self.put_in else 0
        if any(line and _indent(line) + shift < 0 for line in self.put_in):
            raise LookupError(f"{self.put_in[0].strip()!r} is put in with too little indentation")
        return tuple(line and " " * (_indent(line) + shift) + line.strip() for line in self.put_in)


@dataclass(frozen=True)
class Part(Written):
    """A part of one line that reads otherwise.

    It has to be at one place of the code, or at the first one after the line `after`.

    Attributes:
        right: the part as it is.
        wrong: what stands in its place.
    """

    right: str
    wrong: str

    def _locate(self, definition: Sequence[str], begin: int) -> Edit:
        prose = _prose(tuple(definition))
        code = (i for i in range(begin, len(definition)) if i not in prose)
        found = [i for i in code for _ in range(definition[i].count(self.right))]
        if not found:
            after = f" after {self.after!r}" if self.after else ""
            raise LookupError(f"{self.right!r} is in no line of the definition{after}")
        if len(found) > 1 and not self.after:
            raise LookupError(
                f"{self.right!r} stands at {len(found)} places of the definition; write more of "
                "the line that is meant"
            )
        line = definition[found[0]].replace(self.right, self.wrong, 1)
        return Edit(found[0], found[0] + 1, (line,), (definition[found[0]],))


def clash(edits: Iterable[Edit]) -> Edit | None:
    """The first edit that overlaps the one before it, or None where all can be made at once."""
    return next((b for a, b in pairwise(sorted(edits)) if a.overlaps(b)), None)


def merged(*made: Sequence[Edit]) -> list[Edit] | None:
    """The edits of several mistakes as edits that can all be made, or None where they cannot.

    Two mistakes may change the same lines: one of a formula's factors is wrong, and so is another.
    They are made together where they change different words of these lines.
    """
    found = []
    for _, group in groupby(
        sorted(e for edits in made for e in edits), lambda e: (e.start, e.stop)
    ):
        edit, *others = group
        for other in others:
            lines = _both(edit, other)
            if lines is None:
                return None
            edit = Edit(edit.start, edit.stop, lines, edit.taken_out)
        found.append(edit)
    return None if clash(found) else found


WORDS = re.compile(r"\w+|\s+|\W")


def _both(one: Edit, other: Edit) -> tuple[str, ...] | None:
    """The lines put in where both edits of the same lines are made, or None where they meet."""
    if not one.taken_out or not one.put_in or not other.put_in:
        return None
    was = WORDS.findall("\n".join(one.taken_out))
    changes = sorted(
        (begin, end, WORDS.findall("\n".join(edit.put_in))[new:new_end])
        for edit in (one, other)
        for kind, begin, end, new, new_end in SequenceMatcher(
            None, was, WORDS.findall("\n".join(edit.put_in)), autojunk=False
        ).get_opcodes()
        if kind != "equal"
    )
    for (_, end, _), (begin, _, _) in pairwise(changes):
        if begin <= end:
            return None
    for begin, end, words in reversed(changes):
        was[begin:end] = words
    return tuple("".join(was).split("\n"))


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


@lru_cache
def _prose(definition: tuple[str, ...]) -> frozenset[int]:
    """The numbers of the lines that are docstrings."""
    return frozenset(
        i
        for node in ast.walk(parse("\n".join(definition)))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for i in range(node.lineno - 1, node.end_lineno or node.lineno)
    )


def _stripped(definition: Sequence[str]) -> list[str]:
    return [line.strip() for line in definition]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
