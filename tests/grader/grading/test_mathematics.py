"""Formulas of feedback are MathML, whoever wrote them, and never anything else."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from autograder.grader.grading.feedback_page import rendered
from autograder.grader.grading.mathematics import MOST, mathml
from autograder.grader.release.source import assignments, notebook

FORMULA = re.compile(r"<math .*?</math>", re.DOTALL)


def shown(assignment: str) -> str:
    """What is read in the notebook that is handed out."""
    cells = notebook(assignment).cells
    return "\n".join(rendered(cell.source) for cell in cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("assignment", assignments())
def test_every_formula_that_is_handed_out_is_converted(assignment) -> None:
    page = shown(assignment)
    assert "<code>$" not in page
    for made in FORMULA.findall(page):
        assert "\\" not in "".join(ElementTree.fromstring(made).itertext())


def test_there_are_formulas() -> None:
    assert len(FORMULA.findall(shown("lstm"))) >= 10


def test_lines_are_lines_and_stand_one_below_the_other() -> None:
    made = mathml(r"\begin{aligned} a &= x \\ c &= f \end{aligned}", display=True)
    assert made.count("<mtr>") == 2
    assert 'columnalign="right"' in made


@pytest.mark.parametrize(
    "hostile",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\class{evil}{x}",
        r"\style{color:red}{x}",
        r"\text{</mtext><script>alert(1)</script>}",
        r"<script>alert(1)</script>",
        r"\text{<img src=x onerror=alert(1)>}",
        "\\" * 50,
        "{" * 3000,
        "x" * (MOST + 1),
        r"\begin{cases}" * 40,
    ],
    ids=range(10),
)
def test_nothing_acts_that_a_student_wrote_as_a_formula(hostile) -> None:
    for made in (mathml(hostile), mathml(hostile, display=True), rendered(f"A ${hostile}$.")):
        for word in ("<script", "<img", "href=", "style=", "class="):
            assert word not in made
        for formula in FORMULA.findall(made):
            ElementTree.fromstring(formula)


def test_what_cannot_be_converted_stays_as_it_was_written() -> None:
    assert mathml(r"\undefined{x} < 1") == r"<code>$\undefined{x} &lt; 1$</code>"
