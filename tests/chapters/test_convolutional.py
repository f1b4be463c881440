"""The convolutional lesson and its assignment: what they state."""

from __future__ import annotations

import json
import re

import keras
import numpy as np
import pytest
import tensorflow

from solutions.convolutional.reference import conv_output_size, receptive_field
from tests.chapters.pages import (
    Ran,
    lesson_of,
    lessons_of,
    run_lesson,
    run_solved,
    sections,
    titles,
)

LESSON = lesson_of("convolutional")
ENDS = ("Questions", "What to remember, what to read")


@pytest.fixture(scope="module")
def first() -> Ran:
    return run_lesson(LESSON)


@pytest.fixture(scope="module")
def backward() -> Ran:
    return run_lesson(LESSON.with_stem("backward"))


@pytest.fixture(scope="module")
def im2col() -> Ran:
    return run_lesson(LESSON.with_stem("im2col"))


@pytest.fixture(scope="module")
def pooling() -> Ran:
    return run_lesson(LESSON.with_stem("pooling"))


@pytest.fixture(scope="module")
def lenet() -> Ran:
    return run_lesson(LESSON.with_stem("lenet"))


@pytest.fixture(scope="module")
def deeper() -> Ran:
    return run_lesson(LESSON.with_stem("deeper"))


@pytest.fixture(scope="module")
def solved() -> Ran:
    return run_solved("convolutional")


def test_the_lesson_has_the_sections_that_checks_refer_to() -> None:
    found = [title for page in lessons_of("convolutional") for title in titles(page)]
    own = [title for title in found if title not in ENDS]
    assert sections("convolutional") <= set(own)
    assert len(set(own)) == len(own), "no two sections of a chapter have one name"


def test_every_page_of_the_lesson_ends_alike_and_can_be_read_in_one_sitting() -> None:
    pages = lessons_of("convolutional")
    names = [page.stem for page in pages]
    assert names == ["index", "backward", "deeper", "im2col", "lenet", "pooling"]
    for page in pages:
        assert tuple(titles(page)[-2:]) == ENDS
        text = page.read_text(encoding="utf-8")
        for part in ("**Time.**", "**Before you begin.**", "**Afterwards you can**"):
            assert text.count(part) == 1
        assert len(prose(text).split()) <= 2000


def prose(text: str) -> str:
    """The text of a page without code, formulas on lines of their own, tables and answers."""
    for left_out in (
        r"\A---$.*?^---$",
        r"^```.*?^```$",
        r"^:::\{dropdown\}.*?^:::$",
        r"^\$\$$.*?^\$\$$",
        r"^\|[^\n]*$",
    ):
        text = re.sub(left_out, "", text, flags=re.MULTILINE | re.DOTALL)
    return text


# What the pages state.


def test_what_the_lesson_says_of_a_dense_layer_is_true(first: Ran) -> None:
    assert 427 * 640 == 273_280
    assert 7.4e10 < 273_280**2 < 7.6e10
    assert "256 of 1296 are not zero, 9 are different" in first[1]
    assert "the convolution is x W: True" in first[1]
    assert "moved by (2, 4): True" in first[1]


def test_the_two_orders_of_a_kernel_are_those_of_the_drawing(
    first: Ran,
) -> None:
    assert "calls convolution\n [[3. 1. 4.]\n [1. 4. 5.]\n [3. 4. 0.]]" in first[1]
    assert "turned\n [[2. 4. 5.]" in first[1]


def test_only_a_full_convolution_lets_image_and_kernel_change_places(first: Ran) -> None:
    found = re.findall(r"(?:the same|but turned) +(True|False)$", first[1], re.MULTILINE)
    assert found == ["True", "False", "True"]


def test_the_places_are_those_of_the_formula(first: Ran) -> None:
    printed = first[1]
    for row in (" 7  3  1  0  1     5", " 8  3  2  0  1     3", " 7  3  2  1  2     3"):
        assert row in printed
        *case, places = map(int, row.split())
        assert conv_output_size(*case) == places


def test_what_the_lesson_claims_of_channels_and_gradients_holds(
    first: Ran, backward: Ran, pooling: Ran
) -> None:
    assert "the sum over channels: True" in first[1]
    assert 4 * 3 * 3 * 2 + 4 == 76
    assert "full correlation with the turned kernel: True" in backward[1]
    assert "correlation of x with dy:                True" in backward[1]
    assert "[[ 0. 11.  0.]\n [ 0.  0.  0.]]" in pooling[1]
    assert "one place by hand: True" in pooling[1]


