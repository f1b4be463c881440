"""chrF: how many runs of letters two texts have in common, blanks left out.

Runs of one to six letters are matched as BLEU matches words, and added up over the corpus. For each
length there is a precision and a recall. Both are averaged over the lengths that occur, and put
together with recall counted twice as much: F with β = 2. Popović (2015), "chrF: character n-gram
F-score for automatic MT evaluation", WMT.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

LONGEST = 6
BETA = 2.0


def counts(reference: str, hypothesis: str) -> NDArray[np.int64]:
    """The runs of a hypothesis, of its reference, and of both: a row a length, (6, 3)."""
    right, found = ("".join(text.split()) for text in (reference, hypothesis))
    rows = []
    for size in range(1, LONGEST + 1):
        a, b = _runs(right, size), _runs(found, size)
        # sacrebleu: where the reference has no such run, those of the hypothesis do not count.
        rows.append((b.total() if a else 0, a.total(), (a & b).total()))
    return np.array(rows)


def score(rows: NDArray[np.int64]) -> float:
    """chrF from 0 to 100, of the counts of one text or of the sum over a corpus."""
    said, wanted, common = rows.T
    occur = (said > 0) & (wanted > 0)
    if not occur.any():
        return 0.0
    precision = float((common[occur] / said[occur]).mean())
    recall = float((common[occur] / wanted[occur]).mean())
    if not precision + recall:
        return 0.0
    return 100 * (1 + BETA**2) * precision * recall / (BETA**2 * precision + recall)


def _runs(text: str, size: int) -> Counter[str]:
    return Counter(text[start : start + size] for start in range(len(text) - size + 1))
