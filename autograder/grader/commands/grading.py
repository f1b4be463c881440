"""Grade a class, or loose notebooks, and tell the person at the terminal what became of them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from autograder.grader.commands.results import print_settled, print_students, write_json
from autograder.grader.commands.terminal import err, out
from autograder.grader.errors import CommandError
from autograder.grader.grading.course import Course, CourseError
from autograder.grader.grading.entries import Entries
from autograder.grader.grading.files import course_root
from autograder.grader.grading.handed_in import read_notebook
from autograder.grader.grading.job import Job
from autograder.grader.grading.journal import Journal
from autograder.grader.grading.log import LOG, logged
from autograder.grader.grading.pool import ClusterError, Pool, Workers, grade_all, preload
from autograder.grader.grading.progress import Waiting
from autograder.grader.grading.record import Record, Settled
from autograder.grader.grading.settings import use_own
from autograder.grader.grading.standing import Standing, standing
from autograder.grader.grading.submission import versions
from autograder.grader.grading.verdict import Graded, shown
from autograder.grader.kernels.gpu import probe_gpu
from autograder.grader.kernels.printable import line
from autograder.grader.kernels.probe import probe
from autograder.grader.kernels.sandbox import SandboxError
from autograder.grader.release import source
from autograder.grader.report import tables

if TYPE_CHECKING:
    from autograder.grader.grading.cluster import Cluster


class Hosts(NamedTuple):
    """Where submissions are graded.

    Attributes:
        processes: how many at a time.
        cluster: `local`, `slurm` or the address of a scheduler; None for processes of our own.
        runner: "cpu", or "gpu" to complete what the CPU has to defer.
        sandboxed: whether student code is confined.
    """

    processes: int = 2
    cluster: str | None = None
    runner: str = "cpu"
    sandboxed: bool = True

    def told(self) -> str:
        """For the log, in words."""
        where = f"the cluster {self.cluster}" if self.cluster else f"{self.processes} processes"
        return f"{where}, {self.runner}, {'sandboxed' if self.sandboxed else 'unsafe'}"


@dataclass
class Outcome:
    """What became of the submissions of one assignment.

    Attributes:
        by_student: the graded submissions.
        failures: why the others could not be graded, by student.
        left: where these stand.
        settled: what the gradebook says now; None for loose notebooks.
    """

    by_student: dict[str, Graded] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    left: list[Standing] = field(default_factory=list)
    settled: Settled | None = None

    @property
    def graded(self) -> list[Graded]:
        """The graded submissions, in alphabetical order."""
        return [one for _, one in sorted(self.by_student.items())]

    @property
    def standings(self) -> list[Standing]:
        """Where the students stand."""
        return [*(Standing(one.student, one) for one in self.graded), *self.left]

    @property
    def refused(self) -> dict[str, str]:
        """Why a file was refused, by student; in a course it waits in formgrader, and is done."""
        if self.settled is not None:
            return {}
        return {one.student: one.verdicts[0].message for one in self.graded if one.unreadable}

    @property
    def unpenalised(self) -> dict[str, str]:
        """Why the course's rule about late work says nothing, by student."""
        return dict(self.settled.failures) if self.settled is not None else {}

    @property
    def entries(self) -> Entries | None:
        """What the gradebook says of them, where there is one."""
        return self.settled.entries if self.settled is not None else None


def grade(
    assignment: str, files: Sequence[Path], folder: Path, json: Path | None, hosts: Hosts
) -> dict[str, str]:
    """Grade, and print the table.

    Args:
        assignment: the name of the assignment.
        files: loose notebooks and folders of them; where there are none, the class is graded.
        folder: the course folder, or one within it.
        json: where the verdicts are written, if anywhere.
        hosts: where to grade.

    Returns:
        Why submissions could not be graded, or were refused, by student.
    """
    if (root := course_root(folder)) is not None:
        use_own(root)
    source.page(assignment)
    here = hosts.cluster in (None, "local") and hosts.sandboxed
    if here and hosts.runner == "gpu" and (refusal := probe_gpu().refusal):
        raise SandboxError(refusal)
    course = None if files else Course.find(folder)
    watch = course.watch(assignment, __name__) if course is not None else None
    if course is None:
        outcome = _grade(assignment, _loose(assignment, files), Journal(None), _unrecorded, hosts)
    else:
        about_to_settle = watch.look if watch is not None else None
        outcome = grade_class(course, assignment, hosts, about_to_settle=about_to_settle)
    absent = outcome.settled.absent if outcome.settled is not None else ()
    print_students(outcome.standings, outcome.entries, absent)
    print_settled(outcome.settled)
    if json is not None:
        write_json(json, [shown(verdict) for one in outcome.graded for verdict in one.verdicts])
    undecided = [one.student for one in outcome.graded if one.undecided]
    if undecided:
        err.print(
            f"This machine was too busy to tell all about {len(undecided)}: "
            f"{line(', '.join(undecided), 500)}. What is put off, such as how fast a layer runs, "
            "costs nothing, and the same command completes it, best when nothing else runs.",
            markup=False,
        )
    not_done = outcome.failures | outcome.refused | outcome.unpenalised
    # What a person has to mend is told at every run.
    clear = not not_done and not undecided and not (outcome.settled and outcome.settled.dates)
    if watch is not None and clear:
        watch.keep(out.export_text(styles=out.is_terminal))
    return not_done


