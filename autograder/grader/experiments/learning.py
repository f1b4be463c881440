"""How fast an RNN, an LSTM and a GRU learn the tasks of `gates`.

The training is longer than it is there. A curve is the score on unseen batches, at `POINTS`
moments of the training. The criteria were fixed before the first run.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from typing import Any

import torch

from autograder.experiments import gates

CHAPTER = "gated"
POINTS = 40
UPDATES = {"adding": 1200, "copying": 1800, "brackets": 600, "sunspots": 300}
GOOD = {"adding": "low", "copying": "high", "brackets": "high", "sunspots": "low"}
CRITERION = {"adding": 1 / 60, "copying": 0.5, "brackets": 2 / 3, "sunspots": 25.0}
"""In this order: a tenth of the guess, half of the symbols, two thirds of the depths, and three
quarters of the guess.
"""

Job = tuple[str, str, int, int]


@cache
def task(name: str) -> gates.Task:
    """The task of that name."""
    return gates.TASKS[name] if name in gates.TASKS else gates.sunspots()


def curve(job: Job, updates: int | None = None) -> list[float]:
    """The scores of one training (task, kind, H, seed), at `POINTS` equal distances."""
    name, kind, H, seed = job
    torch.set_num_threads(1)
    updates = updates or UPDATES[name]
    every = updates // POINTS
    batches = gates.unseen(task(name), seed, 4)
    steps = gates.training(task(name), kind, H, seed, updates)
    return [
        float(f"{gates.judge(network, task(name), batches):.4g}")
        for step, network in enumerate(steps, start=1)
        if step % every == 0
    ]


def reached(curve: list[float], name: str, every: int) -> int | None:
    """After how many updates a curve is first at the criterion of its task; None if never."""
    sign = 1 if GOOD[name] == "high" else -1
    at = (k for k, score in enumerate(curve, start=1) if sign * (score - CRITERION[name]) >= 0)
    first = next(at, None)
    return None if first is None else first * every


def measure() -> dict[str, Any]:
    """Curves by task, fairness and kind, one a seed, and when each is at the criterion."""
    start = time.perf_counter()
    sizes = {
        (name, fair, kind): gates.SIZE
        if fair == "equal size"
        else gates.equal_size(kind, task(name).inputs)
        for name in UPDATES
        for fair in ("equal size", "equal parameters")
        for kind in gates.KINDS
    }
    jobs = [(n, kind, H, s) for (n, _, kind), H in sizes.items() for s in gates.SEEDS]
    jobs = list(dict.fromkeys(jobs))
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(os.sched_getaffinity(0)), mp_context=spawn) as pool:
        found = dict(zip(jobs, pool.map(curve, jobs), strict=True))
    curves: dict[str, Any] = {}
    times: dict[str, Any] = {}
    for (name, fair, kind), H in sizes.items():
        rows = [found[name, kind, H, seed] for seed in gates.SEEDS]
        every = UPDATES[name] // POINTS
        curves.setdefault(name, {}).setdefault(fair, {})[kind] = rows
        times.setdefault(name, {}).setdefault(fair, {})[kind] = [
            reached(row, name, every) for row in rows
        ]
    return {
        "seeds": list(gates.SEEDS),
        "updates": UPDATES,
        "every": {name: updates // POINTS for name, updates in UPDATES.items()},
        "good": GOOD,
        "criterion": CRITERION,
        "guess": {name: task(name).guess for name in UPDATES},
        "curves": curves,
        "reached": times,
        "minutes": round((time.perf_counter() - start) / 60, 1),
    }
