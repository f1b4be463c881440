"""What is this Debian package? Rules and networks, scored on the synopses of the maintainers.

It reads what `python -m autograder.corpora.fetch_descriptions _build/data` fetches at set-up, on
Debian. A larger network is measured where there is a GPU.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from autograder.corpora import descriptions, docstrings, sentences
from autograder.corpora.docstrings import Split
from autograder.exercises.shared.threads import one_thread
from autograder.grader.checkout import FETCHED
from autograder.grader.experiments.summaries import CHAPTER as CHAPTER
from autograder.grader.experiments.summaries import PACKAGES as PACKAGES
from autograder.grader.experiments.summaries import (
    SEEDS,
    by_rules,
    compared,
    networks,
    reduced,
    scored,
)

HELD = 500
FEW = 100
"""Texts of dev and of test in the reduced row."""

NETWORKS = networks()
LARGER = networks(E=256, H=512, V=20_000, M=150, lr=1e-3, epochs=12)


def small() -> Split:
    """The pairs of numpy alone, which is there wherever the course is."""
    return docstrings.split(docstrings.load([Path(np.__file__).parent]), FEW)


def repeated() -> dict[str, Any]:
    """What a test repeats: the rules, and one small network, on the docstrings of numpy."""
    train, dev, test = small()
    return {
        "sha256 of test": sentences.digest(test),
        "pairs": [len(train), len(dev), len(test)],
        "rules": {name: scored(test, said)[0] for name, said in by_rules(train, test).items()},
        "network": reduced(train, dev),
    }


def measure() -> dict[str, Any]:
    """Scores of the rules and of the networks with every seed, and the reduced row.

    Raises:
        MissingDataError: where the lists are not there.
    """
    split = docstrings.split(descriptions.load(FETCHED), HELD)
    record: dict[str, Any] = {"data": "Debian 12, bookworm/main, amd64", "seeds": SEEDS}
    with one_thread():
        record |= compared(split, NETWORKS)
        record["reduced"] = repeated()
    if torch.cuda.is_available():
        with torch.device("cuda"):
            record["larger"] = compared(split, LARGER)
    else:
        settings = {name: how._asdict() for name, how in LARGER.items()}
        record["larger"] = {"settings": settings, "not measured": "It asks for a GPU."}
    return record
