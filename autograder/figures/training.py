"""What training does: gate traces over a text, and learning curves over seeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from autograder.figures.style import GATES, INK, QUIET, Look, styled

KINDS = {"rnn": ("RNN", "f"), "lstm": ("LSTM", "i"), "gru": ("GRU", "g")}
"""What a layer is called, and the gate whose look it has."""

TRACES = {
    "lstm": {"i": ("i", "input"), "f": ("f", "forget"), "o": ("o", "output")},
    "gru": {"r": ("i", "reset"), "z": ("f", "update")},
}
STATES = {"lstm": "c", "gru": "h"}


@styled
def traces(record: Mapping[str, Any]) -> Figure:
    """The gates and the state of one unit of each cell over a text, and the depth beneath."""
    text = record["text"]
    fig = Figure(figsize=(8.0, 7.4))
    panels = fig.subplots(5, 1, sharex=True, height_ratios=[1.5, 1, 1.5, 1, 1])
    for k, kind in enumerate(TRACES):
        trace = record["runs"][kind][0]["trace"]
        name = KINDS[kind][0]
        gates, state = panels[2 * k], panels[2 * k + 1]
        for gate, (like, label) in TRACES[kind].items():
            _line(gates, trace[gate], GATES[like], f"{gate}  {label}")
        gates.set(ylim=(-0.05, 1.05), yticks=[0, 0.5, 1], ylabel=f"{name} gates")
        gates.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), handlelength=2.6)
        symbol = STATES[kind]
        state.plot(trace[symbol], color=INK, marker=".", linestyle="-", linewidth=1.4)
        state.set(ylabel=f"{name} {symbol}")
    depth = panels[-1]
    depth.step(range(len(text)), record["depth"], where="mid", color=QUIET, linestyle="-")
    depth.set(ylabel="depth", yticks=range(max(record["depth"]) + 1), xlim=(-0.6, len(text) - 0.4))
    depth.set_xticks(range(len(text)), list(text), fontsize=11)
    for panel in panels:
        panel.grid(visible=False, axis="x")
        for at, mark in enumerate(text):
            if mark in "()":
                hatch = GATES["f"].fill if mark == "(" else GATES["i"].fill
                panel.axvspan(at - 0.5, at + 0.5, color=hatch, linewidth=0, zorder=0)
    fig.align_ylabels(panels)
    return fig


@styled
def curves(record: Mapping[str, Any], fair: str) -> Figure:
    """One panel a task: the median of the seeds, the range of all of them, and the criterion."""
    fig = Figure(figsize=(8.0, 6.2))
    panels = fig.subplots(2, 2).flat
    for panel, (task, by_kind) in zip(panels, record["curves"].items(), strict=True):
        updates = record["every"][task] * np.arange(1, 1 + len(by_kind[fair]["rnn"][0]))
        for kind, (name, gate) in KINDS.items():
            scores, look = np.array(by_kind[fair][kind]), GATES[gate]
            panel.fill_between(
                updates, scores.min(0), scores.max(0), color=look.colour, alpha=0.16, linewidth=0
            )
            _line(panel, np.median(scores, 0), look, name, updates)
        panel.axhline(record["criterion"][task], color=INK, linewidth=1.0, linestyle="-")
        panel.axhline(record["guess"][task], color=INK, linewidth=1.0, linestyle=(0, (1, 2)))
        panel.set(title=f"{task}: {record['good'][task]} is good", xlabel="updates", ylabel="score")
        panel.set_xlim(0, updates[-1])
        if task == "adding":
            panel.set_yscale("log")
    fig.axes[2].set_ylim(0, 1)
    fig.axes[1].set_ylim(0, 1)
    fig.axes[3].set_ylim(14, 50)
    lines, labels = fig.axes[0].get_legend_handles_labels()
    fig.legend(lines, labels, loc="outside upper center", ncols=3, handlelength=3.2)
    return fig


UNITS = {"text": "bits a letter", "adding": "square error"}
"""In what the scores of a task are, where they are not a share that is right."""


@styled
def by_step_size(record: Mapping[str, Any]) -> Figure:
    """Scores over the step size, one panel a task and size: mean and range of the seeds."""
    fig = Figure(figsize=(8.0, 3.8))
    of = [(task, H) for task, by_size in record["scores"].items() for H in by_size]
    panels = fig.subplots(1, len(of), squeeze=False)[0]
    for panel, (task, H) in zip(panels, of, strict=True):
        for kind, by_rate in record["scores"][task][H].items():
            name, gate = KINDS[kind]
            look, rates = GATES[gate], [float(rate) for rate in by_rate]
            scores = np.array(list(by_rate.values()))
            panel.fill_between(
                rates, scores.min(1), scores.max(1), color=look.colour, alpha=0.16, linewidth=0
            )
            _line(panel, scores.mean(axis=1), look, name, rates)
        panel.set(title=f"{task}, H = {H}", xlabel="step size", xscale="log")
        panel.set(ylabel=UNITS.get(task, "share right"))
        panel.set_xticks(rates, [f"{rate:g}" for rate in rates], rotation=90)
        panel.minorticks_off()
    lines, labels = panels[0].get_legend_handles_labels()
    fig.legend(lines, labels, loc="outside upper center", ncols=3, handlelength=3.2)
    return fig


@styled
def differences(record: Mapping[str, Any]) -> Figure:
    """How much better one layer is than another, with intervals: one panel a task.

    To the right of 0 the layer that is named first is better, whether high or low is good.
    """
    fig = Figure(figsize=(8.0, 3.6))
    tasks = record["differences"]
    panels = fig.subplots(1, len(tasks), sharey=True, squeeze=False)[0]
    sizes = list(next(iter(tasks.values())))
    pairs = list(next(iter(tasks.values()))[sizes[0]])
    rows = [(pair, H) for pair in reversed(pairs) for H in sizes]
    for panel, (task, by_size) in zip(panels, tasks.items(), strict=True):
        sign = 1 if record["good"][task] == "high" else -1
        for y, (pair, H) in enumerate(rows):
            if H not in by_size:
                continue
            gap = by_size[H][pair]
            gate, marker = ("f", "o") if H in sizes[:1] else ("i", "s")
            look = GATES[gate]
            ends = [sign * gap["low"], sign * gap["high"]]
            panel.plot(ends, [y, y], color=look.colour, linestyle="-", linewidth=2.4)
            panel.plot(sign * gap["mean"], y, marker, color=look.colour, markersize=7)
        panel.axvline(0, color=INK, linewidth=1.0, linestyle="-")
        panel.set(title=task, xlabel=f"better by, {UNITS.get(task, 'share right')}")
        panel.set_ylim(len(rows) - 0.5, -0.5)
    panels[0].set_yticks(range(len(rows)), [f"{_named(pair)}, H = {H}" for pair, H in rows])
    return fig


def _named(pair: str) -> str:
    """The two layers of a difference, as readers know them."""
    return " vs ".join(KINDS[kind][0] for kind in pair.split(" - "))


def _line(axes: Axes, y: Any, look: Look, label: str, x: Any = None) -> None:
    axes.plot(
        np.arange(len(y)) if x is None else x,
        y,
        color=look.colour,
        linestyle=look.line,
        label=label,
    )
