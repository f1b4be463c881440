"""The sample class: what each student should get is known, and what is otherwise is told."""

from __future__ import annotations

import sys

import msgspec
import pytest

from autograder.exercises import assignments
from autograder.grader import commands
from autograder.grader.grading.notebook import Released
from autograder.grader.grading.submission import BUSY
from autograder.grader.grading.verdict import Graded, Verdict
from autograder.grader.release import made
from autograder.grader.release import sample as samples
from autograder.grader.release.course import release_all
from autograder.grader.release.sample import MISTAKES, Student, surprises, write_sample
from autograder.grader.release.source import notebook
from tests.grader.grading.verdicts import verdict


@pytest.mark.parametrize("assignment", assignments())
def test_every_fault_costs_points(assignment: str) -> None:
    graded = {cell.exercise for cell in Released(notebook(assignment)).checks}
    members = samples.students(assignment)
    for name, student in members.items():
        assert student.faults.keys() <= graded, name
        right = name in ("reference", "plots") or name.startswith("style-")
        assert bool(student.faults) is not right, name
    named = [fault for student in members.values() for fault in student.faults.values() if fault]
    assert len(named) == MISTAKES


def test_the_class_is_written_once(course, monkeypatch) -> None:
    faults = write_sample(course, "lstm")
    assert faults["crash"] == {"LSTMCell": ""}
    with monkeypatch.context() as patch:
        patch.setattr(samples, "students", lambda _: pytest.fail("the class was made again"))
        assert write_sample(course, "lstm") == faults
    file = course.path("submitted", "crash", "lstm") / "lstm.ipynb"
    before = file.read_bytes()
    file.write_text("changed")
    write_sample(course, "lstm")
    assert file.read_bytes() == before


def test_it_is_made_again_of_other_sources(course, monkeypatch) -> None:
    write_sample(course, "lstm")
    monkeypatch.setattr(made, "_sources", lambda: "others")
    monkeypatch.setattr(samples, "students", lambda _: {"ada": Student("{}", {})})
    assert write_sample(course, "lstm") == {"ada": {}}
    assert (course.path("submitted", "ada", "lstm") / "lstm.ipynb").read_text() == "{}"


def test_what_was_released_is_not_looked_at_again(course, monkeypatch) -> None:
    assert not any(one.changed for one in release_all(course))
    monkeypatch.setattr(
        "autograder.grader.release.course.text", lambda *_: pytest.fail("it was read again")
    )
    assert not any(one.changed for one in release_all(course))


def ada(*verdicts: Verdict) -> Graded:
    return Graded(key="", student="ada", verdicts=list(verdicts), notebook="")


def test_who_gets_what_was_known_is_no_surprise() -> None:
    right = verdict("lstm_forward", 2, 2)
    wrong = verdict("LSTMCell", 0, 3, "wrong", "gate-order-ifog")
    assert surprises({"ada": {"LSTMCell": "gate-order-ifog"}}, [ada(right, wrong)]) == []
    assert surprises({}, [ada(wrong)]) == []


@pytest.mark.parametrize(
    ("fault", "found", "sentence"),
    [
        (None, (2, 4, "partial"), "2 of 4 points (partial), where it should get 4."),
        (None, (0, 4, "deferred"), "0 of 4 points (deferred), where it should get 4."),
        ("", (4, 4), "4 of 4 points (correct), where it should get 0."),
        ("", (0, 4, "wrong", "b"), "the mistake b is named, where none should be."),
        ("a", (0, 4, "wrong"), "no mistake is named, where a should be."),
        ("a", (0, 4, "wrong", "b"), "the mistake b is named, where a should be."),
    ],
)
def test_what_is_otherwise_is_told(fault: str | None, found: tuple, sentence: str) -> None:
    faults = {} if fault is None else {"LSTMCell": fault}
    told = surprises({"ada": faults}, [ada(verdict("LSTMCell", *found))])
    assert told == [f"ada, LSTMCell: {sentence}"]


def test_a_layer_that_says_that_it_loops_may_keep_the_points_of_its_values() -> None:
    for points, surprise in ((3, False), (0, False), (2, True), (4, True)):
        one = ada(verdict("CudnnLSTM", points, 4, "partial", "never-fused"))
        assert bool(surprises({"ada": {"CudnnLSTM": "never-fused"}}, [one])) is surprise


def test_who_was_not_graded_is_named() -> None:
    assert surprises({"ada": {}}, []) == ["ada was not graded."]


def test_a_speed_that_could_not_be_told_is_no_surprise() -> None:
    assert surprises({"ada": {}}, [ada(verdict("CudnnLSTM", 2, 4, "deferred"))]) == []


@pytest.mark.parametrize("faults", [{}, {"LSTMCell": "gate-order-ifog"}])
def test_what_a_busy_machine_put_off_is_no_surprise(faults: dict[str, str]) -> None:
    waits = msgspec.structs.replace(verdict("LSTMCell", 0, 3, "deferred"), reason=BUSY)
    assert surprises({"ada": faults}, [ada(waits)]) == []


def test_the_command_fails_where_a_student_got_something_else(course, monkeypatch, capsys) -> None:
    nothing = dict.fromkeys((cell.exercise for cell in Released(notebook("lstm")).checks), "")
    members = {"letter": Student("a letter", nothing), "lucky": Student("another letter", {})}
    monkeypatch.setattr(samples, "students", lambda _: members)
    monkeypatch.setattr(sys, "argv", ["autograder", "sample", str(course.root), "lstm"])
    assert ended() == commands.NOT_ALL
    said = capsys.readouterr()
    assert "lucky, LSTMCell: 0 of 3 points (needs_review), where it should get 3." in said.err
    assert "letter" not in said.err

    del members["lucky"]
    (course.root / ".autograder" / "made" / "sample-lstm.json").unlink()
    assert ended() == 0
    assert "The 1 of the sample class of lstm got what they should." in capsys.readouterr().out


def ended() -> int:
    """The exit code of the command in `sys.argv`."""
    with pytest.raises(SystemExit) as stopped:
        commands.main()
    return int(stopped.value.code or 0)
