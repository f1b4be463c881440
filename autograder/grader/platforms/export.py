r"""Grades as Canvas and Moodle take them in: exporters for `nbgrader export`.

    nbgrader export --exporter autograder.grader.platforms.export.CanvasExport \
        --CanvasExport.table canvas.csv --assignment '["lstm"]' --to grades.csv

The platform's own table is filled in, for only the platform knows its numbers. Of Canvas' gradebook
what identifies a student is kept, and the columns of these assignments; its notes and other grades
are left out, lest older ones come back. Of Moodle's worksheet all columns are kept. Grades are
ours to change, and a comment where there is none; the words in other cells may get an apostrophe,
so that a spreadsheet does not obey them, and what the platform knows a student by stays as it is.
Who has no grade here keeps what stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Unicode

from autograder.grader.errors import CommandError
from autograder.grader.grading.course import Course, CourseError
from autograder.grader.grading.entries import Entries, Entry
from autograder.grader.grading.files import write_atomically
from autograder.grader.kernels.printable import line
from autograder.grader.platforms import spreadsheet
from autograder.grader.platforms.roster import in_gradebook, is_canvas, students
from autograder.grader.platforms.spreadsheet import Table, TableError, harmless

IDENTIFY = (
    "Student",
    "LastName",
    "FirstName",
    "ID",
    "SIS User ID",
    "SIS Login ID",
    "Integration ID",
    "Root Account",
    "Section",
)
"""The columns that Canvas does not take for an assignment or a note, in its order."""

GRADE, MOST, COMMENT = "Grade", "Maximum Grade", "Feedback comments"
"""Columns of Moodle's worksheet."""


class _PlatformExport(ExportPlugin):  # type: ignore[misc]
    """What the exporters share: the table, whose each row is, and the sentences."""

    table = Unicode("", help="The platform's own table of the class, a CSV file.").tag(config=True)
    id = Unicode("", help="Its column with the names of the students in the course.").tag(
        config=True
    )

    def export(self, gradebook: Gradebook) -> None:
        """Fill the platform's table in, and write it under another name.

        Args:
            gradebook: nbgrader's; what counts is read as `autograder report` reads it.
        """
        try:
            path = Path(self.to or "grades.csv")
            write_atomically(path, self._filled(path), mode=0o600)
        except CommandError as error:
            self.parent.fail(line(str(error), 2000))

    def _filled(self, to: Path) -> bytes:
        if not self.table:
            raise CourseError(
                f"Name the platform's table: --{type(self).__name__}.table FILE. {self.where}"
            )
        source = Path(self.table)
        if to.resolve() == source.resolve():
            raise CourseError(f"Give another name than {source} with --to.")
        table = spreadsheet.read(source)
        course = Course.find(Path(self.parent.coursedir.root))
        grades = dict(self._grades(course))
        known = {student for one in grades.values() for student in one.by_student}
        rows = students(table, source, in_gradebook(course), self.id)
        self._say_who_is_missing(known, rows)
        wanted = {str(student) for student in self.student}
        rows = [student if not wanted or student in wanted else "" for student in rows]
        return spreadsheet.text(self.fill(table, source, rows, grades))

    def _grades(self, course: Course) -> Iterator[tuple[str, Entries]]:
        with course.gradebook() as book:
            names = [str(name) for name in self.assignment] or sorted(book.assignments())
            for name in names:
                entries = book.entries(name)
                yield name, entries
                waiting = [s for s, entry in entries.by_student.items() if entry.waiting]
                if waiting:
                    self.log.warning(
                        f"{name}: {len(waiting)} are still to be graded by hand in part: "
                        f"{line(', '.join(sorted(waiting)), 500)}."
                    )

    def _say_who_is_missing(self, known: set[str], rows: Sequence[str]) -> None:
        if missing := sorted(known - set(rows)):
            self.log.warning(
                f"{len(missing)} have grades here and no row in {self.table}: "
                f"{line(', '.join(missing), 500)}."
            )

    where = ""
    """Where the platform gives its table."""

    def fill(
        self, table: Table, path: Path, rows: Sequence[str], grades: Mapping[str, Entries]
    ) -> Table:
        """The table with the grades.

        Args:
            table: what the platform gave.
            path: the file.
            rows: the student of each row, or "".
            grades: what stands in the gradebook, by assignment.
        """
        raise NotImplementedError


