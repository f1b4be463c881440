"""Collect from a learning platform, and say of each file whose it is, or why it was left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from autograder.grader.commands.results import write_json
from autograder.grader.commands.terminal import out
from autograder.grader.grading.course import Course
from autograder.grader.kernels.printable import line
from autograder.grader.platforms.collecting import Collected, Collector, Told
from autograder.grader.platforms.handed_back import pack
from autograder.grader.platforms.roster import roster
from autograder.grader.report import tables

COUNTED = {
    "collected": "collected",
    "replaced": "took the place of an earlier one, which is kept in .autograder/replaced/",
    "unchanged": "there already",
    "earlier": "left, for a newer one counts",
    "left": "left for a person to look at",
}
"""What is said of how many files."""


def collect(
    course: Course,
    assignment: str,
    paths: Sequence[Path],
    listed: Path | None,
    column: str,
    new: bool,
    zip_times: bool,
    json: Path | None,
) -> bool:
    """Collect what is in zips, folders and notebooks.

    Args:
        course: the course.
        assignment: the name of the assignment.
        paths: what the platform gave.
        listed: the platform's list of the class, if any.
        column: the column of the list with the names of the students in the course.
        new: whether plain names that nobody has bring new students.
        zip_times: whether the times in a zip say when work was handed in.
        json: where the same is written for other programs, if anywhere.

    Returns:
        Whether nothing was left for a person to look at.
    """
    everybody = roster(course, listed, column)
    told = Collector(course, assignment, everybody, new, zip_times).collect(paths)
    absent = course.absent(assignment, (one.id for one in everybody.people if one.id))
    out.print(_table(told))
    for sentence in (_sum(told), *tables.absent(absent)):
        out.print()
        out.print(sentence, markup=False, soft_wrap=True)
    if json is not None:
        write_json(json, Collected(assignment=assignment, files=told, absent=absent))
    return not any(one.became == "left" for one in told)


def pack_feedback(course: Course, assignment: str, path: Path) -> None:
    """Pack the feedback into a zip, and say where it can be handed in."""
    packed = pack(course, assignment, path)
    out.print(f"Packed {sum(packed.values())} pages into {path}.", markup=False, soft_wrap=True)
    for platform, where in TAKEN.items():
        if packed.get(platform):
            out.print(f"{packed[platform]} {where}", markup=False, soft_wrap=True)


TAKEN = {
    "moodle": "for Moodle: at the assignment, Submissions, Upload multiple feedback files in a "
    "zip. Feedback files have to be switched on in its settings.",
    "canvas": "for Canvas: at the assignment, Upload Submissions. Canvas shows a page under the "
    "name of the file that was handed in; students save it with the ending .html to read it.",
    "plain": "in folders named after their students.",
}
"""Where each platform takes the zip."""


def _table(told: Sequence[Told]) -> Table:
    table = Table("file", "student", "", "submitted", "", box=None, header_style="bold")
    for one in told:
        when = f"{one.submitted:%Y-%m-%d %H:%M} UTC" if one.submitted else ""
        table.add_row(
            Text(line(one.file or one.source, 100)),
            Text(line(one.student, 40)),
            one.became,
            " ".join(filter(None, [when, "LATE" if one.late else ""])),
            Text(line(one.says, 300)),
        )
    return table


def _sum(told: Sequence[Told]) -> str:
    if not told:
        return "There was nothing in what was given."
    counts = Counter(one.became for one in told)
    said = [f"{counts[became]} {words}" for became, words in COUNTED.items() if counts[became]]
    return f"Of {len(told)} files: {'; '.join(said)}."
