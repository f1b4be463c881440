"""What the gates of a small LSTM and a small GRU do while they count brackets.

The unit that is shown is the one whose state follows the depth best, in the first seed; what it
does on average over many strings is recorded for every seed.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from autograder.exercises.shared.threads import one_thread
from autograder.experiments.gates import TASKS, OneLayer, judge, training, unseen

CHAPTER = "gated"
SEEDS = (0, 1, 2, 3, 4)
H = 8
UPDATES = 1000
TEXT = "a(b(cd)e)fg((h)i(j(kl)m)n)opq((rst)u)v"
OTHER, OPENS, CLOSES = range(3)
CELL = {"lstm": "c", "gru": "h"}
SHOWN = {"lstm": ("i", "f", "o", "c"), "gru": ("r", "z", "h")}


def ids(text: str) -> Tensor:
    """What the network is told of each character: other, opening or closing."""
    return torch.tensor(
        [OPENS if mark == "(" else CLOSES if mark == ")" else OTHER for mark in text]
    )


def depths(marks: Tensor) -> Tensor:
    """How many brackets are open after each character of one string."""
    return ((marks == OPENS).long() - (marks == CLOSES).long()).cumsum(-1)


def inside(network: OneLayer, kind: str, x: Tensor) -> dict[str, Tensor]:
    """Gates and states of a layer at every step, (N, T, H) each, by its own weights."""
    layer = network.layer
    h = c = torch.zeros(len(x), layer.hidden_size)
    steps: list[dict[str, Tensor]] = []
    for x_t in x.unbind(1):
        by_x = x_t @ layer.weight_ih_l0.T + layer.bias_ih_l0
        by_h = h @ layer.weight_hh_l0.T + layer.bias_hh_l0
        if kind == "lstm":
            i, f, g, o = (by_x + by_h).chunk(4, 1)
            i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
            c = f * c + i * g
            h = o * c.tanh()
            steps.append({"i": i, "f": f, "g": g, "o": o, "c": c, "h": h})
        else:
            (xr, xz, xn), (hr, hz, hn) = by_x.chunk(3, 1), by_h.chunk(3, 1)
            r, z = (xr + hr).sigmoid(), (xz + hz).sigmoid()
            n = (xn + r * hn).tanh()
            h = (1 - z) * n + z * h
            steps.append({"r": r, "z": z, "n": n, "h": h})
    return {name: torch.stack([step[name] for step in steps], 1) for name in steps[0]}


def follows(state: Tensor, depth: Tensor) -> Tensor:
    """The correlation of every unit's state (N, T, H) with the depth (N, T)."""
    flat = torch.cat([state.flatten(0, 1), depth.flatten()[:, None].float()], 1)
    return torch.corrcoef(flat.T)[-1, :-1]


def one(kind: str, seed: int, updates: int = UPDATES) -> dict[str, Any]:
    """One training: its score, the unit that follows the depth, and what its gates do."""
    task = TASKS["brackets"]
    *_, network = training(task, kind, H, seed, updates)
    batches = unseen(task, seed)
    x = torch.cat([x for x, _ in batches])
    depth = torch.cat([y for _, y in batches])
    marks = ids(TEXT)
    with torch.no_grad():
        found = inside(network, kind, x)
        shown = inside(network, kind, torch.nn.functional.one_hot(marks, 3).float()[None])
        said = network.read(shown["h"])[0].argmax(-1)
    by_unit = follows(found[CELL[kind]], depth)
    unit = int(by_unit.abs().argmax())
    places = [x[..., mark] == 1 for mark in (OPENS, CLOSES, OTHER)]
    return {
        "right": round(judge(network, task, batches), 3),
        "unit": unit,
        "correlation": round(float(by_unit[unit]), 3),
        "means": {
            gate: [round(float(found[gate][where][:, unit].mean()), 3) for where in places]
            for gate in SHOWN[kind][:-1]
        },
        "trace": {
            name: [round(float(v), 3) for v in shown[name][0, :, unit]] for name in SHOWN[kind]
        },
        "said": said.tolist(),
    }


def measure() -> dict[str, Any]:
    """Both kinds, all seeds; the trace over `TEXT` for the first seed alone."""
    with one_thread():
        kinds = {kind: [one(kind, seed) for seed in SEEDS] for kind in SHOWN}
    for runs in kinds.values():
        for run in runs[1:]:
            del run["trace"], run["said"]
    return {
        "seeds": list(SEEDS),
        "H": H,
        "updates": UPDATES,
        "text": TEXT,
        "depth": depths(ids(TEXT)).tolist(),
        "means of": ["opening", "closing", "other"],
        "runs": kinds,
    }
