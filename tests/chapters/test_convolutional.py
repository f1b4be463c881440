"""The convolutional lesson and its assignment: what they state."""

from __future__ import annotations

import json
import re
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow

from autograder.grader.release.source import page as page_of
from solutions.convolutional.reference import conv_output_size, receptive_field
from tests.chapters.pages import (
    Ran,
    lesson_of,
    run_lesson,
    run_solved,
    sections,
)

LESSON = lesson_of("convolutional")
ASSIGNMENT = page_of("convolutional")


@pytest.fixture(scope="module")
def lesson() -> Ran:
    return run_lesson(LESSON)


@pytest.fixture(scope="module")
def solved() -> Ran:
    return run_solved("convolutional")


def test_the_lesson_has_the_sections_that_checks_refer_to() -> None:
    text = LESSON.read_text(encoding="utf-8")
    wanted = sections("convolutional")
    found = {line[3:] for line in text.splitlines() if line.startswith("## ")}
    others = {"From dense to local", "What cuDNN chooses among"}
    assert found == wanted | others | {"Questions", "What to remember, what to read"}


# What the pages state.


def test_what_the_lesson_says_of_a_dense_layer_is_true(lesson: tuple[dict[str, Any], str]) -> None:
    assert 427 * 640 == 273_280
    assert 7.4e10 < 273_280**2 < 7.6e10
    assert "256 of 1296 are not zero, 9 are different" in lesson[1]
    assert "the convolution is x W: True" in lesson[1]
    assert "moved by (2, 4): True" in lesson[1]


def test_the_two_orders_of_a_kernel_are_those_of_the_drawing(
    lesson: tuple[dict[str, Any], str],
) -> None:
    assert "calls convolution\n [[3. 1. 4.]\n [1. 4. 5.]\n [3. 4. 0.]]" in lesson[1]
    assert "turned\n [[2. 4. 5.]" in lesson[1]


def test_only_a_full_convolution_lets_image_and_kernel_change_places(lesson: Ran) -> None:
    found = re.findall(r"(?:the same|but turned) +(True|False)$", lesson[1], re.MULTILINE)
    assert found == ["True", "False", "True"]


def test_the_places_are_those_of_the_formula(lesson: tuple[dict[str, Any], str]) -> None:
    printed = lesson[1]
    for row in (" 7  3  1  0  1     5", " 8  3  2  0  1     3", " 7  3  2  1  2     3"):
        assert row in printed
        *case, places = map(int, row.split())
        assert conv_output_size(*case) == places


def test_what_the_lesson_claims_of_channels_and_gradients_holds(
    lesson: tuple[dict[str, Any], str],
) -> None:
    printed = lesson[1]
    assert "the sum over channels: True" in printed
    assert 4 * 3 * 3 * 2 + 4 == 76
    assert "full correlation with the turned kernel: True" in printed
    assert "correlation of x with dy:                True" in printed
    assert "[[ 0. 11.  0.]\n [ 0.  0.  0.]]" in printed
    assert "one place by hand: True" in printed


def test_keras_takes_the_first_of_two_equal_maxima_too() -> None:
    """What the lesson shows of torch, and says of both."""
    x = tensorflow.Variable([[[[1.0], [5], [2]], [[5], [0], [3]]]])
    with tensorflow.GradientTape() as tape:
        y = keras.ops.max_pool(x, 2, strides=1)
    dx = tape.gradient(y, x, tensorflow.constant([[[[1.0], [10]]]]))
    assert dx.numpy().ravel().tolist() == [0, 11, 0, 0, 0, 0]


def test_the_shares_of_columns_add_up_to_the_convolution(lesson: Ran) -> None:
    names, printed = lesson
    assert "the sum of the shares equals torch: True" in printed
    sizes = [names["s"].shape, names["theirs"].shape]
    assert sizes == [(3, 5, 2, 3, 11), (2, 5, 3, 3)]


def test_keras_gives_the_same_numbers_and_pads_on_another_side(lesson: Ran) -> None:
    _, printed = lesson
    assert "w (3, 2, 3, 4)  y (2, 4, 5, 4)" in printed
    assert "Keras equals torch: True" in printed
    found = [
        line.split("[")[1] for line in printed.splitlines() if line.startswith(("Keras,", "torch,"))
    ]
    without, same = ["2. 4. 6.]"] * 2, ["2. 4. 6. 8.]", "1. 3. 5. 7.]", "2. 4. 6. 8.]"]
    assert found == without + same


def test_lenet_has_the_sizes_and_counts_that_the_lesson_states(lesson: Ran) -> None:
    names, printed = lesson
    rows = [line for line in printed.splitlines() if line.startswith(("Conv2d ", "Linear "))]
    shapes = [row.split("(")[1].split(")")[0] for row in rows]
    assert shapes == ["1, 6, 28, 28", "1, 16, 10, 10", "1, 120", "1, 84", "1, 10"]
    parameters = sum(p.numel() for p in names["lenet"].parameters())
    assert parameters == sum(counts[0] for counts in names["counted"].values()) == 61_706
    assert names["counted"]["Conv2d"][0] == 2_572
    # 28 × 28 places of 6 filters with 25 weights, then 10 × 10 places of 16 with 150.
    assert names["counted"]["Conv2d"][1] == 28**2 * 6 * 25 + 10**2 * 16 * 150
    assert re.search(r"^the convolutions alone +2,572 +357,600\n +4% +86%$", printed, re.MULTILINE)


