"""What a person grades: the student's text goes through, by our command and by nbgrader's."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook

from autograder.grader.commands.grading import Hosts, grade_class
from autograder.grader.grading import feedback
from autograder.grader.grading.course import Course
from autograder.grader.grading.graded_notebook import inert
from autograder.grader.grading.pictures import pictures
from autograder.grader.release.solve import grade_id_of
from tests.attacks.attack import reference

pytestmark = pytest.mark.slow

DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)
MINE = "The forget gate $h_t < 1$ keeps it. ![](attachment:mine.png)\n\n<script>alert(1)</script>"
EVIL = (
    "[y](java&#115;cript:alert(1)) [z][z]\n\n[z]: javascript:alert(1)\n\n"
    "[$\\href{javascript:alert(1)}{x}$](javascript:alert(1)) <img src=x onerror=alert(2)>"
)


def about(grade_id: str, **settings: Any) -> dict[str, Any]:
    base = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}
    return {"nbgrader": {**base, "grade_id": grade_id, **settings}}


BY_HAND = [
    new_markdown_cell(
        "Why does it keep a 1?", metadata=about("why", grade=True, solution=True, points=5)
    ),
    new_code_cell("# How long?", metadata=about("how-long", grade=True, solution=True, points=2)),
    new_code_cell(
        "assert how_long > 3",
        metadata=about("test-how-long", grade=True, locked=True, points=1),
    ),
    new_markdown_cell(
        "Draw the cell, in cells of your own.",
        metadata=about("draw", task=True, locked=True, points=4),
    ),
    new_markdown_cell("The instructor's own words.", metadata={}),
]


@pytest.fixture
def with_questions(course: Course) -> Course:
    """The course, whose instructor has added to lstm what people grade."""
    path = course.path("source", ".", "lstm") / "lstm.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells += BY_HAND
    nbformat.write(notebook, path)
    course.nbgrader(lambda api: api.generate_assignment("lstm", force=True))
    return course


def hand_in(course: Course, student: str, **answers: str) -> None:
    notebook = nbformat.reads(course.released("lstm"), as_version=4)
    for cell in notebook.cells:
        name = grade_id_of(cell)
        cell.source = {**reference(), **answers}.get(name, cell.source)
        if name == "why" and answers:
            cell.attachments = {"mine.png": {"image/png": DOT}}
    if answers:
        notebook.cells.insert(3, new_markdown_cell("A remark."))
        notebook.cells += [
            new_markdown_cell(EVIL),
            new_code_cell("draw()", outputs=[nbformat.v4.new_output("stream", text="forged")]),
        ]
    folder = course.path("submitted", student, "lstm")
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "lstm.ipynb")


@pytest.mark.usefixtures("grading_here")
@pytest.mark.parametrize("stock", [False, True], ids=["ours", "stock"])
def test_what_people_grade_goes_through(with_questions: Course, stock: bool) -> None:
    course = with_questions
    hand_in(course, "ada", why=MINE, **{"how-long": "how_long = 300\nhow_long"})
    hand_in(course, "bob")
    if stock:
        for student in ("ada", "bob"):
            course.nbgrader(lambda api, student=student: api.autograde("lstm", student))
    else:
        assert not grade_class(course, "lstm", Hosts(processes=1)).failures
    notebook = nbformat.read(course.path("autograded", "ada", "lstm") / "lstm.ipynb", 4)
    nbformat.validate(notebook)
    cells = {grade_id_of(cell): cell for cell in notebook.cells}
    assert cells["why"].source == MINE.replace("<script>", "<\u200bscript>").replace(
        "</script>", "<\u200b/script>"
    )
    assert cells["why"].attachments == {"mine.png": {"image/png": DOT}}
    assert cells["how-long"].source == "how_long = 300\nhow_long"
    assert "300" in str(cells["how-long"].outputs)
    assert cells["test-how-long"].outputs == []
    assert "NameError" in str(graded_cells(course, "bob")["test-how-long"].outputs)
    texts = [cell.source for cell in notebook.cells]
    own = texts.index("The instructor's own words.")
    assert texts.index("Draw the cell, in cells of your own.") < own
    assert [inert(EVIL), "draw()"] == texts[own + 1 :]
    assert notebook.cells[-1].outputs == []
    assert texts[3] == "A remark."

    with Gradebook(course.directory.db_url) as gradebook:
        found = gradebook.find_submission_notebook("lstm", "lstm", "ada")
        grades = {grade.name: grade for grade in found.grades}
        assert grades["check-lstm_step_forward"].auto_score == 3
        assert all(grades[name].needs_manual_grade for name in ("why", "how-long", "draw"))
        assert [grades[name].auto_score for name in ("why", "how-long")] == [None, None]

    feedback.write(course, "lstm", "ada")
    page = (course.path("feedback", "ada", "lstm") / "lstm.html").read_text()
    assert "keeps it." in page
    assert f"data:image/png;base64,{DOT}" in page
    for word in ("<script>alert", "<img src=x", 'href="javascript', "\\href"):
        assert word not in page


def graded_cells(course: Course, student: str) -> dict[str, Any]:
    path = course.path("autograded", student, "lstm") / "lstm.ipynb"
    return {grade_id_of(cell): cell for cell in nbformat.read(path, 4).cells}


def test_what_people_grade_decides_what_is_graded_again(with_questions: Course) -> None:
    course = with_questions
    hand_in(course, "ada", why=MINE)
    hand_in(course, "bob", why="Another answer.")
    jobs = [course.job("lstm", student) for student in ("ada", "bob")]
    ada, as_ada = (msgspec.structs.replace(job, student="ada") for job in jobs)
    assert ada.key != as_ada.key


@pytest.mark.parametrize("name", ["a.svg", "a.png"])
def test_of_what_is_pasted_only_pictures_are_kept(name: str) -> None:
    assert pictures({name: {"image/svg+xml": "PHN2Zz4="}}) == {}
    assert pictures({name: {"image/png": "PHN2Zz4="}}) == {}
    assert pictures({'a" onload="x': {"image/png": DOT}}) == {}
    assert pictures({name: {"image/png": DOT, "text/html": "x"}}) == {name: {"image/png": DOT}}
    assert pictures([name]) == pictures({name: 7}) == {}


@pytest.mark.parametrize(
    "text",
    [
        "$a < b$, 1<2",
        "a > b",
        "```\nif a<1:\n```",
        "\\hat h, \\sigma",
        "[a page](https://example.org)",
    ],
)
def test_what_is_no_tag_stays_as_it_is(text: str) -> None:
    assert inert(text) == text


@pytest.mark.parametrize(
    "text",
    [
        '$\\mmlToken{mi}[href="javascript:alert(1)"]{x}$',
        "$\\bbox[background: url(//elsewhere)]{x}$",
        "$\\data{a=b}{x}$",
        "$\\href{javascript:alert(1)}{x}$",
    ],
)
def test_a_formula_that_acts_is_none(text: str) -> None:
    assert not re.search(r"\\(mmlToken|bbox|data|href)", inert(text))
    assert inert(text).replace("\u200b", "") == text
