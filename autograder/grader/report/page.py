"""A report as a page: one file, which needs no network and no script."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from autograder.checking.contents import section
from autograder.checking.show import marked_up
from autograder.grader.kernels.printable import line, plain, shorten
from autograder.grader.report import alike, items, pictures
from autograder.grader.report.alike import Pair
from autograder.grader.report.findings import Cells, Report
from autograder.grader.report.summary import StudentSummary

SHORT = {
    "correct": "right",
    "partial": "partly right",
    "wrong": "not right",
    "not attempted": "not attempted",
    "error": "error",
    "timeout": "too long",
    "needs_review": "refused",
    "deferred": "put off",
}
"""The statuses, where there is little room."""

LINES = 80
"""Lines of a cell that are shown beside another's."""


class Picture(NamedTuple):
    """A picture and what it shows, for those who do not see it."""

    address: str
    shows: str


class Beside(NamedTuple):
    """Two students, and their cells where these have most in common."""

    pair: Pair
    exercise: str
    cells: tuple[str, str]


def page(report: Report, cells: Cells, now: datetime) -> str:
    """The page, as HTML.

    Args:
        report: what is said.
        cells: the text of each exercise, by student.
        now: the time of the report.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "marked_up": marked_up,
        "name": _name,
        "number": _number,
        "fixed": _fixed,
        "days": _time,
    }
    got = [one.score for one in report.students if one.score is not None]
    most = max((one.max_points or 0.0 for one in report.students), default=0.0)
    after = [one.after_due for one in report.students if one.after_due is not None]
    return environment.get_template("page.html.j2").render(
        report=report,
        now=now.strftime("%Y-%m-%d %H:%M"),
        short=SHORT,
        most=most,
        graded=len(got),
        median=statistics.median(got) if got else None,
        mean=statistics.fmean(got) if got else None,
        scores=_scores(got, most),
        exercises=_exercises(report),
        handed_in=_handed_in(after),
        items={one.exercise: one for one in report.items},
        few=items.FEW,
        easy=items.EASY,
        hard=items.HARD,
        read=lambda title: section(report.assignment, title) if title else None,
        beside=[_beside(pair, cells) for pair in report.alike],
        alike=alike,
        often=alike.often(len(cells)),
        compared=len(cells),
        known=_known(report.students),
    )


def _scores(got: Sequence[float], most: float) -> Picture:
    low, high = (min(got), max(got)) if got else (0, 0)
    shows = f"How many students have which score: from {low:g} to {high:g} of {most:g}."
    return Picture(pictures.as_address(pictures.scores(got, most)), shows)


def _exercises(report: Report) -> Picture:
    right = ", ".join(f"{one.exercise} {one.right} of {one.graded}" for one in report.exercises)
    drawn = pictures.exercises({one.exercise: one.statuses for one in report.exercises})
    return Picture(pictures.as_address(drawn), f"How many got each exercise right: {right}.")


def _handed_in(after: Sequence[float]) -> Picture | None:
    if not after:
        return None
    late = sum(one > 0 for one in after)
    shows = f"When {len(after)} were handed in: {late} after they were due."
    return Picture(pictures.as_address(pictures.handed_in(after)), shows)


def _known(students: Sequence[StudentSummary]) -> dict[str, bool]:
    """What is known of anybody, and gets a column."""
    return {
        name: any(getattr(one, name) is not None for one in students)
        for name in ("handed_in", "after_due", "versions")
    }


def _beside(pair: Pair, cells: Cells) -> Beside:
    exercise = pair.exercises[0]
    one, other = (_shown(cells[student].get(exercise, "")) for student in pair.students)
    return Beside(pair, exercise, (one, other))


def _shown(text: str) -> str:
    lines = [shorten(row, 200) for row in plain(text).splitlines()]
    return "\n".join(lines if len(lines) <= LINES else [*lines[:LINES], "…"])


def _name(text: str) -> str:
    return shorten(line(text, 200), 60)


def _number(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{round(value, digits):g}"


def _fixed(value: float | None) -> str:
    """A measure between −1 and 1, with two digits."""
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def _time(seconds: float) -> str:
    """How late, in hours or days."""
    hours = seconds / 3600
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.1f} hours"
