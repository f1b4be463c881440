"""Collect: what was given goes into `submitted/`, the newest of each student, and nothing is lost.

What a newer submission replaces is kept in `.autograder/replaced/`. What no file in `submitted/`
can say, such as the name that the platform gave it, is noted in `.autograder/collected/`, and
`feedback --zip` hands it back under that name.
"""

from __future__ import annotations

import fcntl
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import msgspec
from nbgrader.utils import parse_utc

from autograder.grader.grading.course import Course, CourseError
from autograder.grader.grading.handed_in import LeftOutError
from autograder.grader.platforms.given import Given, Left, Opener
from autograder.grader.platforms.labels import labels
from autograder.grader.platforms.owners import owners, without
from autograder.grader.platforms.placing import TIMESTAMP, Placer, Work
from autograder.grader.platforms.roster import Roster, in_folder, moment

LATE = (
    "It is marked as late, and nothing says by how much: write the time into timestamp.txt beside "
    "the notebook, if it is to cost anything."
)
"""What is said of work that a platform marks as late without a time."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file that was given.

    Attributes:
        source: the zip, folder or notebook in which it was given.
        file: its name in there.
        student: whose it is, or "".
        became: "collected", or "replaced" where it took the place of another; "unchanged" where it
            is there already; "earlier" where a newer one counts; "left" where a person has to look.
        says: why it was left, or what there is to know of it.
        late: whether the platform marks it as late.
        submitted: when it was handed in, in UTC, where that is known.
    """

    source: str
    file: str
    student: str = ""
    became: str
    says: str = ""
    late: bool = False
    submitted: datetime | None = None


class Collected(msgspec.Struct, frozen=True, kw_only=True):
    """What `autograder collect --json` writes.

    Attributes:
        assignment: the name of the assignment.
        files: what became of each file.
        absent: those of the class, as far as it is known, of whom there is no work.
    """

    assignment: str
    files: list[Told]
    absent: list[str]


class Collector:
    """Collects the submissions of one assignment.

    Args:
        course: the course.
        assignment: the name of the assignment, which was released.
        roster: the class.
        new: whether a plain name that nobody has brings a new student.
        zip_times: whether the times in a zip say when work was handed in. On Canvas and Moodle
            they say when it was downloaded.

    Raises:
        CourseError: where the assignment was not released.
    """

    def __init__(
        self,
        course: Course,
        assignment: str,
        roster: Roster,
        new: bool = False,
        zip_times: bool = False,
    ) -> None:
        self._course = course
        self._assignment = assignment
        self._roster = roster
        self._new = new
        self._zip_times = zip_times
        self._placer = Placer(course, assignment)

    def collect(self, paths: Sequence[Path]) -> list[Told]:
        """Collect what is in these zips, folders and notebooks; what became of each file."""
        told: list[Told] = []
        works: dict[str, list[Work]] = defaultdict(list)
        with _alone(self._course), closing(Opener()) as opener:
            sources: dict[Path, list[Given]] = {}
            for one in opener.listed(paths):
                if isinstance(one, Left):
                    told.append(
                        Told(source=str(one.source), file=one.name, became="left", says=one.why)
                    )
                else:
                    sources.setdefault(one.source, []).append(one)
            for work in self._works(list(sources.values()), told):
                works[work.student].append(work)
            for student in sorted(works):
                told += self._student(works[student])
        return sorted(told, key=lambda one: (one.source, one.file, one.student))

    def _works(self, sources: Sequence[Sequence[Given]], told: list[Told]) -> list[Work]:
        """The submissions in all sources; what is nobody's is told."""
        found = {
            file: label
            for files in sources
            for file, label in labels(files, self._is_person).items()
        }
        there = list(in_folder(self._course))
        owned = owners(found, self._roster, self._assignment, self._new, there)
        works: dict[tuple[str, Path, str], Work] = {}
        times: dict[tuple[Path, str], Given] = {}
        for file, one in owned.items():
            if isinstance(one, str):
                if file.path.name != TIMESTAMP:
                    told.append(_told(file, "left", one))
                continue
            if one.label.name == PurePosixPath(TIMESTAMP):
                times[file.source, one.label.folder] = file
                continue
            for student in one.students:
                key = (student, file.source, one.label.folder)
                works.setdefault(key, Work(student, one.label)).add(file, one.label)
        for (_, source, folder), work in works.items():
            work.submitted = self._time(work, times.get((source, folder)))
        return list(works.values())

    def _is_person(self, name: str) -> bool:
        return bool(self._roster.anyhow(without(name, self._assignment)))

    def _time(self, work: Work, noted: Given | None) -> datetime | None:
        label = work.label
        if label.platform == "gradescope":
            return moment(label.created)
        if label.platform == "moodle":
            for kind, value in label.readings[0]:
                if found := self._roster.submitted(kind, value):
                    return found
        if noted is not None:
            try:
                return _parsed(noted.read()[:200].decode(errors="replace").strip())
            except LeftOutError:
                return None
        return work.changed.astimezone(UTC) if self._zip_times else None

    def _student(self, works: Sequence[Work]) -> Iterator[Told]:
        """Put the newest submission of a student in its place."""
        complete = [work for work in works if work.has_notebook]
        newest = max(complete, key=lambda work: work.rank, default=None)
        for work in works:
            if work is newest:
                became, says = self._placer.put(work)
            elif work.has_notebook:
                became, says = "earlier", "A newer submission of the same student counts."
            else:
                became, says = "left", "There is no notebook with it."
            if work.label.late and work.submitted is None:
                says = " ".join(filter(None, [says, LATE]))
            files = [file for file, _ in work.files.values()]
            for file in files:
                yield _told(file, became, says, work)
            for file in work.earlier:
                yield _told(file, "earlier", "A later version of the same file counts.", work)


@contextmanager
def _alone(course: Course) -> Iterator[None]:
    """One command at a time collects; the system ends the lock with the process."""
    with (course.kept / "collect.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            says = "Another command collects in this course. Wait until it ends."
            raise CourseError(says) from None
        yield


def _parsed(said: str) -> datetime | None:
    try:
        return parse_utc(said).replace(tzinfo=UTC) if said else None
    except Exception:  # dateutil raises what it stumbles over, of modules that it uses too
        return None


def _told(file: Given, became: str, says: str, work: Work | None = None) -> Told:
    return Told(
        source=str(file.source),
        file=str(file.path),
        student=work.student if work else "",
        became=became,
        says=says,
        late=bool(work and work.label.late),
        submitted=work.submitted if work else None,
    )
