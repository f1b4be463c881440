"""The drawings that compare both cells: alike in every build, readable, and true to their data."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from itertools import combinations

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from autograder.experiments.record import CHAPTERS
from autograder.figures import cells, gradients, style, training
from tests.test_figures import texts

RESULTS = CHAPTERS / "gated" / "results"
TRACES, LEARNING = (json.loads((RESULTS / f"{n}.json").read_text()) for n in ("traces", "learning"))


def some(width: int, biases: tuple[str, ...]) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    shapes = {"dWx": (3, width), "dWh": (4, width), **{name: (width,) for name in biases}}
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


LSTM, GRU = some(16, ("db",)), some(12, ("dbx", "dbh"))
DRAWINGS: dict[str, Callable[[], Figure]] = {
    "pair": cells.pair,
    "packed": lambda: gradients.packed(LSTM, GRU),
    "traces": lambda: training.traces(TRACES),
    "equal size": lambda: training.curves(LEARNING, "equal size"),
    "equal parameters": lambda: training.curves(LEARNING, "equal parameters"),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_same_drawing_is_the_same_file(name: str) -> None:
    files = []
    for _ in range(2):
        with matplotlib.style.context(style.SHEET):
            file = io.BytesIO()
            DRAWINGS[name]().savefig(file, format="svg", metadata={"Date": None})
        files.append(file.getvalue())
    assert files[0] == files[1]


@pytest.mark.parametrize("name", DRAWINGS)
def test_text_is_large_inside_the_card_and_overlaps_no_other_text(name: str) -> None:
    fig = DRAWINGS[name]()
    found = texts(fig)
    boxes = [text.get_window_extent() for text in found]
    card = fig.bbox
    for text, box in zip(found, boxes, strict=True):
        inside = card.x0 <= box.x0 and box.x1 <= card.x1 and card.y0 <= box.y0 and box.y1 <= card.y1
        assert inside, f"{text.get_text()} leaves the card"
        assert text.get_fontsize() >= 10
    for (one, a), (other, b) in combinations(zip(found, boxes, strict=True), 2):
        assert not a.overlaps(b), f"{one.get_text()} and {other.get_text()}"


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
