"""The commands of `autograder`: their words and options, and what answers each of them.

A command imports what it needs when it runs, so that `--help` comes at once.
"""

from __future__ import annotations

import warnings
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from autograder.grader.commands import authoring
from autograder.grader.commands.terminal import (
    INTERRUPTED,
    NOT_ALL,
    REFUSED,
    end_if_not_done,
    err,
    out,
)
from autograder.grader.errors import CommandError
from autograder.grader.grading.files import FULL, course_root, write_atomically

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Make, release and grade the assignments of From Cells to cuDNN.",
)

Assignment = Annotated[str, typer.Argument(help="The name of an assignment, such as lstm.")]
CourseFolder = Annotated[
    Path, typer.Option("--course", help="The course folder; by default the one you are in.")
]
Processes = Annotated[int, typer.Option("--workers", min=1, help="How many at a time.")]


class Runner(StrEnum):
    """What the kernels compute on."""

    cpu = "cpu"
    gpu = "gpu"


class Written(StrEnum):
    """What is written for other programs."""

    grade = "grade"
    report = "report"


def _version(asked: bool) -> None:
    if asked:
        from autograder.grader.commands.doctor import DISTRIBUTION, installed

        out.print(f"autograder {installed(DISTRIBUTION)}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Tell the version.")
    ] = False,
) -> None:
    """Make, release and grade the assignments of From Cells to cuDNN."""


@app.command()
def course(
    folder: Annotated[Path, typer.Argument(help="Where to make it.")],
    only: Annotated[
        str, typer.Option(metavar="NAMES", help="Which assignments, such as lstm,gru.")
    ] = "",
    exercises: Annotated[
        Path | None, typer.Option(help="A folder of assignments of your own, to be had too.")
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="Add a sample class with known mistakes.")
    ] = False,
) -> None:
    """Make an nbgrader course with its assignments released, or bring one up to date.

    What people have changed in it, or taken out of it, is left alone and named.
    """
    from autograder.grader.commands.results import print_release
    from autograder.grader.release.course import make_course, release_all
    from autograder.grader.release.sample import write_sample

    names = [name.strip() for name in only.split(",") if name.strip()]
    made = make_course(folder, names, exercises)
    released = release_all(made)
    for one in released:
        print_release(one, quiet=True)
    if sample:
        for one in released:
            if made.path("release", ".", one.assignment).is_dir():
                write_sample(made, one.assignment)


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="The course folder; made where there is none.")],
    assignments: Annotated[
        list[str] | None,
        typer.Argument(help="Whose classes; by default those of all assignments."),
    ] = None,
    processes: Processes = 2,
) -> None:
    """Try the grader on sample classes: grade them, and compare with what they should get."""
    from autograder.grader.commands.sample import try_classes

    if not try_classes(folder, assignments or [], processes):
        raise typer.Exit(NOT_ALL)


@app.command()
def release(
    assignment: Assignment,
    course: CourseFolder = Path(),
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what was changed in the course itself.")
    ] = False,
) -> None:
    """Release an assignment in a course, again after a change of its chapter or its source."""
    from autograder.grader.commands.results import print_release
    from autograder.grader.grading.course import Course
    from autograder.grader.release.course import release

    print_release(release(Course.find(course), assignment, replace))


@app.command()
def solve(
    assignment: Assignment,
    output: Annotated[Path, typer.Option("--output", "-o", help="The notebook to write.")],
    course: CourseFolder = Path(),
) -> None:
    """Write the solved notebook of an assignment, for those who teach."""
    from autograder.grader.grading.settings import use_own
    from autograder.grader.release.solve import solved
    from autograder.grader.release.source import page

    if (root := course_root(course)) is not None:
        use_own(root)
    page(assignment)
    write_atomically(output, solved(assignment).encode())
    out.print(f"Wrote {output}. It holds the solutions: keep it from students.")


@app.command()
def collect(
    assignment: Assignment,
    files: Annotated[
        list[Path], typer.Argument(help="Zips, folders or notebooks, as the platform gave them.")
    ],
    course: CourseFolder = Path(),
    roster: Annotated[
        Path | None,
        typer.Option(help="The platform's list of the class: a CSV file."),
    ] = None,
    column: Annotated[
        str,
        typer.Option("--id", metavar="COLUMN", help="Its column with the names in the course."),
    ] = "",
    new_students: Annotated[
        bool, typer.Option("--new-students", help="Take files named after somebody unknown.")
    ] = False,
    zip_times: Annotated[
        bool,
        typer.Option(
            "--zip-times",
            help="The times in the zip say when work was handed in. On Canvas and Moodle they say "
            "when you downloaded it.",
        ),
    ] = False,
    json: Annotated[Path | None, typer.Option(help="Write what became of each file.")] = None,
) -> None:
    """Collect what Canvas, Moodle or Gradescope gives, or plain zips, into submitted/.

    The newest submission of each student counts; what it replaces is kept.
    """
    from autograder.grader.commands.collect import collect as gather
    from autograder.grader.grading.course import Course

    found = Course.find(course)
    if not gather(found, assignment, files, roster, column, new_students, zip_times, json):
        raise typer.Exit(NOT_ALL)


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
    processes: Processes = 2,
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
    new_seed: Annotated[
        bool, typer.Option("--new-seed", help="Draw a secret seed where the course lost its own.")
    ] = False,
) -> None:
    """Grade the class of a course, or loose notebooks: NAME.ipynb is the student NAME."""
    from autograder.grader.commands.grading import Hosts, grade
    from autograder.grader.grading.course import Course

    if new_seed and not files:
        Course.find(course).draw_seed(assignment)
    hosts = Hosts(processes, cluster, runner, sandboxed=not unsafe)
    end_if_not_done(grade(assignment, files or [], course, json, hosts))


