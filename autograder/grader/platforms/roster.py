"""Who is in the class: nbgrader's gradebook, and the list that a platform gives, as one.

A student's name in the course may be another one than on the platform. Where the gradebook does
not say so, the platform's own list does: Canvas' gradebook as CSV, Moodle's grading worksheet,
Gradescope's roster, or a list as `nbgrader db student import` reads it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from dateutil.parser import ParserError
from dateutil.parser import parse as parse_date

from autograder.grader.grading.course import Course
from autograder.grader.platforms.labels import Key
from autograder.grader.platforms.spreadsheet import Table, TableError, read

IDS = (
    "id",
    "SIS Login ID",
    "SIS User ID",
    "Username",
    "ID number",
    "SID",
    "Student ID",
    "Email address",
    "Email",
    "Identifier",
)
"""Columns that may hold the names of the students in the course, the likeliest first.

Canvas' ID, a number that nobody knows by heart, is none unless it is asked for or known.
"""

KINDS = {
    "moodle": ("Identifier",),
    "sid": ("SID", "Student ID", "SIS User ID", "ID number"),
    "email": ("Email address", "Email", "SIS Login ID"),
    "login": ("Username", "SIS Login ID"),
}
"""What the columns of a list say of a person."""

SURE = ("email", "canvas")
"""What the gradebook knows of a student besides names, which may be two persons'."""

SUBMITTED = "Last modified (submission)"
"""The column in which Moodle's worksheet says when the work was handed in."""


@dataclass(frozen=True)
class Person:
    """Somebody in the class.

    Attributes:
        id: the name in the course, or "" where the list does not say one.
        keys: what is known of this person.
        submitted: when the work was handed in, where the list says so.
    """

    id: str
    keys: frozenset[Key]
    submitted: datetime | None = None


@dataclass
class Roster:
    """The class.

    Attributes:
        people: those who are in it; nobody, where nothing says who is.
        listed: whether a list was given, or the gradebook alone is known.
    """

    people: Sequence[Person] = ()
    listed: bool = False
    _by_key: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        for person in self.people:
            for kind, value in person.keys:
                self._by_key[kind, folded(kind, value)].add(person.id)

    def knows(self, kind: str) -> bool:
        """Whether such a thing is known of anybody."""
        return any(known == kind for known, _ in self._by_key)

    def find(self, kind: str, value: str) -> set[str]:
        """Those of whom this is known."""
        return self._by_key.get((kind, folded(kind, value)), set())

    def anyhow(self, value: str) -> set[str]:
        """Those who are called so, by the surest of their names."""
        kinds = ("id", "login", "email", "sid", "name")
        exact = {p.id for p in self.people if p.id == value}
        return exact or next((found for kind in kinds if (found := self.find(kind, value))), set())

    def submitted(self, kind: str, value: str) -> datetime | None:
        """When somebody handed the work in, where the list says so."""
        wanted = (kind, folded(kind, value))
        for person in self.people:
            if person.submitted and any((k, folded(k, v)) == wanted for k, v in person.keys):
                return person.submitted
        return None


def roster(course: Course, path: Path | None = None, column: str = "") -> Roster:
    """The class of a course.

    Args:
        course: the course, whose gradebook may know students.
        path: the platform's list, if any.
        column: the column of the list that holds the names in the course.

    Raises:
        TableError: where the list cannot be read, or has no such column.
    """
    known = in_gradebook(course)
    if path is None:
        return Roster(known)
    folders = [Person(name, frozenset()) for name in in_folder(course)]
    listed = list(_in_list(read(path), path, [*known, *folders], column))
    by_id = {person.id: person for person in listed if person.id}
    merged = [
        Person(one.id, one.keys | by_id[one.id].keys, by_id[one.id].submitted)
        if one.id in by_id
        else one
        for one in known
    ]
    there = {person.id for person in known}
    return Roster([*merged, *(p for p in listed if p.id not in there)], listed=True)


def folded(kind: str, value: str) -> str:
    """The value as it is compared: of a name the letters alone, of a number no zeros before it."""
    if kind == "name":
        letters = unicodedata.normalize("NFKD", value).casefold()
        return "".join(c for c in letters if c.isalnum())
    if kind in ("canvas", "moodle"):
        return value.lstrip("0") or value
    return unicodedata.normalize("NFC", value).strip().casefold()


def moment(said: str) -> datetime | None:
    """A time that a platform wrote, in UTC; without a zone, by the clock of this machine."""
    try:
        found: datetime = parse_date(said).astimezone(UTC)
    except (ParserError, OverflowError, ValueError, OSError, TypeError):
        return None
    return found


def names(first: str, last: str, whole: str = "") -> Iterable[Key]:
    """The ways in which a name may be written."""
    if whole:
        yield "name", whole
        family, comma, given = whole.partition(",")
        if comma:
            yield "name", f"{given} {family}"
    if first or last:
        yield "name", f"{first} {last}"
        yield "name", f"{last} {first}"


def in_gradebook(course: Course) -> list[Person]:
    """The students whom the gradebook knows, where there is one."""
    return list(_in_gradebook(course)) if course.has_gradebook() else []


