"""The drawings of layouts and of eligibility: readable, alike in every build, and right."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from itertools import combinations

import matplotlib
import pytest
from matplotlib.figure import Figure

from autograder.figures import layouts, style
from tests.test_figures import texts

DRAWINGS: dict[str, Callable[[], Figure]] = {
    "tree": layouts.tree,
    "lstm": partial(layouts.maps, "lstm"),
    "gru": partial(layouts.maps, "gru"),
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


@pytest.mark.parametrize(
    ("kind", "first", "keras"), [("lstm", "ifgo", "ifgo"), ("gru", "rzn", "zrn")]
)
def test_gates_are_drawn_in_the_order_of_each_party(kind: str, first: str, keras: str) -> None:
    letters = "".join(t.get_text() for t in texts(layouts.maps(kind)) if len(t.get_text()) == 1)
    arrays = 3 if kind == "lstm" else 4
    assert letters.startswith(first * arrays + keras * arrays + first * 4)
