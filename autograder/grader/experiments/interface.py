"""Translators of what buttons and menus say, beside three rules, on a set that pip installs."""

from __future__ import annotations

from typing import Any

from autograder.corpora import interface
from autograder.exercises.shared.threads import one_thread
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

TASK = Task(
    8,
    250,
    networks(E=48, H=64, epochs=30, batch=32, dropout=0.2, end=0.0),
    ((2, 3), (4, 5), (6, 8)),
)


def measure() -> dict[str, Any]:
    """Scores of the rules, of the translators with every seed, and the reduced training."""
    pairs = interface.load()
    train, dev, _ = map(in_words, TASK.split(pairs))
    with one_thread():
        return {
            "data": {"source": "jupyterlab-language-pack-fr-FR 4.5.post3"},
            "seeds": SEEDS,
            "reduced": reduced(train, dev),
            **compared(pairs, TASK),
        }
