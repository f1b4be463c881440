"""The contents of a page of feedback: exercises, points and what was found."""

from __future__ import annotations

import msgspec
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.grader.grading.feedback_page import (
    BY_A_PERSON,
    LONGEST,
    TESTED,
    alone,
    contents,
    points,
)
from autograder.grader.grading.graded_notebook import as_output
from tests.grader.grading.verdicts import verdict


def about(name: str, score: float, most: float, **more: object) -> dict[str, object]:
    return {"nbgrader": {"grade_id": name, "grade": True, "score": score, "points": most, **more}}


def checked(message: str, status: str = "wrong") -> object:
    found = msgspec.structs.replace(verdict("f", 0.0, 3.0, status), message=message)
    return new_code_cell("check(f)", metadata=about("check-f", 0.5, 3), outputs=[as_output(found)])


def test_each_exercise_has_its_points_and_its_sentence() -> None:
    commented = {"nbgrader": {"grade_id": "f", "solution": True, "comment": "Nearly."}}
    rows = contents(
        [
            new_markdown_cell("Read this."),
            new_code_cell("def f(): ...", metadata=commented),
            checked("The gates `g` and `o` are exchanged <here>."),
            new_markdown_cell(
                "Because.", metadata=about("why", 0, 1, solution=True, comment="No response.")
            ),
            new_code_cell("assert f", metadata=about("test-f", 1, 1)),
        ]
    )
    assert [row.title for row in rows] == ["f", "why", "test-f"]
    assert [row.score for row in rows] == ["0.5 / 3", "0 / 1", "1 / 1"]
    assert rows[0].said == "Not right yet. The gates g and o are exchanged <here>."
    assert (rows[0].anchor, rows[0].named, rows[0].commented) == ("check-f", True, "f")
    assert [row.said for row in rows[1:]] == [BY_A_PERSON, TESTED]
    assert not rows[1].commented


def test_what_a_student_printed_is_no_verdict() -> None:
    forged = checked("It is right.", "correct")
    forged.metadata.nbgrader.grade_id = "test-f"
    assert contents([forged])[0].said == TESTED


def test_a_long_sentence_ends_with_a_word() -> None:
    (row,) = contents([checked("word " * LONGEST)])
    assert row.said.endswith(" word …")
    assert len(row.said) <= LONGEST + 2


def test_the_head_asks_for_nothing() -> None:
    head = alone("<html>\n<head>\n<style>@font-face{src:url(a.woff)} p{}</style></head>")
    assert "url(" not in head
    assert head.startswith('<html lang="en">')
    assert "default-src 'none'" in head
    assert " p{}" in head
    assert points(1.23456) == "1.23"
