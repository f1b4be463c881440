"""What nbgrader's own `autograde` runs in this course: the same judge, the same points."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Float

from .course import Course
from .job import Kernels, grade


class Execute(NbGraderPreprocessor):  # type: ignore[misc]
    """Grades the notebook, or takes the verdicts from the journal where they stand there.

    It stands in the place of nbgrader's own preprocessor of that name, and of its sanitising:
    the notebook that it returns is the released one with the student's solution cells.
    """

    cell_seconds = Float(30.0, help="How long one cell may run, in seconds.").tag(config=True)
    ask_seconds = Float(
        10.0, help="How long the answers to one exercise may take, in seconds."
    ).tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """See nbconvert's Preprocessor."""
        about = resources["nbgrader"]
        course = Course(Path(os.getcwd()))
        data = nbformat.writes(nb).encode()
        job = course.job(about["assignment"], about["student"], data)
        journal = course.journal(about["assignment"])
        if job.key not in journal:
            journal.append(grade(job, Kernels()))
        return nbformat.reads(journal[job.key].notebook, as_version=4), resources
