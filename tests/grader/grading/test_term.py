"""A term of a class of forty: late work, an extension, a regrade, manual grades, an old gradebook.

The verdicts are known beforehand; all that comes after the judge is the real thing.
"""

from __future__ import annotations

import csv
import shutil
from datetime import timedelta
from pathlib import Path

from autograder.grader.grading import output_cache
from tests.grader.grading.known import POINTS, Known, row

CLASS = [f"student-{number:02}" for number in range(40)]
LATE = CLASS[30:]
WRONG = dict(zip(CLASS[:8], [[], ["LSTMCell"], ["lstm_forward"], list(POINTS)] * 2, strict=True))
IN_TIME, AN_HOUR_LATE = "2026-01-01 11:00:00", "2026-01-01 13:00:00"


def right(student: str) -> float:
    """The points of what a student handed in first."""
    return 12.0 - sum(POINTS[name] for name in WRONG.get(student, []))


def grade(known: Known, table: dict[str, tuple[float, float]]) -> str:
    """Grade the class; gradebook and table say who got how many points, and what was taken off."""
    rows, said = known.autograder("grade", "lstm")
    late = any(taken for _, taken in table.values())
    for student in CLASS:
        points, taken = table[student]
        assert known.stands(student) == (points, taken)
        before = f"{points:g} {f'{taken:g} ' if taken else ''}" if late else ""
        assert row(rows, student).startswith(f"{before}{points - taken:g} / 12"), student
    return said


def exported(known: Known, folder: Path) -> dict[str, float]:
    """The scores that nbgrader's own export gives away."""
    from nbgrader.plugins import CsvExportPlugin

    plugin = CsvExportPlugin()
    plugin.to, plugin.assignment = str(folder / "grades.csv"), ["lstm"]
    with known.book() as book:
        plugin.export(book)
    with (folder / "grades.csv").open() as file:
        return {line["student_id"]: float(line["score"]) for line in csv.DictReader(file)}


def test_a_term_of_a_class_of_forty(known, tmp_path):
    known.add_rule()
    (known.course.root / "course.toml").write_text("[lstm]\ndue = 2026-01-01T13:00:00+01:00\n")
    for student in CLASS:
        at = AN_HOUR_LATE if student in LATE else IN_TIME
        known.hand_in(student, WRONG.get(student, []), at)

    # Everybody is graded, and what came late has lost its points.
    table = {s: (right(s), 0.0) for s in CLASS} | dict.fromkeys(LATE, (12.0, 12.0))
    assert "lstm is due 2026-01-01 12:00 UTC now" in grade(known, table)
    assert grade(known, table) == ""

    # One of them had an extension, which is entered after the grading.
    extended, *late = LATE
    with known.book() as book:
        book.find_submission("lstm", extended).extension = timedelta(hours=2)
        book.db.commit()
    table[extended] = (12.0, 0.0)
    assert f"{extended} (12 → 0)" in grade(known, table)

    # A person grades by hand: a step that is worth something, and extra points for a late one.
    by_hand, praised = CLASS[3], late[0]
    with known.book() as book:
        grade_ = book.find_grade("check-lstm_step_backward", "lstm", "lstm", by_hand)
        grade_.manual_score, grade_.needs_manual_grade = 1.5, False
        book.find_grade("check-LSTMCell", "lstm", "lstm", praised).extra_credit = 1
        book.db.commit()
    table |= {by_hand: (1.5, 0.0), praised: (13.0, 13.0)}
    grade(known, table)
    shutil.copy(known.course.root / "gradebook.db", tmp_path / "older.db")

    # Two hand in again: one who was wrong in everything and has a score by hand, and a late one.
    known.hand_in(by_hand, ["LSTMCell"], IN_TIME)
    known.hand_in(late[1], ["lstm_forward"], IN_TIME)
    table |= {by_hand: (6.5, 0.0), late[1]: (10.0, 0.0)}
    rows, _ = known.autograder("grade", "lstm")
    assert "1 graded by hand, 1 to be graded by hand" in rows
    assert grade(known, table) == ""
    before = exported(known, tmp_path)

    # The gradebook of before is put back: all that the grader knows comes back by itself.
    shutil.copy(tmp_path / "older.db", known.course.root / "gradebook.db")
    said = grade(known, table)
    assert f"{by_hand} (1.5 → 6.5)" in said
    assert f"{late[1]} (12 → 10)" in said
    assert exported(known, tmp_path) == before
    assert grade(known, table) == ""
    assert output_cache.told(["grade", "lstm", "--course", str(known.course.root)]) is not None

    # The date is moved for everybody.
    (known.course.root / "course.toml").write_text("[lstm]\ndue = 2026-01-02T13:00:00+01:00\n")
    table |= dict.fromkeys(late, (12.0, 0.0)) | {praised: (13.0, 0.0), late[1]: (10.0, 0.0)}
    assert f"is another now for {len(late) - 1}, " in grade(known, table)

    # The gradebook is deleted: what people alone had written is told to be gone, and nothing else.
    (known.course.root / "gradebook.db").unlink()
    assert "autograder gradebook lstm" in known.autograder("grade", "lstm", code=2)[1]
    rows, _ = known.autograder("gradebook", "lstm")
    assert "lstm: 40 submissions were entered from the journal." in rows
    table |= {by_hand: (9.0, 0.0), praised: (12.0, 0.0)}
    grade(known, table)
    assert exported(known, tmp_path) == {
        **{student: right(student) for student in CLASS},
        by_hand: 9.0,
        late[1]: 10.0,
    }


def test_stock_penalties_are_the_same(known):
    """nbgrader's own autograde, forced, on the same journal."""
    known.add_rule()
    with known.book() as book:
        book.update_or_create_assignment("lstm", duedate="2026-01-01 12:00:00 UTC")
    for student, at in zip(CLASS[:3], [IN_TIME, AN_HOUR_LATE, AN_HOUR_LATE], strict=True):
        known.hand_in(student, ["LSTMCell"], at)
    known.autograder("grade", "lstm")
    with known.book() as book:
        book.find_submission("lstm", CLASS[2]).extension = timedelta(hours=2)
        book.find_grade("check-LSTMCell", "lstm", "lstm", CLASS[1]).manual_score = 1
        book.db.commit()
    known.autograder("grade", "lstm")
    ours = [known.stands(student) for student in CLASS[:3]]
    assert ours == [(9, 0), (10, 10), (9, 0)]
    known.monkeypatch.chdir(known.course.root)
    for student in CLASS[:3]:
        known.course.nbgrader(lambda api, who=student: api.autograde("lstm", who, force=True))
    assert [known.stands(student) for student in CLASS[:3]] == ours