def test_two_channels_and_two_filters_by_pencil(first: Ran) -> None:
    assert "what each channel answers [[3.0, 4.0], [4.0, -3.0]]" in first[1]
    assert "y (1, 2, 3, 3)  at (0, 0): [7.0, 1.0]" in first[1]


def test_keras_takes_the_first_of_two_equal_maxima_too() -> None:
    """What the lesson shows of torch, and says of both."""
    x = tensorflow.Variable([[[[1.0], [5], [2]], [[5], [0], [3]]]])
    with tensorflow.GradientTape() as tape:
        y = keras.ops.max_pool(x, 2, strides=1)
    dx = tape.gradient(y, x, tensorflow.constant([[[[1.0], [10]]]]))
    assert dx.numpy().ravel().tolist() == [0, 11, 0, 0, 0, 0]


def test_the_shares_of_columns_add_up_to_the_convolution(im2col: Ran) -> None:
    names, printed = im2col
    assert "the sum of the shares equals torch: True" in printed
    sizes = [names["s"].shape, names["theirs"].shape]
    assert sizes == [(3, 5, 2, 3, 11), (2, 5, 3, 3)]


def test_keras_gives_the_same_numbers_and_pads_on_another_side(first: Ran) -> None:
    _, printed = first
    assert "w (3, 2, 3, 4)  y (2, 4, 5, 4)" in printed
    assert "Keras equals torch: True" in printed
    found = [
        line.split("[")[1] for line in printed.splitlines() if line.startswith(("Keras,", "torch,"))
    ]
    without, same = ["2. 4. 6.]"] * 2, ["2. 4. 6. 8.]", "1. 3. 5. 7.]", "2. 4. 6. 8.]"]
    assert found == without + same


def test_lenet_has_the_sizes_and_counts_that_the_lesson_states(lenet: Ran) -> None:
    names, printed = lenet
    rows = [line for line in printed.splitlines() if line.startswith(("Conv2d ", "Linear "))]
    shapes = [row.split("(")[1].split(")")[0] for row in rows]
    assert shapes == ["1, 6, 28, 28", "1, 16, 10, 10", "1, 120", "1, 84", "1, 10"]
    parameters = sum(p.numel() for p in names["lenet"].parameters())
    assert parameters == sum(counts[0] for counts in names["counted"].values()) == 61_706
    assert names["counted"]["Conv2d"][0] == 2_572
    # 28 × 28 places of 6 filters with 25 weights, then 10 × 10 places of 16 with 150.
    assert names["counted"]["Conv2d"][1] == 28**2 * 6 * 25 + 10**2 * 16 * 150
    assert re.search(r"^the convolutions alone +2,572 +357,600\n +4% +86%$", printed, re.MULTILINE)


def test_the_receptive_field_grows_as_the_lesson_says(pooling: Ran) -> None:
    curves = pooling[0]["curves"]
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
    lenet: Ran,
) -> None:
    names, _ = lenet
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


def test_the_methods_of_cudnn_give_the_same_numbers(im2col: Ran) -> None:
    names, printed = im2col
    errors = re.findall(r"^largest difference (\S+)$", printed, re.MULTILINE)
    assert [float(error) < 1e-12 for error in errors] == [True, True]
    np.testing.assert_allclose(names["four"], names["six"], atol=1e-12)


