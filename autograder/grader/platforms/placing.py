"""A submission takes its place in `submitted/`, and what it replaces is kept."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from autograder.grader.grading.course import Course
from autograder.grader.grading.files import make_folder, write_atomically
from autograder.grader.grading.handed_in import (
    ALL_FILES,
    MOST_FILES,
    HandedIn,
    LeftOutError,
    read_folder,
)
from autograder.grader.grading.job import parsed
from autograder.grader.grading.notebook import MAX_BYTES, Released, UnreadableNotebookError
from autograder.grader.platforms.given import Given
from autograder.grader.platforms.labels import Label
from autograder.grader.platforms.notes import Noted, keep, noted

TIMESTAMP = "timestamp.txt"
"""The file in which nbgrader finds when work was handed in."""

STAGED = ".collecting-"
"""How the folder is called in which a submission is made ready."""


@dataclass
class Work:
    """What one student handed in at one time.

    Attributes:
        student: the name in the course.
        label: what the name of one of its files says.
        files: what was given, by its place in the submission.
        submitted: when it was handed in, in UTC, where that is known.
        changed: when one of the files was changed last, by an unknown clock.
        earlier: versions of the same files that do not count.
    """

    student: str
    label: Label
    files: dict[PurePosixPath, tuple[Given, Label]] = field(default_factory=dict)
    submitted: datetime | None = None
    changed: datetime = datetime.min
    earlier: list[Given] = field(default_factory=list)

    def add(self, file: Given, label: Label) -> None:
        """Add a file; of two versions of one the later is taken."""
        there = self.files.get(label.name)
        if there is not None and there[1].order >= label.order:
            self.earlier.append(file)
            return
        if there is not None:
            self.earlier.append(there[0])
        self.files[label.name] = (file, label)
        self.changed = max(self.changed, file.changed)
        if label.order >= self.label.order:
            self.label = label

    @property
    def rank(self) -> tuple[bool, datetime, int, datetime]:
        """What a later submission of the same student has more of."""
        none = datetime.min.replace(tzinfo=UTC)
        return self.submitted is not None, self.submitted or none, self.label.order, self.changed

    @property
    def wrote(self) -> str:
        """What the platform called it: of Canvas' files, the notebook."""
        notebooks = [lab.wrote for p, (_, lab) in self.files.items() if p.suffix == ".ipynb"]
        return notebooks[-1] if self.label.platform == "canvas" and notebooks else self.label.wrote

    @property
    def only_notebook(self) -> PurePosixPath | None:
        """The place of the notebook, where there is no other, by its name."""
        found = self._notebooks
        return found[0] if len(found) == 1 else None

    @property
    def has_notebook(self) -> bool:
        """Whether one of its files is a notebook, by its name."""
        return bool(self._notebooks)

    @property
    def _notebooks(self) -> list[PurePosixPath]:
        return [path for path in self.files if path.suffix.casefold() == ".ipynb"]


