"""The drawings of convolution: readable, alike in every build, and with the right numbers."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import combinations

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

from autograder.figures import convolution, style
from solutions.convolutional import conv2d_backward, conv2d_forward, cross_correlate2d
from tests.test_figures import texts

DRAWINGS: dict[str, Callable[[], Figure]] = {
    name: getattr(convolution, name)
    for name in ("sliding", "places", "backward", "windows", "receptive")
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


def numbers(fig: Figure) -> list[str]:
    return [text.get_text().replace("−", "-") for text in texts(fig)]


def test_the_sliding_window_shows_what_the_reference_computes() -> None:
    y = cross_correlate2d(convolution.IMAGE, convolution.KERNEL_2X3)
    shown = numbers(convolution.sliding())
    for place in ((0, 0), (0, 1), (2, 2)):
        assert any(text.endswith(f" = {y[place]}") for text in shown)


def test_the_gradient_that_is_drawn_is_that_of_the_reference() -> None:
    k = np.array([[1.0, 2], [3, 4]])
    y, cache = conv2d_forward(np.zeros((1, 1, 3, 4)), k[None, None], np.zeros(1), (1, 1), (0, 0))
    dy = np.array([[1.0, 2, 0], [0, 1, 3]]).reshape(y.shape)
    dx, _, _ = conv2d_backward(dy, cache)
    shown = numbers(convolution.backward())
    start = shown.index("1", shown.index("="))
    assert [float(n) for n in shown[start : start + 12]] == dx.ravel().tolist()
