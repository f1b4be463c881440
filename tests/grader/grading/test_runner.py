"""What needs a GPU is deferred on a CPU, and completed later where there is one.

No exercise of the course needs a GPU so far, so one is said to; where there is none, an ordinary
kernel stands in for it.
"""

from __future__ import annotations

import dataclasses
import json
import sys

import nbformat
import pytest
from nbgrader.api import Gradebook

import autograder.exercises
from autograder.grader import commands, references
from autograder.grader.commands import grading
from autograder.grader.grading.job import Kernels, grade
from autograder.grader.grading.submission import Grader
from autograder.grader.kernels import gpu
from autograder.grader.kernels.probe import probe
from autograder.grader.release.sample import sample
from autograder.grader.release.solve import filled, solved
from autograder.grader.release.source import text
from tests.grader.grading.jobs import job_of

pytestmark = pytest.mark.slow


@pytest.fixture
def need_a_gpu(monkeypatch, grading_here):
    """Says that exercises need a GPU, and lets `on_the_gpu = True` stand for having one."""
    if probe().refusal:
        pytest.skip(probe().refusal)
    ordinary = autograder.exercises.exercises("lstm")

    def say(*names: str) -> None:
        changed = tuple(
            dataclasses.replace(e, runner="gpu") if e.name in names else e for e in ordinary
        )
        monkeypatch.setattr(
            autograder.exercises, "_of", lambda module: changed if module == "lstm" else ()
        )

    monkeypatch.setattr(gpu, "SETUP", "on_the_gpu = True")
    monkeypatch.setattr(grading, "probe_gpu", lambda: gpu.Gpu(name="a stand-in"))
    return say


@pytest.fixture
def command(course, monkeypatch, capsys):
    """Grades the class in this process: the exit code, and what was said."""

    def run(*options: str) -> tuple[int, str]:
        words = ["autograder", "grade", "lstm", "--course", str(course.root), *options]
        monkeypatch.setattr(sys, "argv", words)
        code = 0
        try:
            commands.main()
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        return code, capsys.readouterr().err

    return run


def with_a_gpu_only() -> str:
    """The solved notebook, whose cell fails where no GPU is."""
    right = references.cells(references.text("lstm"), [e.name for e in EXERCISES])
    return filled("lstm", {**right, "LSTMCell": f"assert on_the_gpu\n\n\n{right['LSTMCell']}"})


EXERCISES = autograder.exercises.exercises("lstm")


def lines(course) -> list[dict]:
    journal = course.root / ".autograder" / "lstm.jsonl"
    return [json.loads(line) for line in journal.read_bytes().splitlines()]


def grades(course, student: str) -> dict[str, tuple[float | None, bool]]:
    with Gradebook(course.directory.db_url, course.directory.course_id) as book:
        (notebook,) = book.find_submission("lstm", student).notebooks
        return {
            g.name.removeprefix("check-"): (g.auto_score, g.needs_manual_grade)
            for g in notebook.grades
        }


def test_a_later_run_completes_what_was_deferred_and_keeps_the_rest(
    course, submit, command, need_a_gpu
):
    need_a_gpu("LSTMCell")
    submit("ada", with_a_gpu_only())
    submit("kurt", text("lstm"))
    assert command() == (0, "")
    first = {line["student"]: line["verdicts"] for line in lines(course)}
    assert [v["status"] for v in first["ada"]] == ["correct"] * 3 + ["deferred"]
    assert [v["status"] for v in first["kurt"]] == ["not attempted"] * 4
    given = {"lstm_step_forward": (3.0, False), "lstm_step_backward": (4.0, False)}
    given["lstm_forward"] = (2.0, False)
    assert grades(course, "ada") == {**given, "LSTMCell": (None, True)}

    assert command("--runner", "gpu") == (0, "")
    *before, completed = lines(course)
    assert len(before) == 2
    assert completed["student"] == "ada"
    assert completed["verdicts"][:3] == first["ada"][:3]
    last = completed["verdicts"][3]
    assert (last["status"], last["device"], last["points"]) == ("correct", "gpu", 3.0)
    assert grades(course, "ada") == {**given, "LSTMCell": (3.0, False)}

    # Neither runner has anything left to do, and neither takes anything back.
    for options in ((), ("--runner", "gpu")):
        assert command(*options) == (0, "")
        assert len(lines(course)) == 3
        assert grades(course, "ada") == {**given, "LSTMCell": (3.0, False)}


