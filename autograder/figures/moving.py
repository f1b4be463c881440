"""The sliding window that moves, for a page in a browser.

It is SVG and CSS without a script. It stands still until the reader lets it move, can be stopped at
any time, and does not move for readers whose system asks for no motion.
"""

from __future__ import annotations

from html import escape
from itertools import product

from autograder.figures.convolution import IMAGE, KERNEL_2X3, Array, correlated, signed
from autograder.figures.grids import KERNEL, OUTPUT, PLAIN, WINDOW
from autograder.figures.style import INK, Look

CELL = 30
SECONDS = 2
"""How long the window stays at a place, the way to the next one included."""

ALT = (
    "An image of 4 by 5 numbers with a window of 2 by 3 marked at its top left, times the kernel "
    "1 0 2 over 0 −1 1, equals an output of 3 by 3. When it moves, the window goes through nine "
    "places, row by row, and the output fills up with 3, 1, 4, then 1, 4, 5, then 3, 4, 0."
)

PAGE = """\
<div class="sliding-window">
<style>
.sliding-window svg {{ max-width: 30rem; width: 100%; height: auto; }}
.sliding-window .still {{ display: none; }}
.sliding-window .moves {{
  animation: {seconds}s infinite paused; animation-timing-function: step-end;
}}
.sliding-window .slides {{ animation-timing-function: ease-in-out; }}
.sliding-window:has(input:checked) .moves {{ animation-play-state: running; }}
{rules}
@media (prefers-reduced-motion: reduce) {{
  .sliding-window .moves {{ animation: none; }}
  .sliding-window .control {{ display: none; }}
  .sliding-window .still {{ display: block; }}
}}
</style>
<svg viewBox="0 0 400 190" role="img" aria-label="{alt}" font-family="sans-serif" font-size="14">
<rect width="400" height="190" fill="#fcfbf8"/>
{drawing}
</svg>
<p class="control"><label><input type="checkbox"> Let the window slide</label></p>
<p class="still">Your system asks for no motion, so this window stands still.</p>
</div>
"""


class Moving:
    """A drawing that a notebook shows as HTML."""

    def __init__(self, page: str) -> None:
        self.page = page

    def __repr__(self) -> str:
        return ALT

    def _repr_html_(self) -> str:
        return self.page


def text(x: float, y: float, says: str, anchor: str = "middle") -> str:
    """Words at (x, y), in the units of the drawing."""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{INK}">{escape(says)}</text>'


def cell(x: float, y: float, fill: str) -> str:
    """An empty cell whose top left corner is at (x, y)."""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{CELL}" height="{CELL}" '
        f'fill="{fill}" stroke="{PLAIN.colour}"/>'
    )


def grid(x: float, y: float, values: Array, fill: str) -> list[str]:
    """Numbers in cells, from the top left corner at (x, y)."""
    drawn = []
    for i, row in enumerate(signed(values)):
        for j, says in enumerate(row):
            left, top = x + j * CELL, y + i * CELL
            drawn += [cell(left, top, fill), text(left + CELL / 2, top + 20, says)]
    return drawn


def frame(x: float, y: float, rows: int, columns: int, look: Look, name: str) -> str:
    """A thick frame round some cells, which slides by the rule of its name."""
    return (
        f'<rect class="moves slides {name}" x="{x:g}" y="{y:g}" width="{columns * CELL}" '
        f'height="{rows * CELL}" fill="none" stroke="{look.colour}" stroke-width="3"/>'
    )


def terms(window: Array) -> str:
    """The products of a window with the kernel, and their sum."""
    products = [
        f"{a}·{b}" if b >= 0 else f"{a}·(−{-b})"
        for a, b in zip(window.ravel(), KERNEL_2X3.ravel(), strict=True)
    ]
    return f"{' + '.join(products)} = {(window * KERNEL_2X3).sum()}".replace("= -", "= −")


def sliding() -> Moving:
    """The window at all nine places of an image of 4 × 5, one after the other."""
    y = correlated(IMAGE, KERNEL_2X3)
    places = list(product(*map(range, y.shape)))
    part = 100 / len(places)
    drawing = [
        text(83, 20, "image"),
        *grid(8, 30, IMAGE, PLAIN.fill),
        text(171, 95, "⊙"),
        text(229, 20, "kernel"),
        *grid(184, 60, KERNEL_2X3, KERNEL.fill),
        text(288, 95, "="),
        text(347, 20, "output"),
        *(cell(302 + j * CELL, 45 + i * CELL, OUTPUT.fill) for i, j in places),
    ]
    rules, slides = [], []
    for m, (i, j) in enumerate(places):
        start, end = m * part, (m + 1) * part
        unseen = "" if m == 0 else ' opacity="0"'
        number = text(302 + (j + 0.5) * CELL, 45 + i * CELL + 20, str(y[i, j]).replace("-", "−"))
        drawing.append(f'<g class="moves made-{m}"{unseen}>{number}</g>')
        says = text(8, 178, terms(IMAGE[i : i + 2, j : j + 3]), "start")
        drawing.append(f'<g class="moves sum-{m}"{unseen}>{says}</g>')
        before = "" if m == 0 else "0% { opacity: 0; } "
        after = "" if m == len(places) - 1 else f" {end:.2f}% {{ opacity: 0; }}"
        rules += [
            f".sliding-window .made-{m} {{ animation-name: made-{m}; }}",
            f"@keyframes made-{m} {{ {before}{start:.2f}%, 100% {{ opacity: 1; }} }}",
            f".sliding-window .sum-{m} {{ animation-name: sum-{m}; }}",
            f"@keyframes sum-{m} {{ {before}{start:.2f}% {{ opacity: 1; }}{after} }}",
        ]
        at = f"transform: translate({j * CELL}px, {i * CELL}px);"
        leaves = "100" if m == len(places) - 1 else f"{start + 0.8 * part:.2f}"
        slides.append(f"{start:.2f}%, {leaves}% {{ {at} }}")
    rules += [
        ".sliding-window .slides { animation-name: slides; }",
        f"@keyframes slides {{ {' '.join(slides)} }}",
    ]
    drawing += [
        frame(8, 30, 2, 3, WINDOW, "window"),
        frame(302, 45, 1, 1, OUTPUT, "place"),
    ]
    return Moving(
        PAGE.format(
            seconds=SECONDS * len(places),
            rules="\n".join(rules),
            alt=escape(ALT),
            drawing="\n".join(drawing),
        )
    )
