"""Where students stand: the newest verdicts on what they handed in, whatever code made them."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.grader.grading.cell import Submission
from autograder.grader.grading.job import Job, lookup, parsed
from autograder.grader.grading.journal import Journal
from autograder.grader.grading.notebook import UnreadableNotebookError, sources
from autograder.grader.grading.verdict import Graded

OLDER = "graded with an older version; grade again to renew"
CHANGED = "handed in again since it was graded; grade again"
UNGRADED = "not graded yet"


@dataclass(frozen=True)
class Standing:
    """Where one student stands.

    Attributes:
        student: the student's name in the course.
        graded: the newest verdicts on what is handed in now; None where there are none.
        note: `OLDER`, `CHANGED` or `UNGRADED`, or why what is handed in cannot be read; "" where
            grading again would change nothing.
    """

    student: str
    graded: Graded | None
    note: str = ""


def standing(job: Job, journal: Journal) -> Standing:
    """Where the student of a job of the runner "cpu" stands.

    Verdicts on an earlier submission are no grade of the one that is there now.
    """
    current = lookup(job, journal)
    if current is not None:
        return Standing(job.student, current)
    lines = list(journal.of(job.student))
    for graded in lines:
        if _of_this(job, graded):
            return Standing(job.student, graded, OLDER)
    return Standing(job.student, None, CHANGED if lines else UNGRADED)


def _of_this(job: Job, graded: Graded) -> bool:
    """Whether verdicts are on what is handed in now."""
    if graded.submission:
        return graded.submission == job.handed_in.digest
    # A line made before December 2026: the graded notebook holds the cells that were judged.
    released = parsed(job.released)
    try:
        submission = released.read(job.handed_in.notebook)
    except UnreadableNotebookError:
        submission = Submission({})
    judged = sources(graded.notebook)
    return all(
        judged[cell.grade_id] == submission.sources.get(cell.grade_id, cell.source)
        for cell in released.solutions
        if cell.grade_id in judged
    )
