"""What experiments on translation have in common: rules to beat, trainings, and scores.

Which epoch of a training counts is chosen by chrF on the dev part; the test part is scored once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sacrebleu

from autograder.corpora import help_pages
from autograder.experiments import chrf, translator
from autograder.experiments.translator import Setting, Trained, Words

CHAPTER = "translation"
SEEDS = (0, 1, 2)
RESAMPLED = 1000
REDUCED = Setting(attends=True, E=16, H=24, epochs=3, batch=32)
"""What a test repeats: few pairs, seen three times."""

FEW = 400

Pairs = list[tuple[Words, Words]]
Lengths = Sequence[tuple[int, int]]
"""Lengths of the source that are looked at together, from and to."""


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


def matches(reference: Sequence[Words], hypothesis: Sequence[Words]) -> Any:
    """The counts of BLEU, text by text, (N, 10): matches, n-grams, and both lengths."""
    metric = sacrebleu.BLEU(tokenize="none", effective_order=True)
    pairs = zip(reference, hypothesis, strict=True)
    found = [metric.sentence_score(" ".join(said), [" ".join(right)]) for right, said in pairs]
    return np.array([[*one.counts, *one.totals, one.sys_len, one.ref_len] for one in found])


def bleu(counts: Any) -> float:
    """BLEU of the sum of such counts over a corpus."""
    correct, total, (said, wanted) = counts[:4].tolist(), counts[4:8].tolist(), counts[8:].tolist()
    found = sacrebleu.BLEU.compute_bleu(correct, total, said, wanted, smooth_method="none")
    return float(found.score)


def interval(one: Any, other: Any, seed: int = 0) -> list[float]:
    """The middle 95 % of the difference in chrF of two systems, texts drawn again with repeats."""
    found: list[float] = gain([one], [other], seed=seed)["interval"]
    return found


def gain(
    ones: Sequence[Any],
    others: Sequence[Any],
    score: Callable[[Any], float] = chrf.score,
    seed: int = 0,
) -> dict[str, Any]:
    """How far some systems are over others in the mean, and the middle 95 % of it.

    Args:
        ones: the counts of each, text by text, (N, …).
        others: those of the others, of the same texts.
        score: what is made of the counts of a corpus.
        seed: draws the texts again, with repeats.
    """

    def apart(rows: Any) -> float:
        mine, theirs = ([score(one[rows].sum(0)) for one in side] for side in (ones, others))
        return float(np.mean(mine) - np.mean(theirs))

    N = len(ones[0])
    drawn = np.random.default_rng(seed).integers(0, N, (RESAMPLED, N))
    low, high = np.quantile([apart(rows) for rows in drawn], (0.025, 0.975))
    return {
        "mean": round(apart(np.arange(N)), 1),
        "interval": [round(float(low), 1), round(float(high), 1)],
    }


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


def of_length(test: Pairs, lengths: Lengths) -> dict[str, list[int]]:
    """The numbers of the texts whose source has these lengths."""
    return {
        f"{low}-{high}": [n for n, (x, _) in enumerate(test) if low <= len(x) <= high]
        for low, high in lengths
    }


def by_length(test: Pairs, hypothesis: Sequence[Words], lengths: Lengths) -> dict[str, float]:
    """chrF by the length of the source."""
    counted = runs([y for _, y in test], hypothesis)
    rows = of_length(test, lengths)
    return {name: round(chrf.score(counted[rows[name]].sum(0)), 1) for name in rows}


def rules(train: Pairs, test: Pairs) -> dict[str, list[Words]]:
    """What three rules make of the test: they learn nothing, or no order."""
    table = translator.word_by_word(train)
    return {
        "copy": [x for x, _ in test],
        "word by word": [[table.get(word, word) for word in x] for x, _ in test],
        "translation memory": [translator.nearest(train, x) for x, _ in test],
    }


def reduced(train: Pairs, dev: Pairs) -> dict[str, list[float]]:
    """The loss after each epoch on a few pairs, and chrF on as many of dev."""
    course: dict[str, list[float]] = {"loss": [], "chrF": []}
    for after in translator.train(train[:FEW], REDUCED, 0):
        found = after.translate([x for x, _ in dev[:FEW]])
        course["loss"].append(round(after.loss, 4))
        course["chrF"].append(round(letters([y for _, y in dev[:FEW]], found), 2))
    return course
