"""A course folder as nbgrader lays it out, and what the grader keeps beside the gradebook."""

from __future__ import annotations

import json
import os
import re
import secrets
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc
from traitlets.config import PyFileConfigLoader

from autograder.exercises import homes
from autograder.grader import manifest
from autograder.grader.errors import CommandError
from autograder.grader.grading import settings
from autograder.grader.grading.carried import declared, secret, sweep
from autograder.grader.grading.files import CONFIG, course_root, make_folder, write_atomically
from autograder.grader.grading.gradebook import Writer
from autograder.grader.grading.handed_in import read_folder, read_line, readable
from autograder.grader.grading.job import Job, parsed
from autograder.grader.grading.journal import Journal
from autograder.grader.grading.output_cache import Watch
from autograder.grader.grading.settings import Settings

LIMITS = ("cell_seconds", "ask_seconds", "all_seconds")
"""What `c.Execute` may set in the configuration."""

FEEDBACK = "autograder.grader.grading.feedback_page.FeedbackExporter"
"""What writes a page of feedback, where the configuration names nothing else."""


class CourseError(CommandError):
    """Something about the course folder is not as it has to be; the text says what to do."""


def _find_commands() -> None:
    """Put the environment's own commands on PATH: nbgrader calls `alembic` by its name."""
    commands = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", os.defpath)
    if commands not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([commands, path])


