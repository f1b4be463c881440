"""Grade many submissions at once: what the journal holds is taken from it, the rest is run."""

from __future__ import annotations

import errno
import multiprocessing
import re
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, as_completed
from contextlib import ExitStack, suppress

from ..kernels.sandbox import SandboxError
from ..kernels.warm import FRAMEWORKS, KERNEL, WarmProcess
from .job import Job, Kernels, grade
from .journal import Journal
from .notebook import Released
from .verdict import Graded

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says where there is no room to write."""

ROUNDS = 3
"""How often workers are made anew while nothing at all comes to an end."""


class Workers:
    """Processes on this machine that grade, and the warm process that forks their kernels.

    Args:
        count: how many grade at a time.
        job: one of the jobs to come; the warm process imports what its setup cells import.
        sandboxed: whether kernels are confined.
    """

    def __init__(self, count: int, job: Job, sandboxed: bool) -> None:
        self._count = count
        self._sandboxed = sandboxed
        self._open = ExitStack()
        self._warm: WarmProcess | None = None
        if sandboxed:
            # It imports while the workers start. Without it, kernels start cold: slower, and as
            # safe.
            with suppress(SandboxError):
                self._warm = WarmProcess(preload(job))
                self._open.callback(self._warm.close)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def kernels(self) -> Kernels:
        """How the workers start kernels."""
        return Kernels(self._sandboxed, self._warm.address if self._warm else "")

    def executor(self) -> Executor:
        """Workers, made anew: an executor that has lost one of its processes takes no more."""
        context = multiprocessing.get_context("spawn")
        return self._open.enter_context(ProcessPoolExecutor(self._count, mp_context=context))


def preload(job: Job) -> list[str]:
    """The modules that every kernel of a job needs, so that the warm process imports them once."""
    setup = [c.source for c in Released.parse(job.released).cells if c.role == "setup"]
    imported = set(re.findall(r"^(?:import|from)\s+(\w+)", "\n".join(setup), re.MULTILINE))
    frameworks = [m for m in FRAMEWORKS if m.partition(".")[0] in imported]
    return [*KERNEL, *frameworks, "autograder.exercises.respond", "autograder.check"]


def grade_all(
    jobs: Sequence[Job],
    journal: Journal,
    workers: Callable[[Job], Workers],
    done: Callable[[Graded], None],
) -> dict[str, str]:
    """Grade the submissions; the failure of one is nobody else's.

    Args:
        jobs: the submissions.
        journal: gets a line for each as soon as it is graded.
        workers: gives the workers; asked, with a job to come, only where something is to be run.
        done: told of each submission when its line is in the journal.

    Returns:
        For each student who could not be graded, why, in a sentence.
    """
    fresh: list[Job] = []
    failures: dict[str, str] = {}
    for job in jobs:
        if job.key not in journal:
            fresh.append(job)
            continue
        try:
            done(journal[job.key])
        except Exception as error:
            failures[job.student] = _sentence(error)
    if fresh:
        failures |= _run(fresh, journal, workers(fresh[0]), done)
    return failures


def _run(
    jobs: Sequence[Job], journal: Journal, workers: Workers, done: Callable[[Graded], None]
) -> dict[str, str]:
    """Grade on the workers; what is lost with one of them is graded again by others."""
    left = {job.key: job for job in jobs}
    failures: dict[str, str] = {}
    rounds = 0
    while left and rounds < ROUNDS:
        rounds += 1
        executor = workers.executor()
        futures = {executor.submit(grade, job, workers.kernels): job for job in left.values()}
        for future in as_completed(futures):
            job = futures[future]
            try:
                graded = future.result()
                journal.append(graded)
                done(graded)
                rounds = 0
            except BrokenExecutor:
                continue
            except Exception as error:
                failures[job.student] = _sentence(error)
            del left[job.key]
    why = "the processes that graded it were ended from outside, again and again"
    return failures | {job.student: why for job in left.values()}


def _sentence(error: Exception) -> str:
    """Why a submission is not graded, or its grade not written."""
    if isinstance(error, OSError) and error.errno in FULL:
        return "the disk is full; make room and run the same command again"
    return f"{type(error).__name__}: {error}"
