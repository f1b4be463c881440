"""Tell those who teach what a class made of an assignment, and write it down for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from autograder.grader.commands.results import print_students, standings, write_json
from autograder.grader.commands.terminal import err, out
from autograder.grader.grading.course import Course, CourseError
from autograder.grader.grading.entries import Entries
from autograder.grader.grading.files import make_folder, write_atomically
from autograder.grader.grading.gradebook_reader import UnknownAssignmentError
from autograder.grader.grading.notebook import Released
from autograder.grader.grading.standing import UNGRADED
from autograder.grader.report import page, sheet, tables
from autograder.grader.report.findings import Class, find

FOLDER = "reports"
"""Where a course has its reports, unless another place is named."""

PRIVATE = 0o600
"""A report holds grades: it is for its owner's eyes."""


class Files(NamedTuple):
    """Where a report is written: its page, a row for each student, and all of it as JSON."""

    html: Path | None = None
    csv: Path | None = None
    json: Path | None = None


def tell(course: Course, assignment: str, files: Files) -> None:
    """Print what a class got right and which mistakes it made, and write the page.

    Args:
        course: the course.
        assignment: the name of the assignment.
        files: where it is written; the page is written into the course where it has no place.

    Raises:
        CourseError: where nothing is graded yet.
    """
    journal = course.journal(assignment)
    found = standings(course, assignment, course.class_of(assignment), journal)
    if all(one.note == UNGRADED for one in found):
        raise CourseError(f"Nothing is graded yet. Grade with: autograder grade {assignment}")
    entries, people = _said(course, assignment)
    out.print(tables.exercises([one.graded for one in found if one.graded is not None]))
    out.print()
    released = Released.parse(course.released(assignment))
    absent = course.absent(assignment, people, entries.by_student if entries is not None else ())
    report, cells = find(Class(assignment, released, found, journal, entries, people, absent))
    print_students(found, entries, absent)
    if files.html is None:
        make_folder(course.root / FOLDER, 0o700)
    html = files.html or course.root / FOLDER / f"{assignment}.html"
    write_atomically(html, page.page(report, cells, datetime.now()).encode(), PRIVATE)
    if files.csv is not None:
        write_atomically(files.csv, sheet.rows(report).encode("utf-8-sig"), PRIVATE)
    if files.json is not None:
        write_json(files.json, report)
    out.print()
    out.print(f"The page for a browser: {html}", markup=False, soft_wrap=True)


def _said(course: Course, assignment: str) -> tuple[Entries | None, Mapping[str, Sequence[str]]]:
    """What the gradebook says of work and people, where there is one; it is left as it is."""
    if not course.has_gradebook():
        return None, {}
    try:
        with course.gradebook() as gradebook:
            people = {one.id: one.names for one in gradebook.people()}
            return gradebook.entries(assignment), people
    except UnknownAssignmentError as error:
        err.print(str(error), markup=False)
        return None, {}
