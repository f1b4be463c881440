"""Scores of translations, and how far one system is over another.

Whoever resamples texts adds up their counts again; so the counts of each text are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import sacrebleu

from autograder.experiments import chrf
from autograder.experiments.translator import Words
from autograder.grader.experiments.resampling import middle

Pairs = Sequence[tuple[Words, Words]]
Lengths = Sequence[tuple[int, int]]
"""Lengths of the source that are looked at together, from and to."""


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


def gain(
    ones: Sequence[Any],
    others: Sequence[Any],
    score: Callable[[Any], float] = chrf.score,
) -> dict[str, Any]:
    """How far some systems are over others in the mean, and the middle 95 % of it.

    Args:
        ones: the counts of each, text by text, (N, …).
        others: those of the others, of the same texts.
        score: what is made of the counts of a corpus.
    """

    def apart(rows: Any) -> float:
        mine, theirs = ([score(one[rows].sum(0)) for one in side] for side in (ones, others))
        return float(np.mean(mine) - np.mean(theirs))

    N = len(ones[0])
    return {
        "mean": round(apart(np.arange(N)), 1),
        "interval": [round(bound, 1) for bound in middle(apart, N)],
    }


class Counts(NamedTuple):
    """What a system has in common with a reference, text by text.

    Attributes:
        runs: the counts of chrF.
        matches: those of BLEU.
    """

    runs: Any
    matches: Any


def counts(reference: Sequence[Words], hypothesis: Sequence[Words]) -> Counts:
    """The counts of a system."""
    return Counts(runs(reference, hypothesis), matches(reference, hypothesis))


def over(ones: Sequence[Counts], others: Sequence[Counts]) -> dict[str, Any]:
    """The gain in both scores."""
    return {
        "chrF": gain([one.runs for one in ones], [other.runs for other in others]),
        "BLEU": gain([one.matches for one in ones], [other.matches for other in others], bleu),
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


def over_by_length(
    test: Pairs, ones: Sequence[Counts], others: Sequence[Counts], lengths: Lengths
) -> dict[str, Any]:
    """The gain in chrF by the length of the source, and how many texts have it."""
    return {
        name: {"texts": len(rows)}
        | gain([one.runs[rows] for one in ones], [other.runs[rows] for other in others])
        for name, rows in of_length(test, lengths).items()
    }