def test_a_speed_that_could_not_be_told_is_measured_again(
    course, submit, command, need_a_gpu, monkeypatch
):
    """On a busy machine; nothing else of the submission is asked again."""
    need_a_gpu()
    asked: list[str] = []

    def timed(grader, exercise, found, *_):
        asked.append(exercise.name)
        if asked.count("LSTMCell") == 1 and exercise.name == "LSTMCell":
            return dataclasses.replace(found, status="deferred", short=1.0)
        return found

    monkeypatch.setattr(Grader, "_timed", timed)
    submit("ada", solved("lstm"))
    submit("kurt", text("lstm"))
    code, said = command()
    assert code == 0
    assert "too busy to tell all about 1: ada." in said
    assert "the same command completes it" in said
    assert grades(course, "ada")["LSTMCell"] == (2.0, True)

    for _ in range(2):
        assert command() == (0, "")
        assert [line["student"] for line in lines(course)] == ["ada", "kurt", "ada"]
        assert grades(course, "ada")["LSTMCell"] == (3.0, False)
    assert sorted(asked) == ["LSTMCell", "LSTMCell", *sorted({*asked} - {"LSTMCell"})]


def test_a_run_with_a_gpu_alone_gives_the_same(course, submit, command, need_a_gpu):
    need_a_gpu("LSTMCell")
    submit("ada", with_a_gpu_only())
    assert command("--runner", "gpu") == (0, "")
    devices = {v["exercise"]: v["device"] for v in lines(course)[-1]["verdicts"]}
    assert devices == {**dict.fromkeys((e.name for e in EXERCISES), "cpu"), "LSTMCell": "gpu"}
    assert grades(course, "ada")["LSTMCell"] == (3.0, False)


def test_a_mistake_that_was_found_on_the_cpu_costs_once(need_a_gpu, warm_for_lstm):
    need_a_gpu("lstm_forward")
    wrong = next(n for name, n in sample("lstm").items() if name.startswith("lstm-step-forward-"))
    job = job_of("lstm", wrong, seed=11)
    kernels = Kernels(warm=warm_for_lstm.address)
    first = grade(job, kernels)
    assert [v.status for v in first.verdicts] == ["wrong", "correct", "deferred", "correct"]
    last = grade(job.on_gpu(first.verdicts), kernels)
    assert [v.status for v in last.verdicts] == ["wrong", "correct", "correct", "correct"]
    assert "right given your own `lstm_step_forward`" in last.verdicts[2].message


def test_where_the_gpu_fails_the_other_grades_stay(
    course, submit, command, need_a_gpu, monkeypatch
):
    need_a_gpu("LSTMCell")
    monkeypatch.setattr(gpu, "SETUP", "raise RuntimeError('no CUDA')")
    submit("ada", solved("lstm"))
    code, said = command("--runner", "gpu")
    assert code == commands.NOT_ALL
    assert "ada: RuntimeError: the setup cell gpu fails: RuntimeError: no CUDA" in said
    assert grades(course, "ada")["LSTMCell"] == (None, True)
    assert grades(course, "ada")["lstm_forward"] == (2.0, False)


def test_without_a_gpu_its_runner_refuses(course, submit, command, monkeypatch):
    monkeypatch.setattr(grading, "probe_gpu", lambda: gpu.Gpu(refusal="No CUDA: there is none."))
    submit("ada", solved("lstm"))
    assert command("--runner", "gpu") == (commands.REFUSED, "No CUDA: there is none.\n")
    assert not (course.root / ".autograder" / "lstm.jsonl").exists()


def test_the_graded_notebook_says_that_points_are_to_come(course, submit, command, need_a_gpu):
    need_a_gpu("LSTMCell")
    submit("ada", solved("lstm"))
    assert command() == (0, "")
    path = course.path("autograded", "ada", "lstm") / "lstm.ipynb"
    (html,) = [
        cell.outputs[0].data["text/html"]
        for cell in nbformat.read(path, as_version=4).cells
        if cell.source == "check(LSTMCell)"
    ]
    assert "to be completed later" in html
    assert "It gets its points when it is graded on a machine that has one" in html
