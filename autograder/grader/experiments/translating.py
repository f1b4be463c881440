"""What experiments on translation have in common: rules to beat, trainings, and scores.

Which epoch of a training counts is chosen by chrF on the dev part; the test part is scored once.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import sacrebleu

from autograder.corpora import help_pages
from autograder.experiments import chrf, translator
from autograder.experiments.translator import Setting, Trained, Words

CHAPTER = "translation"
SEEDS = (0, 1, 2)
RESAMPLED = 1000
GROUPS = ((2, 3), (4, 5), (6, 8))
"""Lengths of the source that are looked at together."""

Pairs = list[tuple[Words, Words]]


def in_words(pairs: Sequence[help_pages.Pair]) -> Pairs:
    """Pairs as lists of tokens."""
    return [(help_pages.tokens(p.english), help_pages.tokens(p.french)) for p in pairs]


def scores(reference: Sequence[Words], hypothesis: Sequence[Words]) -> dict[str, float]:
    """chrF, BLEU, the share of texts that are right to the word, and the length, in shares."""
    plain: dict[str, Any] = {"tokenize": "none", "smooth_method": "none", "force": True}
    right, said = ([" ".join(words) for words in texts] for texts in (reference, hypothesis))
    bleu = sacrebleu.BLEU(**plain).corpus_score(said, [right]).score
    exact = np.mean([a == b for a, b in zip(right, said, strict=True)])
    length = sum(map(len, hypothesis)) / sum(map(len, reference))
    found = {"chrF": letters(reference, hypothesis), "BLEU": bleu, "exact": 100 * exact}
    return {name: round(float(value), 1) for name, value in found.items()} | {
        "length": round(length, 3)
    }


def runs(reference: Sequence[Words], hypothesis: Sequence[Words]) -> Any:
    """The counts of chrF, text by text, (N, 6, 3)."""
    pairs = zip(reference, hypothesis, strict=True)
    return np.array([chrf.counts(" ".join(a), " ".join(b)) for a, b in pairs])


def letters(reference: Sequence[Words], hypothesis: Sequence[Words]) -> float:
    """chrF of a corpus."""
    return chrf.score(runs(reference, hypothesis).sum(0))


def interval(one: Any, other: Any, seed: int = 0) -> list[float]:
    """The middle 95 % of the difference in chrF of two systems, texts drawn again with repeats."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(one), (RESAMPLED, len(one)))
    found = [chrf.score(one[rows].sum(0)) - chrf.score(other[rows].sum(0)) for rows in drawn]
    return [round(float(q), 1) for q in np.quantile(found, (0.025, 0.975))]


def trained(train: Pairs, dev: Pairs, how: Setting, seed: int) -> tuple[Trained, dict[str, Any]]:
    """The translator of the epoch that is best on dev, and the course of its training."""
    start, course = time.process_time(), [-1.0]
    for after in translator.train(train, how, seed):
        found = letters([y for _, y in dev], after.translate([x for x, _ in dev]))
        if found > max(course):
            best = translator.kept(after)
        course.append(found)
    return best, {
        "dev chrF by epoch": [round(found, 1) for found in course[1:]],
        "CPU seconds": round(time.process_time() - start),
        "parameters": sum(p.numel() for p in best.model.parameters()),
    }


def by_length(test: Pairs, hypothesis: Sequence[Words]) -> dict[str, float]:
    """chrF by the length of the source."""
    found = {}
    for low, high in GROUPS:
        rows = [n for n, (x, _) in enumerate(test) if low <= len(x) <= high]
        found[f"{low}-{high}"] = round(
            letters([test[n][1] for n in rows], [hypothesis[n] for n in rows]), 1
        )
    return found


def rules(train: Pairs, test: Pairs) -> dict[str, list[Words]]:
    """What three rules make of the test: they learn nothing, or no order."""
    table = translator.word_by_word(train)
    return {
        "copy": [x for x, _ in test],
        "word by word": [[table.get(word, word) for word in x] for x, _ in test],
        "translation memory": [translator.nearest(train, x) for x, _ in test],
    }
