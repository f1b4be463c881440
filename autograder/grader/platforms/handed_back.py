"""Feedback as one zip, under the names by which a platform knows whose each page is.

Moodle's "Upload multiple feedback files in a zip" wants the folders of its own download. Canvas'
"Upload Submissions" goes by the two numbers in the name, and shows the page to its student under
the name of the file that was handed in. Who was not collected from either has a folder.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from autograder.grader.grading.course import Course
from autograder.grader.grading.files import write_atomically
from autograder.grader.platforms.notes import Noted, noted


def pack(course: Course, assignment: str, path: Path) -> Mapping[str, int]:
    """Pack every page of feedback that there is into a zip, for the owner's eyes alone.

    Args:
        course: the course.
        assignment: the name of the assignment.
        path: where the zip is written.

    Returns:
        How many pages have the name that each platform wants to see.

    Raises:
        CourseError: where what is kept of the collected work is damaged.
    """
    notes = noted(course, assignment)
    packed: Counter[str] = Counter()
    made = io.BytesIO()
    top = course.root / course.directory.feedback_directory
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for student in sorted(folder.name for folder in top.glob("*") if folder.is_dir()):
            page = course.path("feedback", student, assignment) / f"{assignment}.html"
            if page.is_file():
                platform, name = _name(notes.get(student), student, page.name)
                archive.writestr(name, page.read_bytes())
                packed[platform] += 1
    write_atomically(path, made.getvalue(), mode=0o600)
    return packed


def _name(note: Noted | None, student: str, page: str) -> tuple[str, str]:
    """By which platform a page is known, and its name in the zip."""
    if note is not None and note.platform == "moodle":
        return "moodle", f"{note.wrote}/{page}"
    if note is not None and note.platform == "canvas":
        return "canvas", str(PurePosixPath(note.wrote).with_suffix(".html"))
    return "plain", f"{student}/{page}"
