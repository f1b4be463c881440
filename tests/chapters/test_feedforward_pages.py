"""The feedforward lesson and its assignment: what they state."""

from __future__ import annotations

import re
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
    assert found == {*wanted, "Questions", "What to remember, what to read"}


# What the pages state.


def test_three_backward_passes_are_right_and_eight_wrong(lesson: Ran) -> None:
    names, printed = lesson
    right = [name for name in names["versions"] if name.startswith("right")]
    assert (len(right), len(names["versions"])) == (3, 11)
    assert len(names["ways"]) == 10
    assert all(len(found) == 40 for found in names["judgements"].values())
    errors = [float(e) for e in re.findall(r"^dW = .* error (\S+)$", printed, re.MULTILINE)]
    assert errors[0] < 1e-10 < 0.1 < errors[1]


def test_each_way_of_checking_changes_one_thing(lesson: Ran) -> None:
    advised, ways = lesson[0]["ADVISED"], list(lesson[0]["ways"].values())
    assert ways[0] == {}
    for way in ways[1:]:
        ((name, value),) = way.items()
        assert advised[name] != value
    assert (advised["h"], advised["bound"]) == (1e-5, 1e-8)


def test_only_the_way_that_is_advised_is_right_about_all(lesson: Ran) -> None:
    accepted = lesson[0]["accepted"]
    table = np.array(list(accepted.values())).T
    truth = np.array([name.startswith("right") for name in accepted])
    assert [bool(np.array_equal(column, truth)) for column in table] == [True] + [False] * 9


def test_each_way_of_checking_errs_as_the_lesson_says(lesson: Ran) -> None:
    accepted = lesson[0]["accepted"]
    wrong = {name: row for name, row in accepted.items() if not name.startswith("right")}
    assert {share for row in wrong.values() for share in row} == {0, 1}
    taken = [{name for name, row in wrong.items() if row[k]} for k in range(10)]
    assert taken[1] == wrong.keys() - {"dW transposed"}
    in_others = {"db a mean", "sign of dW", "last bias lost", "a little decay"}
    assert taken[2] == in_others
    assert taken[3] == {"upstream ignored", "wrong where dy < 0"}
    assert taken[4] == {"bias forgotten"}
    assert taken[5] == {"last bias lost"}
    assert taken[6] == {"a little decay"}
    assert taken[7] == taken[8] == taken[9] == set()
    for row in (row for name, row in accepted.items() if name not in wrong):
        assert row[:9] == [1] * 7 + [0, 0]
        assert 0.9 <= row[9] < 1


def test_there_is_room_for_a_bound_where_the_lesson_says(lesson: Ran) -> None:
    room = lesson[0]["room"]
    between = {}
    for way in lesson[0]["rows"]:
        right, wrong = room[way, "right, at once"], room[way, "a little decay"]
        between[" ".join(way.split())] = (right.max(), wrong.min())
    whole, worst, one_sided, single = between.values()
    assert list(between)[3] == "central, float32, h = 3e-3"
    assert whole[0] < 1e-9 < 1e-5 < whole[1]
    assert worst[1] > 1000 * worst[0]
    assert one_sided[0] < 2.5e-5 < one_sided[1] < 2 * one_sided[0]
    assert single[0] > single[1]
    # No other mistake is as small.
    for errors in lesson[0]["judgements"]["the way that we advise"]:
        wrong = [e for name, e in errors.items() if not name.startswith("right")]
        assert errors["a little decay"] == min(wrong)


def test_on_a_straight_line_a_crude_difference_is_exact(lesson: Ran) -> None:
    names = lesson[0]
    x, W, b, dy = (names[name] for name in ("x1", "W1", "b1", "dy1"))
    crude = names["differences"](lambda a: x @ a + b, W, dy, 1e-3, one_sided=True)
    assert names["norm_relative"](crude, x.T @ dy) < 1e-11


def test_the_bound_for_the_whole_can_stay_when_arrays_grow(lesson: Ran) -> None:
    found = lesson[0]["whole_and_worst"]
    for size in (4, 20):
        assert found[size, "norm_relative"].max() < 1e-9
    assert np.mean(found[4, "worst_entry"] < 1e-8) > 0.8
    assert np.mean(found[20, "worst_entry"] < 1e-8) < 0.7
    assert found[20, "worst_entry"].max() < 1e-6


def test_the_v_has_its_bottom_where_the_lesson_says(lesson: tuple[dict[str, Any], str]) -> None:
    names = lesson[0]
    steps, errors = names["steps"], names["errors"]
    double, single = np.array(list(errors(np.float64, False))), list(errors(np.float32, False))
    assert 1e-11 < double.min() < 1e-10
    assert 1e-6 <= steps[double.argmin()] < 2e-5
    # Four or five digits, near h = 3e-3, and no more than that in the figure of room.
    assert 1e-5 < min(single) < 2e-5
    assert 1e-3 < steps[np.argmin(single)] < 1e-2
    assert single[list(steps).index(1e-7)] > 0.1
    (at,) = np.flatnonzero(np.isclose(steps, 1e-5))
    assert 1e-11 < double[at] < 1e-8


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


def test_what_the_lesson_says_of_adam_is_what_torch_does(lesson: Ran) -> None:
    found = {
        (degrees, optimiser.__name__, lr): np.abs(p)
        for (degrees, optimiser, lr), p in lesson[0]["valleys"].items()
    }
    for degrees in (0, 22.5):
        np.testing.assert_allclose(found[degrees, "SGD", 0.019], [0.147, 3e-5], rtol=0.15)
        assert found[degrees, "SGD", 0.021][1] > 1e3
    straight = found[0, "Adam", 0.1]
    assert straight[0] == pytest.approx(straight[1], rel=1e-4)
    assert straight.max() < 0.01
    turned, longer = found[22.5, "Adam", 0.1], found[22.5, "Adam", 0.3]
    assert round(float(turned[0]), 2) == 0.66
    assert turned[1] < 0.01 < longer[0] < 0.1
    assert found[0, "Adam", 0.3].max() < 0.01


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
