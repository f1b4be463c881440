"""The drawings of the book: that they are drawn, alike in every build, and readable."""

from __future__ import annotations

import io
from itertools import combinations, pairwise

import matplotlib
import matplotlib.colors
import numpy as np
import pytest

from autograder.figures import gates, lstm_cell, style
from tests.drawings import DRAWINGS, texts


def luminance(colour: str) -> float:
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


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


def test_each_step_of_the_cell_adds_parts_and_keeps_the_earlier_ones() -> None:
    words = [
        [text.get_text() for text in texts(lstm_cell.up_to(step))][1:]
        for step in lstm_cell.QUESTIONS
    ]
    for earlier, later in pairwise(words):
        assert len(set(later)) >= len(set(earlier))
        assert len(later) > len(earlier)


def test_colours_can_be_read_on_the_card_and_told_apart_without_colour() -> None:
    card = "#fcfbf8"
    looks = style.GATES.values()
    for colour in (style.INK, style.QUIET, *(look.colour for look in looks)):
        assert contrast(colour, card) >= 4.5
    assert len({look.line for look in looks}) == len({look.hatch for look in looks}) == 4


def test_the_style_sheet_has_the_colours_and_lines_of_the_gates() -> None:
    with matplotlib.style.context(style.SHEET):
        cycle = list(matplotlib.rcParams["axes.prop_cycle"])
        card = matplotlib.rcParams["figure.facecolor"]
    assert card.lstrip("#") == "fcfbf8"
    assert [(f"#{e['color'].lstrip('#')}", e["linestyle"]) for e in cycle] == [
        (style.GATES[gate].colour, style.GATES[gate].line) for gate in "figo"
    ]


def test_a_drawing_leaves_the_settings_of_the_notebook_alone() -> None:
    before = dict(matplotlib.rcParams)
    gates.decay()
    assert dict(matplotlib.rcParams) == before