class CanvasExport(_PlatformExport):
    """Exports grades as Canvas' gradebook imports them."""

    where = "In Canvas it is at Grades, Export, Export Entire Gradebook."

    column = Unicode("", help='The column of the assignment, such as "LSTM (4321)".').tag(
        config=True
    )

    def fill(
        self, table: Table, path: Path, rows: Sequence[str], grades: Mapping[str, Entries]
    ) -> Table:
        """See `_PlatformExport`."""
        if not is_canvas(table):
            raise TableError(f"{path} is not Canvas' gradebook. {self.where}")
        places = {name: self._place(table, path, name, grades) for name in grades}
        keep = [at for n in IDENTIFY if (at := table.column(n)) is not None]
        number = table.column("ID")
        filled = []
        for row, student in zip(table.rows, rows, strict=True):
            # Canvas looks for the ID first: where it is there, names may be changed.
            sure = number is not None and row[number].strip().isdigit()
            points = "points possible" in row[0].casefold()
            cells = [row[at] if not sure or at == number else harmless(row[at]) for at in keep]
            if not sure and not points and any(harmless(cell) != cell for cell in cells):
                self.log.warning(
                    f"The row of {line(row[0], 60)} has no ID, so that Canvas knows it by its "
                    "other cells, which stay as they are. Do not open it in a spreadsheet."
                )
            for name, at in places.items():
                entry = grades[name].by_student.get(student) if student else None
                cells.append(row[at] if entry is None else f"{entry.final:g}")
            filled.append(cells)
            if points:
                self._say_other_points(row, places, grades)
        columns = [table.columns[at] for at in [*keep, *places.values()]]
        return Table(columns, filled, table.separator, table.marked)

    def _place(self, table: Table, path: Path, name: str, grades: Mapping[str, Entries]) -> int:
        if self.column and len(grades) > 1:
            raise CourseError("Name one assignment with --assignment, for one column was named.")
        own = [n for n in table.columns if n.strip() not in IDENTIFY and _title(n)]
        wanted = self.column or name
        fits = [n for n in own if wanted in (n.strip(), _title(n))]
        fits = fits or [n for n in own if wanted.casefold() == _title(n).casefold()]
        if len(fits) != 1:
            many = "more than one column" if fits else "no column"
            raise TableError(
                f"{path} has {many} for {wanted}. Name it: --CanvasExport.column COLUMN. The "
                f"columns are: {', '.join(own)}."
            )
        return list(table.columns).index(fits[0])

    def _say_other_points(
        self, row: Sequence[str], places: Mapping[str, int], grades: Mapping[str, Entries]
    ) -> None:
        for name, at in places.items():
            most = _number(row[at])
            if most is not None and abs(most - grades[name].max_score) > 1e-6:
                self.log.warning(
                    f"Canvas has {most:g} points for {name}, and here it has "
                    f"{grades[name].max_score:g}. The scores are written as they are."
                )


class MoodleExport(_PlatformExport):
    """Exports grades as Moodle's grading worksheet, which it imports."""

    where = "In Moodle it is at the assignment, Submissions, Download grading worksheet."

    def fill(
        self, table: Table, path: Path, rows: Sequence[str], grades: Mapping[str, Entries]
    ) -> Table:
        """See `_PlatformExport`."""
        grade, key = table.column(GRADE), table.column("Identifier")
        if grade is None or key is None:
            raise TableError(f"{path} is not Moodle's grading worksheet. {self.where}")
        if len(grades) != 1:
            raise CourseError(
                "A worksheet is of one assignment. Name it: --assignment '[\"lstm\"]'."
            )
        ((name, entries),) = grades.items()
        comment = table.column(COMMENT)
        filled = []
        too_many, maxima = [], set()
        for row, student in zip(table.rows, rows, strict=True):
            cells = [
                cell if at == key else harmless(cell, at == grade) for at, cell in enumerate(row)
            ]
            entry = entries.by_student.get(student) if student else None
            if entry is not None:
                most = table.cell(row, MOST)
                cells[grade] = _written(entry.final, most)
                maxima.add(_number(most))
                if comment is not None and not row[comment].strip():
                    cells[comment] = _comment(name, entry, entries.max_score)
                if (limit := _number(most)) is not None and entry.final > limit:
                    too_many.append(student)
            filled.append(cells)
        other = sorted(most for most in maxima if most not in (None, entries.max_score))
        if other:
            self.log.warning(
                f"Moodle has {other[0]:g} points for {name}, and here it has "
                f"{entries.max_score:g}: the grades are written as they are here."
            )
        if too_many:
            self.log.warning(
                f"Moodle leaves out a grade above its maximum, as that of "
                f"{line(', '.join(too_many), 500)}. Set the maximum to {entries.max_score:g} there."
            )
        return Table(table.columns, filled, table.separator, table.marked)


def _comment(name: str, entry: Entry, most: float) -> str:
    late = f", of which {entry.penalty:g} were taken off for being late" if entry.penalty else ""
    return f"{name}: {entry.score():g} of {most:g} points{late}."


def _title(column: str) -> str:
    """The name of an assignment without the number that Canvas writes behind it."""
    return re.sub(r"\s*\(\d+\)\s*$", "", column).strip()


def _written(score: float, like: str) -> str:
    """The score with the decimal sign that the platform uses."""
    said = f"{score:.2f}"
    return said.replace(".", ",") if "," in like and "." not in like else said


def _number(said: str) -> float | None:
    try:
        return float(said.strip().replace(",", "."))
    except ValueError:
        return None
