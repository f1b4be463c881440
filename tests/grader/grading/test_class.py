"""A class graded as a person grades it, by the command line and by nbgrader's own commands."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.grader import commands
from autograder.grader.commands.grading import Hosts, grade_class
from autograder.grader.grading import output_cache, pool
from autograder.grader.grading.verdict import Graded, Verdict
from autograder.grader.release.sample import name_of, spread, surprises, write_sample
from autograder.grader.release.solve import grade_id_of, solved
from autograder.grader.release.source import assignments

ALL = 12.0

EXPECTED = {
    "crash": (9, {"LSTMCell": "error"}),
    "endless-loop": (9, {"LSTMCell": "timeout"}),
    "half-finished": (
        3,
        {
            "lstm_step_backward": "not attempted",
            "lstm_forward": "not attempted",
            "LSTMCell": "not attempted",
        },
    ),
    "not-a-notebook": (
        0,
        dict.fromkeys(
            ["lstm_step_forward", "lstm_step_backward", "lstm_forward", "LSTMCell"],
            "needs_review",
        ),
    ),
    "plots": (ALL, {}),
    "reference": (ALL, {}),
    "renamed": (
        3,
        dict.fromkeys(["lstm_step_forward", "lstm_step_backward", "lstm_forward"], "error"),
    ),
    "style-chatty": (ALL, {}),
    "style-closure": (ALL, {}),
    "style-concatenated": (ALL, {}),
    "style-einsum": (ALL, {}),
    "style-loops": (ALL, {}),
    "style-recomputing": (ALL, {}),
    "syntax-error": (9, {"LSTMCell": "error"}),
    "untouched": (
        0,
        dict.fromkeys(
            ["lstm_step_forward", "lstm_step_backward", "lstm_forward", "LSTMCell"],
            "not attempted",
        ),
    ),
}
"""Points, and for each exercise that is not right its status."""

POINTS = {"lstm_step_forward": 3, "lstm_step_backward": 4, "lstm_forward": 2, "LSTMCell": 3}


def autograder(*args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "autograder.grader.cli", *args],
        cwd=cwd,
        capture_output=True,
        text=True,
    )


def graded(student: str, verdicts: list[dict]) -> Graded:
    of = [msgspec.convert({**verdict, "seed": 0}, Verdict) for verdict in verdicts]
    return Graded(key="", student=student, verdicts=of, notebook="")


def scores(course) -> dict[str, float]:
    with Gradebook(course.directory.db_url, course.directory.course_id) as book:
        return {s.student_id: s.score for s in book.find_assignment("lstm").submissions}


@pytest.mark.slow
def test_every_submission_of_the_sample_class_gets_what_it_should(course, tmp_path):
    faults = write_sample(course, "lstm")
    out = tmp_path / "out.json"
    done = autograder("grade", "lstm", "--json", str(out), cwd=course.root)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[dict]] = {}
    for verdict in json.loads(out.read_text()):
        found.setdefault(verdict["student"], []).append(verdict)
    assert len(found) >= 24
    assert surprises(faults, [graded(*of) for of in found.items()]) == []
    for student, (points, wrong) in EXPECTED.items():
        verdicts = found.pop(student)
        assert sum(v["points"] for v in verdicts) == points, student
        statuses = {v["exercise"]: v["status"] for v in verdicts if v["status"] != "correct"}
        assert statuses == wrong, student
    mistakes = spread("lstm", list(POINTS))
    assert len(mistakes) == 12
    for mistake in mistakes:
        verdicts = found.pop(name_of(mistake))
        made = {v["exercise"]: v["mistake"] for v in verdicts if v["mistake"]}
        assert made == {mistake.exercise: mistake.name}
        assert sum(v["points"] for v in verdicts) == ALL - POINTS[mistake.exercise], mistake.name
    assert not found
    assert set(scores(course)) == {p.name for p in (course.root / "submitted").iterdir()}

    reported = autograder("report", "lstm", "--json", "report.json", cwd=course.root)
    assert reported.returncode == 0, reported.stderr
    summary = json.loads((course.root / "report.json").read_text())
    assert {s["student"]: s["points"] for s in summary["students"]} == scores(course)
    assert (course.root / "report.json").stat().st_mode & 0o777 == 0o600
    (course.root / "report.json").unlink()

    # Nothing has changed: nothing is run, and the same table is printed.
    again = autograder("grade", "lstm", cwd=course.root)
    assert again.returncode == 0
    assert again.stdout == done.stdout


@pytest.mark.slow
@pytest.mark.usefixtures("grading_here")
def test_stock_autograde_gives_the_same_points(course, submit, solved_notebook, with_cells):
    wrong = with_cells(lstm_step_forward="def lstm_step_forward(*args):\n    return args[:3]")
    for cell in solved_notebook.cells:
        if grade_id_of(cell).startswith("check-"):
            cell.metadata["tags"] = ["skip-execution"]
            cell.metadata["nbgrader"]["points"] = 100
    submit("right", nbformat.writes(solved_notebook))
    submit("wrong", wrong)
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", "lstm"],
        cwd=course.root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    stock = scores(course)
    assert stock == {"right": ALL, "wrong": 0.0}
    (course.root / ".autograder" / "lstm.jsonl").unlink()
    assert not grade_class(course, "lstm", Hosts()).failures
    assert scores(course) == stock


@pytest.mark.slow
def test_loose_notebooks_are_graded_without_a_course(tmp_path):
    (tmp_path / "ada.ipynb").write_text(solved("lstm"))
    out = tmp_path / "out.json"
    done = autograder("grade", "lstm", "ada.ipynb", "--json", str(out), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert out.stat().st_mode & 0o777 == 0o600
    verdicts = json.loads(out.read_text())
    assert [(v["student"], v["status"]) for v in verdicts] == [("ada", "correct")] * 4
    assert set(verdicts[0]) == {
        "student",
        "assignment",
        "exercise",
        "points",
        "max_points",
        "status",
        "reason",
        "message",
        "mistake",
        "read",
        "suspicion",
        "device",
        "versions",
        "duration",
    }


@pytest.mark.slow
@pytest.mark.usefixtures("grading_here")
def test_a_refused_file_is_named_by_the_exit_code_too(tmp_path, monkeypatch, capsys):
    """The others are graded; in a course a person finds it in formgrader."""
    (tmp_path / "ada.ipynb").write_text(solved("lstm"))
    (tmp_path / "bob.ipynb").write_text("This is a letter.")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["autograder", "grade", "lstm", ".", "--json", "out.json"])
    with pytest.raises(SystemExit) as stopped:
        commands.main()
    assert stopped.value.code == commands.NOT_ALL
    said = capsys.readouterr().err
    assert "bob: The file is not a Jupyter notebook that can be read" in said
    verdicts = json.loads((tmp_path / "out.json").read_text())
    assert {v["status"] for v in verdicts if v["student"] == "ada"} == {"correct"}


def test_one_failure_costs_nobody_else_anything(course, submit, capsys, monkeypatch):
    """A submission that the grader itself fails on is named; the others are graded."""
    from concurrent.futures import ThreadPoolExecutor

    def grade(job, kernels):
        if job.student == "unlucky":
            raise RuntimeError("a fault of ours")
        return real(job, kernels)

    real = pool.grade
    monkeypatch.setattr(pool, "grade", grade)

    monkeypatch.setattr(pool.Workers, "executor", lambda self: ThreadPoolExecutor(1))
    submit("lucky", "no notebook")
    submit("unlucky", "no notebook")
    monkeypatch.setattr(sys, "argv", ["autograder", "grade", "lstm", "--course", str(course.root)])
    with pytest.raises(SystemExit) as stopped:
        commands.main()
    assert stopped.value.code == commands.NOT_ALL
    said = capsys.readouterr()
    assert "unlucky: RuntimeError: a fault of ours" in said.err
    assert set(scores(course)) == {"lucky"}
    assert output_cache.told(sys.argv[1:]) is None

    log = course.log("lstm").read_text()
    assert "lstm: 2 submissions; 2 processes, cpu, sandboxed; numpy " in log
    assert "lucky: 0 points" in log
    assert "ERROR unlucky was not graded." in log
    assert "in grade" in log, "the traceback, of which the sentence says nothing"
    assert "Done: 1 graded, 1 not." in log
    assert course.log("lstm").stat().st_mode & 0o777 == 0o600
    assert str(course.seed("lstm")) not in log


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (
            ["grade", "nothing"],
            f"There are: {', '.join(assignments())}.",
        ),
        (["solve", "nothing", "-o", "x.ipynb"], "There is no assignment nothing."),
        (["grade", "lstm"], "is not a course folder"),
        (["grade", "lstm", "--course", "missing"], "is not a course folder"),
        (["feedback", "lstm"], "is not a course folder"),
        (["report", "lstm"], "is not a course folder"),
        (["release", "lstm"], "is not a course folder"),
        (["grade", "lstm", "missing.ipynb"], "missing.ipynb does not exist"),
        (["course", "."], "is not empty"),
    ],
)
def test_bad_input_gets_one_sentence(tmp_path, monkeypatch, capsys, args, sentence):
    (tmp_path / "letter.txt").write_text("hello")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["autograder", *args])
    with pytest.raises(SystemExit) as stopped:
        commands.main()
    said = capsys.readouterr()
    assert stopped.value.code == commands.REFUSED
    assert sentence in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert not said.out


def test_a_broken_configuration_is_told_in_a_sentence(tmp_path, monkeypatch, capsys):
    (tmp_path / "nbgrader_config.py").write_text("c = get_config(\n")
    monkeypatch.setattr(sys, "argv", ["autograder", "grade", "lstm", "--course", str(tmp_path)])
    with pytest.raises(SystemExit) as stopped:
        commands.main()
    assert stopped.value.code == commands.REFUSED
    assert "cannot be read: SyntaxError" in capsys.readouterr().err


def test_a_class_without_submissions_is_told(course, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["autograder", "grade", "lstm", "--course", str(course.root)])
    with pytest.raises(SystemExit):
        commands.main()
    assert "No submissions of lstm are in" in capsys.readouterr().err
