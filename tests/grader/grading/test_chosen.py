"""What a course has chosen and what it keeps secret: due dates, seeds and the journal."""

from __future__ import annotations

import json

import pytest

from autograder.grader.grading.course import Course, CourseError
from tests.grader.grading.known import Known, row

LATE = "2026-01-01 13:00:00"


def choose(known: Known, due: str) -> None:
    (known.course.root / "course.toml").write_text(f"[lstm]\ndue = {due}\n")


def due(known: Known) -> str:
    with known.book() as book:
        return str(book.find_assignment("lstm").duedate)


def test_a_due_date_of_the_course_counts(known):
    known.add_rule()
    known.hand_in("ada", at=LATE)
    known.autograder("grade", "lstm")
    choose(known, "2026-01-01T13:00:00+01:00")
    rows, said = known.autograder("grade", "lstm")
    assert "lstm is due 2026-01-01 12:00 UTC now, as course.toml says." in said
    assert row(rows, "ada") == "12 12 0 / 12"
    assert known.autograder("grade", "lstm")[1] == ""
    choose(known, "2026-01-01T14:00:00+01:00")
    assert row(known.autograder("grade", "lstm")[0], "ada") == "12 / 12"


def test_a_date_that_a_person_changed_in_the_gradebook_stays_until_the_file_changes(known):
    known.hand_in("ada")
    choose(known, "2026-01-01T12:00:00Z")
    known.autograder("grade", "lstm")
    with known.book() as book:
        book.update_or_create_assignment("lstm", duedate="2026-01-03 12:00:00 UTC")
    _, said = known.autograder("grade", "lstm")
    assert "is due 2026-01-03 12:00 UTC, and course.toml 2026-01-01 12:00 UTC" in said
    assert due(known) == "2026-01-03 12:00:00"
    choose(known, "2026-01-02T12:00:00Z")
    known.autograder("grade", "lstm")
    assert due(known) == "2026-01-02 12:00:00"
    (known.course.root / "course.toml").write_text("[lstm]\n")
    known.course = Course(known.course.root)
    _, said = known.autograder("grade", "lstm")
    assert "lstm has no due date any more, as course.toml says." in said
    assert due(known) == "None"


def test_a_gradebook_that_is_made_again_has_the_due_date(known):
    known.hand_in("ada")
    choose(known, "2026-01-01T12:00:00Z")
    known.autograder("grade", "lstm")
    (known.course.root / "gradebook.db").unlink()
    known.autograder("gradebook", "lstm")
    assert due(known) == "2026-01-01 12:00:00"


def seeds(known: Known):
    return known.course.root / ".autograder" / "seeds.json"


@pytest.mark.parametrize("damage", [b'{"lstm": 12', b"", b"\xff", b"[1]", b'{"lstm": "one"}'])
def test_damaged_seeds_are_told_and_never_drawn_anew(known, damage):
    known.hand_in("ada")
    known.autograder("grade", "lstm")
    seeds(known).write_bytes(damage)
    (known.course.root / ".autograder" / "told" / "lstm.json").unlink()
    _, said = known.autograder("grade", "lstm", code=2)
    assert "seeds.json is damaged" in said
    assert "Put a copy of it back." in said
    assert seeds(known).read_bytes() == damage


def test_the_journal_has_the_seed_of_what_was_graded(known):
    known.hand_in("ada")
    known.autograder("grade", "lstm")
    drawn = json.loads(seeds(known).read_bytes())["lstm"]
    line = known.course.root / ".autograder" / "lstm.jsonl"
    line.write_bytes(line.read_bytes().replace(b'"seed":1,', f'"seed":{drawn},'.encode()))
    seeds(known).unlink()
    assert Course(known.course.root).seed("lstm") == drawn
    assert seeds(known).stat().st_mode & 0o777 == 0o600
    assert known.autograder("grade", "lstm")[1] == ""


def test_a_lost_seed_is_told_and_drawn_anew_where_that_is_asked(known):
    known.hand_in("ada")
    known.autograder("grade", "lstm")
    drawn = json.loads(seeds(known).read_bytes())["lstm"]
    for file in (seeds(known), seeds(known).with_name("lstm.jsonl")):
        file.unlink()
    _, said = known.autograder("grade", "lstm", code=2)
    assert "its secret seed is gone" in said
    assert "autograder grade lstm --new-seed" in said
    assert not seeds(known).exists()
    known.course.draw_seed("lstm")
    new = known.course.seed("lstm")
    assert new != drawn
    known.course.draw_seed("lstm")
    assert known.course.seed("lstm") == new


def test_an_assignment_that_was_never_graded_gets_a_seed_without_a_word(known):
    known.hand_in("ada")
    assert known.course.seed("lstm") == known.course.seed("lstm")
    seeds(known).write_text("null")
    with pytest.raises(CourseError, match="damaged"):
        known.course.seed("gru")


@pytest.mark.parametrize("byte", [b"\xff", b"\x00", b"\xe9"])
def test_one_byte_that_is_no_text_costs_the_line_alone(known, byte):
    for student in ("ada", "bob"):
        known.hand_in(student, wrong=["LSTMCell"])
    path = known.course.root / ".autograder" / "lstm.jsonl"
    first, second = path.read_bytes().splitlines(keepends=True)
    assert first.count(b"bob") < second.count(b"bob")
    middle = len(second) // 2
    path.write_bytes(first + second[:middle] + byte + second[middle:])
    journal = known.course.journal("lstm")
    assert [len(list(journal.of(student))) for student in ("ada", "bob")] == [1, 0]
    known.hand_in("bob")
    rows, _ = known.autograder("grade", "lstm")
    assert (row(rows, "bob"), known.stands("ada")) == ("12 / 12", (9, 0))