def _in_gradebook(course: Course) -> Iterable[Person]:
    with course.gradebook() as gradebook:
        for student in gradebook.people():
            keys = {("id", student.id), *names(student.first_name, student.last_name)}
            keys |= {("email", student.email)} if student.email else set()
            keys |= {("canvas", student.lms_user_id)} if student.lms_user_id else set()
            yield Person(student.id, frozenset(keys))


def in_folder(course: Course) -> Iterable[str]:
    """Those who have handed in something, this or another assignment."""
    top = course.root / course.directory.submitted_directory
    return (folder.name for folder in top.glob("*") if folder.is_dir())


def students(table: Table, path: Path, known: Sequence[Person], column: str = "") -> list[str]:
    """The name in the course of whoever stands in each row, or "".

    It stands in a column; or it is the name of the one whose address or number stands there.

    Args:
        table: the platform's list.
        path: its file.
        known: who is in the course, as far as that is known.
        column: the column with these names, where it was named.

    Raises:
        TableError: where there is no such column.
    """
    overlap = _overlap(table, {person.id for person in known})
    if not column and not any(overlap.values()):
        recognised = [_recognised(table, row, known) for row in table.rows]
        if any(recognised):
            return recognised
        if any(person.keys for person in known):  # the gradebook knows the class
            raise TableError(
                f"Nobody who is in the course stands in {path}, by name, address or number. "
                "Tell the course who is in it with `nbgrader db student import FILE`, or name the "
                "column that has the names in the course with --id."
            )
    chosen = _id_column(table, path, overlap, column)
    found = [table.cell(row, chosen) for row in table.rows]
    if chosen.casefold() == "identifier":
        found = [_digits(name) for name in found]
    return ["" if _is_nobody(row) else name for row, name in zip(table.rows, found, strict=True)]


def _recognised(table: Table, row: Sequence[str], known: Sequence[Person]) -> str:
    """Of whom alone the gradebook knows the address or the number in a row, or ""."""
    said = {(kind, folded(kind, value)) for kind, value in _said(table, row) if kind in SURE}
    found = {p.id for p in known if any((k, folded(k, v)) in said for k, v in p.keys)}
    return found.pop() if len(found) == 1 and not _is_nobody(row) else ""


def _said(table: Table, row: Sequence[str]) -> set[Key]:
    """What the columns of a row say of a person, but for names."""
    said = {
        (kind, cell)
        for kind, columns in KINDS.items()
        for name in columns
        if (cell := table.cell(row, name))
    }
    if is_canvas(table) and (number := table.cell(row, "ID")):
        said.add(("canvas", number))
    return {(kind, _digits(value) if kind == "moodle" else value) for kind, value in said}


def _in_list(table: Table, path: Path, known: Sequence[Person], column: str) -> Iterable[Person]:
    ids = students(table, path, known, column)
    for row, own in zip(table.rows, ids, strict=True):
        if _is_nobody(row):
            continue
        said = _said(table, row)
        first = table.cell(row, "First Name") or table.cell(row, "first_name")
        last = table.cell(row, "Last Name") or table.cell(row, "last_name")
        first, last = first or table.cell(row, "FirstName"), last or table.cell(row, "LastName")
        for whole in ("Student", "Full name", "Name"):
            said |= set(names(first, last, table.cell(row, whole)))
        said |= {("id", own)} if own else set()
        submitted = _moment(table.cell(row, SUBMITTED))
        if said:
            yield Person(own, frozenset(said), submitted)


def is_canvas(table: Table) -> bool:
    """Whether it is Canvas' gradebook: "Student" and "ID" are what its own import asks for."""
    named = table.column("Student") is not None or table.column("LastName") is not None
    return named and table.column("ID") is not None and table.column("Section") is not None


def _overlap(table: Table, known: set[str]) -> dict[str, int]:
    """How many names of the course stand in each column that may hold them."""
    there = [name for name in IDS if table.column(name) is not None]
    return {name: len(known & {table.cell(row, name) for row in table.rows}) for name in there}


def _id_column(table: Table, path: Path, overlap: dict[str, int], column: str) -> str:
    if column:
        if table.column(column) is None:
            raise TableError(f"{path} has no column {column}. It has: {', '.join(table.columns)}.")
        return column
    canvas = is_canvas(table)  # whose ID is a number
    there = [name for name in overlap if not (canvas and name == "id")]
    best = max(overlap, key=lambda name: overlap[name], default="")
    if best and overlap[best]:
        return best
    filled = [name for name in there if any(table.cell(row, name) for row in table.rows)]
    if not filled:
        raise TableError(
            f"{path} has no column that could hold the names of the students in the course. Name "
            f"it with --id. The columns are: {', '.join(table.columns)}."
        )
    return filled[0]


def _is_nobody(row: Sequence[str]) -> bool:
    """Whether it is the row in which Canvas says the points, or that grades are hidden."""
    return "points possible" in row[0].casefold() or not any(cell.strip() for cell in row[:4])


def _digits(identifier: str) -> str:
    """The number at the end of Moodle's "Participant 123456", whatever its language."""
    found = re.search(r"(\d+)\s*$", identifier)
    return found[1] if found else identifier


def _moment(said: str) -> datetime | None:
    """A time as Moodle writes it, with the name of the month, by the clock of this machine."""
    return moment(said) if re.search(r"[^\W\d_]{3}", said) else None
