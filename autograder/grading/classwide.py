"""Grade many submissions at once: what the journal holds is taken from it, the rest is run."""

from __future__ import annotations

import errno
import multiprocessing
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager

from ..kernels.warm import FRAMEWORKS, KERNEL, WarmProcess
from .job import Job, Kernels, grade
from .journal import Journal
from .notebook import Released
from .verdict import Graded

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says where there is no room to write."""


Pool = tuple[Executor, Kernels]
"""The workers, and how they start kernels."""


@contextmanager
def workers(count: int, job: Job, sandboxed: bool) -> Iterator[Pool]:
    """Processes on this machine that grade, `count` at a time, and a warm process for them.

    Args:
        count: how many.
        job: one of the jobs to come; the warm process imports what its setup cells import.
        sandboxed: whether kernels are confined.
    """
    with ExitStack() as stack:
        warm = stack.enter_context(WarmProcess(preload(job))).address if sandboxed else ""
        context = multiprocessing.get_context("spawn")
        executor = stack.enter_context(ProcessPoolExecutor(count, mp_context=context))
        yield executor, Kernels(sandboxed, warm)


def preload(job: Job) -> list[str]:
    """The modules that every kernel of a job needs, so that the warm process imports them once."""
    setup = [c.source for c in Released.parse(job.released).cells if c.role == "setup"]
    imported = set(re.findall(r"^(?:import|from)\s+(\w+)", "\n".join(setup), re.MULTILINE))
    frameworks = [m for m in FRAMEWORKS if m.partition(".")[0] in imported]
    return [*KERNEL, *frameworks, "autograder.exercises.respond", "autograder.check"]


def grade_all(
    jobs: Sequence[Job],
    journal: Journal,
    pool: Callable[[Job], Pool],
    done: Callable[[Graded], None],
) -> dict[str, str]:
    """Grade the submissions; the failure of one is nobody else's.

    Args:
        jobs: the submissions.
        journal: gets a line for each as soon as it is graded.
        pool: gives the workers; asked, with a job to come, only where something is to be run.
        done: told of each submission when its line is in the journal.

    Returns:
        For each student who could not be graded, why, in a sentence.
    """
    fresh: list[Job] = []
    failures: dict[str, str] = {}
    for job in jobs:
        try:
            if job.key in journal:
                done(journal[job.key])
            else:
                fresh.append(job)
        except Exception as error:
            failures[job.student] = _sentence(error)
    if not fresh:
        return failures
    executor, kernels = pool(fresh[0])
    futures: dict[Future[Graded], Job] = {
        executor.submit(grade, job, kernels): job for job in fresh
    }
    for future in as_completed(futures):
        student = futures[future].student
        try:
            graded = future.result()
            journal.append(graded)
            done(graded)
        except Exception as error:
            failures[student] = _sentence(error)
    return failures


def _sentence(error: Exception) -> str:
    """Why a submission is not graded, or its grade not written."""
    if isinstance(error, OSError) and error.errno in FULL:
        return "the disk is full; make room and run the same command again"
    if isinstance(error, BrokenProcessPool):
        return "the process that graded it was ended from outside; run the same command again"
    return f"{type(error).__name__}: {error}"
