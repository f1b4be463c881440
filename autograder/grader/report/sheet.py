"""A report as a sheet: a row for each student, for a spreadsheet."""

from __future__ import annotations

import csv
import io

from autograder.grader.kernels.printable import line
from autograder.grader.report.findings import Report
from autograder.grader.report.summary import StudentSummary

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What begins a formula in a spreadsheet, or moves a text into the next cell."""

COLUMNS = (
    "student",
    "score",
    "points",
    "max_points",
    "penalty",
    "handed_in",
    "after_due",
    "versions",
)


NOTHING = "handed in nothing"
"""The note on one of the class of whom there is no work."""


def rows(report: Report) -> str:
    """The sheet, as CSV. Of what is not known the field is empty."""
    names = [one.exercise for one in report.exercises]
    file = io.StringIO()
    writer = csv.writer(file)
    each = [title for name in names for title in (name, f"{name} status")]
    writer.writerow(map(harmless, [*COLUMNS, *each, "note"]))
    for one in report.students:
        writer.writerow([*_fields(one), *_by_exercise(one, names), harmless(one.note)])
    nothing = [""] * (len(COLUMNS) - 1 + len(each))
    writer.writerows([harmless(name), *nothing, NOTHING] for name in report.absent)
    return file.getvalue()


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe stands before what is like one.

    A name of a student may begin with anything.
    """
    said = line(text, 1000)
    return f"'{said}" if text.startswith(FORMULA) or said.startswith(FORMULA) else said


def _fields(one: StudentSummary) -> list[object]:
    known = (getattr(one, name) for name in COLUMNS[1:])
    return [harmless(one.student), *("" if value is None else value for value in known)]


def _by_exercise(one: StudentSummary, names: list[str]) -> list[object]:
    return [
        field for name in names for field in (one.earned.get(name, ""), one.exercises.get(name, ""))
    ]
