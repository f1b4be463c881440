"""All that a course has of one student: written into an archive for them, or deleted.

What people keep elsewhere, as downloads, exported tables and backups, is no part of it.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from autograder.grader.commands.report import FOLDER
from autograder.grader.errors import CommandError
from autograder.grader.grading import extensions, kept
from autograder.grader.grading.course import Course
from autograder.grader.grading.files import write_atomically
from autograder.grader.grading.handed_in import readable
from autograder.grader.grading.journal import Journal
from autograder.grader.grading.verdict import Graded, shown
from autograder.grader.platforms import notes
from autograder.grader.platforms.notes import Noted

STEPS = ("submitted", "autograded", "feedback")
"""nbgrader's folders in which a student has one."""


class NobodyError(CommandError):
    """The course has nothing of the student; the text says so."""


def export(course: Course, student: str, archive: Path) -> None:
    """Write what the course has of a student into a zip, without the secrets of the course.

    Args:
        course: the course.
        student: the student's name in it.
        archive: the file, which its owner alone may read; one that is there is replaced.

    Raises:
        NobodyError: where there is nothing.
        CourseError: where what is kept of the collected work is damaged.
        OSError: where it cannot be written.
    """
    folders, graded = _folders(course, student), list(_graded(course, student))
    with course.gradebook() as gradebook:
        stands = gradebook.student(student)
    if stands is None and not folders and not graded:
        raise _nobody(course, student)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archived:
        archived.writestr("gradebook.json", _readable(stands))
        archived.writestr("verdicts.json", _readable([_shown(one) for one in graded]))
        noted = {name: of[student] for name, of in _collected(course).items() if student in of}
        archived.writestr("collected.json", _readable(noted))
        for folder in folders:
            for file in _files(folder):
                # A zip has no times before 1980, and no name that is not in UTF-8.
                name = readable(os.fspath(file.relative_to(course.root)))
                archived.writestr(name, file.read_bytes())
    write_atomically(archive, packed.getvalue(), 0o600)


def delete(course: Course, student: str) -> None:
    """Remove what the course has of a student; what was interrupted goes on when asked again.

    The gradebook comes last, so that until then the course knows of the student.

    Args:
        course: the course.
        student: the student's name in it.

    Raises:
        NobodyError: where there is nothing.
        CourseError: where what is kept of the collected work is damaged.
        LockedError: where the gradebook stays locked.
        OSError: where something cannot be removed.
    """
    folders, journals = _folders(course, student), list(_journals(course))
    collected = _collected(course)
    with course.gradebook() as gradebook:
        known = gradebook.student(student) is not None
        if not known and not folders and not any(_graded(course, student)):
            raise _nobody(course, student)
        for folder in folders:
            shutil.rmtree(folder)
        for path in journals:
            Journal(path).forget(student)
        for log in course.kept.glob("*.log"):
            _forget_in(log, student)
        for assignment, noted in collected.items():
            if student in noted:
                notes.keep(course, assignment, {s: one for s, one in noted.items() if s != student})
        of_all = kept.read(course, extensions.KEPT)
        if any(student in of for of in of_all.values()):
            for of in of_all.values():
                of.pop(student, None)
            kept.write(course, extensions.KEPT, of_all)
        # What was told, who has feedback and what a class made of it are found anew.
        for path in journals:
            (course.root / FOLDER / f"{path.stem}.html").unlink(missing_ok=True)
        for file in (*course.kept.glob("told/*.json"), *course.kept.glob("made/feedback-*.json")):
            file.unlink()
        if known:
            gradebook.remove(student)


def _nobody(course: Course, student: str) -> NobodyError:
    return NobodyError(f"{course.root} has nothing of a student {student}.")


def _folders(course: Course, student: str) -> list[Path]:
    """The student's folders, looked for among those that are there: no name leads elsewhere."""
    tops = [course.root / getattr(course.directory, f"{step}_directory") for step in STEPS]
    tops += sorted(course.kept.glob("replaced/*"))
    return [
        folder
        for top in tops
        if top.is_dir()
        for folder in top.iterdir()
        if folder.name == student and folder.is_dir() and not folder.is_symlink()
    ]


def _files(folder: Path) -> Iterator[Path]:
    """The files in a folder; links are not followed."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def _journals(course: Course) -> Iterator[Path]:
    yield from sorted(course.kept.glob("*.jsonl"))


def _graded(course: Course, student: str) -> Iterator[Graded]:
    for path in _journals(course):
        yield from Journal(path).of(student)


def _collected(course: Course) -> dict[str, dict[str, Noted]]:
    """What is noted of the work that was collected, by assignment and student."""
    names = sorted(path.stem for path in course.kept.glob("collected/*.json"))
    return {name: notes.noted(course, name) for name in names}


def _forget_in(log: Path, student: str) -> None:
    """Leave out of a log the entries that name the student, with what follows in their lines."""
    text = log.read_text(encoding="utf-8", errors="replace")
    entries = re.split(r"^(?=\d{4}-\d\d-\d\d )", text, flags=re.MULTILINE)
    name = re.compile(rf"(?<![\w.-]){re.escape(student)}(?![\w-])")
    left = "".join(entry for entry in entries if not name.search(entry))
    write_atomically(log, left.encode(), 0o600)


def _shown(graded: Graded) -> dict[str, object]:
    """A line of the journal without the seed of the hidden inputs."""
    return {
        "submission": graded.submission,
        "verdicts": [shown(verdict) for verdict in graded.verdicts],
        "notebook": json.loads(graded.notebook),
    }


def _readable(what: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(what), indent=1)
