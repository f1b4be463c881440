"""Figures in the dark: each colour of the book's look has another, for a dark page.

A figure is a picture of its own, which the colours of a page do not reach. But a browser tells it
whether the page around it is dark, so each figure carries both sets of colours. What is no colour
of the look, as in a map of values, stays as it is.
"""

from __future__ import annotations

from autograder.figures.style import GATES, INK, QUIET

GROUND = "#121212"
"""The theme's dark page."""

COLOURS = {
    "#fcfbf8": GROUND,
    "#ffffff": "#1c1f23",
    "#000000": "#e6e8eb",
    INK: "#e6e8eb",
    QUIET: "#a3abb6",
    "#9aa1aa": "#7d8590",
    "#d9dce0": "#3a3f46",
    "#e9ebee": "#2b3036",
    GATES["i"].colour: "#5fb4ea",
    GATES["i"].fill: "#10324a",
    GATES["f"].colour: "#f28e44",
    GATES["f"].fill: "#4a2a10",
    GATES["g"].colour: "#3fbd91",
    GATES["g"].fill: "#0e3b2c",
    GATES["o"].colour: "#dc8fc8",
    GATES["o"].fill: "#43203b",
}
"""The colours of `autograder.figures`, and what each becomes: the same hue, as far from the
ground."""


def with_dark_colours(figure: str) -> str:
    """A figure of Matplotlib, as SVG, that is dark on a dark page."""
    rules = "".join(
        f'[style*="{part}: {light}"], [{part}="{light}"] {{{part}: {dark} !important}}\n'
        for light, dark in COLOURS.items()
        for part in ("fill", "stroke")
    )
    return figure.replace(
        "</style>", f"\n@media (prefers-color-scheme: dark) {{\n{rules}}}\n</style>", 1
    )