@app.command()
def schema(
    of: Annotated[
        Written, typer.Argument(help="What `grade` writes, or `report`.")
    ] = Written.grade,
) -> None:
    """Print the JSON Schema of what `grade --json` writes, or `report --json`."""
    from json import dumps

    from autograder.grader.report import schema

    print(dumps(schema.of_report() if of is Written.report else schema.of_grade(), indent=1))


@app.command()
def feedback(
    assignment: Assignment,
    course: CourseFolder = Path(),
    packed: Annotated[
        Path | None,
        typer.Option("--zip", help="Pack all of it for the platform from which it was collected."),
    ] = None,
) -> None:
    """Write the feedback of every student whose grade is newer than it."""
    from autograder.grader.commands.results import write_feedback
    from autograder.grader.grading.course import Course

    found = Course.find(course)
    failures = write_feedback(found, assignment)
    if packed is not None:
        from autograder.grader.commands.collect import pack_feedback

        pack_feedback(found, assignment, packed)
    end_if_not_done(failures)


@app.command()
def gradebook(
    assignments: Annotated[
        list[str] | None,
        typer.Argument(help="Of which assignments; by default of all that were released."),
    ] = None,
    course: CourseFolder = Path(),
) -> None:
    """Make a gradebook that was lost, or is older, again from the journal and autograded/."""
    from autograder.grader.commands.results import make_again
    from autograder.grader.grading.course import Course

    make_again(Course.find(course), assignments or [])


@app.command()
def student(
    name: Annotated[str, typer.Argument(help="The student's name in the course, such as ada.")],
    export: Annotated[
        Path | None, typer.Option(metavar="ZIP", help="Write all that the course has of them.")
    ] = None,
    delete: Annotated[
        bool, typer.Option("--delete", help="Remove all that the course has of them.")
    ] = False,
    course: CourseFolder = Path(),
) -> None:
    """Give a student all that the course has of them, or delete it."""
    from autograder.grader.commands.student import delete as delete_all
    from autograder.grader.commands.student import export as export_all
    from autograder.grader.grading.course import Course

    if export is None and not delete:
        raise CommandError("Say what to do: --export ZIP, --delete, or both.")
    found = Course.find(course)
    if export is not None:
        export_all(found, name, export)
        out.print(f"Wrote {export}, which holds grades.", markup=False)
    if delete:
        delete_all(found, name)
        out.print(
            f"{found.root} has nothing of {name} any more, but for what you have written into "
            "course.toml. Downloads, exported tables and backups are yours to look through.",
            markup=False,
        )


@app.command()
def doctor(
    course: CourseFolder = Path(),
    json: Annotated[Path | None, typer.Option(help="Write what was found into this file.")] = None,
) -> None:
    """Tell what this machine has for grading, what is missing, and how to get it."""
    from json import dumps

    from autograder.grader.commands.doctor import examine, sentences

    found = examine(course)
    for sentence in sentences(found):
        out.print(f"- {sentence}", markup=False)
    if json is not None:
        write_atomically(json, dumps(found, indent=1).encode() + b"\n")
    if not found["ready"]:
        raise typer.Exit(NOT_ALL)


@app.command()
def report(
    assignment: Assignment,
    course: CourseFolder = Path(),
    html: Annotated[
        Path | None,
        typer.Option(help="Write the page here; by default into reports/ in the course folder."),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(help="Write a row for each student into this file.")
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write all of it into this file.")] = None,
) -> None:
    """Say what a class got right and which mistakes it made, and write a page of it."""
    from autograder.grader.commands.report import Files, tell
    from autograder.grader.grading.course import Course

    tell(Course.find(course), assignment, Files(html, csv, json))


app.command()(authoring.new_exercise)
app.command()(authoring.prove)
app.command()(authoring.wheel)


def main() -> None:
    """Run the command; whatever goes wrong, a person is told in a sentence."""
    warnings.filterwarnings("ignore", module="nbformat|jupytext|nbconvert|traitlets")
    try:
        app()
    except CommandError as error:
        _stop(str(error))
    except SystemExit as stopped:
        if stopped.code == INTERRUPTED:
            err.print("Stopped. What was graded is kept; the same command goes on from there.")
        raise
    except OSError as error:
        _stop(_os_sentence(error))


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
