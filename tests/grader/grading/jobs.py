"""Jobs to grade, as the tests of several rooms give them to the grader."""

from __future__ import annotations

from autograder.grader.grading.handed_in import HandedIn
from autograder.grader.grading.job import Job
from autograder.grader.release.source import text


def job_of(assignment: str, notebook: str | bytes, seed: int = 1, student: str = "ada") -> Job:
    """The job of grading a notebook that was handed in for an assignment."""
    data = notebook if isinstance(notebook, bytes) else notebook.encode()
    return Job(
        student=student,
        assignment=assignment,
        handed_in=HandedIn(data),
        released=text(assignment),
        seed=seed,
    )
