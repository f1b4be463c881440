"""From the journal to nbgrader: the gradebook and the graded notebooks, by one writer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from autograder.grader.grading import due, extensions
from autograder.grader.grading.course import Course
from autograder.grader.grading.entries import Entries, Entry, same
from autograder.grader.grading.files import write_atomically
from autograder.grader.grading.gradebook import LateRuleError
from autograder.grader.grading.notebook import Released, sources
from autograder.grader.grading.verdict import Graded


@dataclass(frozen=True)
class Settled:
    """What the gradebook says of an assignment, and what had to be set right in it.

    Attributes:
        entries: what it says now.
        scores: the students whose scores were not those of their verdicts, though they had been
            written there before: what stood there, or None where nothing did, and what stands now.
        penalties: the students who had a penalty for late work, or none, and have another one
            now: from what to what.
        dates: sentences on the due date and on extensions, where there is something to say.
        failures: why the rule about late work says nothing of a student; what stood there stays.
        absent: those whom the gradebook knows and who handed in nothing, in alphabetical order.
    """

    entries: Entries
    scores: Mapping[str, tuple[float | None, float]] = field(default_factory=dict)
    penalties: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    failures: Mapping[str, str] = field(default_factory=dict)
    absent: Sequence[str] = ()


class Record:
    """Brings graded submissions of one assignment into a course.

    The graded notebook is written after the gradebook; where it stands, the gradebook has had the
    scores. Whether it still has them, and what has changed in it since, is looked at when all are
    written.

    Args:
        course: the course.
        assignment: the name of the assignment.
    """

    def __init__(self, course: Course, assignment: str) -> None:
        self._course = course
        self._assignment = assignment
        self._stubs = {
            cell.grade_id: cell.source.strip()
            for cell in Released.parse(course.released(assignment)).answers
        }
        course.make_private("autograded")
        self._writer = course.gradebook()
        self._known = self._writer.students(assignment)
        self._lost: set[str] = set()
        self._mode = 0o660 if course.directory.groupshared else 0o600

    def __enter__(self) -> Record:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.__exit__(None, None, None)

    def has(self, student: str) -> bool:
        """Whether the student's submission stood in the gradebook from the beginning."""
        return student in self._known

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
        recorded = path.exists() and path.read_bytes() == data
        if recorded and student in self._known:
            return
        timestamp = self._handed_in(student)
        self._writer.write(graded.verdicts, self._untouched(graded.notebook), timestamp)
        self._stamp(student, timestamp)
        if recorded:
            self._lost.add(student)
        else:
            write_atomically(path, data, mode=self._mode)

    def settle(self, graded: Sequence[Graded]) -> Settled:
        """Look at the whole gradebook once, and set right what is not as it has to be.

        Scores follow the verdicts. Penalties follow the dates, extensions, points and scores that
        stand there now, whoever wrote them.

        Args:
            graded: the submissions whose verdicts hold.

        Raises:
            LockedError: where the database stays locked.
        """
        follows = (self._course, self._assignment, self._writer)
        dates = (*due.follow(*follows), *extensions.follow(*follows))
        before = self._writer.entries(self._assignment)
        wrong = [one for one in graded if self._differs(one, before.by_student.get(one.student))]
        for one in wrong:
            timestamp = self._handed_in(one.student)
            self._writer.mend(one.verdicts, timestamp)
            self._stamp(one.student, timestamp)
        found = self._writer.entries(self._assignment) if wrong else before
        stood, now, failures = self._penalties(found)
        changed = {who: now[who] for who in now if not same(stood[who] or 0.0, now[who] or 0.0)}
        if changed:
            self._writer.penalise(self._assignment, changed)
        after = self._writer.entries(self._assignment) if changed else found
        scored = [w for w in wrong if self._has_other_scores(w, before.by_student[w.student])]
        mended = {
            **{one.student: before.by_student[one.student].score() for one in scored},
            **dict.fromkeys(self._lost),
        }
        return Settled(
            after,
            {who: (score, after.by_student[who].score()) for who, score in mended.items()},
            {
                who: (stood[who] or 0.0, penalty or 0.0)
                for who, penalty in changed.items()
                if who in self._known
            },
            dates,
            failures,
            self._course.absent(
                self._assignment, (one.id for one in self._writer.people()), after.by_student
            ),
        )

    def _penalties(
        self, found: Entries
    ) -> tuple[dict[str, float | None], dict[str, float | None], dict[str, str]]:
        """What is taken off late work, by student: as it stands, as it should be, why unknown."""
        name, entries = self._assignment, found.by_student
        stood = {who: entry.penalties.get(name) for who, entry in entries.items()}
        now, failures = dict(stood), {}
        for who, entry in entries.items():
            try:
                now[who] = self._writer.penalty(who, entry.score(name), entry.late(found.due))
            except LateRuleError as error:
                failures[who] = str(error)
        return stood, now, failures

    def _differs(self, graded: Graded, entry: Entry | None) -> bool:
        """Whether the gradebook has another score or another time than it should."""
        if entry is None:
            return False
        timestamp = self._handed_in(graded.student)
        moved = timestamp is not None and timestamp != entry.timestamp
        return moved or self._has_other_scores(graded, entry)

    def _has_other_scores(self, graded: Graded, entry: Entry) -> bool:
        """Whether the gradebook says otherwise than the verdicts on a submission."""
        marks = (
            (entry.marks.get((self._assignment, verdict.cell)), verdict)
            for verdict in graded.verdicts
        )
        return any(
            mark is not None and not same(mark.auto, self._writer.wanted(verdict))
            for mark, verdict in marks
        )

    def _handed_in(self, student: str) -> datetime | None:
        return self._course.timestamp(self._course.submitted(self._assignment, student))

    def _stamp(self, student: str, timestamp: datetime | None) -> None:
        """Write beside the graded notebook when the work was handed in, as nbgrader does."""
        if timestamp is not None:
            folder = self._course.path("autograded", student, self._assignment)
            write_atomically(folder / "timestamp.txt", f"{timestamp} UTC".encode())

    def _untouched(self, notebook: str) -> list[str]:
        cells = sources(notebook)
        # A notebook that was graded before a later release may lack a cell of it.
        return [key for key, stub in self._stubs.items() if cells.get(key, "").strip() == stub]
