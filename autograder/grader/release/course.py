"""Make an nbgrader course, and release assignments in it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder import own
from autograder.exercises import find
from autograder.grader import folder
from autograder.grader.grading import settings
from autograder.grader.grading.course import Course, CourseError
from autograder.grader.grading.files import CONFIG, write_atomically
from autograder.grader.grading.notebook import Released
from autograder.grader.grading.rebuild import enter
from autograder.grader.grading.settings import SettingsError
from autograder.grader.release.made import digests, note, noted, noted_once
from autograder.grader.release.source import assignments, notebook, page, text

CONFIGURATION = '''\
"""The configuration of this course. nbgrader's own commands read it as well."""

from autograder.grader.grading.preprocessors import Execute, before_autograde
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

# The judge decides, and writes each verdict where nbgrader reads the score. What links in a
# submission lead to is not copied.
c.Autograde.pre_convert_hook = before_autograde
c.Autograde.sanitize_preprocessors = []
c.Autograde.autograde_preprocessors = [Execute, SaveAutoGrades, AssignLatePenalties]

# A page of feedback says in its contents what was found, and fetches nothing from elsewhere.
c.GenerateFeedback.exporter_class = "autograder.grader.grading.feedback_page.FeedbackExporter"

# `nbgrader zip_collect lstm` collects from downloaded/lstm/archive/ what is named after a student,
# with or without the assignment: ada.ipynb, ada_lstm.ipynb, ada.zip or a folder ada.
c.FileNameCollectorPlugin.named_regexp = (
    r"(?!.*/(\\.ipynb_checkpoints|__MACOSX)/)"
    r".*/(?P<file_id>[^/]+)/extracted/(?P<student_id>[^/]+?)(_(?P=file_id))?(/.+)?\\.ipynb$"
)
'''


@dataclass(frozen=True)
class Release:
    """What became of an assignment that was to be released.

    Attributes:
        assignment: its name.
        changed: whether it was released anew.
        left: a sentence on what a person had changed, or another assignment has now, and what was
            left alone therefore.
    """

    assignment: str
    changed: bool
    left: str = ""


def make_course(root: Path, only: Sequence[str] = (), beside: Path | None = None) -> Course:
    """Make the course folder, or take it as it is where it has its configuration.

    Args:
        root: the folder.
        only: the assignments of the course; all where none are named.
        beside: a folder of assignments beside those of the course, if any.

    Raises:
        CourseError: where it cannot be made there, or has chosen otherwise already.
        FolderError: where the folder beside it cannot be used.
        NoSuchAssignmentError: where there is none of such a name.
    """
    if beside is not None:
        folder.use(beside)
    else:
        settings.use_own(root)
    for name in only:
        page(name)
    config, chosen = root / CONFIG, root / settings.FILE
    made = not config.exists()
    if made:
        if root.exists() and any(root.iterdir()):
            raise CourseError(
                f"{root} is not empty and has no {CONFIG}. Name a new or an empty folder."
            )
        write_atomically(config, CONFIGURATION.encode())
    if not chosen.exists() and (made or only):
        write_atomically(
            chosen, settings.text(only or assignments(), _seen_from(root, beside)).encode()
        )
    course = Course(root)
    if beside is not None and own.folder() != beside.resolve():
        raise CourseError(
            f"{chosen} names another folder of assignments, {own.folder()}. Change it there, and "
            f"run the same command without --exercises: autograder course {root}"
        )
    if only and set(course.settings.assignments or ()) != set(only):
        raise CourseError(
            f"{chosen} says already which assignments the course has. Change them there, and run "
            f"the same command without --only: autograder course {root}"
        )
    return course


def _seen_from(root: Path, folder: Path | None) -> str:
    return (
        "" if folder is None else Path(os.path.relpath(folder.resolve(), root.resolve())).as_posix()
    )


def release(
    course: Course, assignment: str, replace: bool = False, edited_too: bool = True
) -> Release:
    """Write the assignment into `source/` and release it with nbgrader.

    What a person has changed in `source/` or `release/` is not overwritten, and no exercise is
    taken out that another assignment has now. Where nbgrader refuses, what was released before
    stands as it was.

    Args:
        course: the course.
        assignment: the name of the assignment.
        replace: whether what was changed is replaced by what the chapter says.
        edited_too: whether a source that a person changed is released as it is.

    Raises:
        CourseError: where nbgrader refuses; its reason is in the text.
        SettingsError: where the course wants points for what is no exercise with points.
    """
    source = course.path("source", ".", assignment) / f"{assignment}.ipynb"
    target = course.path("release", ".", assignment) / f"{assignment}.ipynb"
    place = course.kept / "made" / f"release-{assignment}.json"
    points = dict(course.settings.points.get(assignment, {}))
    stands = digests((source, target))
    if noted(place) == _note(stands, points, True) and not replace:
        return Release(assignment, enter(course, assignment))
    if not replace and (moved := _moved(assignment, target)):
        return Release(assignment, enter(course, assignment), _whole(assignment, moved, course))
    wanted = _with_points(assignment, points, course).encode()
    before = noted_once(place)
    ours = set() if before.get("edited") else set(before.get("files", before).values())
    as_wanted = source.exists() and source.read_bytes() == wanted
    edited = source.exists() and not as_wanted and stands[str(source)] not in ours
    if replace or not edited:
        foreign = bool(ours) and target.exists() and stands[str(target)] not in ours
        if foreign and not replace:
            enter(course, assignment)
            return Release(assignment, False, _left(target, assignment, "left as it is", course))
        changed = replace or not (as_wanted and target.exists())
        if changed:
            _generate(course, assignment, source, target, wanted)
        entered = enter(course, assignment)
        note(place, _note(digests((source, target)), points, True))
        return Release(assignment, changed or entered)
    released = before.get("files") == _names(stands) and target.exists()
    if not edited_too and target.exists():
        enter(course, assignment)
        return Release(assignment, False, _left(source, assignment, "left as it is", course))
    if not released:
        _generate(course, assignment, source, target, source.read_bytes())
    entered = enter(course, assignment)
    note(place, _note(digests((source, target)), points, False))
    left = _left(source, assignment, "released as it is", course)
    return Release(assignment, entered or not released, left)


def release_all(course: Course) -> list[Release]:
    """Release the assignments that the course has chosen; what became of each.

    A course without a choice, made before December 2026, keeps those that are in it.
    """
    chosen = course.settings.assignments
    if chosen is None:
        chosen = tuple(name for name in assignments() if _is_there(course, name))
    return [_released(course, assignment) for assignment in chosen]


def _released(course: Course, assignment: str) -> Release:
    was_there = (course.kept / "made" / f"release-{assignment}.json").exists()
    if was_there and not _is_there(course, assignment):
        return Release(
            assignment,
            False,
            f"{assignment} was removed from the course, and stays away. To bring it back: "
            f"autograder release {assignment} --course {course.root}",
        )
    return release(course, assignment, edited_too=False)


def _is_there(course: Course, assignment: str) -> bool:
    steps = ("source", "release")
    return any(course.path(step, ".", assignment).is_dir() for step in steps)


def _generate(course: Course, assignment: str, source: Path, target: Path, data: bytes) -> None:
    before = {file: file.read_bytes() for file in (source, target) if file.exists()}
    write_atomically(source, data)
    target.unlink(missing_ok=True)
    try:
        course.nbgrader(lambda api: api.generate_assignment(assignment))
    except CourseError:
        for file, former in before.items():
            write_atomically(file, former)
        raise


def _with_points(assignment: str, points: Mapping[str, float], course: Course) -> str:
    """The notebook with the points that the course wants."""
    checked = [cell.exercise for cell in Released(notebook(assignment)).checks if cell.points]
    for exercise in points:
        if exercise not in checked:
            raise SettingsError(
                f"{course.root / settings.FILE} gives points to {exercise}, which carries none. "
                f"Those with points are: {', '.join(checked)}."
            )
    return text(assignment, points)


def _moved(assignment: str, target: Path) -> list[str]:
    """The exercises of a released notebook that stand in another assignment today."""
    if not target.exists():
        return []
    own = Released(notebook(assignment)).exercises
    released = Released.parse(target.read_text("utf-8")).exercises
    return [name for name in released if name not in own and find(name) is not None]


def _whole(assignment: str, moved: Sequence[str], course: Course) -> str:
    """A sentence on a notebook that was released before its assignment was divided."""
    return (
        f"{assignment} was released here before it was divided, with {', '.join(moved)}. It was "
        "left as it is, and all of it is graded. Where nothing was handed in yet, this replaces it "
        f"by what its chapter has now: autograder release {assignment} --replace --course "
        f"{course.root}"
    )


def _note(stands: Mapping[str, str], points: Mapping[str, float], ours: bool) -> object:
    """What is noted of a release; the folder of the course may be moved."""
    return {"files": _names(stands), "points": dict(points), "edited": not ours}


def _names(stands: Mapping[str, str]) -> dict[str, str]:
    """The digests by step; a file lies in the folder of its assignment, in that of its step."""
    return {Path(file).parts[-3]: digest for file, digest in stands.items()}


def _left(file: Path, assignment: str, what: str, course: Course) -> str:
    """A sentence on a file that a person has changed, and how it is replaced."""
    return (
        f"{file.relative_to(course.root)} was changed in this course, and was {what}: the points "
        f"in {settings.FILE} are not in it. To have what the chapter and {settings.FILE} say, "
        f"without the change: autograder release {assignment} --replace --course {course.root}"
    )
