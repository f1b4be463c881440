"""Feedback for students, by nbgrader's own command, for those whose grade is newer than theirs."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import re
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from pathlib import Path

from autograder.grader.grading import kept
from autograder.grader.grading.course import Course, CourseError
from autograder.grader.grading.pool import end_with_parent

UNFIT = frozenset("*?[\n")
"""What nbgrader cannot have in a student's name where it writes feedback."""

FEW = 3
"""Students for whom no other process is worth its start."""


def stale(course: Course, assignment: str) -> list[str]:
    """The graded students whose feedback is missing, or was made of another graded notebook.

    Of a page of which nothing is noted, as before December 2026, the clock alone can tell.
    """
    top = course.root / course.directory.autograded_directory
    made_of = kept.read(course, _note(assignment))
    found = []
    for student in sorted(p.name for p in top.glob("*") if p.is_dir()):
        digest = _digest(course, assignment, student)
        page = course.path("feedback", student, assignment) / f"{assignment}.html"
        if not digest:
            continue
        graded = course.path("autograded", student, assignment) / f"{assignment}.ipynb"
        known = made_of.get(student)
        if (known and known != digest) or _time(page) < _time(graded):
            found.append(student)
    return found


def write(course: Course, assignment: str, student: str) -> None:
    """Write the feedback of one student.

    Raises:
        CourseError: where nbgrader refuses; its reason is in the text.
    """
    course.sweep(assignment, student)
    course.make_private("feedback")
    if not UNFIT.isdisjoint(student):
        raise CourseError(
            "nbgrader writes no feedback for such a name: it takes *, ? and [ for a pattern, which "
            "others match as well, and finds no name with the end of a line in it. Name the "
            f"student's folder otherwise in {course.directory.submitted_directory}/, and grade it "
            "again."
        )
    # A space at an end would be stripped; as a pattern of its own it is not.
    name = re.sub(r"\s", r"[\g<0>]", student)
    course.nbgrader(lambda api: api.generate_feedback(assignment, name, force=True))


def write_all(
    course: Course, assignment: str, students: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Write the feedback of many students, in a process a core.

    Of what each page was made is noted in the course, for `stale`: clocks cannot be compared.

    Yields:
        A student whose turn is over, and why there is no feedback, or "".
    """
    digests = {student: _digest(course, assignment, student) for student in students}
    made_of = kept.read(course, _note(assignment))
    try:
        for student, refusal in _written(course, assignment, students):
            if not refusal:
                made_of[student] = digests[student]
            yield student, refusal
    finally:
        kept.write(course, _note(assignment), made_of)


def _written(course: Course, assignment: str, students: Sequence[str]) -> Iterator[tuple[str, str]]:
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


def _note(assignment: str) -> str:
    """Where the digest of the graded notebook is kept of which each student's page was made."""
    return f"made/feedback-{assignment}"


def _digest(course: Course, assignment: str, student: str) -> str:
    """A digest of a student's graded notebook, or "" where there is none."""
    graded = course.path("autograded", student, assignment) / f"{assignment}.ipynb"
    return hashlib.sha256(graded.read_bytes()).hexdigest() if graded.is_file() else ""
