"""A job: one submission to grade, as bytes that any process on any machine can take."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import msgspec

from autograder.exercises import homes
from autograder.grader import manifest
from autograder.grader.grading.handed_in import HandedIn
from autograder.grader.grading.journal import Journal
from autograder.grader.grading.notebook import Released, UnreadableNotebookError
from autograder.grader.grading.submission import Grader, Times, versions
from autograder.grader.grading.verdict import Graded, Verdict
from autograder.grader.judge import Judge
from autograder.grader.kernels import gpu, kernel_manager
from autograder.grader.kernels.inside.limits import WITH_GPU
from autograder.grader.kernels.manager import SandboxKernelManager


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One submission of one assignment.

    Attributes:
        student: the student's name in the course.
        assignment: the name of the assignment.
        handed_in: what the student submitted.
        released: the released notebook, as JSON.
        seed: the seed of the hidden inputs.
        cell_seconds: how long one cell may run.
        ask_seconds: how long the answers to one exercise may take.
        all_seconds: how long the whole submission may take.
        runner: "cpu", or "gpu" to complete what a CPU could not judge.
        earlier: the verdicts to complete: those that are not deferred stay.
    """

    student: str
    assignment: str
    handed_in: HandedIn
    released: str
    seed: int
    cell_seconds: float = Times.cell
    ask_seconds: float = Times.ask
    all_seconds: float = Times.all
    runner: str = "cpu"
    earlier: tuple[Verdict, ...] = ()

    @property
    def key(self) -> str:
        """A digest of all that decides the verdicts, the student's name included.

        Of the notebook only what is graded or handed on counts: what a student changes in a
        demonstration or prints does not decide anything, and is not graded again. What was given
        earlier follows from the rest. Where torch is of the same version, its builds for CPU and
        CUDA are as one.
        """
        released = parsed(self.released)
        try:
            submission = released.read(self.handed_in.notebook)
            content = json.dumps(submission.content)
        except UnreadableNotebookError as error:
            content = str(error)
        files = {k: hashlib.sha256(v).hexdigest() for k, v in self.handed_in.files.items()}
        decisive = [
            self.student,
            self.assignment,
            content,
            [sorted(files.items()), self.handed_in.notes],
            [[c.grade_id, c.source, c.points] for c in released.cells],
            self.seed,
            [self.cell_seconds, self.ask_seconds, self.all_seconds],
            [self.runner, _without_builds(versions())],
            manifest.digest(homes(released.exercises), released.setup),
        ]
        return hashlib.sha256(json.dumps(decisive).encode()).hexdigest()

    def again(self, earlier: Sequence[Verdict]) -> Job:
        """The job of completing the verdicts of this one where it is."""
        return msgspec.structs.replace(self, earlier=tuple(earlier))

    def on_gpu(self, earlier: Sequence[Verdict] = ()) -> Job:
        """The job of completing the verdicts of this one on a GPU."""
        return msgspec.structs.replace(self, runner="gpu", earlier=tuple(earlier))


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

    def makers(self, runner: str) -> tuple[Callable[..., SandboxKernelManager], ...]:
        """What makes the manager of a kernel: a warm one first, a cold one where that fails.

        Each takes `files`, the folder of the submission's data files, or None.
        """
        ways = [self.warm, None] if self.warm else [None]
        make = partial(kernel_manager, sandboxed=self.sandboxed)
        if runner == "gpu":
            make = partial(make, limits=WITH_GPU, variables=gpu.variables())
        return tuple(partial(make, warm=way) for way in ways)


def grade(job: Job, kernels: Kernels) -> Graded:
    """Grade one submission; what is right is computed once a process and assignment."""
    times = Times(job.cell_seconds, job.ask_seconds, job.all_seconds)
    grader = _grader(job.assignment, job.seed, job.released, times, kernels, job.runner)
    verdicts, notebook = grader.grade(job.student, job.handed_in, job.earlier)
    return Graded(
        key=job.key,
        student=job.student,
        submission=job.handed_in.digest,
        verdicts=verdicts,
        notebook=notebook,
    )


def lookup(job: Job, journal: Journal) -> Graded | None:
    """The verdicts that stand in the journal for a job of the runner "cpu".

    They are completed by what a GPU has given since.
    """
    if job.key not in journal:
        return None
    graded = journal[job.key]
    if graded.deferred and (completed := job.on_gpu().key) in journal:
        return journal[completed]
    return graded


@lru_cache(maxsize=8)
def parsed(released: str) -> Released:
    """A released notebook, from its JSON."""
    return Released.parse(released)


@lru_cache(maxsize=8)
def _grader(
    assignment: str, seed: int, released: str, times: Times, kernels: Kernels, runner: str
) -> Grader:
    return Grader(parsed(released), Judge(assignment, seed), kernels.makers(runner), times, runner)


def _without_builds(versions: Mapping[str, str]) -> dict[str, str]:
    return {name: version.partition("+")[0] for name, version in versions.items()}
