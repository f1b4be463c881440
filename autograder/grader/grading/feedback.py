"""Feedback for students, by nbgrader's own command, for those whose grade is newer than theirs."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from pathlib import Path

from autograder.grader.grading.course import Course, CourseError
from autograder.grader.grading.pool import end_with_parent

FEW = 3
"""Students for whom no other process is worth its start."""


def stale(course: Course, assignment: str) -> list[str]:
    """The graded students whose feedback is missing or older than the graded notebook."""
    top = course.root / course.directory.autograded_directory
    found = []
    for student in sorted(p.name for p in top.glob("*") if p.is_dir()):
        graded = course.path("autograded", student, assignment) / f"{assignment}.ipynb"
        page = course.path("feedback", student, assignment) / f"{assignment}.html"
        if graded.exists() and _time(page) < _time(graded):
            found.append(student)
    return found


def write(course: Course, assignment: str, student: str) -> None:
    """Write the feedback of one student.

    Raises:
        CourseError: where nbgrader refuses; its reason is in the text.
    """
    course.nbgrader(lambda api: api.generate_feedback(assignment, student, force=True))


def write_all(
    course: Course, assignment: str, students: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Write the feedback of many students, in a process a core.

    Yields:
        A student whose turn is over, and why there is no feedback, or "".
    """
    if len(students) <= FEW:
        for student in students:
            yield student, _refusal(course, assignment, student)
        return
    pool = ProcessPoolExecutor(
        os.cpu_count(),
        multiprocessing.get_context("spawn"),
        initializer=_begin,
    )
    with pool:
        running = {
            pool.submit(_elsewhere, course.root, assignment, name): name for name in students
        }
        try:
            for done in as_completed(running):
                try:
                    yield running[done], done.result()
                except BrokenProcessPool:
                    yield running[done], "a process was killed; run the same command again."
        finally:
            pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """Let Ctrl-C to the command, which ends this process: a page is then written to its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()


def _refusal(course: Course, assignment: str, student: str) -> str:
    try:
        write(course, assignment, student)
    except CourseError as error:
        return str(error)
    return ""


def _elsewhere(root: Path, assignment: str, student: str) -> str:
    return _refusal(_course(root), assignment, student)


_course = cache(Course)
"""The course of a process that writes feedback for the command."""


def _time(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0.0
