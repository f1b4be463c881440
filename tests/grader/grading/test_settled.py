"""The gradebook is looked at whenever a class is graded, and says what holds at the end."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from autograder.grader.grading import output_cache
from tests.grader.grading.known import Known, row

LATE = "2026-01-01 13:00:00"
DUE = "2026-01-01 12:00:00 UTC"


def gradebook(known: Known) -> Path:
    return known.course.root / "gradebook.db"


def set_due(known: Known, due: str) -> None:
    with known.book() as book:
        book.update_or_create_assignment("lstm", duedate=due)


def test_an_older_gradebook_is_set_right_with_a_sentence(known, tmp_path):
    known.hand_in("ada", wrong=["LSTMCell"])
    known.hand_in("bob")
    known.autograder("grade", "lstm")
    shutil.copy(gradebook(known), tmp_path / "older.db")
    known.hand_in("ada")
    known.hand_in("eve")
    known.autograder("grade", "lstm")
    shutil.copy(tmp_path / "older.db", gradebook(known))

    rows, said = known.autograder("grade", "lstm")
    assert [row(rows, name) for name in ("ada", "bob", "eve")] == ["12 / 12"] * 3
    assert "other scores than the verdicts" in said
    assert "for 2, ada (9 → 12), eve (nothing → 12)." in said
    assert [known.stands(name) for name in ("ada", "bob", "eve")] == [(12, 0)] * 3
    assert known.autograder("grade", "lstm")[1] == ""


def test_a_score_that_was_lost_or_changed_is_written_again(known):
    for name in ("ada", "bob"):
        known.hand_in(name)
    known.autograder("grade", "lstm")
    with known.book() as book:
        book.find_grade("check-LSTMCell", "lstm", "lstm", "ada").auto_score = None
        book.find_grade("check-LSTMCell", "lstm", "lstm", "bob").auto_score = 0
        book.db.commit()
    _, said = known.autograder("grade", "lstm")
    assert "for 2, ada (9 → 12), bob (9 → 12)." in said
    assert known.stands("ada") == known.stands("bob") == (12, 0)


def test_what_a_person_has_looked_at_stays_looked_at(known):
    known.hand_in("ada")
    known.judge("ada", {"LSTMCell": "needs_review"})
    rows, _ = known.autograder("grade", "lstm")
    assert "1 to be graded by hand" in rows
    with known.book() as book:
        grade = book.find_grade("check-LSTMCell", "lstm", "lstm", "ada")
        grade.manual_score, grade.needs_manual_grade = 2.5, False
        book.find_grade("check-lstm_forward", "lstm", "lstm", "ada").auto_score = 0
        book.db.commit()
    rows, _ = known.autograder("grade", "lstm")
    assert row(rows, "ada").startswith("11.5 / 12 ")
    assert "1 graded by hand" in rows
    with known.book() as book:
        assert not book.find_submission("lstm", "ada").needs_manual_grade


def test_points_that_were_changed_in_the_gradebook_count(known):
    known.hand_in("ada", wrong=["lstm_forward"])
    known.autograder("grade", "lstm")
    with known.book() as book:
        book.find_grade_cell("check-LSTMCell", "lstm", "lstm").max_score = 6
        book.db.commit()
    rows, _ = known.autograder("grade", "lstm")
    assert row(rows, "ada").startswith("13 / 15 ")
    assert known.stands("ada") == (13, 0)


def test_penalties_follow_the_dates_both_ways(known):
    known.add_rule()
    known.hand_in("ada", at=LATE)
    known.hand_in("bob")
    rows, _ = known.autograder("grade", "lstm")
    assert rows[0] == "student score what was wrong"

    set_due(known, DUE)
    rows, said = known.autograder("grade", "lstm")
    assert rows[0] == "student points penalty score what was wrong"
    assert (row(rows, "ada"), row(rows, "bob")) == ("12 12 0 / 12", "12 12 / 12")
    assert "penalty for late work is another now for 1, ada (0 → 12)" in said
    assert known.stands("ada") == (12, 12)

    with known.book() as book:
        book.find_submission("lstm", "ada").extension = timedelta(hours=2)
        book.db.commit()
    rows, said = known.autograder("grade", "lstm")
    assert (row(rows, "ada"), known.stands("ada")) == ("12 / 12", (12, 0))
    assert "ada (12 → 0)" in said

    set_due(known, "2026-01-01 10:00:00 UTC")
    assert row(known.autograder("grade", "lstm")[0], "ada") == "12 12 0 / 12"
    set_due(known, "2026-01-02 12:00:00 UTC")
    assert row(known.autograder("grade", "lstm")[0], "ada") == "12 / 12"


def test_a_penalty_follows_the_score_and_the_time_of_handing_in(known):
    known.add_rule()
    set_due(known, DUE)
    known.hand_in("ada", at=LATE)
    rows, said = known.autograder("grade", "lstm")
    assert row(rows, "ada").startswith("12 12 0 / 12")
    assert said == "", "nothing has changed: it is the first time"
    with known.book() as book:
        book.find_grade("check-LSTMCell", "lstm", "lstm", "ada").manual_score = 1
        book.db.commit()
    rows, _ = known.autograder("grade", "lstm")
    assert row(rows, "ada").startswith("10 10 0 / 12 ")

    stamp = known.course.path("submitted", "ada", "lstm") / "timestamp.txt"
    stamp.write_text("2026-01-01 11:00:00 UTC")
    known.autograder("grade", "lstm")
    assert known.stands("ada") == (10, 0)
    copied = known.course.path("autograded", "ada", "lstm") / "timestamp.txt"
    assert copied.read_text() == stamp.read_text()


def test_a_rule_that_fails_is_told(known):
    known.add_rule()
    with (known.course.root / "nbgrader_config.py").open("a") as config:
        config.write("AllOff.late_submission_penalty = lambda *_: 1 / 0\n")
    set_due(known, DUE)
    known.hand_in("ada", at=LATE)
    known.hand_in("bob")
    rows, said = known.autograder("grade", "lstm", code=1)
    assert "rule about late work, AllOff, fails for ada: ZeroDivisionError" in said
    assert "fails for bob" not in said
    assert [row.split()[0] for row in rows if "12 / 12" in row] == ["ada", "bob"]


def test_a_change_of_the_gradebook_is_never_hidden_by_what_was_told(known, monkeypatch):
    """It is changed after it was looked at, while the command is about to end."""
    known.hand_in("ada")
    known.autograder("grade", "lstm")
    arguments = ["grade", "lstm", "--course", str(known.course.root)]
    assert output_cache.told(arguments) is not None
    keep = output_cache.Watch.keep

    def changed(watch: output_cache.Watch, said: str) -> None:
        with known.book() as book:
            book.find_grade("check-LSTMCell", "lstm", "lstm", "ada").manual_score = 1
            book.db.commit()
        keep(watch, said)

    known.hand_in("bob")
    with monkeypatch.context() as patch:
        patch.setattr(output_cache.Watch, "keep", changed)
        known.autograder("grade", "lstm")
    assert output_cache.told(arguments) is None
    assert row(known.autograder("grade", "lstm")[0], "ada").startswith("10 / 12 ")


def test_a_deleted_gradebook_is_made_again_from_the_journal(known):
    known.hand_in("ada", wrong=["LSTMCell"])
    known.hand_in("bob")
    known.autograder("grade", "lstm")
    gradebook(known).unlink()

    _, said = known.autograder("grade", "lstm", code=2)
    assert "autograder gradebook lstm" in said
    rows, _ = known.autograder("gradebook", "lstm")
    told = " ".join(rows)
    assert "lstm: the gradebook did not have it" in told
    assert "lstm: 2 submissions were entered from the journal." in told
    assert "extensions" in told
    assert (known.stands("ada"), known.stands("bob")) == ((9, 0), (12, 0))
    assert "other scores" not in told
    rows, said = known.autograder("grade", "lstm")
    assert (row(rows, "bob"), said) == ("12 / 12", "")


def test_it_is_made_again_from_the_graded_notebooks_where_the_journal_is_gone_too(known):
    known.hand_in("ada", wrong=["LSTMCell"])
    known.hand_in("bob")
    known.judge("bob", {"LSTMCell": "needs_review"})
    known.hand_in("eve")
    known.autograder("grade", "lstm")
    gradebook(known).unlink()
    (known.course.root / ".autograder" / "lstm.jsonl").unlink()
    (known.course.path("autograded", "eve", "lstm") / "lstm.ipynb").write_text("{}")
    told = " ".join(known.autograder("gradebook")[0])
    assert "lstm: 2 were entered from their notebooks in autograded/" in told
    assert "1 notebooks in autograded/ cannot be read: eve." in told
    assert known.stands("ada") == known.stands("bob") == (9, 0)
    with known.book() as book:
        assert book.find_submission("lstm", "bob").needs_manual_grade


def test_a_gradebook_that_has_everything_stays_as_it_is(known):
    known.hand_in("ada")
    known.autograder("grade", "lstm")
    before = gradebook(known).read_bytes()
    rows, _ = known.autograder("gradebook", "lstm")
    assert rows == ["lstm: 1 submissions stand in the gradebook; none was missing."]
    assert gradebook(known).read_bytes() == before


@pytest.mark.parametrize("command", [["grade", "lstm"], ["gradebook"], ["report", "lstm"]])
def test_a_file_that_is_no_gradebook_is_told(known, command):
    known.hand_in("ada")
    gradebook(known).write_text("This is a letter, not a gradebook.\n" * 100)
    _, said = known.autograder(*command, code=2)
    assert "gradebook.db cannot be opened: file is not a database" in said


def test_a_gradebook_without_its_tables_is_told(known):
    known.hand_in("ada")
    known.autograder("grade", "lstm")
    gradebook(known).write_bytes(b"")
    assert "autograder gradebook lstm" in known.autograder("grade", "lstm", code=2)[1]
    with sqlite3.connect(gradebook(known)) as db:
        db.execute("DROP TABLE grade")
    known.autograder("gradebook", "lstm")
    assert known.stands("ada") == (12, 0)


def test_a_report_tells_the_scores_of_the_gradebook_and_changes_nothing(known):
    known.hand_in("ada")
    known.autograder("grade", "lstm")
    with known.book() as book:
        book.find_grade("check-LSTMCell", "lstm", "lstm", "ada").manual_score = 1
        book.db.commit()
    rows, _ = known.autograder("report", "lstm")
    assert row(rows, "ada") == "10 / 12 1 graded by hand"
    gradebook(known).unlink()
    rows, _ = known.autograder("report", "lstm")
    assert row(rows, "ada") == "12 / 12"
    assert not gradebook(known).exists()
