"""From the journal to nbgrader: the gradebook and the graded notebooks, by one writer."""

from __future__ import annotations

from autograder.grader.grading.course import Course
from autograder.grader.grading.files import write_atomically
from autograder.grader.grading.gradebook import Writer
from autograder.grader.grading.notebook import Released, sources
from autograder.grader.grading.verdict import Graded


class Record:
    """Brings graded submissions of one assignment into a course.

    The graded notebook is written after the gradebook; where it stands, nothing is left to do.

    Args:
        course: the course.
        assignment: the name of the assignment.
    """

    def __init__(self, course: Course, assignment: str) -> None:
        self._course = course
        self._assignment = assignment
        self._stubs = {
            cell.grade_id: cell.source.strip()
            for cell in Released.parse(course.released(assignment)).solutions
        }
        directory = course.directory
        self._writer = Writer(directory.db_url, directory.course_id, course.config)
        self._known = self._writer.students(assignment)

    def __enter__(self) -> Record:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.__exit__(None, None, None)

    def write(self, graded: Graded) -> None:
        """Write one submission, unless it stands there already.

        Raises:
            LockedError: where the database stays locked.
            OSError: where a file cannot be written.
        """
        student = graded.student
        folder = self._course.path("autograded", student, self._assignment)
        path = folder / f"{self._assignment}.ipynb"
        data = graded.notebook.encode()
        if student in self._known and path.exists() and path.read_bytes() == data:
            return
        submitted = self._course.path("submitted", student, self._assignment)
        timestamp = self._course.timestamp(submitted)
        self._writer.write(graded.verdicts, self._untouched(graded.notebook), timestamp)
        if timestamp is not None:
            write_atomically(folder / "timestamp.txt", f"{timestamp} UTC".encode())
        write_atomically(path, data, mode=0o600)

    def _untouched(self, notebook: str) -> list[str]:
        cells = sources(notebook)
        return [key for key, stub in self._stubs.items() if cells[key].strip() == stub]
