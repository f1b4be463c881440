"""The drawings of the recurrent network: readable, alike in every build, and complete."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import combinations

import matplotlib
import pytest
from matplotlib.figure import Figure

from autograder.figures import recurrent, style
from tests.test_figures import texts

DRAWINGS: dict[str, Callable[[], Figure]] = {
    "unrolled": recurrent.unrolled,
    "chunks": recurrent.chunks,
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


def test_every_gradient_of_the_unrolled_network_is_named() -> None:
    shown = {text.get_text() for text in texts(recurrent.unrolled())}
    for name in ("h_0", "h_1", "h_2", "dh_0", "dh_1", "dh_2"):
        assert f"${name}$" in shown
    for t in (1, 2, 3):
        assert {f"$x_{t}$", f"$dx_{t}$", f"$h_{t}$", f"$dhs_{t}$"} <= shown


def test_no_gradient_crosses_the_border_of_a_chunk() -> None:
    (axes,) = recurrent.chunks(steps=9, k=3).axes
    arrows = [a for a in axes.texts if getattr(a, "arrow_patch", None) is not None]
    forward = [a for a in arrows if a.xy[0] > a.xyann[0]]  # type: ignore[attr-defined]
    backward = [a for a in arrows if a.xy[0] < a.xyann[0]]  # type: ignore[attr-defined]
    assert (len(forward), len(backward)) == (9, 6)