class Course:
    """A course folder.

    Args:
        root: the folder with `nbgrader_config.py`.

    Raises:
        CourseError: where it is no course folder, or its configuration cannot be read.
        SettingsError: where the file of its choices cannot be read.
        FolderError: where the folder of assignments that it names cannot be used.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        if not (self.root / CONFIG).is_file():
            raise CourseError(
                f"{root} is not a course folder: it has no {CONFIG}. Give its path with --course, "
                "or make one with: autograder course FOLDER"
            )
        try:
            self.config = PyFileConfigLoader(CONFIG, path=str(self.root)).load_config()
        except Exception as error:
            raise CourseError(
                f"{self.root / CONFIG} cannot be read: {type(error).__name__}: {error}"
            ) from None
        self.config.CourseDirectory.root = str(self.root)
        settings.use_own(self.root)
        if "exporter_class" not in self.config.GenerateFeedback:
            self.config.GenerateFeedback.exporter_class = FEEDBACK
        _find_commands()

    @classmethod
    def find(cls, start: Path) -> Course:
        """The course folder that `start` is, or is in."""
        return cls(course_root(start) or start)

    @cached_property
    def settings(self) -> Settings:
        """What the course has chosen.

        Raises:
            SettingsError: where its file cannot be read.
        """
        return settings.read(self.root)

    @cached_property
    def directory(self) -> CourseDirectory:
        """nbgrader's own view of the folder."""
        return CourseDirectory(config=self.config)

    @cached_property
    def api(self) -> NbGraderAPI:
        """nbgrader's commands on this course."""
        return NbGraderAPI(self.directory, config=self.config)

    @property
    def gradebook_file(self) -> Path | None:
        """The file of the gradebook; None where it is on a server."""
        scheme, _, place = self.directory.db_url.partition(":///")
        return Path(place) if scheme == "sqlite" else None

    def has_gradebook(self) -> bool:
        """Whether there is a gradebook; one on a server is taken to be there."""
        file = self.gradebook_file
        return file is None or file.is_file()

    def gradebook(self) -> Writer:
        """The gradebook, to be closed; it is made where there is none."""
        with self._private_if_new():
            return Writer(self.directory.db_url, self.directory.course_id, self.config)

    @contextmanager
    def _private_if_new(self) -> Iterator[None]:
        """A gradebook that is made meanwhile is for the eyes of the staff alone.

        One that is there has the rights that people gave it.
        """
        new = not self.has_gradebook()
        yield
        if new and self.has_gradebook():
            os.chmod(cast("Path", self.gradebook_file), 0o660 if self._shared else 0o600)

    def make_private(self, step: str) -> None:
        """Make the folder of one of nbgrader's steps, where it is missing, for the staff alone.

        nbgrader's own commands leave files in it that may be read by all, as it needs where it
        hands out copies of them.
        """
        folder = self.root / getattr(self.directory, f"{step}_directory")
        make_folder(folder, 0o2770 if self._shared else 0o700)

    @property
    def _shared(self) -> bool:
        return bool(self.directory.groupshared)

    def path(self, step: str, student: str, assignment: str) -> Path:
        """The folder of an assignment in one of nbgrader's steps, such as "submitted"."""
        name = getattr(self.directory, f"{step}_directory")
        return Path(self.directory.format_path(name, student, assignment))

    def released(self, assignment: str) -> str:
        """The released notebook, as JSON.

        Raises:
            CourseError: where the assignment was not released.
        """
        path = self.path("release", ".", assignment) / f"{assignment}.ipynb"
        if not path.is_file():
            raise CourseError(
                f"The assignment {assignment} was not released in {self.root}. "
                f"Release it with: autograder release {assignment} --course {self.root}"
            )
        return path.read_text(encoding="utf-8")

    def submissions(self, assignment: str) -> dict[str, Path]:
        """The folder that each student submitted, by student, in alphabetical order."""
        top = self.root / self.directory.submitted_directory
        found: dict[str, Path] = {}
        for name in sorted(p.name for p in top.glob("*") if p.is_dir()):
            folder = self.path("submitted", name, assignment)
            if folder.is_dir():
                student = readable(name)
                found[student if student not in found else f"{student} (2)"] = folder
        return found

    def submitted(self, assignment: str, student: str) -> Path:
        """The folder that a student submitted; where there is none, the one it should be."""
        folder = self.path("submitted", student, assignment)
        return folder if folder.is_dir() else self.submissions(assignment).get(student, folder)

    def sweep(self, assignment: str, student: str) -> None:
        """Remove from a student's graded folder the files that the assignment does not declare."""
        submitted = self.submitted(assignment, student)
        sweep(
            self.path("autograded", student, assignment),
            f"{assignment}.ipynb",
            declared(self.path("release", ".", assignment)),
            self.timestamp(submitted),
            secret(submitted),
        )

    def class_of(self, assignment: str) -> list[str]:
        """The students who handed in the assignment, in alphabetical order.

        Raises:
            CourseError: where nobody did.
        """
        submitted = list(self.submissions(assignment))
        if not submitted:
            folder = self.root / self.directory.submitted_directory
            raise CourseError(f"No submissions of {assignment} are in {folder}.")
        return submitted

    def absent(
        self, assignment: str, people: Iterable[str], entered: Collection[str] = ()
    ) -> list[str]:
        """Of whom among these there is no work, in alphabetical order.

        Args:
            assignment: the name of the assignment.
            people: the class, as far as it is known.
            entered: whose work the gradebook has.
        """
        return sorted({*people} - self.submissions(assignment).keys() - {*entered})

    def timestamp(self, folder: Path) -> datetime | None:
        """When a submitted folder was handed in, in UTC, where it says so."""
        try:
            found: datetime | None = parse_utc(read_line(folder / "timestamp.txt"))
        except Exception:  # dateutil raises what it stumbles over, of modules that it uses too
            return None
        return found

    def seed(self, assignment: str) -> int:
        """The secret seed of the assignment; drawn once, and kept for the staff alone.

        Where it is lost, the journal has it: every verdict names its own.

        Raises:
            CourseError: where the file of seeds is damaged, or where the assignment was graded
                before and nothing says with which seed.
        """
        seeds = self._seeds()
        if assignment not in seeds:
            found = self.journal(assignment).seed()
            if found is None and self._graded_before(assignment):
                raise CourseError(
                    f"{assignment} was graded in {self.root} before, but its secret seed is gone: "
                    f"neither {self._seeds_file} nor the journal has it. Put the folder "
                    ".autograder back from a copy. If there is none, grade everybody again with a "
                    f"new seed: autograder grade {assignment} --new-seed"
                )
            self._keep(assignment, secrets.randbits(63) if found is None else found)
        return int(self._seeds()[assignment])

    def draw_seed(self, assignment: str) -> None:
        """Draw a secret seed for an assignment whose own is lost; one that is there stays.

        Raises:
            CourseError: where the file of seeds is damaged.
        """
        if assignment not in self._seeds() and self.journal(assignment).seed() is None:
            self._keep(assignment, secrets.randbits(63))

    @property
    def _seeds_file(self) -> Path:
        return self.kept / "seeds.json"

    def _keep(self, assignment: str, seed: int) -> None:
        seeds = self._seeds() | {assignment: seed}
        write_atomically(self._seeds_file, json.dumps(seeds, indent=1).encode(), mode=0o600)

    def _seeds(self) -> dict[str, int]:
        try:
            seeds = json.loads(self._seeds_file.read_bytes())
        except FileNotFoundError:
            return {}
        except ValueError:  # not UTF-8, or no JSON
            seeds = None
        right = isinstance(seeds, dict) and all(type(seed) is int for seed in seeds.values())
        if not right:
            raise CourseError(
                f"{self._seeds_file} is damaged. It holds the secret seeds of the hidden inputs, "
                "so no other is made in its place. Put a copy of it back. If there is none, remove "
                "it: of what was graded before, the journal has the seeds."
            )
        return dict(seeds)

    def _graded_before(self, assignment: str) -> bool:
        """Whether somebody has points in the gradebook; nbgrader fills `autograded/` before."""
        if not self.has_gradebook():
            return False
        with self.gradebook() as gradebook:
            if assignment not in gradebook.assignments():
                return False
            entries = gradebook.entries(assignment).by_student.values()
        return any(mark.auto for entry in entries for mark in entry.marks.values())

    def job(self, assignment: str, student: str) -> Job:
        """The job of grading what a student submitted, under the limits of this course."""
        folder = self.submitted(assignment, student)
        limits = self.config.Execute
        seconds: dict[str, Any] = {name: float(limits[name]) for name in LIMITS if name in limits}
        return Job(
            student=student,
            assignment=assignment,
            handed_in=read_folder(folder, assignment),
            released=self.released(assignment),
            seed=self.seed(assignment),
            **seconds,
        )

    def journal(self, assignment: str) -> Journal:
        """The journal of the assignment."""
        return Journal(self.kept / f"{assignment}.jsonl")

    def log(self, assignment: str) -> Path:
        """The file that tells of each run of grading the assignment."""
        return self.kept / f"{assignment}.log"

    def watch(self, assignment: str, command: str) -> Watch | None:
        """What looks for changes while the assignment is graded; None where it could not see all.

        A gradebook on a server changes unseen, and so does a folder elsewhere.

        Args:
            assignment: the name of the assignment.
            command: the module of the command that grades it and prints.
        """
        steps = ("submitted", "release", "autograded")
        folders = {s: self.root / getattr(self.directory, f"{s}_directory") for s in steps}
        gradebook = self.gradebook_file
        if gradebook is None:
            return None
        if not all(p.resolve().is_relative_to(self.root) for p in (gradebook, *folders.values())):
            return None
        released = parsed(self.released(assignment))
        decides = manifest.files(homes(released.exercises), released.setup)
        code = {*decides, *manifest.follow([command])}
        written = [folders["autograded"], gradebook, self.kept]
        return Watch(self.root, assignment, sorted(code), written, gradebook)

    def nbgrader(self, command: Callable[[NbGraderAPI], Mapping[str, Any]]) -> None:
        """Run one of nbgrader's commands.

        Raises:
            CourseError: where it fails, with the reason that its log gives.
        """
        with self._private_if_new():
            result = command(self.api)
        if not result["success"]:
            log = f"{result.get('log', '')}\n{result.get('error', '')}"
            reasons = re.findall(
                r"^[ \t]*((?:\w+\.)*\w+(?:Error|Exception): .+)", log, re.MULTILINE
            )
            raise CourseError(f"nbgrader failed: {reasons[0] if reasons else 'no reason given'}")

    @property
    def kept(self) -> Path:
        """The folder of what the grader keeps, for the eyes of its owner alone."""
        folder = self.root / ".autograder"
        make_folder(folder, 0o700)
        return folder
