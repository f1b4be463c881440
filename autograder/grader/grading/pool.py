"""Grade many submissions at once: what the journal holds is taken from it, the rest is run."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import ExitStack, suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Protocol

import msgspec

from autograder import exercises, own
from autograder.grader.errors import CommandError
from autograder.grader.grading import warmup
from autograder.grader.grading.files import FULL
from autograder.grader.grading.job import Job, Kernels, grade, lookup, parsed
from autograder.grader.grading.journal import Journal
from autograder.grader.grading.log import LOG
from autograder.grader.grading.verdict import Graded
from autograder.grader.kernels.printable import line
from autograder.grader.kernels.probe import Machine, believe, probe
from autograder.grader.kernels.sandbox import SandboxError
from autograder.grader.kernels.warm import WarmProcess

ROUNDS = 3
"""How often workers are made anew while nothing at all comes to an end, and the warm process."""


class NotGradedError(Exception):
    """A submission could not be graded; the text says why, in a sentence."""


class ClusterError(CommandError):
    """A cluster cannot be used; the text says why and what to do."""


class Pool(Protocol):
    """Where jobs are run: processes on this machine, or a cluster."""

    def ended(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Callable[[], Graded]]]:
        """Run the jobs; each is given when it has ended, with what returns its result or raises.

        A job whose result raises `BrokenExecutor` was lost with others, and may be run again.
        """


class Workers:
    """Processes on this machine that grade, and the warm process that forks their kernels.

    Args:
        count: how many grade at a time.
        modules: what each kernel needs, so that the warm process imports it once; see `preload`.
        sandboxed: whether kernels are confined.
    """

    def __init__(self, count: int, modules: list[str], sandboxed: bool) -> None:
        self._count = count
        self._modules = modules
        self._sandboxed = sandboxed
        self._open = ExitStack()
        self._warm: WarmProcess | None = None
        self._revivals = 0
        self._folder = self._open.enter_context(
            # Workers that are ended have no time to take away what they have unpacked.
            tempfile.TemporaryDirectory(prefix="autograder-", ignore_cleanup_errors=True)
        )
        if sandboxed:
            # Without it, kernels start cold: slower, and as safe.
            with suppress(SandboxError):
                self._warm = warmup.warm(self._modules)
                self._open.callback(warmup.release, self._warm)

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
        context = warmup.workers(self._modules)
        executor = ProcessPoolExecutor(
            self._count,
            mp_context=context,
            initializer=_begin,
            initargs=(probe() if self._sandboxed else None, self._folder, own.folder()),
        )
        self._open.callback(end, executor)
        return executor

    def ended(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Callable[[], Graded]]]:
        """See `Pool`."""
        executor, left = self.executor(), iter(jobs)
        running: dict[Future[str], Job] = {}
        while True:
            running |= {
                self._submit(executor, job): job
                for job in islice(left, 2 * self._count - len(running))
            }
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                self._revive()
                yield running.pop(future), partial(_result, future)

    def _submit(self, executor: Executor, job: Job) -> Future[str]:
        """Have a job graded; it goes to the worker, and its result comes back, as a file.

        Through the pipes of the executor goes the name alone, which is written whole or not at
        all. Of a worker that is ended while it writes what is longer, the rest would be waited for
        for ever.
        """
        try:
            number, name = tempfile.mkstemp(dir=self._folder)
            with os.fdopen(number, "wb") as file:
                file.write(msgspec.msgpack.encode(job))
            return executor.submit(_grade, name, self.kernels)
        except (BrokenExecutor, OSError) as error:
            failed: Future[str] = Future()
            failed.set_exception(error)
            return failed

    def _revive(self) -> None:
        """Start the warm process again, where it was ended: kernels would all start cold."""
        if self._warm is not None and not self._warm.alive and self._revivals < ROUNDS:
            self._revivals += 1
            with suppress(OSError):
                self._warm.revive()


def _grade(name: str, kernels: Kernels) -> str:
    """Grade the job in a file, and put the result in its place."""
    file = Path(name)
    graded = grade(msgspec.msgpack.decode(file.read_bytes(), type=Job), kernels)
    file.write_bytes(msgspec.msgpack.encode(graded))
    return name


def _result(future: Future[str]) -> Graded:
    file = Path(future.result())
    data = file.read_bytes()
    file.unlink()
    return msgspec.msgpack.decode(data, type=Graded)


def end(executor: Executor) -> None:
    """End the workers of an executor; those too that it has forgotten.

    A worker that starts while another one is being lost is neither ended by the executor nor
    read from, and would be waited for for ever.
    """
    executor.shutdown(wait=False, cancel_futures=True)
    for worker in multiprocessing.active_children():
        worker.terminate()


def _begin(machine: Machine | None, folder: str, beside: Path | None) -> None:
    """Prepare a worker, which ends without a word after Ctrl-C and when the grader is killed.

    Its kernels end with it.

    Args:
        machine: what the grader has found about the machine; None where nothing is confined.
        folder: where its temporary files lie, and those of the other workers.
        beside: the folder of assignments beside the course; what forks workers may be older.
    """
    exercises.use(beside)
    if machine is not None:
        believe(machine)
    tempfile.tempdir = folder
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    end_with_parent(folder)


def end_with_parent(folder: str = "") -> None:
    """Let this process end when the one that started it does: it would wait for work for ever.

    Args:
        folder: what the other one would have taken away at its end, had it not been killed.
    """

    def wait() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
            if folder:
                shutil.rmtree(folder, ignore_errors=True)
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def preload(job: Job) -> list[str]:
    """The modules that every kernel of a job needs, so that the warm process imports them once."""
    return warmup.preload(job.assignment, parsed(job.released).setup)


def grade_all(
    jobs: Sequence[Job],
    journal: Journal,
    pool: Callable[[Job], Pool],
    done: Callable[[Graded], None],
    failed: Callable[[str, str], None],
    measure_again: bool = True,
) -> None:
    """Grade the submissions; the failure of one is nobody else's.

    What the journal holds stands.

    Args:
        jobs: the submissions.
        journal: gets a line for each as soon as it is graded.
        pool: gives the workers; asked, with a job to come, only where something is to be run.
        done: told of each submission when its line is in the journal.
        failed: told of each student who could not be graded, and why, in a sentence.
        measure_again: whether a speed that could not be told before is measured once more.
    """
    fresh: list[Job] = []
    for job in jobs:
        try:
            graded = lookup(job, journal)
            if graded is None:
                fresh.append(job)
            elif measure_again and graded.undecided:
                fresh.append(job.again(graded.verdicts))
            else:
                done(graded)
        except Exception as error:
            failed(job.student, _sentence(job, error))
    if fresh:
        _run(fresh, journal, pool(fresh[0]), done, failed)


def _run(
    jobs: Sequence[Job],
    journal: Journal,
    pool: Pool,
    done: Callable[[Graded], None],
    failed: Callable[[str, str], None],
) -> None:
    """Grade on the workers; what is lost with one of them is graded again by others."""
    left = {job.key: job for job in jobs}
    rounds = 0
    while left and rounds < ROUNDS:
        rounds += 1
        for job, result in pool.ended(list(left.values())):
            try:
                graded = result()
                journal.append(graded)
                done(graded)
                rounds = 0
            except BrokenExecutor:
                LOG.warning("The worker that graded %s ended.", line(job.student, 100))
                continue
            except Exception as error:
                failed(job.student, _sentence(job, error))
            del left[job.key]
    for job in left.values():
        failed(job.student, "the processes that graded it were ended from outside, again and again")


def _sentence(job: Job, error: Exception) -> str:
    """Why a submission is not graded, or its grade not written; the log has the whole of it."""
    LOG.error("%s was not graded.", line(job.student, 100), exc_info=error)
    if isinstance(error, OSError) and error.errno in FULL:
        return "the disk is full; make room and run the same command again"
    if isinstance(error, NotGradedError):
        return str(error)
    return f"{type(error).__name__}: {error}"
