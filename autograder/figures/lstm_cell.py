"""The LSTM cell drawn four times, each drawing with one more part of it."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch

from autograder.figures.style import GATES, INK, QUIET, canvas, styled

TRACK, MIDDLE, GATE, BUS = 3.2, 2.2, 1.35, 0.5
"""Heights: the cell state's track, what is written to it, the gates, and the bus of x and h."""

F, I, G, O = 1.55, 2.8, 4.3, 5.6
WRITE, READ = (I + G) / 2, 6.75
"""Places from left to right: the four gates, and where the track is written and read."""

QUESTIONS = {
    "forget": "1  Forget gate: how much of the past is kept?",
    "input": "2  Input gate and candidate: which values change, and to what?",
    "update": "3  Cell update: what was kept, plus what is new",
    "output": "4  Output gate: how much of the cell is shown?",
}
"""What each step of the drawing adds, in the order of the steps."""


@dataclass(frozen=True)
class Pen:
    """What is drawn in this step is bold and coloured; what was there before is quiet.

    A small drawing is squeezed in both directions, and begins at `left`.
    """

    axes: Axes
    new: bool
    left: float = 0.0
    squeeze: tuple[float, float] = (1.0, 1.0)

    @property
    def small(self) -> bool:
        """Whether the drawing is squeezed."""
        return self.squeeze != (1.0, 1.0)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the full drawing lies in this one."""
        return self.left + self.squeeze[0] * x, self.squeeze[1] * y

    def colour(self, gate: str = "") -> str:
        """The colour of a gate, or ink, where new; else the quiet one."""
        if not self.new:
            return QUIET
        return GATES[gate].colour if gate else INK

    def line(self, *points: tuple[float, float], gate: str = "", arrow: bool = True) -> None:
        """A line through `points`, with a head at its end."""
        points = tuple(self.at(*point) for point in points)
        xs, ys = zip(*points, strict=True)
        width = (1.8 if self.small else 2.4) if self.new else 1.3
        self.axes.plot(
            xs,
            ys,
            color=self.colour(gate),
            linewidth=width,
            zorder=1,
            linestyle="-",
            solid_capstyle="round",
            solid_joinstyle="round",
        )
        if arrow:
            style = {
                "arrowstyle": "-|>",
                "color": self.colour(gate),
                "linewidth": width,
                "shrinkA": 0,
                "shrinkB": 0,
                "mutation_scale": 15,
            }
            self.axes.annotate("", points[-1], points[-2], arrowprops=style, zorder=1)

    def box(self, x: float, y: float, text: str, gate: str = "") -> None:
        """A rounded box with a function's name in it."""
        fill = GATES[gate].fill if gate and self.new else "white"
        self.axes.add_patch(
            FancyBboxPatch(
                self.at(x - 0.42, y - 0.24),
                0.84 * self.squeeze[0],
                0.48 * self.squeeze[1],
                boxstyle="round,pad=0,rounding_size=0.08",
                facecolor=fill,
                edgecolor=self.colour(gate),
                linewidth=2.0 if self.new else 1.2,
                zorder=3,
            )
        )
        self.text(x, y, text, size=13, colour=INK if self.new else QUIET)

    def operation(self, x: float, y: float, sign: str) -> None:
        """A circle with an elementwise operation in it."""
        self.axes.add_patch(
            Circle(
                self.at(x, y),
                0.2 * self.squeeze[1],
                facecolor="white",
                edgecolor=self.colour(),
                linewidth=2.0 if self.new else 1.2,
                zorder=3,
            )
        )
        self.text(x, y, sign, size=15, colour=self.colour())

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 12,
        colour: str = "",
        ha: str = "center",
    ) -> None:
        """Text centred on the height `y`."""
        if self.small:
            x, y, size = *self.at(x, y), max(10.0, 0.75 * size)
        self.axes.text(
            x, y, text, fontsize=size, color=colour or self.colour(), ha=ha, va="center", zorder=4
        )


@styled
def up_to(step: str) -> Figure:
    """The cell as far as `step`, a key of `QUESTIONS`, with the parts of that step in bold."""
    fig, axes = canvas(8.0, 4.3)
    last = list(QUESTIONS).index(step)
    for index, draw in enumerate((_forget, _input, _update, _output)[: last + 1]):
        draw(Pen(axes, new=index == last))
    ink = Pen(axes, new=True)
    ink.text(0.3, 3.95, QUESTIONS[step], size=14, ha="left")
    ink.text(0.4, TRACK, "$c$", size=17)
    ink.text(0.4, BUS, "$x,\\, h$", size=17)
    return fig


def whole(pen: Pen) -> None:
    """All four steps, in the same ink."""
    for draw in (_forget, _input, _update, _output):
        draw(pen)


def _forget(pen: Pen) -> None:
    pen.line((0.6, TRACK), (F - 0.2, TRACK))
    pen.line((0.75, BUS), (F, BUS), (F, GATE - 0.24), gate="f")
    pen.box(F, GATE, "σ", "f")
    pen.line((F, GATE + 0.24), (F, TRACK - 0.2), gate="f")
    pen.text(F - 0.14, MIDDLE, "$f$", size=16, colour=pen.colour("f"), ha="right")
    pen.operation(F, TRACK, "×")
    pen.line((F + 0.2, TRACK), (2.85, TRACK), arrow=pen.new and not pen.small)
    pen.text(2.25, TRACK + 0.25, "$f \\odot c$", size=14)


def _input(pen: Pen) -> None:
    pen.line((F, BUS), (I, BUS), (I, GATE - 0.24), gate="i")
    pen.box(I, GATE, "σ", "i")
    pen.line((I, GATE + 0.24), (I, MIDDLE), (WRITE - 0.2, MIDDLE), gate="i")
    pen.text(I - 0.14, 1.9, "$i$", size=16, colour=pen.colour("i"), ha="right")
    pen.line((I, BUS), (G, BUS), (G, GATE - 0.24), gate="g")
    pen.box(G, GATE, "tanh", "g")
    pen.line((G, GATE + 0.24), (G, MIDDLE), (WRITE + 0.2, MIDDLE), gate="g")
    pen.text(G + 0.14, 1.9, "$g$", size=16, colour=pen.colour("g"), ha="left")
    pen.operation(WRITE, MIDDLE, "×")
    pen.line((WRITE, MIDDLE + 0.2), (WRITE, TRACK - 0.2))
    pen.text(WRITE + 0.1, 2.68, "$i \\odot g$", size=14, ha="left")


def _update(pen: Pen) -> None:
    pen.line((2.85, TRACK), (WRITE - 0.2, TRACK))
    pen.operation(WRITE, TRACK, "+")
    pen.line((WRITE + 0.2, TRACK), (7.15, TRACK))
    pen.text(7.2, TRACK, "$c_{next}$", size=17, ha="left")


def _output(pen: Pen) -> None:
    pen.line((G, BUS), (O, BUS), (O, GATE - 0.24), gate="o")
    pen.box(O, GATE, "σ", "o")
    pen.line((O + 0.42, GATE), (READ - 0.2, GATE), gate="o")
    pen.text((O + READ) / 2 + 0.1, GATE + 0.2, "$o$", size=16, colour=pen.colour("o"))
    pen.line((READ, TRACK), (READ, 2.57))
    pen.box(READ, 2.33, "tanh")
    pen.line((READ, 2.09), (READ, GATE + 0.2))
    pen.operation(READ, GATE, "×")
    pen.line((READ + 0.2, GATE), (7.15, GATE))
    pen.text(7.2, GATE, "$h_{next}$", size=17, ha="left")
