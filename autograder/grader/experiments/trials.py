"""Many trainings, each of them on the disk when it counts, so that none has to be made twice.

An experiment of an hour may be stopped at any time and goes on where it stopped. What was found
is kept under a digest of the code that finds it and of the versions of NumPy and torch, and is no
longer taken once one of them changes.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from autograder.grader import manifest
from autograder.grader.checkout import ROOT
from autograder.grader.grading.files import append_line

Trial = tuple[str | int | float, ...]
"""What tells one training from another."""


def journal(module: str) -> Path:
    """Where the trials of an experiment are kept, one a line, while all is as it is."""
    code = manifest.digest_of(manifest.follow([module]))
    decides = " ".join([code, version("numpy"), version("torch")])
    digest = hashlib.sha256(decides.encode()).hexdigest()[:16]
    return ROOT / "_build" / "experiments" / f"{module.rpartition('.')[2]}-{digest}.jsonl"


def kept(file: Path) -> dict[Trial, float]:
    """What the file holds, but for lines that were cut off in the middle."""
    found: dict[Trial, float] = {}
    for line in file.read_bytes().splitlines() if file.exists() else ():
        with suppress(ValueError):
            trial, value = json.loads(line)
            found[tuple(trial)] = value
    return found


def run(trials: Sequence[Trial], one: Callable[[Trial], float], file: Path) -> dict[Trial, float]:
    """Make those trials that the file does not hold yet, in their order, on all cores.

    Args:
        trials: what is to be made.
        one: makes one of them, in a process of its own.
        file: where each is written as soon as it is there.

    Returns:
        What the file then holds.
    """
    found = kept(file)
    missing = [trial for trial in trials if trial not in found]
    spawn = multiprocessing.get_context("spawn")
    cores = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(cores, spawn) as pool:
        for trial, value in zip(missing, pool.map(one, missing), strict=True):
            append_line(file, json.dumps([trial, value]).encode())
    return kept(file)
