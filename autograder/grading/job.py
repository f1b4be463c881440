"""A job: one submission to grade, as bytes that any process on any machine can take."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import msgspec
from jupyter_client.manager import AsyncKernelManager

from ..judge import Judge
from ..kernels import kernel_manager
from ..references import SOLUTIONS
from .notebook import Released, UnreadableNotebookError
from .submission import DEVICE, Grader, Times, versions
from .verdict import Graded

PACKAGE = Path(__file__).parents[1]


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One submission of one assignment.

    Attributes:
        student: the student's name in the course.
        assignment: the stem of the assignment.
        notebook: the bytes of the submitted notebook, or None where there is none.
        released: the released notebook, as JSON.
        seed: the seed of the hidden inputs.
        cell_seconds: how long one cell may run.
        ask_seconds: how long the answers to one exercise may take.
    """

    student: str
    assignment: str
    notebook: bytes | None
    released: str
    seed: int
    cell_seconds: float = Times.cell
    ask_seconds: float = Times.ask

    @property
    def key(self) -> str:
        """A digest of all that decides the verdicts, the student's name included.

        Of the notebook only the solution cells count: what else a student changes does not
        decide anything, and is not graded again.
        """
        try:
            submission = _released(self.released).read(self.notebook or b"")
            content = json.dumps([dict(submission.sources), dict(submission.notes)])
        except UnreadableNotebookError as error:
            content = str(error) if self.notebook is not None else "no notebook"
        decisive = [
            self.student,
            self.assignment,
            content,
            [[c.grade_id, c.source, c.points] for c in _released(self.released).cells],
            self.seed,
            [self.cell_seconds, self.ask_seconds],
            [DEVICE, versions(), course_digest(self.assignment)],
        ]
        return hashlib.sha256(json.dumps(decisive).encode()).hexdigest()


@dataclass(frozen=True)
class Kernels:
    """How the kernels for student code are started on this host.

    Attributes:
        sandboxed: whether they are confined; without it, a student's code may do on this
            machine whatever the grader may.
        warm: the address of the host's warm process, or "" for a cold start.
    """

    sandboxed: bool = True
    warm: str = ""

    def makers(self) -> tuple[Callable[[], AsyncKernelManager], ...]:
        """What makes the manager of a kernel: a warm one first, a cold one where that fails."""
        ways = [self.warm, None] if self.warm else [None]
        return tuple(partial(kernel_manager, sandboxed=self.sandboxed, warm=w) for w in ways)


def grade(job: Job, kernels: Kernels) -> Graded:
    """Grade one submission; what is right is computed once a process and assignment."""
    times = Times(job.cell_seconds, job.ask_seconds)
    grader = _grader(job.assignment, job.seed, job.released, times, kernels)
    verdicts, notebook = grader.grade(job.student, job.notebook)
    return Graded(key=job.key, student=job.student, verdicts=verdicts, notebook=notebook)


@cache
def course_digest(stem: str) -> str:
    """A digest of the code that decides: exercises, judge, references and their mistakes."""
    files = [
        *PACKAGE.glob("*.py"),
        *(PACKAGE / "exercises").glob("*.py"),
        *(PACKAGE / "judge").glob("*.py"),
        *(PACKAGE / "grading").glob("*.py"),
        SOLUTIONS / f"{stem}.py",
        *(SOLUTIONS / "mistakes").glob("*.py"),
    ]
    texts: Mapping[str, str] = {f.name: f.read_text("utf-8") for f in sorted(files)}
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


@cache
def _released(text: str) -> Released:
    return Released.parse(text)


@cache
def _grader(stem: str, seed: int, released: str, times: Times, kernels: Kernels) -> Grader:
    return Grader(_released(released), Judge(stem, seed), kernels.makers(), times)
