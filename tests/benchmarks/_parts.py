"""Where the time of one submission goes, by the functions that spend it, in one process."""

from __future__ import annotations

import functools
import inspect
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from autograder.grader.grading import submission
from autograder.grader.grading.course import Course
from autograder.grader.grading.job import Kernels, grade
from autograder.grader.grading.journal import Journal
from autograder.grader.grading.pool import preload
from autograder.grader.grading.record import Record
from autograder.grader.judge import Judge
from autograder.grader.kernels.session import Session
from autograder.grader.kernels.warm import WarmProcess

PARTS: dict[str, list[tuple[Any, str]]] = {
    "kernel, started and ended": [(Session, "_ready"), (Session, "_end")],
    "cells": [(Session, "run_cell")],
    "answers": [(Session, "ask")],
    "judge": [(Judge, "judge")],
    "conversion": [(submission, "marked")],
    "journal": [(Journal, "append")],
    "database and files": [(Record, "write")],
}
WARM_UP = 3


class Stopwatch:
    """Gives each moment to the innermost part that runs, or to "rest"."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._running = ["rest"]
        self._since = time.perf_counter()

    @contextmanager
    def __call__(self, part: str) -> Iterator[None]:
        self.lap()
        self._running.append(part)
        try:
            yield
        finally:
            self.lap()
            self._running.pop()

    def lap(self) -> None:
        now = time.perf_counter()
        self.seconds[self._running[-1]] += now - self._since
        self._since = now


def watched(work: Callable[..., Any], part: str, watch: Stopwatch) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(work):

        @functools.wraps(work)
        async def later(*args: Any, **kwargs: Any) -> Any:
            with watch(part):
                return await work(*args, **kwargs)

        return later

    @functools.wraps(work)
    def now(*args: Any, **kwargs: Any) -> Any:
        with watch(part):
            return work(*args, **kwargs)

    return now


def measure(course: Course, assignment: str) -> dict[str, float]:
    """Mean seconds a submission in each part, one submission after the other."""
    jobs = [course.job(assignment, student) for student in course.submissions(assignment)]
    journal = course.journal(assignment)
    with (
        WarmProcess(preload(jobs[0])) as warm,
        Record(course, assignment) as record,
        pytest.MonkeyPatch.context() as patched,
    ):
        kernels = Kernels(True, warm.address)
        for job in jobs[:WARM_UP]:
            grade(job, kernels)
        watch = Stopwatch()
        for part, functions in PARTS.items():
            for owner, name in functions:
                patched.setattr(owner, name, watched(getattr(owner, name), part, watch))
        watch.lap()
        watch.seconds.clear()
        for job in jobs:
            graded = grade(job, kernels)
            journal.append(graded)
            record.write(graded)
        watch.lap()
    return {part: watch.seconds[part] / len(jobs) for part in (*PARTS, "rest")}
