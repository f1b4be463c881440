"""Whether the step size decides which of RNN, LSTM and GRU is ahead.

Each layer is trained with six step sizes, at two sizes H, with ten seeds, on three tasks of
`gates` and on a text. With one seed all layers learn from the same batches, so that their scores
are compared in pairs. Each seed takes for every layer the step size that is best for the *other*
seeds: none is judged by a choice that it had a part in.

These are 1,440 trainings, about three hours of one core. A record may be made of those tasks, sizes
and seeds that are complete.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import torch
from scipy import stats
from torch import Tensor

from autograder.data import prose
from autograder.experiments import gates
from autograder.grader.experiments import trials

CHAPTER = "gated"
RATES = (0.002, 0.005, 0.0125, 0.03, 0.075, 0.19)
SIZES = (32, 64)
SEEDS = tuple(range(10))
UPDATES = {"text": 400, "brackets": 300, "adding": 600, "copying": 1200}
"""In the order in which the tasks are run."""

GOOD = {"text": "low", "brackets": "high", "adding": "low", "copying": "high"}
LEVEL = 0.95
T = 50

Scores = dict[str, dict[str, dict[str, dict[str, list[float]]]]]
"""By task, H, kind and step size: one score a seed."""


@cache
def text() -> gates.Task:
    """The next letter of the prose of NumPy, in bits a letter; the last tenth is held out."""
    letters = prose()
    alphabet = sorted(set(letters))
    ids = torch.tensor([alphabet.index(letter) for letter in letters])
    V, first = len(alphabet), len(ids) - len(ids) // 10

    def batch(starts: Tensor) -> gates.Batch:
        rows = ids[starts[:, None] + torch.arange(T + 1)]
        return torch.nn.functional.one_hot(rows[:, :-1], V).float(), rows[:, 1:]

    def draw(rng: torch.Generator) -> gates.Batch:
        return batch(torch.randint(first - T, (gates.N,), generator=rng))

    def bits(z: Tensor, y: Tensor) -> float:
        return float(gates.recalled(z, y)) / math.log(2)

    held = batch(torch.arange(first, len(ids) - T, T))
    shares = torch.bincount(ids[:first], minlength=V) / first
    guess = -float(torch.log2(shares[held[1]]).mean())
    return gates.Task(draw, V, V, gates.recalled, bits, UPDATES["text"], guess, held)


def task(name: str) -> gates.Task:
    """The task of that name."""
    return text() if name == "text" else gates.TASKS[name]


def everything() -> list[trials.Trial]:
    """All trainings, a task after the other, in it a size, and in this a seed after the other."""
    return [
        (name, seed, H, kind, rate)
        for name in UPDATES
        for H in SIZES
        for seed in SEEDS
        for kind in gates.KINDS
        for rate in RATES
    ]


def one(trial: trials.Trial, updates: int | None = None) -> float:
    """The score of one training on what it has not seen."""
    name, kind = str(trial[0]), str(trial[3])
    seed, H, rate = int(trial[1]), int(trial[2]), float(trial[4])
    score = gates.run(task(name), kind, H, seed, updates or UPDATES[name], rate)
    return float(f"{score:.4g}")


def complete(found: Mapping[trials.Trial, float]) -> dict[str, dict[str, list[int]]]:
    """By task and size the seeds with which every layer was trained, where they are two or more."""
    made: dict[str, dict[str, list[int]]] = {}
    for name in UPDATES:
        for H in SIZES:
            of = [trial for trial in everything() if (trial[0], trial[2]) == (name, H)]
            missing = {trial[1] for trial in of if trial not in found}
            seeds = [seed for seed in SEEDS if seed not in missing]
            if len(seeds) > 1:
                made.setdefault(name, {})[str(H)] = seeds
    return made


def chosen(by_rate: Mapping[str, list[float]], good: str) -> list[float]:
    """For each seed the score at the step size that is best, on average, for the other seeds."""
    scores = np.array(list(by_rate.values())) * (1 if good == "high" else -1)
    of_others = scores.sum(axis=1, keepdims=True) - scores
    best = of_others.argmax(axis=0)
    rows = list(by_rate.values())
    return [rows[rate][seed] for seed, rate in enumerate(best)]


def interval(first: list[float], second: list[float]) -> dict[str, float]:
    """The mean of the differences first − second, seed by seed, and its t interval."""
    bounds = stats.ttest_rel(first, second).confidence_interval(LEVEL)
    mean = float(np.mean(np.subtract(first, second)))
    named = {"mean": mean, "low": float(bounds.low), "high": float(bounds.high)}
    return {name: float(f"{value:.3g}") for name, value in named.items()}


def record(found: Mapping[trials.Trial, float]) -> dict[str, Any]:
    """What is written of the trainings that there are, task by task."""
    seeds = complete(found)
    scores: Scores = {
        name: {
            H: {
                kind: {
                    str(rate): [found[name, seed, int(H), kind, rate] for seed in of]
                    for rate in RATES
                }
                for kind in gates.KINDS
            }
            for H, of in by_size.items()
        }
        for name, by_size in seeds.items()
    }
    tuned = {
        name: {
            H: {kind: chosen(by_rate, GOOD[name]) for kind, by_rate in by_kind.items()}
            for H, by_kind in by_size.items()
        }
        for name, by_size in scores.items()
    }
    return {
        "seeds": seeds,
        "rates": list(RATES),
        "updates": {name: UPDATES[name] for name in seeds},
        "good": {name: GOOD[name] for name in seeds},
        "guess": {name: float(f"{task(name).guess:.4g}") for name in seeds},
        "level": LEVEL,
        "scores": scores,
        "tuned": tuned,
        "differences": {
            name: {
                H: {
                    f"{b} - {a}": interval(by_kind[b], by_kind[a])
                    for a, b in combinations(gates.KINDS, 2)
                }
                for H, by_kind in by_size.items()
            }
            for name, by_size in tuned.items()
        },
    }


def measure() -> dict[str, Any]:
    """All trainings that are not yet made, and what they say."""
    return record(trials.run(everything(), one, trials.journal(__name__)))
