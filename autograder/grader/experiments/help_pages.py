"""Translators of sentences beside three rules: the help pages of LibreOffice, English to French.

It reads what `python -m autograder.corpora.fetch_help _build/data` fetches at set-up, on Debian.
There are two tasks, which differ in how long a text may be, and a larger one, which is measured
where there is a GPU.
"""

from __future__ import annotations

from typing import Any

import torch

from autograder.corpora import fetch_help, help_pages
from autograder.exercises.shared.threads import one_thread
from autograder.grader.checkout import FETCHED
from autograder.grader.experiments.translating import CHAPTER as CHAPTER
from autograder.grader.experiments.translating import PACKAGES as PACKAGES
from autograder.grader.experiments.translating import (
    SEEDS,
    Task,
    compared,
    in_words,
    networks,
    reduced,
)

TASKS = {
    "short": Task(8, 500, networks(epochs=20, dropout=0.2, end=0.0), ((2, 3), (4, 5), (6, 8))),
    "longer": Task(12, 500, networks(epochs=8, dropout=0.2, end=0.0), ((2, 4), (5, 8), (9, 12))),
}
LARGER = Task(
    30,
    1000,
    networks(E=256, H=512, lr=1e-3, epochs=30, batch=128, V=8000, longest=36, dropout=0.3, end=0.0),
    ((2, 6), (7, 12), (13, 20), (21, 30)),
)


def measure() -> dict[str, Any]:
    """Scores of the rules, and of the translators with every seed, on each task."""
    pairs = help_pages.load(FETCHED)
    train, dev, _ = map(in_words, TASKS["short"].split(pairs))
    record: dict[str, Any] = {
        "data": {"version": fetch_help.VERSION, "sha256": fetch_help.PACKAGES},
        "seeds": SEEDS,
    }
    with one_thread():
        record["reduced"] = reduced(train, dev)
        record |= {name: compared(pairs, task) for name, task in TASKS.items()}
    if torch.cuda.is_available():
        with torch.device("cuda"):
            record["larger"] = compared(pairs, LARGER)
    else:
        record["larger"] = {**LARGER.described(), "not measured": "It asks for a GPU."}
    return record
