"""The commands of `autograder`."""

from __future__ import annotations

import secrets
import sys
import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console

from autograder.grader import report as tables
from autograder.grader.grading import feedback as feedback_pages
from autograder.grader.grading.course import Course, CourseError
from autograder.grader.grading.files import write_atomically
from autograder.grader.grading.gradebook import LockedError, UnknownAssignmentError
from autograder.grader.grading.handed_in import read_notebook
from autograder.grader.grading.job import Job, lookup
from autograder.grader.grading.journal import Journal
from autograder.grader.grading.output_cache import Watch
from autograder.grader.grading.pool import FULL, ClusterError, Pool, Workers, grade_all
from autograder.grader.grading.progress import Waiting
from autograder.grader.grading.record import Record
from autograder.grader.grading.verdict import Graded
from autograder.grader.kernels.gpu import probe_gpu
from autograder.grader.kernels.outputs import line
from autograder.grader.kernels.probe import probe
from autograder.grader.kernels.sandbox import SandboxError
from autograder.grader.references import SolutionsMissingError
from autograder.grader.release import course as courses
from autograder.grader.release import source
from autograder.grader.release.sample import write_sample
from autograder.grader.release.solve import solved

if TYPE_CHECKING:
    from autograder.grader.grading.cluster import Cluster

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Make, release and grade the assignments of From Cells to cuDNN.",
)
out = Console(highlight=False, width=None if sys.stdout.isatty() else 120, record=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Assignment = Annotated[str, typer.Argument(help="The name of an assignment, such as lstm.")]
CourseFolder = Annotated[
    Path, typer.Option("--course", help="The course folder; by default the one you are in.")
]

NOT_ALL = 1
"""The exit code where the work was done but for some submissions, which are named."""

REFUSED = 2
"""The exit code where nothing was done, and a sentence says why."""


INTERRUPTED = 130
"""The exit code after Ctrl-C, by typer's choice."""


class Runner(StrEnum):
    """What the kernels compute on."""

    cpu = "cpu"
    gpu = "gpu"


@app.command()
def course(
    folder: Annotated[Path, typer.Argument(help="Where to make it.")],
    sample: Annotated[
        bool, typer.Option("--sample", help="Add a sample class with known mistakes.")
    ] = False,
) -> None:
    """Make an nbgrader course with every assignment released."""
    made = courses.make_course(folder)
    for assignment in courses.release_all(made):
        out.print(f"Released {assignment}.")
    if sample:
        for assignment in source.assignments():
            write_sample(made, assignment)


@app.command()
def release(assignment: Assignment, course: CourseFolder = Path()) -> None:
    """Release an assignment in a course, again after a change of its chapter."""
    changed = courses.release(Course.find(course), assignment)
    out.print(f"{assignment} is released." if changed else f"{assignment} has not changed.")


@app.command()
def solve(
    assignment: Assignment,
    output: Annotated[Path, typer.Option("--output", "-o", help="The notebook to write.")],
) -> None:
    """Write the solved notebook of an assignment, for those who teach."""
    source.page(assignment)
    write_atomically(output, solved(assignment).encode())
    out.print(f"Wrote {output}. It holds the solutions: keep it from students.")


@app.command()
def grade(
    assignment: Assignment,
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Notebooks, or folders of them; by default the class of the course."),
    ] = None,
    course: CourseFolder = Path(),
    json: Annotated[Path | None, typer.Option(help="Write the verdicts into this file.")] = None,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Run student code without a sandbox.")
    ] = False,
    processes: Annotated[int, typer.Option("--workers", min=1, help="How many at a time.")] = 2,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="WHERE",
            help="Grade on a Dask cluster: local, slurm, or the address of a scheduler.",
        ),
    ] = None,
    runner: Annotated[
        Runner, typer.Option(help="gpu completes what the CPU has to defer.")
    ] = Runner.cpu,
) -> None:
    """Grade the class of a course, or loose notebooks: NAME.ipynb is the student NAME."""
    source.page(assignment)
    here = cluster in (None, "local") and not unsafe
    if here and runner is Runner.gpu and probe_gpu().refusal:
        raise SandboxError(probe_gpu().refusal)
    failures: dict[str, str] = {}
    graded: dict[str, Graded] = {}
    watch: Watch | None = None
    with ExitStack() as stack:
        if files:
            released, seed = source.text(assignment), secrets.randbits(63)
            loose, journal = _loose(files), Journal(None)
            students = list(loose)

            def job(student: str) -> Job:
                return Job(
                    student=student,
                    assignment=assignment,
                    handed_in=read_notebook(loose[student]),
                    released=released,
                    seed=seed,
                )

            def record(graded: Graded) -> None:
                """Loose notebooks have no gradebook."""
        else:
            found = Course.find(course)
            watch = found.watch(assignment)
            students, journal = _students(found, assignment), found.journal(assignment)
            record = stack.enter_context(Record(found, assignment)).write

            def job(student: str) -> Job:
                return found.job(assignment, student)

        jobs = []
        for student in students:
            try:
                jobs.append(job(student))
            except OSError as error:
                failures[student] = f"{error.filename} cannot be read: {error.strerror}"
        waiting = stack.enter_context(Waiting(err, f"Grading {assignment}", len(jobs)))

        def done(one: Graded) -> None:
            graded[one.student] = one
            waiting.done()
            record(one)

        def failed(student: str, why: str) -> None:
            failures[student] = why
            waiting.failed(f"{student}: {why}")

        @cache
        def connected(where: str) -> Cluster:
            return stack.enter_context(_cluster(where, processes, sandboxed=not unsafe))

        def pool(first: Job) -> Pool:
            if cluster is not None:
                for caution in connected(cluster).cautions(first.runner):
                    err.print(caution, markup=False)
                return connected(cluster)
            if not unsafe and (refusal := probe().refusal):
                raise SandboxError(refusal)
            count = 1 if first.runner == Runner.gpu else min(processes, len(jobs))
            return stack.enter_context(Workers(count, first, sandboxed=not unsafe))

        grade_all(jobs, journal, pool, done, failed)
        if runner is Runner.gpu:
            by_student = {job.student: job for job in jobs}
            rest = [by_student[g.student].on_gpu(g.verdicts) for g in graded.values() if g.deferred]
            waiting.more(len(rest))
            grade_all(rest, journal, pool, done, failed)
    out.print(tables.students(list(graded.values())))
    _print_suspicions(list(graded.values()))
    if json is not None:
        verdicts = [v for _, one in sorted(graded.items()) for v in one.verdicts]
        write_atomically(json, msgspec.json.format(msgspec.json.encode(verdicts), indent=1) + b"\n")
    undecided = sorted(one.student for one in graded.values() if one.undecided)
    if undecided:
        err.print(
            f"How fast a layer runs could not be told for {len(undecided)} on this machine now: "
            f"{line(', '.join(undecided), 500)}. The same command measures it again, best when "
            "nothing else runs.",
            markup=False,
        )
    _tell(failures)
    if watch is not None and not undecided:
        watch.keep(out.export_text(styles=out.is_terminal))