def grade_class(
    course: Course,
    assignment: str,
    hosts: Hosts,
    measure_again: bool = True,
    about_to_settle: Callable[[], None] | None = None,
) -> Outcome:
    """Grade the class of a course, and write what it gets into the course.

    Args:
        course: the course.
        assignment: the name of the assignment.
        hosts: where to grade.
        measure_again: whether a speed that could not be told before is measured once more.
        about_to_settle: called before the gradebook is looked at for the last time.

    Raises:
        CourseError: where nobody has handed in anything.
    """
    jobs = {name: partial(course.job, assignment, name) for name in course.class_of(assignment)}
    journal = course.journal(assignment)
    with logged(course.log(assignment)), Record(course, assignment) as record:
        packages = ", ".join(f"{name} {version}" for name, version in versions().items())
        LOG.info("%s: %d submissions; %s; %s.", assignment, len(jobs), hosts.told(), packages)

        def done(one: Graded) -> None:
            record.write(one)
            LOG.info("%s", _told(one))

        outcome = _grade(assignment, jobs, journal, done, hosts, measure_again)
        if about_to_settle is not None:
            about_to_settle()
        outcome.settled = record.settle(outcome.graded)
        for sentence in tables.settled(outcome.settled):
            LOG.info("%s", line(sentence, 1000))
        LOG.info("Done: %d graded, %d not.", len(outcome.by_student), len(outcome.failures))
        return outcome


def _told(one: Graded) -> str:
    """A line of the log on a student."""
    points = sum(verdict.points for verdict in one.verdicts)
    wrong = [
        f"{v.exercise}: {v.mistake or v.reason or v.status}"
        for v in one.verdicts
        if v.status != "correct"
    ]
    seconds = sum(verdict.duration for verdict in one.verdicts)
    return line(f"{one.student}: {points:g} points, {seconds:.1f} s. {'; '.join(wrong)}", 1000)


def _grade(
    assignment: str,
    readers: Mapping[str, Callable[[], Job]],
    journal: Journal,
    record: Callable[[Graded], None],
    hosts: Hosts,
    measure_again: bool = True,
) -> Outcome:
    """Grade what the readers read; a file that cannot be read is one student's failure."""
    outcome = Outcome()
    jobs: dict[str, Job] = {}
    for student, read in readers.items():
        try:
            jobs[student] = read()
        except CommandError:  # of the course, and not of one student
            raise
        except Exception as error:
            outcome.failures[student] = tables.unread(error)
            LOG.error("%s was not graded.", line(student, 100), exc_info=error)
    with ExitStack() as stack:
        waiting = stack.enter_context(Waiting(err, f"Grading {assignment}", len(jobs)))

        def done(one: Graded) -> None:
            outcome.by_student[one.student] = one
            waiting.done()
            record(one)

        def failed(student: str, why: str) -> None:
            outcome.failures[student] = why
            waiting.failed(f"{student}: {why}")

        @cache
        def connected(where: str) -> Cluster:
            return stack.enter_context(_cluster(where, hosts))

        def pool(first: Job) -> Pool:
            if hosts.cluster is not None:
                for caution in connected(hosts.cluster).cautions(first.runner):
                    err.print(caution, markup=False)
                return connected(hosts.cluster)
            if hosts.sandboxed and (refusal := probe().refusal):
                raise SandboxError(refusal)
            count = 1 if first.runner == "gpu" else min(hosts.processes, len(jobs))
            return stack.enter_context(Workers(count, preload(first), hosts.sandboxed))

        grade_all(list(jobs.values()), journal, pool, done, failed, measure_again)
        if hosts.runner == "gpu":
            deferred = [one for one in outcome.by_student.values() if one.deferred]
            rest = [jobs[one.student].on_gpu(one.verdicts) for one in deferred]
            waiting.more(len(rest))
            grade_all(rest, journal, pool, done, failed)
    for student in jobs.keys() & outcome.failures.keys():
        with suppress(Exception):  # the failure itself, which is told already
            outcome.left.append(standing(jobs[student], journal))
    return outcome


def _unrecorded(graded: Graded) -> None:
    """Loose notebooks have no gradebook."""


def _loose(assignment: str, paths: Sequence[Path]) -> dict[str, Callable[[], Job]]:
    """What reads the notebooks among files and folders, by the student whose name the file has."""
    released, seed = source.text(assignment), secrets.randbits(63)

    def job(student: str) -> Job:
        return Job(
            student=student,
            assignment=assignment,
            handed_in=read_notebook(found[student]),
            released=released,
            seed=seed,
        )

    found: dict[str, Path] = {}
    for path in paths:
        if not path.exists():
            raise CourseError(f"{path} does not exist.")
        for file in sorted(path.glob("*.ipynb")) if path.is_dir() else [path]:
            if file.stem in found:
                raise CourseError(f"{found[file.stem]} and {file} are of the same student.")
            found[file.stem] = file
    if not found:
        raise CourseError("There is no notebook among these files and folders.")
    return {student: partial(job, student) for student in found}


def _cluster(where: str, hosts: Hosts) -> Cluster:
    try:
        from autograder.grader.grading.cluster import Cluster
    except ImportError as error:
        raise ClusterError(
            f"Grading on a cluster needs Dask ({error}): pip install 'cells-to-cudnn[cluster]'."
        ) from None
    return Cluster(where, hosts.processes, hosts.sandboxed)