def test_what_the_assignment_shows_is_what_its_text_says(
    solved: Ran,
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


def test_pooling_makes_a_step_of_one_pixel_smaller(solved: Ran) -> None:
    changes = [int(part.split("%")[0]) for part in solved[1].split("changed by ")[1:3]]
    assert changes[1] < 0.6 * changes[0]


def test_a_kernel_is_learned_from_one_pair_of_pictures(
    solved: Ran,
) -> None:
    names, _ = solved
    np.testing.assert_allclose(names["learned"][0, 0], names["edges"], atol=1e-4)
    assert names["errors"][0] > 0.1
    assert names["errors"][-1] < 1e-13


def test_lenet_reads_digits_that_it_has_not_seen(solved: Ran) -> None:
    names, _ = solved
    assert np.mean(names["read"] == names["data"].y_held) >= 0.97
    assert 0.5 < names["losses"][-1] < 0.7


def test_what_is_told_of_strides_pools_and_phrases_is_what_the_code_gives(
    backward: Ran, pooling: Ran
) -> None:
    printed = re.sub(r" +", " ", backward[1])
    assert "with zeros [ 1. 0. -1. 0. 2. 0.]" in printed
    for by in ("by the rule", "by autograd"):
        assert f"{by} [ 2. 1. 1. -1. 1. 2. 6. 0.]" in printed
    told = LESSON.with_stem("backward").read_text(encoding="utf-8").replace("−", "-")
    rows = re.findall(r"^\| (?:first|second|third|sum).*?, .*? \|(.*)\|$", told, re.MULTILINE)
    *parts, total = [[int(n) if n.strip() else 0 for n in row.split("|")] for row in rows]
    assert len(parts) == 3
    assert np.sum(parts, axis=0).tolist() == total == [2, 1, 1, -1, 1, 2, 6, 0]
    assert pooling[1].count("sums 32.0 32.0") == 2
    assert "answers of A [0.0, -3.0, 2.0, 5.0]  of B [0.0, 3.0, -1.0, -4.0]" in pooling[1]
    assert "the   [0.0, 0.0]" in pooling[1]
    assert "not   [-3.0, 0.0]" in pooling[1]


def test_what_is_told_of_three_small_windows_is_what_the_code_gives(pooling: Ran) -> None:
    assert "3 of 3 × 3: 27 C² weights, 7 × 7 pixels become 1 × 1" in pooling[1]
    assert "1 of 7 × 7: 49 C² weights, 7 × 7 pixels become 1 × 1" in pooling[1]
    assert receptive_field([(3, 1, 1)] * 3) == receptive_field([(7, 1, 1)]) == 7
    assert receptive_field([(3, 1, 1)] * 2) == receptive_field([(5, 1, 1)])


def test_what_is_told_of_one_pixel_is_what_the_code_gives(deeper: Ran) -> None:
    assert "one pixel [5.0, -5.0]" in deeper[1]
    assert "an affine layer on each pixel: True" in deeper[1]
    assert "wide       589824 together 589,824" in deeper[1]
    assert "16384 36864 16384 together 69,632" in deeper[1]
    assert 8 * 69_632 < 589_824


def test_what_is_told_of_batch_normalisation_is_what_the_code_gives(deeper: Ran) -> None:
    printed = re.sub(r" +", " ", deeper[1])
    assert "[2.0, 4.0] the first becomes [-1.41 0. ]" in printed
    assert "[2.0, 12.0] the first becomes [-0.85 -0.43]" in printed
    assert "torch keeps, after one batch, [0.2 1.1667] eps 1e-05" in printed
    assert "Keras keeps, after one batch, [0.02 1.01] eps 0.001" in printed
    assert np.isclose(0.9 + 0.1 * 8 / 3, 1.1667, atol=5e-5)
    assert np.isclose(0.99 + 0.01 * 2, 1.01)


def test_what_is_left_of_a_gradient_is_as_the_figure_says(deeper: Ran) -> None:
    ends = deeper[0]["ends"]
    assert max(ends["plain"]) < 1e-16
    for alone in ("residual", "batch normalisation"):
        low, high = ends[alone]
        assert 90 < low < high < 1000
    low, high = ends["both"]
    assert 4 < low < high < 10
    with_he = deeper[0]["with_he"]
    assert 0.02 < min(with_he) < max(with_he) < 0.8
    assert round(1.1**20, 1) == 6.7
    assert 2**20 > 1_000_000


def test_the_recorded_comparison_is_as_the_lesson_reads_it() -> None:
    record = json.loads((LESSON.parent / "results" / "denoising.json").read_text())
    mean = {
        name: [float(np.mean(seeds)) for seeds in of_count.values()]
        for name, of_count in record["left"].items()
    }
    np.testing.assert_allclose(mean["affine map"], [1.01, 0.60, 0.46], atol=0.006)
    np.testing.assert_allclose(mean["one convolution"], [0.545, 0.53, 0.53], atol=0.006)
    np.testing.assert_allclose(mean["convolutional network"], [0.49, 0.37, 0.36], atol=0.007)
    np.testing.assert_allclose(
        [mean["affine network"][n] for n in (0, 2)], [1.08, 0.93], atol=0.006
    )
    large = mean["affine network, four times as large"]
    np.testing.assert_allclose([large[0], large[2]], [1.06, 0.67], atol=0.006)
    text = LESSON.with_stem("lenet").read_text(encoding="utf-8")
    assert f"= {(160 / 192) ** 0.5:.0%}".replace("%", "\\%") in text
    assert f"= {(64 / 192) ** 0.5:.0%}".replace("%", "\\%") in text
    assert "37,056" in text
    assert record["parameters"]["affine map"] == 37_056
    assert "take 1,500 steps, and the convolutional one 600" in text
    assert record["steps"] == {"affine": 1500, "convolutional": 600}
