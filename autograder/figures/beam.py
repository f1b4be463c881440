"""A beam of two as a tree: what is kept at every step, and what is not."""

from __future__ import annotations

from typing import NamedTuple

from matplotlib.figure import Figure

from autograder.figures.style import GATES, INK, QUIET, canvas, styled

KEPT, DONE = GATES["i"], GATES["g"]
"""The looks of a hypothesis that lives on and of one that is finished."""


class Node(NamedTuple):
    """A hypothesis, by its last word.

    Attributes:
        word: the word.
        chance: the probability of the whole hypothesis.
        step: after which step it is there.
        height: where it stands.
        parent: the number of the one that it continues, or −1.
        kept: whether it is among the two best of its step.
    """

    word: str
    chance: float
    step: int
    height: float
    parent: int
    kept: bool


NODES = (
    Node("BOS", 1.0, 0, 2.0, -1, True),
    Node("A", 0.6, 1, 3.0, 0, True),
    Node("B", 0.4, 1, 1.0, 0, True),
    Node("A", 0.15, 2, 3.6, 1, True),
    Node("B, C, D", 0.15, 2, 2.7, 1, False),
    Node("C", 0.36, 2, 1.3, 2, True),
    Node("EOS", 0.04, 2, 0.5, 2, False),
    Node("A", 0.0375, 3, 3.6, 3, True),
    Node("B, C, D", 0.0375, 3, 2.7, 3, False),
    Node("D", 0.324, 3, 1.6, 5, True),
    Node("EOS", 0.036, 3, 0.8, 5, False),
    Node("A", 0.0094, 4, 3.6, 7, True),
    Node("EOS", 0.324, 4, 1.6, 9, True),
)
"""The tree of the model in the assignment."""


@styled
def tree() -> Figure:
    """Four steps of a beam of two."""
    fig, axes = canvas(8.2, 4.2)
    places = [(0.55 + 1.72 * node.step, 0.1 + node.height) for node in NODES]
    for node, (x, y) in zip(NODES, places, strict=True):
        if node.parent >= 0:
            begin = places[node.parent]
            axes.plot(
                [begin[0] + 0.42, x - 0.42],
                [begin[1], y],
                color=KEPT.colour if node.kept else QUIET,
                linewidth=2.0 if node.kept else 0.9,
                linestyle="-" if node.kept else "--",
            )
    for node, (x, y) in zip(NODES, places, strict=True):
        look = DONE if node.word == "EOS" and node.kept else KEPT
        box = {
            "boxstyle": "round,pad=0.3",
            "facecolor": look.fill if node.kept else "white",
            "edgecolor": look.colour if node.kept else QUIET,
        }
        chance = "" if node.step == 0 else f"\n{node.chance:.3g}"
        colour = INK if node.kept else QUIET
        axes.text(
            x, y, f"{node.word}{chance}", ha="center", va="center", fontsize=11, bbox=box,
            color=colour, linespacing=1.3,
        )  # fmt: skip
    return fig
