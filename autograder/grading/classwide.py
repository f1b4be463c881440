"""Grade many submissions at once: what the journal holds is taken from it, the rest is run."""

from __future__ import annotations

import errno
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from .job import Job, grade
from .journal import Journal
from .verdict import Graded

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says where there is no room to write."""


@contextmanager
def workers(count: int) -> Iterator[Executor]:
    """Processes on this machine that grade, `count` at a time."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context) as executor:
        yield executor


def grade_all(
    jobs: Sequence[Job],
    journal: Journal,
    executor: Callable[[], Executor],
    done: Callable[[Graded], None],
) -> dict[str, str]:
    """Grade the submissions; the failure of one is nobody else's.

    Args:
        jobs: the submissions.
        journal: gets a line for each as soon as it is graded.
        executor: gives the workers; asked only when there is something to run.
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
    if not fresh:
        return failures
    pool = executor()
    futures: dict[Future[Graded], Job] = {pool.submit(grade, job): job for job in fresh}
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
