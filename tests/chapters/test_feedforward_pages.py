"""The feedforward lesson and its assignment: what they state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from autograder.grader.release.source import page as page_of
from tests.chapters.pages import (
    Ran,
    lesson_of,
    run_lesson,
    run_solved,
    sections,
)

LESSON = lesson_of("feedforward")
ASSIGNMENT = page_of("feedforward")


@pytest.fixture(scope="module")
def lesson() -> Ran:
    return run_lesson(LESSON)


@pytest.fixture(scope="module")
def solved() -> Ran:
    return run_solved("feedforward")


def test_the_lesson_has_the_sections_that_checks_refer_to() -> None:
    text = LESSON.read_text(encoding="utf-8")
    wanted = sections("feedforward")
    found = {line[3:] for line in text.splitlines() if line.startswith("## ")}
    assert found == {*wanted, "What to remember, what to read"}


# What the pages state.


def marks(lesson: tuple[dict[str, Any], str]) -> Iterator[tuple[str, list[bool]]]:
    yield from lesson[0]["verdicts"].items()


def test_the_planted_passes_are_three_right_and_eight_wrong(
    lesson: tuple[dict[str, Any], str],
) -> None:
    right = [name for name, _ in marks(lesson) if name.startswith("right")]
    assert (len(right), len(list(marks(lesson)))) == (3, 11)


def test_only_the_last_way_of_checking_is_right_about_all(
    lesson: tuple[dict[str, Any], str],
) -> None:
    columns = np.array([accepted for _, accepted in marks(lesson)]).T
    truth = np.array([name.startswith("right") for name, _ in marks(lesson)])
    assert [bool(np.array_equal(column, truth)) for column in columns] == [False] * 8 + [True]


def test_each_way_of_checking_errs_as_the_lesson_says(lesson: tuple[dict[str, Any], str]) -> None:
    accepted = dict(marks(lesson))
    taken = [
        {name for name, row in accepted.items() if row[k] and not name.startswith("right")}
        for k in range(9)
    ]
    assert len(taken[0]) == 8
    assert taken[1] == {"ds a mean", "sign of dC", "last centre lost", "a little decay"}
    assert taken[2] == {"upstream ignored", "wrong where u < 0"}
    assert taken[3] == {"s forgotten"}
    assert taken[4] == {"last centre lost"}
    assert taken[5] == {"last centre lost", "a little decay"}
    for k in (6, 7):
        assert not any(row[k] for row in accepted.values())


def test_the_v_has_its_bottom_where_the_lesson_says(lesson: tuple[dict[str, Any], str]) -> None:
    names = lesson[0]
    steps, errors = names["steps"], names["errors"]
    double, single = np.array(list(errors(np.float64, False))), list(errors(np.float32, False))
    assert 1e-11 < double.min() < 1e-10
    assert 1e-6 <= steps[double.argmin()] < 2e-5
    # Four or five digits, near h = 3e-3, and no more than that in the table.
    assert 1e-5 < min(single) < 2e-5
    assert 1e-3 < steps[np.argmin(single)] < 1e-2
    assert single[list(steps).index(1e-7)] > 0.1
    (at,) = np.flatnonzero(np.isclose(steps, 1e-5))
    assert 1e-11 < double[at] < 1e-8


def test_the_check_in_float32_is_as_good_as_it_can_be(lesson: Ran) -> None:
    names, printed = lesson
    way = names["ways"]["float32, with its best h, and a bound of 1e-3"]
    assert (way["h"], way["bound"]) == (3e-3, 1e-3)
    assert "(6) float32, with its best h, and a bound of 1e-3" in printed
    accepts, right = names["accepts"], names["radial_back"]
    # The room that a bound leaves to right work: ten to a hundred times, in float64 more.
    assert accepts(right, **{**way, "bound": 1e-4})
    assert not accepts(right, **{**way, "bound": 1e-3 / 100})
    assert accepts(right, bound=1e-8 / 100)


def test_what_a_step_and_a_backward_pass_cost_is_shown(lesson: Ran) -> None:
    _, printed = lesson
    costs = re.findall(r"backward costs (\d\.\d) forward passes", printed)
    assert costs == ["1.5", "1.8", "1.9"]
    one, many = (float(loss) for loss in re.findall(r"digits: loss (\d\.\d+)", printed))
    assert " 1 steps of 1437 digits" in printed
    assert "45 steps of   32 digits" in printed
    assert many < 1 < 1.9 < one


def test_the_variance_fades_halves_and_stays(lesson: tuple[dict[str, Any], str]) -> None:
    depths = lesson[0]["depths"]
    assert depths["std 0.01"][11] < 1e-20
    assert 1e-10 < depths["xavier"][30] < 1e-8
    assert 0.5 < depths["he"].min() <= depths["he"].max() < 3


def test_only_batch_normalisation_depends_on_the_rest_of_the_batch(lesson: Ran) -> None:
    batch, layer = re.findall(r"two batches differs by up to (\d\.\d+)", lesson[1])
    assert float(batch) > 1
    assert layer == "0.00"


def test_the_state_keeps_its_size_where_it_is_normalised(lesson: Ran) -> None:
    plain, level = lesson[0]["plain"], lesson[0]["level"]
    assert 2e-13 < plain[0.8][60] < 8e-13
    assert 0.1 < plain[1.0][60] < 0.3
    assert 5e10 < plain[1.25][60] < 1e11
    for sizes in level.values():
        assert 0.45 < sizes[1:].min() <= sizes.max() < 1.01
        np.testing.assert_allclose(sizes, level[1.0], rtol=1e-4)


def test_the_frameworks_agree_and_a_softmax_taken_twice_stops_at_its_floor(
    lesson: tuple[dict[str, Any], str],
) -> None:
    names = lesson[0]
    np.testing.assert_allclose(names["by_keras"], names["by_torch"], rtol=1e-4, atol=1e-5)
    runs = names["runs"]
    assert round(names["floor"], 2) == 1.46
    assert names["floor"] < runs["softmax twice"][0][-1] < 1.52
    assert runs["softmax twice"][1] > 0.95
    assert runs["Adam"][0][-1] < 0.07
    assert runs["SGD"][0][-1] < 0.15
    assert runs["Adam"][1] > 0.96
    assert 0.99 < runs["Adam"][2] < 1
    assert 1.9 < runs["labels shuffled"][0][-1] < 2.3
    assert runs["labels shuffled"][1] < 0.2


def test_what_the_lesson_says_of_adam_is_what_torch_does(
    lesson: tuple[dict[str, Any], str],
) -> None:
    printed = lesson[1]
    slow, thrown, adam = (
        [float(number) for number in re.findall(r"-?\d\.\d+e[+-]\d+", line)]
        for line in printed.splitlines()
        if line.startswith(("SGD ", "Adam ")) and "flat" in line
    )
    assert slow[0] > 0.1 > abs(slow[1])
    assert abs(thrown[1]) > 1e3
    assert adam[0] == adam[1]
    assert max(map(abs, adam)) < 0.1


def test_the_assignment_shows_what_it_says(solved: tuple[dict[str, Any], str]) -> None:
    names, printed = solved
    assert "largest difference: 0.033" in printed
    assert "sure by 100.0: right costs 0.0000, wrong costs 100.0000" in printed
    for name in ("affine", "relu", "tanh", "layer norm"):
        (line,) = (line for line in printed.splitlines() if line.startswith(f"{name} "))
        assert all(float(number) < 1e-9 for number in line.removeprefix(name).split())
    assert float(printed.split("% of 81 threes")[0].split()[-1]) >= 95
    np.testing.assert_allclose(names["by_torch"], names["by_numpy"], rtol=1e-4, atol=1e-5)


def test_normalised_layers_give_the_same_whatever_the_size_of_the_weights(solved: Ran) -> None:
    _, printed = solved
    rows = [line.split()[3:] for line in printed.splitlines() if line.startswith("he × ")]
    (gone, *_), _, (beyond, *_) = rows
    assert float(gone) < 1e-8 < 1e14 < float(beyond)
    assert [row[2:] for row in rows] == [["0.53", "0.001"]] * 3


def test_a_student_reaches_95_per_cent_in_the_notebook(
    solved: tuple[dict[str, Any], str],
) -> None:
    names, _ = solved
    assert names["losses"][-1] < 0.03
    assert np.mean(names["z_held"].argmax(axis=1) == names["y_held"]) >= 0.95
    assert 1 <= len(names["wrong"]) <= 8
