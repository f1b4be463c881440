"""The drawing of the GRU: drawn alike in every build, and readable."""

from __future__ import annotations

import io
from itertools import combinations

import matplotlib

from autograder.figures import gru_cell, style
from tests.test_figures import texts


def test_the_same_drawing_is_the_same_file() -> None:
    files = []
    for _ in range(2):
        with matplotlib.style.context(style.SHEET):
            file = io.BytesIO()
            gru_cell.whole().savefig(file, format="svg", metadata={"Date": None})
        files.append(file.getvalue())
    assert files[0] == files[1]


def test_text_is_large_inside_the_card_and_overlaps_no_other_text() -> None:
    fig = gru_cell.whole()
    found = texts(fig)
    boxes = [text.get_window_extent() for text in found]
    for text, box in zip(found, boxes, strict=True):
        card = fig.bbox
        assert card.x0 <= box.x0, text
        assert box.x1 <= card.x1, text
        assert card.y0 <= box.y0, text
        assert box.y1 <= card.y1, text
        assert text.get_fontsize() >= 10
    for (one, a), (other, b) in combinations(zip(found, boxes, strict=True), 2):
        assert not a.overlaps(b), f"{one.get_text()} and {other.get_text()}"
