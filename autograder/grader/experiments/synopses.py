"""Rules that sum up what a Debian package is, scored on the synopses of the maintainers.

The networks of the chapter are not measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograder.corpora import descriptions, docstrings, sentences
from autograder.corpora.docstrings import Pair, Split
from autograder.grader.checkout import FETCHED
from autograder.grader.experiments import summarizing

CHAPTER = "summarization"
PACKAGES = ("numpy", "rouge-score", "scikit-learn")
HELD = 500
FEW = 100
"""Texts of dev and of test in the reduced row."""

AGAINST = "lead 8 words"
"""The rule that the others are compared with: the shortest of those that look at the text alone."""

EXAMPLES = 8
NOT_MEASURED = ["LSTM with attention and a pointer", "phrases, CNN and LSTM with a pointer"]


def said(train: Sequence[Pair], asked: Sequence[Pair]) -> dict[str, list[str]]:
    """What every rule makes of the texts that are asked."""
    texts = [pair.text for pair in asked]
    found = {name: [rule(text) for text in texts] for name, rule in summarizing.RULES.items()}
    known = [pair.text for pair in train], [pair.summary for pair in train]
    return found | {"nearest training synopsis": summarizing.nearest(*known, texts)}


def scores(train: Sequence[Pair], asked: Sequence[Pair]) -> dict[str, Any]:
    """ROUGE, mean length, and the difference in each ROUGE to `AGAINST`, of every rule."""
    reference = [pair.summary for pair in asked]
    found = said(train, asked)
    rows = {name: summarizing.rouge(reference, texts) for name, texts in found.items()}
    return {
        name: {
            **dict(zip(summarizing.KINDS, rows[name].mean(0).round(1).tolist(), strict=True)),
            "words": words(texts),
            "over lead 8 words": {
                kind: summarizing.interval(rows[name][:, n], rows[AGAINST][:, n])
                for n, kind in enumerate(summarizing.KINDS)
            },
        }
        for name, texts in found.items()
    }


def words(texts: Sequence[str]) -> float:
    """The mean length, in what stands between blanks."""
    return round(float(np.mean([len(text.split()) for text in texts])), 1)


def small() -> Split:
    """The pairs of numpy alone, which is there wherever the course is."""
    return docstrings.split(docstrings.load([Path(np.__file__).parent]), FEW)


def reduced() -> dict[str, Any]:
    """What a test repeats: all rules on the docstrings of numpy."""
    split = small()
    return {
        "sha256 of test": sentences.digest(split.test),
        "pairs": [len(part) for part in split],
        "rules": scores(split.train, split.test),
    }


def measure() -> dict[str, Any]:
    """Scores of the rules on the test part, and the reduced row.

    Raises:
        MissingDataError: where the lists are not there.
    """
    split = docstrings.split(descriptions.load(FETCHED), HELD)
    found = said(split.train, split.test[:EXAMPLES])
    return {
        "data": {
            "source": "Debian 12, bookworm/main, amd64",
            "sha256 of train, dev, test": [sentences.digest(part) for part in split],
            "pairs": [len(part) for part in split],
            "words of a text, of a synopsis": [
                words([pair.text for pair in split.test]),
                words([pair.summary for pair in split.test]),
            ],
        },
        "rules": scores(split.train, split.test),
        "not measured": NOT_MEASURED,
        "examples": [
            {"text": pair.text, "a person": pair.summary}
            | {name: texts[n] for name, texts in found.items()}
            for n, pair in enumerate(split.test[:EXAMPLES])
        ],
        "reduced": reduced(),
    }
