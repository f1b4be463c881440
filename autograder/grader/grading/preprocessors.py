"""What nbgrader's own `autograde` runs in this course: the same judge, the same points."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Float

from autograder.grader.grading.carried import cut_links
from autograder.grader.grading.course import Course
from autograder.grader.grading.job import Kernels, grade, lookup
from autograder.grader.grading.log import LOG, logged
from autograder.grader.grading.submission import Times
from autograder.grader.kernels.printable import line


def before_autograde(assignment: str, notebooks: Sequence[str], **_: Any) -> None:
    """What nbgrader's `autograde` calls before it copies what a student handed in.

    Args:
        assignment: the name of the assignment.
        notebooks: the paths of the notebooks in the folder that is copied.
    """
    course = Course(Path(os.getcwd()))
    course.make_private("autograded")
    with logged(course.log(assignment)):
        for folder in {Path(path).parent for path in notebooks}:
            for name, led in cut_links(folder).items():
                told = line(f"{folder / name} was a link to {led}, and is cut.", 1000)
                LOG.warning("%s", told)


class Execute(NbGraderPreprocessor):  # type: ignore[misc]
    """Grades the submission, or takes the verdicts from the journal where they stand there.

    It stands in the place of nbgrader's own preprocessor of that name, and of its sanitising:
    it reads what was submitted for itself, and the notebook that it returns is the released one
    with the student's cells. Of the files that nbgrader has copied those stay that the assignment
    declares.
    """

    cell_seconds = Float(Times.cell, help="How long one cell may run, in seconds.").tag(config=True)
    ask_seconds = Float(
        Times.ask, help="How long the answers to one exercise may take, in seconds."
    ).tag(config=True)
    all_seconds = Float(Times.all, help="How long the whole submission may take, in seconds.").tag(
        config=True
    )

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """See nbconvert's Preprocessor."""
        about = resources["nbgrader"]
        course = Course(Path(os.getcwd()))
        course.sweep(about["assignment"], about["student"])
        job = course.job(about["assignment"], about["student"])
        journal = course.journal(about["assignment"])
        graded = lookup(job, journal)
        if graded is None:
            graded = grade(job, Kernels())
            journal.append(graded)
        return nbformat.reads(graded.notebook, as_version=4), resources
