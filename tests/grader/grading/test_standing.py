"""Where a student stands: the newest verdicts on what is handed in now, whatever code made them."""

from __future__ import annotations

import sys

import msgspec
import nbformat
import pytest

from autograder.grader import commands, manifest
from autograder.grader.grading.handed_in import read_folder
from autograder.grader.grading.journal import Journal
from autograder.grader.grading.standing import CHANGED, OLDER, UNGRADED, standing
from autograder.grader.grading.verdict import Graded
from tests.grader.grading.verdicts import verdict


def line(job, points: float = 3.0, **changes) -> Graded:
    """A line of the journal as a job gives it."""
    made = Graded(
        key=job.key,
        student=job.student,
        submission=job.handed_in.digest,
        verdicts=[verdict("LSTMCell", points, 3.0)],
        notebook=job.released,
    )
    return msgspec.structs.replace(made, **changes)


@pytest.fixture
def job(course, submit, solved_notebook):
    submit("ada", nbformat.writes(solved_notebook))
    return course.job("lstm", "ada")


@pytest.fixture
def journal(course) -> Journal:
    return course.journal("lstm")


def test_a_current_verdict_needs_no_note(job, journal):
    journal.append(line(job))
    assert (standing(job, journal).graded, standing(job, journal).note) == (line(job), "")


def test_the_newest_verdict_of_older_code_stands_and_is_said_to_be_older(job, journal, course):
    journal.append(line(job, 1.0, key="first"))
    journal.append(line(job, 2.0, key="second"))
    journal.append(line(job, 3.0, key="first"))
    for read in (journal, course.journal("lstm")):
        found = standing(job, read)
        assert found.note == OLDER
        assert found.graded is not None
        assert found.graded.verdicts[0].points == 3.0


def test_an_old_grade_is_not_that_of_a_newer_submission(job, journal, course, submit):
    journal.append(line(job))
    submit("ada", course.released("lstm"))
    changed = course.job("lstm", "ada")
    assert (standing(changed, journal).graded, standing(changed, journal).note) == (None, CHANGED)


def test_the_verdict_on_a_submission_that_came_back_is_found(job, journal):
    journal.append(line(job, 3.0, key="older"))
    journal.append(line(job, 0.0, key="other", submission="another"))
    assert standing(job, journal).graded == line(job, 3.0, key="older")


def test_nobody_stands_on_the_verdicts_of_another(job, journal):
    journal.append(line(job, student="bob", key="bob"))
    assert (standing(job, journal).graded, standing(job, journal).note) == (None, UNGRADED)


def test_a_line_without_a_digest_is_known_by_the_cells_in_it(job, journal, course, submit):
    solved = line(job, key="old", submission="", notebook=job.handed_in.notebook.decode())
    journal.append(solved)
    assert standing(job, journal).graded == solved
    for other in (course.released("lstm"), "no notebook"):
        submit("ada", other)
        assert standing(course.job("lstm", "ada"), journal).note == CHANGED


def told(capsys, monkeypatch, course, *arguments: str, code: int = 0) -> str:
    monkeypatch.setattr(
        sys, "argv", ["autograder", *arguments, "lstm", "--course", str(course.root)]
    )
    with pytest.raises(SystemExit) as stopped:
        commands.main()
    assert stopped.value.code == code
    said = capsys.readouterr()
    return said.out + said.err


def test_the_report_says_what_is_older_changed_and_not_graded(
    job, journal, course, submit, capsys, monkeypatch
):
    journal.append(line(job, 3.0))
    for student in ("bob", "eve", "dan"):
        submit(student, course.released("lstm"))
    journal.append(line(course.job("lstm", "bob"), 0.0))
    journal.append(line(course.job("lstm", "eve"), 0.0))
    submit("eve", job.handed_in.notebook)
    monkeypatch.setattr(manifest, "digest", lambda *_: "other code")
    said = told(capsys, monkeypatch, course, "report")
    rows = [" ".join(row.split()) for row in said.splitlines()]
    assert "LSTMCell 2 of 2" in rows
    assert "ada 3 / 3" in rows
    assert "bob 0 / 3" in rows
    assert f"eve {CHANGED}" in rows
    assert f"dan {UNGRADED}" in rows
    assert "Graded with an older version; grade again to renew: ada, bob." in rows


@pytest.fixture
def unread(submit, solved_notebook, monkeypatch) -> None:
    """What bob handed in makes the grader itself fail, in a way of which nobody has thought."""

    def read(folder, assignment):
        if "bob" in folder.parts:
            raise KeyError("of nobody's")
        return read_folder(folder, assignment)

    submit("bob", nbformat.writes(solved_notebook))
    monkeypatch.setattr("autograder.grader.grading.course.read_folder", read)


def test_an_unreadable_submission_takes_the_report_from_nobody(
    job, journal, course, unread, capsys, monkeypatch
):
    journal.append(line(job, 3.0))
    said = told(capsys, monkeypatch, course, "report")
    rows = [" ".join(row.split()) for row in said.splitlines()]
    assert "ada 3 / 3" in rows
    assert any(row.startswith("bob what was handed in cannot be read: KeyError") for row in rows)


def test_an_unreadable_submission_takes_the_run_from_nobody(
    job, journal, course, unread, capsys, monkeypatch
):
    journal.append(line(job, 3.0))
    said = told(capsys, monkeypatch, course, "grade", code=1)
    assert "ada 3 / 12" in " ".join(said.split())
    assert "Not done for 1" in said
    assert "bob: what was handed in cannot be read: KeyError" in said


def test_a_status_of_then_is_read_with_its_name_of_today(tmp_path):
    path = tmp_path / "lstm.jsonl"
    one = Graded(
        key="a",
        student="ada",
        verdicts=[verdict("LSTMCell", 0, 3, "needs_review")],
        notebook='{"status":"refused"}',
    )
    then = msgspec.json.encode(one).replace(b'"status":"needs_review"', b'"status":"refused"')
    assert then != msgspec.json.encode(one)
    path.write_bytes(then + b"\n")
    assert Journal(path)["a"] == one
