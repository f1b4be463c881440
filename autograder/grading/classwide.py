"""Grade many submissions at once: what the journal holds is taken from it, the rest is run."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager

from .job import Job, grade
from .journal import Journal
from .verdict import Graded


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
    for job in jobs:
        if job.key in journal:
            done(journal[job.key])
        else:
            fresh.append(job)
    failures: dict[str, str] = {}
    if not fresh:
        return failures
    pool = executor()
    futures: dict[Future[Graded], Job] = {pool.submit(grade, job): job for job in fresh}
    for future in as_completed(futures):
        student = futures[future].student
        try:
            graded = future.result()
            journal.append(graded)
        except OSError as error:
            failures[student] = f"the journal could not be written: {error.strerror or error}"
        except Exception as error:
            failures[student] = f"grading stopped with {type(error).__name__}: {error}"
        else:
            done(graded)
    return failures