class Placer:
    """Puts submissions of one assignment in their places.

    Args:
        course: the course.
        assignment: the name of the assignment.

    Raises:
        CourseError: where it was not released, or where what is kept of it is damaged.
    """

    def __init__(self, course: Course, assignment: str) -> None:
        self._course = course
        self._assignment = assignment
        self._released = parsed(course.released(assignment))
        self._notes = noted(course, assignment)

    def put(self, work: Work) -> tuple[str, str]:
        """Put a submission in its place; what became of it, and what there is to know."""
        student = work.student
        target = self._course.path("submitted", student, self._assignment)
        if target.is_symlink() or target.parent.is_symlink():
            return "left", f"{target} is a symbolic link. Remove it."
        self._course.make_private("submitted")
        target.parent.mkdir(parents=True, exist_ok=True)
        for unfinished in target.parent.glob(f"{STAGED}*"):  # of a command that was killed
            shutil.rmtree(unfinished, ignore_errors=True)
        staged = Path(tempfile.mkdtemp(prefix=STAGED, dir=target.parent))
        try:
            given, notes = self._staged(work, staged)
            if given.notebook is None:
                return "left", " ".join(notes) or "There is no notebook in it."
            if len(given.notebook) > MAX_BYTES:
                return "left", f"The notebook has more than {MAX_BYTES // 2**20} MiB."
            became, says = self._exchange(work, given, staged, target)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        return became, " ".join([*says, *notes, *self._looked_at(given)])

    def _staged(self, work: Work, staged: Path) -> tuple[HandedIn, list[str]]:
        """What the grader will read of a submission, in a folder that has nothing else in it."""
        notes: list[str] = []
        left = MAX_BYTES + ALL_FILES
        raw = staged / "raw"
        raw.mkdir()
        only = work.only_notebook
        for name, (file, _) in sorted(work.files.items())[: 2 * MOST_FILES]:
            try:
                data = file.read()
            except LeftOutError as error:
                notes.append(f"{name.name} was left out: {error}")
                continue
            left -= len(data)
            if left < 0:
                notes.append("There is more in it than may be handed in.")
                break
            # Whatever the only notebook is called, nothing need be said of it.
            place = raw / (f"{self._assignment}.ipynb" if name == only else name)
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                with place.open("xb") as writing:
                    writing.write(data)
            except (FileExistsError, NotADirectoryError):
                notes.append(f"{name.name} was left out: another file has its name.")
        given = read_folder(raw, self._assignment)
        shutil.rmtree(raw)
        return given, [*notes, *given.notes]

    def _exchange(
        self, work: Work, given: HandedIn, staged: Path, target: Path
    ) -> tuple[str, list[str]]:
        """Let a submission take the place of the one that is there, if it is newer."""
        student, before = work.student, self._notes.get(work.student)
        there = read_folder(target, self._assignment) if target.is_dir() else None
        when = self._course.timestamp(target)
        if there is not None and there.digest == given.digest:
            if work.submitted and when is None:
                _write_time(target, work.submitted)
            self._note(work, given, before.before if before else [])
            return "unchanged", []
        if there is not None:
            if before is not None and given.digest == before.digest:
                return "earlier", ["What is there was changed since it was collected, and stays."]
            if before is not None and given.digest in before.before:
                return "earlier", ["A newer submission is there already."]
            if _newer(when, before, work):
                return "earlier", ["A newer submission is there already."]
        for name, data in {f"{self._assignment}.ipynb": given.notebook, **given.files}.items():
            write_atomically(staged / name, data or b"")
        if work.submitted is not None:
            _write_time(staged, work.submitted)
        staged.chmod(0o755)
        kept = [*(before.before if before else []), *([there.digest] if there else [])]
        if there is not None:
            self._keep(student, target)
        staged.rename(target)
        self._note(work, given, kept)
        return ("replaced" if there is not None else "collected"), []

    def _keep(self, student: str, target: Path) -> None:
        """Put what is replaced where it is kept."""
        place = self._course.kept / "replaced" / self._assignment / student
        make_folder(place, 0o700)
        number = 1 + max((int(p.name) for p in place.iterdir() if p.name.isdigit()), default=0)
        shutil.move(target, place / str(number))

    def _note(self, work: Work, given: HandedIn, before: Sequence[str]) -> None:
        label = work.label
        self._notes[work.student] = Noted(
            platform=label.platform,
            wrote=work.wrote,
            digest=given.digest,
            order=label.order,
            late=label.late,
            before=list(dict.fromkeys(before)),
        )
        keep(self._course, self._assignment, self._notes)

    def _looked_at(self, given: HandedIn) -> list[str]:
        """What a person should know of a notebook before it is graded."""
        try:
            found = self._released.read(given.notebook)
        except UnreadableNotebookError as error:
            return [f"A person has to look at it: {error}"]
        return [] if found.sources else [_other(self._released, self._assignment)]


def _newer(when: datetime | None, before: Noted | None, work: Work) -> bool:
    """Whether what is there was handed in after what is given now."""
    if when is not None and work.submitted is not None:
        return when.replace(tzinfo=UTC) > work.submitted
    same = before is not None and before.platform == work.label.platform
    return same and before is not None and before.order > work.label.order


def _write_time(folder: Path, submitted: datetime) -> None:
    said = submitted.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    write_atomically(folder / TIMESTAMP, f"{said}\n".encode())


def _other(released: Released, assignment: str) -> str:
    return f"It has none of the cells of {assignment}: it may be another assignment's."
