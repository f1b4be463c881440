"""The lesson on the LSTM and its assignment: every number they state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from autograder.grader.release.source import page as page_of
from tests.chapters.pages import (
    Ran,
    code,
    lesson_of,
    lessons_of,
    run_lesson,
    run_solved,
    titles,
)

FIRST = lesson_of("lstm")
ASSIGNMENT = page_of("lstm")


def lesson(name: str) -> Path:
    """A page of the lesson, by the name of its file."""
    return FIRST.with_name(f"{name}.md")


@cache
def ran(name: str) -> Ran:
    """What a page of the lesson leaves behind and prints; it is run once."""
    return run_lesson(lesson(name))


@pytest.fixture(scope="module")
def solved() -> Ran:
    return run_solved("lstm")


def test_the_lesson_has_the_sections_that_checks_refer_to() -> None:
    assert titles(FIRST)[:5] == [
        "The cell as a carousel",
        "The forget gate",
        "The input gate and the candidate",
        "The cell update",
        "The output gate",
    ]
    assert titles(lesson("lstm_step"))[:2] == [
        "An example in numbers",
        "Packed weights and gate order",
    ]


def test_each_page_of_the_lesson_is_in_the_table_of_the_first_and_can_be_read_by_itself() -> None:
    first, *others = lessons_of("lstm")
    text = first.read_text(encoding="utf-8")
    named = re.findall(r"^\| \[[^\]]*\]\((\w+)\.md\) \|", text, re.MULTILINE)
    assert sorted(named) == [page.stem for page in others]
    for page in (first, *others):
        text = page.read_text(encoding="utf-8")
        for part in ("**Time.**", "**What you should know.**", "**Afterwards you can**"):
            assert text.count(part) == 1, (page, part)
        assert {"What to keep", "Questions", "References"} <= set(titles(page)), page


def test_a_section_that_is_named_beside_a_link_stands_on_that_page() -> None:
    said = re.compile(
        r"‘([^’]+)’, \[[^\]]*\]\(([^)#]+\.md)\)|\]\(([^)#]+\.md)\)[^.]*, under ‘([^’]+)’"
    )
    found = []
    for page in FIRST.parent.parent.glob("*/*.md"):
        for first, target, other, last in said.findall(page.read_text(encoding="utf-8")):
            section, goal = first or last, page.parent / (target or other)
            if goal.parent.resolve() == FIRST.parent:
                found.append(section)
                assert section in titles(goal), (page, section)
    assert "Back to the text" in found


def test_the_pages_of_the_lesson_come_before_the_assignments() -> None:
    contents = (FIRST.parent.parent.parent / "_toc.yml").read_text(encoding="utf-8")
    listed = re.findall(r"chapters/gated/(\w+)", contents)
    assert sorted(listed) == sorted(page.stem for page in FIRST.parent.glob("*.md"))
    read, done = listed[: len(lessons_of("lstm"))], listed[len(lessons_of("lstm")) :]
    assert {lesson(name) for name in read} == set(lessons_of("lstm"))
    assert done == ["lstm", "lstm_sequences", "gru"]


def test_the_assignment_has_one_section_for_each_exercise() -> None:
    assert titles(ASSIGNMENT) == [
        "One step forward",
        "One step backward",
        "A whole sequence",
        "The same cell in torch",
    ]


def test_a_demonstration_follows_each_check() -> None:
    cells = code(ASSIGNMENT)
    for cell, following in pairwise(cells):
        if cell.metadata.get("nbgrader", {}).get("grade"):
            assert "nbgrader" not in following.metadata


# What the pages state.


def rows(name: str, header: str) -> Iterator[list[str]]:
    """The cells of the table of a page of the lesson whose first line is `header`."""
    lines = lesson(name).read_text(encoding="utf-8").split(header + "\n")[1].splitlines()[1:]
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip().replace("−", "-") for cell in line.strip("|").split("|")]


def test_the_elementwise_example_is_right_and_its_last_line_no_gate() -> None:
    c, f, product = np.array(
        [list(map(float, row)) for row in rows("lstm_step", "| $c$ | $f$ | $f \\odot c$ |")]
    ).T
    np.testing.assert_array_equal(c, [8, 3, 2, 4, 2])
    np.testing.assert_array_equal(f, [0, 1, 0.5, 1, 4])
    np.testing.assert_array_equal(f * c, product)
    assert [gate for gate in f if gate > 1] == [4]


def test_every_number_of_the_worked_step_is_what_numpy_computes() -> None:
    table = {
        row[0]: np.array(row[1:], float)
        for row in rows("lstm_step", "| | unit 1 | unit 2 | unit 3 |")
    }
    c, f, i, g, o = (table[f"${name}$"] for name in "cfigo")
    c_next = f * c + i * g
    computed = {
        "$f \\odot c$": f * c,
        "$i \\odot g$": i * g,
        "$c_\\text{next}$": c_next,
        "$\\tanh(c_\\text{next})$": np.tanh(c_next),
        "$h_\\text{next}$": o * np.tanh(c_next),
    }
    assert list(table)[5:] == list(computed)
    for name, values in computed.items():
        np.testing.assert_allclose(table[name], values, rtol=0, atol=5e-5, err_msg=name)


def test_what_the_lesson_says_of_influence_is_what_it_computes() -> None:
    share = {label: size / size[-1] for label, size in ran("lstm_training")[0]["curves"].items()}
    first = ran("index")[0]["size"]
    np.testing.assert_array_equal(share["RNN"], first / first[-1])
    assert 5e-4 < share["RNN"][-11] < 2e-3
    assert 1e-6 < share["RNN"][-21] < 5e-6
    assert 5e-12 < share["RNN"][0] < 5e-11
    assert share["LSTM, forget bias 0"][0] < 1e-8
    assert 1e-4 < share["LSTM, forget bias 1"][0] < 4e-4
    assert share["LSTM, forget bias 3"].min() > 0.2


def test_what_the_lesson_says_of_forgetting_is_what_numpy_computes() -> None:
    assert round(0.6**12, 3) == 0.002
    assert 0.9**6 > 0.5 > 0.9**7
    assert 0.99**68 > 0.5 > 0.99**69
    assert 0.9**109 > 1e-5 > 0.9**110
    assert round(0.99**500, 4) == 0.0066
    sigmoid = 1 / (1 + np.exp(-np.array([0.0, 1.0, 3.0])))
    np.testing.assert_array_equal(sigmoid.round(2), [0.5, 0.73, 0.95])
    assert round(sigmoid[0] ** 20 * 1e6) == 1


def test_what_the_lesson_prints_is_what_its_text_says() -> None:
    printed = ran("index")[1]
    assert "σ(36) = 0.9999999999999998  equal to 1: False" in printed
    assert "σ(37) = 1.0                 equal to 1: True" in printed
    assert "f ⊙ c     [0.0198 2.9926 1.     3.8103]" in printed
    assert "stored  0.02   shown 0.019997    99.99% of it" in printed
    assert "stored  4.00   shown 0.999329" in printed
    assert "stored  8.00   shown 1.000000" in printed
    assert "Wx: (3, 16)   x @ Wx: (2, 16)" in ran("lstm_step")[1]


def test_what_the_assignment_shows_of_a_step_is_true(solved: tuple[dict[str, Any], str]) -> None:
    names, printed = solved
    assert "kept without any loss: True" in printed
    assert names["hold"](3.0)[70] < 0.03
    assert 0.05 < names["hold"](5.0)[300] < 0.15


def test_what_the_assignment_shows_of_gradients_is_true(
    solved: tuple[dict[str, Any], str],
) -> None:
    names, _ = solved
    end = {bias: names["lstm_gradients"](bias)[-1] for bias in (0.0, 1.0, 3.0)}
    assert 1e-18 < names["rnn_gradients"]()[-1] < 1e-16
    assert 1e-12 < end[0.0] < 1e-10
    assert 5e-5 < end[1.0] < 7e-5
    assert 0.5 < end[3.0] < 2
    for bias, size in end.items():
        assert size > (1 / (1 + np.exp(-bias))) ** 50


def test_one_unit_counts_brackets(solved: tuple[dict[str, Any], str]) -> None:
    assert "depth: 1 1 2 2 3 3 2 2 1 0 0 1 2 2 1 0\nleft over at the end: False" in solved[1]


def test_a_simple_unit_counts_as_far_as_the_assignment_says(
    solved: tuple[dict[str, Any], str],
) -> None:
    names, printed = solved
    assert "the text above, simple unit, step 0.1: 16 of 16 depths right" in printed
    counted = names["counted"]
    by_step = [counted[T, "simple, step 0.1"] for T in (16, 60, 1000)]
    assert by_step == sorted(by_step, reverse=True)
    assert by_step[-1] < 0.1
    for T in (16, 60, 1000):
        assert counted[T, "simple, step 0.001"] == counted[T, "LSTM, step 0.1"] == 1


def test_the_cell_equals_the_layer_and_learns_only_with_an_open_forget_gate(
    solved: tuple[dict[str, Any], str],
) -> None:
    names, printed = solved
    assert float(printed.split("agree within ")[1].split()[0]) < 1e-6
    guess = float(torch.log(torch.tensor(2.0)))
    assert abs(np.mean(names["curves"][0.0][-20:]) - guess) < 0.02
    assert np.mean(names["curves"][3.0][-20:]) < 0.1


def test_the_gradients_of_the_worked_step_are_what_torch_finds() -> None:
    table = {row[0]: float(row[2]) for row in rows("lstm_step", "| | computed as | unit 2 |")}
    names, printed = ran("lstm_step")
    numbers = names["numbers"]
    for name, value in table.items():
        key = name.strip("$").replace("\\text{total}", "total")
        assert value == pytest.approx(numbers[key], abs=5e-5), name
    shown = np.tanh(0.5 * -1.0 + 0.5 * -0.8)
    text = lesson("lstm_step").read_text(encoding="utf-8")
    assert f"= {1 - shown**2:.4f}$, so that ${0.9 * (1 - shown**2):.4f}$ arrives" in text
    assert numbers["through h"] == pytest.approx(0.9 * (1 - shown**2))
    assert 0.5 < 0.5 / numbers["dc_total"] < 0.55  # "little more than half as large"
    assert "dx: 0.2774" in printed
    assert "= 0.2774$" in text


def test_the_gradient_through_three_steps_is_what_torch_finds() -> None:
    f, e = (0.9, 0.5, 0.8), (0.2, 0.0, 1.0)
    dc, arrived = 0.0, []
    for gate, seen in zip(reversed(f), reversed(e), strict=True):
        arrived.append(dc + seen)
        dc = gate * (dc + seen)
    assert [round(a, 10) for a in (*arrived, dc)] == [1, 0.8, 0.6, 0.54]
    assert [round(a, 10) for a in (f[0] * e[0], f[0] * f[1] * f[2] * e[2])] == [0.18, 0.36]
    printed = ran("lstm_training")[1]
    assert "dc_0 = 0.54" in printed
    for line in ("two layers give it", "last state backward stands first"):
        assert f"{line}: True" in printed
    assert "two directions: (2, 5, 8)" in printed
    assert "a stack is one on the other: True" in printed