@app.command()
def feedback(assignment: Assignment, course: CourseFolder = Path()) -> None:
    """Write the feedback of every student whose grade is newer than it."""
    found = Course.find(course)
    students = feedback_pages.stale(found, assignment)
    failures: dict[str, str] = {}
    with Waiting(err, f"Feedback on {assignment}", len(students)) as waiting:
        for student, refusal in feedback_pages.write_all(found, assignment, students):
            if refusal:
                failures[student] = refusal
            waiting.done()
    folder = found.root / found.directory.feedback_directory
    out.print(f"Wrote the feedback of {len(students) - len(failures)} students into {folder}.")
    _tell(failures)


@app.command()
def doctor() -> None:
    """Tell what this machine has for grading, what is missing, and how to get it."""
    machine = probe()
    for sentence in machine.sentences():
        out.print(f"- {sentence}", markup=False)
    out.print(f"- {probe_gpu().sentence()}", markup=False)
    if machine.refusal:
        raise typer.Exit(NOT_ALL)


@app.command()
def report(assignment: Assignment, course: CourseFolder = Path()) -> None:
    """Print what a class got right, and which mistakes it made."""
    found = Course.find(course)
    journal = found.journal(assignment)
    jobs = [found.job(assignment, student) for student in _students(found, assignment)]
    graded = [one for job in jobs if (one := lookup(job, journal)) is not None]
    if not graded:
        raise CourseError(f"Nothing is graded yet. Grade with: autograder grade {assignment}")
    out.print(tables.exercises(graded))
    out.print()
    out.print(tables.students(graded))
    _print_suspicions(graded)


def _print_suspicions(graded: Sequence[Graded]) -> None:
    table = tables.suspicions(graded)
    if table.row_count:
        out.print()
        out.print(table)


def main() -> None:
    """Run the command; whatever goes wrong, a person is told in a sentence."""
    warnings.filterwarnings("ignore", module="nbformat|jupytext|nbconvert|traitlets")
    try:
        app()
    except (
        ClusterError,
        CourseError,
        LockedError,
        SandboxError,
        SolutionsMissingError,
        UnknownAssignmentError,
        source.NoSuchAssignmentError,
    ) as error:
        _stop(str(error))
    except SystemExit as stopped:
        if stopped.code == INTERRUPTED:
            err.print("Stopped. What was graded is kept; the same command goes on from there.")
        raise
    except OSError as error:
        _stop(_os_sentence(error))


def _cluster(where: str, count: int, sandboxed: bool) -> Cluster:
    try:
        from autograder.grader.grading.cluster import Cluster
    except ImportError as error:
        raise ClusterError(
            f"Grading on a cluster needs Dask ({error}): pip install 'cells-to-cudnn[cluster]'."
        ) from None
    return Cluster(where, count, sandboxed)


def _os_sentence(error: OSError) -> str:
    where = f" {error.filename}" if error.filename else ""
    if error.errno in FULL:
        return (
            f"The disk is full: writing{where} failed. Make room and run the same command again; "
            "what was graded is kept."
        )
    return f"{error.strerror or error}:{where or ' (no file)'}."


def _stop(sentence: str) -> None:
    err.print(sentence, markup=False)
    raise SystemExit(REFUSED)


def _tell(failures: dict[str, str]) -> None:
    """Name the submissions for which the work was not done, and end with the code that says so."""
    if not failures:
        return
    err.print(f"Not done for {len(failures)}:")
    for name, reason in sorted(failures.items()):
        err.print(f"  {line(name, 100)}: {line(reason, 500)}", markup=False)
    raise typer.Exit(NOT_ALL)


def _loose(paths: Sequence[Path]) -> dict[str, Path]:
    """The notebooks among files and folders, by the student whose name the file has."""
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
    return found


def _students(course: Course, assignment: str) -> list[str]:
    """The students who submitted the assignment."""
    submitted = list(course.submissions(assignment))
    if not submitted:
        folder = course.root / course.directory.submitted_directory
        raise CourseError(f"No submissions of {assignment} are in {folder}.")
    return submitted
