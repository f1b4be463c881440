"""Extensions that the file of the course gives, and what people change of them in the gradebook."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from autograder.grader.grading import settings
from tests.grader.grading.known import Known

LATE = "2026-01-01 14:00:00"
DUE = "2026-01-01T12:00:00+00:00"
UNTIL = "2026-01-01T16:00:00+01:00"


def say(known: Known, extensions: str, due: str = DUE) -> None:
    """Write the file of the course."""
    said = "[lstm]\n" + (f"due = {due}\n" if due else "") + f"extensions = {extensions}\n"
    (known.course.root / settings.FILE).write_text(said)


def penalties(known: Known) -> dict[str, float]:
    return {student: known.stands(student)[1] for student in ("ada", "bob")}


@pytest.fixture
def late(known: Known) -> Known:
    """Two who came late, where that costs everything."""
    known.add_rule()
    for student in ("ada", "bob"):
        known.hand_in(student, at=LATE)
    return known


def test_who_has_an_extension_is_not_late_and_the_others_are(late: Known) -> None:
    say(late, f"{{ ada = {UNTIL} }}")
    _, said = late.autograder("grade", "lstm")
    assert "ada has until 2026-01-01 15:00 UTC for lstm, as course.toml says." in said
    assert penalties(late) == {"ada": 0, "bob": 12}
    assert "ada has until" not in late.autograder("grade", "lstm")[1]
    say(late, "{}")
    assert "ada has no extension of lstm any more" in late.autograder("grade", "lstm")[1]
    assert penalties(late) == {"ada": 12, "bob": 12}


def test_the_day_of_an_extension_stays_where_the_due_date_moves(late: Known) -> None:
    say(late, f"{{ ada = {UNTIL} }}")
    late.autograder("grade", "lstm")
    say(late, f"{{ ada = {UNTIL} }}", "2026-01-01T10:00:00+00:00")
    _, said = late.autograder("grade", "lstm")
    assert "changed there" not in said
    assert penalties(late) == {"ada": 0, "bob": 12}
    with late.book() as book:
        assert book.find_submission("lstm", "ada").duedate == datetime(2026, 1, 1, 15)


def test_what_a_person_writes_into_the_gradebook_counts(late: Known) -> None:
    say(late, f"{{ ada = {UNTIL} }}")
    late.autograder("grade", "lstm")
    with late.book() as book:
        book.find_submission("lstm", "ada").extension = timedelta(hours=1)
        book.find_submission("lstm", "bob").extension = timedelta(hours=5)
        book.db.commit()
    _, said = late.autograder("grade", "lstm")
    assert "The gradebook gives ada another time" in said
    assert penalties(late) == {"ada": 12, "bob": 0}
    say(late, "{ ada = 2026-01-01T17:00:00+00:00 }")
    late.autograder("grade", "lstm")
    assert penalties(late) == {"ada": 0, "bob": 0}


def test_who_handed_in_nothing_is_named_and_gets_it_later(late: Known) -> None:
    say(late, f"{{ eve = {UNTIL} }}")
    assert "for eve, of whom nothing is handed in" in late.autograder("grade", "lstm")[1]
    late.hand_in("eve", at=LATE)
    late.autograder("grade", "lstm")
    late.autograder("grade", "lstm")
    assert late.stands("eve") == (12, 0)


def test_without_a_due_date_it_is_said_that_nobody_is_late(late: Known) -> None:
    say(late, f"{{ ada = {UNTIL} }}", due="")
    assert "which has no due date" in late.autograder("grade", "lstm")[1]
    assert penalties(late) == {"ada": 0, "bob": 0}


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("[lstm]\nextensions = 3\n", "have to be dates by student"),
        ("[lstm]\nextensions = { ada = 2026-01-01 }\n", "the extension of lstm for ada"),
        ("[lstm]\nextensions = { ada = 2026-01-01T12:00:00 }\n", "its time zone"),
    ],
)
def test_an_extension_that_is_no_moment_is_refused(late: Known, said: str, what: str) -> None:
    (late.course.root / settings.FILE).write_text(said)
    assert what in " ".join(late.autograder("grade", "lstm", code=2)[1].split())


def test_a_day_before_the_due_date_is_no_extension(late: Known) -> None:
    say(late, "{ ada = 2026-01-01T09:00:00+00:00 }", due="2026-01-01T15:00:00+00:00")
    assert "that is no extension" in late.autograder("grade", "lstm")[1]
    assert penalties(late) == {"ada": 0, "bob": 0}