def test_the_receptive_field_grows_as_the_lesson_says(lesson: tuple[dict[str, Any], str]) -> None:
    curves = lesson[0]["curves"]
    assert [curves[name][-1] for name in curves] == [25, 8191, 8191]
    assert receptive_field([(3, 1, 1)] * 12) == 25
    assert receptive_field([(3, 2, 1)] * 12) == 8191


def test_the_recorded_times_are_as_the_lesson_reads_them() -> None:
    record = json.loads((LESSON.parent / "results" / "convolution.json").read_text())
    assert {"date", "hardware", "versions", "sizes", "seconds"} <= record.keys()
    forward = record["seconds"]["forward"]
    assert forward["place by place, float64"] > 80 * forward["im2col, float64"]
    assert 8.5 < forward["torch, float64"] / forward["torch, float32"] < 9.5
    shown = [forward[name] * 1000 for name in forward]
    np.testing.assert_allclose(shown, [5983, 43, 17, 15, 40, 4.5], rtol=0.1)
    by_columns = forward["im2col by columns, float64"]
    assert 2.9 < by_columns / forward["torch, float32"] < 3.5
    lead = {
        label: seconds["torch, float64"] / seconds["im2col by columns, float64"]
        for label, seconds in list(record["seconds"].items())[2:]
    }
    assert len(lead) == 6
    assert min(lead, key=lambda label: lead[label]) == "16 to 16 channels"
    assert min(lead.values()) >= 1
    assert lead["16 to 16 channels, one thread"] > 1.3
    sizes = record["sizes"]
    images = 8 * sizes["N"] * sizes["C"]
    by_column = images * sizes["KH"] * sizes["H"] * (sizes["W"] + 2)
    of_all = images * sizes["KH"] * sizes["KW"] * sizes["H"] * sizes["W"]
    assert (round(by_column / 1e6), round(of_all / 1e6)) == (21, 58)


def test_the_filters_tell_parts_of_the_photographs_apart_that_they_have_not_seen(
    lesson: Ran,
) -> None:
    names, _ = lesson
    for photo, learned, unseen in zip(
        names["photos"], names["learned"], names["unseen"], strict=True
    ):
        assert (learned.shape[1], unseen.shape[1]) == (400, 240)
        np.testing.assert_array_equal(np.hstack([learned, unseen]), photo)
    learned, unseen = names["shares"].T
    assert len(learned) == 5
    assert learned.min() > 0.8
    assert abs(unseen.mean() - learned.mean()) < 0.06
    assert np.ptp(unseen) > 2 * abs(unseen.mean() - learned.mean())
    assert abs(names["likeness"][names["other"]]) < 0.3


def test_the_methods_of_cudnn_give_the_same_numbers(lesson: tuple[dict[str, Any], str]) -> None:
    names, printed = lesson
    errors = re.findall(r"^largest difference (\S+)$", printed, re.MULTILINE)
    assert [float(error) < 1e-12 for error in errors] == [True, True]
    np.testing.assert_allclose(names["four"], names["six"], atol=1e-12)


def test_what_the_assignment_shows_is_what_its_text_says(
    solved: tuple[dict[str, Any], str],
) -> None:
    _, printed = solved
    assert "C5: 5 × 5, stride 1 → 1 × 1" in printed
    assert "convolution\n [[1. 2. 3.]" in printed
    assert "cross-correlation\n [[9. 8. 7.]" in printed
    assert "equal, shape (2, 4, 5, 6)" in printed
    assert "[3 6 9 6 3]" in printed
    assert "ten layers of 2, dilation doubled each time: 1024" in printed
    assert "torch, Keras and NumPy agree on 360 digits" in printed
    assert "→ 1.0   the film was not good" in printed
    assert "→ 0.0   the film was good" in printed


def test_pooling_makes_a_step_of_one_pixel_smaller(solved: tuple[dict[str, Any], str]) -> None:
    changes = [int(part.split("%")[0]) for part in solved[1].split("changed by ")[1:3]]
    assert changes[1] < 0.6 * changes[0]


def test_a_kernel_is_learned_from_one_pair_of_pictures(
    solved: tuple[dict[str, Any], str],
) -> None:
    names, _ = solved
    np.testing.assert_allclose(names["learned"][0, 0], names["edges"], atol=1e-4)
    assert names["errors"][0] > 0.1
    assert names["errors"][-1] < 1e-13


def test_lenet_reads_digits_that_it_has_not_seen(solved: tuple[dict[str, Any], str]) -> None:
    names, _ = solved
    assert np.mean(names["read"] == names["data"].y_held) >= 0.97
    assert 0.5 < names["losses"][-1] < 0.7
