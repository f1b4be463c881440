"""Make an nbgrader course, and release assignments in it."""

from __future__ import annotations

from pathlib import Path

from autograder.grader.grading.course import Course, CourseError
from autograder.grader.grading.files import CONFIG, write_atomically
from autograder.grader.release.made import digests, note, noted
from autograder.grader.release.source import assignments, text

CONFIGURATION = '''\
"""The configuration of this course. nbgrader's own commands read it as well."""

from autograder.grader.grading.preprocessors import Execute
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    ComputeChecksums,
    IncludeHeaderFooter,
    LockCells,
    SaveAutoGrades,
    SaveCells,
)

c = get_config()

c.CourseDirectory.course_id = "cells-to-cudnn"

# There is nothing to clear: the stubs are handed out as they are written, docstrings included.
c.GenerateAssignment.preprocessors = [
    IncludeHeaderFooter,
    LockCells,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    SaveCells,
    CheckCellMetadata,
]

# The judge decides, and writes each verdict where nbgrader reads the score.
c.Autograde.sanitize_preprocessors = []
c.Autograde.autograde_preprocessors = [Execute, SaveAutoGrades, AssignLatePenalties]
'''


def make_course(root: Path) -> Course:
    """Make the course folder, or take it as it is where it has its configuration."""
    config = root / CONFIG
    if not config.exists():
        if root.exists() and any(root.iterdir()):
            raise CourseError(
                f"{root} is not empty and has no {CONFIG}. Name a new or an empty folder."
            )
        write_atomically(config, CONFIGURATION.encode())
    return Course(root)


def release(course: Course, assignment: str) -> bool:
    """Write the assignment into `source/` and release it with nbgrader.

    Where nbgrader refuses, what was released before stands as it was.

    Returns:
        Whether anything had changed since it was last released.

    Raises:
        CourseError: where nbgrader refuses; its reason is in the text.
    """
    source = course.path("source", ".", assignment) / f"{assignment}.ipynb"
    target = course.path("release", ".", assignment) / f"{assignment}.ipynb"
    place = course.kept / "made" / f"release-{assignment}.json"
    if noted(place) == digests((source, target)):
        return False
    wanted = text(assignment).encode()
    changed = not (target.exists() and source.exists() and source.read_bytes() == wanted)
    if changed:
        before = {file: file.read_bytes() for file in (source, target) if file.exists()}
        write_atomically(source, wanted)
        target.unlink(missing_ok=True)
        try:
            course.nbgrader(lambda api: api.generate_assignment(assignment))
        except CourseError:
            for file, data in before.items():
                write_atomically(file, data)
            raise
    note(place, digests((source, target)))
    return changed


def release_all(course: Course) -> list[str]:
    """Release every assignment; the names of those that had changed."""
    return [assignment for assignment in assignments() if release(course, assignment)]
