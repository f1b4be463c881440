"""The colours of figures on a dark page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder import figures
from autograder.figures.style import GATES, INK, QUIET, SHEET
from autograder.grader.dark import COLOURS, GROUND, with_dark_colours

TEXT = 4.5
"""The contrast that WCAG 2.2 asks of text, 1.4.3."""


def _light(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_light(one), _light(other)))
    return (high + 0.05) / (low + 0.05)


def test_every_colour_of_the_look_has_one_for_the_dark() -> None:
    look = {colour.lower() for colour in re.findall(r"\b[0-9a-f]{6}\b", SHEET.read_text())}
    modules = Path(str(figures.__file__)).parent.glob("*.py")
    look |= {c for m in modules for c in re.findall(r'"#([0-9a-f]{6})"', m.read_text())}
    assert {f"#{colour}" for colour in look} <= set(COLOURS)


@pytest.mark.parametrize("colour", [INK, QUIET, *(look.colour for look in GATES.values())])
def test_text_is_read_on_the_dark_ground(colour: str) -> None:
    assert _contrast(COLOURS[colour], GROUND) >= TEXT


@pytest.mark.parametrize("gate", GATES)
def test_text_is_read_on_the_fill_of_a_gate(gate: str) -> None:
    fill = COLOURS[GATES[gate].fill]
    assert _contrast(COLOURS[INK], fill) >= TEXT
    assert _contrast(COLOURS[GATES[gate].colour], fill) >= TEXT


def test_a_figure_keeps_its_colours_and_is_given_others_for_the_dark() -> None:
    figure = f'<svg><style>*{{}}</style><path style="fill: {INK}"/></svg>'
    coloured = with_dark_colours(figure)
    assert f'<path style="fill: {INK}"/>' in coloured
    assert f"{{fill: {COLOURS[INK]} !important}}" in coloured.partition("(prefers-color-scheme")[2]
