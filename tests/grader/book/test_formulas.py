"""What a formula is in a line of text."""

from __future__ import annotations

import pytest
from docutils import nodes

from autograder.grader.book.formulas import plain, text


@pytest.mark.parametrize(
    ("tex", "line"),
    [
        (r"\mathbf{c}_{t}", "c_t"),
        (r"c_\text{next}", "c_next"),
        (r"h_{t-1}", "h_(t − 1)"),
        (r"f \odot c + i \odot g", "f ⊙ c + i ⊙ g"),
        (r"\sigma(x) = \frac{1}{1 + e^{-x}}", "σ(x) = 1/(1 + e^(−x))"),
        (r"\tanh(c)", "tanh(c)"),
        (r"\log C", "log C"),
        (r"\sqrt{H}", "√H"),
        (r"\hat x_i", "x_i"),
        (r"\sum_{n=1}^{N} x_n", "∑_(n = 1)^N x_n"),
        (r"t = 0, \dots, T", "t = 0,...,T"),
        ("\\begin{split}\n\\begin{aligned} r &= 1, \\\\ z &= 2\\end{aligned}\\end{split}", None),
        (r"\unheardof{a} + \mathbf{b}", "a + b"),
        ("a < b", "a < b"),
    ],
)
def test_a_formula_is_a_line_without_commands(tex: str, line: str | None) -> None:
    found = plain(tex)
    assert not set(found) & set("\\{}&\n")
    if line is not None:
        assert found.replace(" ", "") == line.replace(" ", "")


def test_the_formulas_of_a_text_are_words() -> None:
    paragraph = nodes.paragraph("", "", nodes.Text("Keep\n"), nodes.math("", r"\mathbf{c}_t"))
    assert text(paragraph) == "Keep c_t"
