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
from importlib.metadata import version
from pathlib import Path

from autograder.grader import manifest
from autograder.grader.checkout import ROOT

Trial = tuple[str | int | float, ...]
"""What tells one training from another."""


def journal(module: str) -> Path:
    """Where the trials of an experiment are kept, one a line, while all is as it is."""
    code = manifest.digest_of(manifest.follow([module]))
    decides = " ".join([code, version("numpy"), version("torch")])
    digest = hashlib.sha256(decides.encode()).hexdigest()[:16]
    return ROOT / "_build" / "experiments" / f"{module.rpartition('.')[2]}-{digest}.jsonl"


def kept(file: Path) -> dict[Trial, float]:
    """What the file holds, but for a last line that was cut off in the middle."""
    if not file.exists():
        return {}
    lines = file.read_text(encoding="utf-8").split("\n")[:-1]
    return {tuple(trial): value for trial, value in map(json.loads, lines)}


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
    file.parent.mkdir(parents=True, exist_ok=True)
    _drop_torn_line(file)
    spawn = multiprocessing.get_context("spawn")
    cores = len(os.sched_getaffinity(0))
    with file.open("a", encoding="utf-8") as lines, ProcessPoolExecutor(cores, spawn) as pool:
        for trial, value in zip(missing, pool.map(one, missing), strict=True):
            lines.write(json.dumps([trial, value]) + "\n")
            lines.flush()
            os.fsync(lines.fileno())
    return kept(file)


def _drop_torn_line(file: Path) -> None:
    """Cut off what stands after the last end of a line, so that the next line is a whole one."""
    if not file.exists():
        return
    whole, _, _ = file.read_bytes().rpartition(b"\n")
    os.truncate(file, len(whole) + bool(whole))
