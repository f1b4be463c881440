"""Tables of a platform, as CSV: read as they are, and written so that no spreadsheet obeys them.

A spreadsheet takes a cell that begins with =, +, - or @ for a formula, and what is in it comes
from students. An apostrophe before it makes it text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.grader.errors import CommandError

LARGEST = 32 * 2**20
"""Bytes of a table that is read."""

_FORMULA = re.compile(r"[\s\x00-\x20\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?%?")


class TableError(CommandError):
    """The file is no table that can be read; the text says why."""


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        columns: the names of the columns, in order.
        rows: the cells of each row, as many as there are columns.
        separator: what stands between two cells.
        marked: whether the file begins with the mark of UTF-8.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    separator: str = ","
    marked: bool = False

    def column(self, name: str) -> int | None:
        """The place of a column, whatever its capitals; None where there is none."""
        wanted = name.casefold()
        places = (i for i, n in enumerate(self.columns) if n.strip().casefold() == wanted)
        return next(places, None)

    def cell(self, row: Sequence[str], name: str) -> str:
        """What stands in a row under a name, or ""."""
        at = self.column(name)
        return row[at].strip() if at is not None else ""


def read(path: Path) -> Table:
    """The table in a file.

    Raises:
        TableError: where it is none.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TableError(f"{path} cannot be read: {error.strerror}.") from None
    if len(data) > LARGEST:
        raise TableError(f"{path} is too large for a list of a class.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        columns, *rows = [
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row
        ]
    except (csv.Error, ValueError) as error:
        reason = error if isinstance(error, csv.Error) else "it is empty"
        raise TableError(f"{path} is no CSV file that can be read: {reason}.") from None
    width = len(columns)
    even = [(row + [""] * width)[:width] for row in rows]
    return Table(columns, even, separator, data.startswith(b"\xef\xbb\xbf"))


def text(table: Table) -> bytes:
    """The table as the bytes of a CSV file."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, delimiter=table.separator)
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return made.getvalue().encode("utf-8-sig" if table.marked else "utf-8")


def harmless(cell: str, may_be_number: bool = False) -> str:
    """The cell, with an apostrophe before what a spreadsheet would take for a formula.

    Args:
        cell: what stands in it.
        may_be_number: whether -2 is a number here, and no name.
    """
    if cell.strip() == "-" or (may_be_number and _NUMBER.fullmatch(cell.strip())):
        return cell
    return f"'{cell}" if _FORMULA.match(cell) else cell
