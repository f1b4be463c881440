"""The lesson on the LSTM and its assignment: every number they state."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from autograder.grader.release.source import page as page_of
from tests.chapters.pages import (
    Ran,
    code,
    lesson_of,
    run_lesson,
    run_solved,
    titles,
)

LESSON = lesson_of("lstm")
ASSIGNMENT = page_of("lstm")


@pytest.fixture(scope="module")
def lesson() -> Ran:
    return run_lesson(LESSON)


@pytest.fixture(scope="module")
def solved() -> Ran:
    return run_solved("lstm")


def test_the_lesson_has_the_sections_that_checks_refer_to() -> None:
    assert titles(LESSON)[:7] == [
        "The cell as a carousel",
        "The forget gate",
        "The input gate and the candidate",
        "The cell update",
        "The output gate",
        "An example in numbers",
        "Packed weights and gate order",
    ]


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


def rows(header: str) -> Iterator[list[str]]:
    """The cells of the table of the lesson whose first line is `header`."""
    lines = LESSON.read_text(encoding="utf-8").split(header + "\n")[1].splitlines()[1:]
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip().replace("−", "-") for cell in line.strip("|").split("|")]


def test_the_elementwise_example_is_right_and_its_last_line_no_gate() -> None:
    c, f, product = np.array(
        [list(map(float, row)) for row in rows("| $c$ | $f$ | $f \\odot c$ |")]
    ).T
    np.testing.assert_array_equal(c, [8, 3, 2, 4, 2])
    np.testing.assert_array_equal(f, [0, 1, 0.5, 1, 4])
    np.testing.assert_array_equal(f * c, product)
    assert [gate for gate in f if gate > 1] == [4]


def test_every_number_of_the_worked_step_is_what_numpy_computes() -> None:
    table = {row[0]: np.array(row[1:], float) for row in rows("| | unit 1 | unit 2 | unit 3 |")}
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


def test_what_the_lesson_says_of_influence_is_what_it_computes(
    lesson: tuple[dict[str, Any], str],
) -> None:
    share = {label: size / size[-1] for label, size in lesson[0]["curves"].items()}
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


def test_what_the_lesson_prints_is_what_its_text_says(lesson: tuple[dict[str, Any], str]) -> None:
    printed = lesson[1]
    assert "σ(36) = 0.9999999999999998  equal to 1: False" in printed
    assert "σ(37) = 1.0                 equal to 1: True" in printed
    assert "f ⊙ c     [0.0198 2.9926 1.     3.8103]" in printed
    assert "stored  0.02   shown 0.019997    99.99% of it" in printed
    assert "stored  4.00   shown 0.999329" in printed
    assert "stored  8.00   shown 1.000000" in printed
    assert "Wx: (3, 16)   x @ Wx: (2, 16)" in printed


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


def test_the_counts_of_the_lesson_are_those_of_the_reference(
    lesson: tuple[dict[str, Any], str],
) -> None:
    for kind, count in (("SimpleRNN", 98_560), ("GRU", 296_448), ("LSTM", 394_240)):
        assert f"{kind:10} {count:8,} parameters" in lesson[1]
    assert 0.75 < 296_448 / 394_240 < 0.76
