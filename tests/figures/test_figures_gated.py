"""The drawings that compare both cells: complete, and true to their data."""

from __future__ import annotations

import matplotlib
import numpy as np
from matplotlib.patches import Rectangle

from autograder.figures import cells, gradients, style, training
from tests.drawings import GRU, LEARNING, LSTM, STEP_SIZES, texts


def test_the_pair_names_every_part_of_both_cells() -> None:
    shown = {text.get_text() for text in texts(cells.pair())}
    assert {f"${part}$" for part in "figozrn"} <= shown
    assert {"$c_{next}$", "$h_{next}$", "$1 - z$"} <= shown


def test_a_full_square_is_positive_and_an_empty_cell_is_zero() -> None:
    lstm = {name: np.zeros_like(array) for name, array in LSTM.items()}
    lstm["dWx"][1, 5], lstm["dWh"][2, 0] = 2.0, -1.0
    gru = {name: np.zeros_like(array) for name, array in GRU.items()}
    (axes,) = gradients.packed(lstm, gru).axes
    small = [
        patch
        for patch in axes.patches
        if isinstance(patch, Rectangle) and patch.get_width() < gradients.CELL
    ]
    faces = [matplotlib.colors.to_hex(patch.get_facecolor()) for patch in small]
    assert sorted(faces) == sorted([style.GATES["f"].colour, "#ffffff"])


def test_a_curve_is_the_median_and_its_band_the_range() -> None:
    axes = training.curves(LEARNING, "equal size").axes[0]
    scores = np.array(LEARNING["curves"]["adding"]["equal size"]["gru"])
    line = next(line for line in axes.lines if line.get_label() == "GRU")
    np.testing.assert_array_equal(line.get_ydata(), np.median(scores, 0))
    np.testing.assert_array_equal(line.get_xdata(), 30 * np.arange(1, 41))
    assert len({line.get_linestyle() for line in axes.lines[:3]}) == 3


def test_the_layer_that_is_better_is_on_the_right() -> None:
    text, brackets = training.differences(STEP_SIZES).axes
    named = [label.get_text() for label in text.get_yticklabels()]
    assert named[:2] == ["GRU vs LSTM, H = 32", "GRU vs LSTM, H = 64"]
    for axes, task, sign in ((text, "text", -1), (brackets, "brackets", 1)):
        assert STEP_SIZES["good"][task] == ("low" if sign < 0 else "high")
        gap = STEP_SIZES["differences"][task]["32"]["gru - lstm"]
        ends, mean = (line.get_xdata() for line in axes.lines[:2])
        wanted = sorted([sign * gap["low"], sign * gap["high"]])
        np.testing.assert_array_equal(np.sort(ends), wanted)
        assert sign * gap["mean"] in np.atleast_1d(mean)


def test_a_line_over_the_step_size_is_the_mean_of_the_seeds() -> None:
    axes = training.by_step_size(STEP_SIZES).axes
    assert [panel.get_title(loc="left") for panel in axes] == [
        "text, H = 32",
        "text, H = 64",
        "brackets, H = 32",
    ]
    scores = np.array(list(STEP_SIZES["scores"]["brackets"]["32"]["lstm"].values()))
    line = next(line for line in axes[2].lines if line.get_label() == "LSTM")
    np.testing.assert_allclose(line.get_ydata(), scores.mean(axis=1))
    np.testing.assert_array_equal(line.get_xdata(), STEP_SIZES["rates"])
