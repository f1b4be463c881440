"""Rules that summarize, which a network has to beat, and what their summaries are worth.

TextRank: Mihalcea and Tarau (2004), "TextRank: bringing order into texts", EMNLP. ROUGE by the
package rouge-score, words stemmed; its tokens are runs of a to z and 0 to 9 in small letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from rouge_score.rouge_scorer import RougeScorer
from sklearn.feature_extraction.text import TfidfVectorizer

from autograder.grader.experiments.resampling import middle

KINDS = ("rouge1", "rouge2", "rougeL")
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
IS_A = re.compile(r"\b(?:is|are)\s+(?:an?|the)\s+", re.IGNORECASE)
DAMPING = 0.85


def sentences(text: str) -> list[str]:
    """What ends in a sign and is followed by a capital letter; "e.g. NumPy" is cut, too."""
    return SENTENCE.split(text)


def lead_sentence(text: str) -> str:
    """The first sentence."""
    return sentences(text)[0]


def lead(text: str, number: int) -> str:
    """The first words."""
    return " ".join(text.split()[:number])


def after_is_a(text: str, number: int = 9) -> str:
    """The words after the first "is a", where a definition begins; without one the first words."""
    found = IS_A.search(text)
    return lead(text[found.end() :] if found else text, number)


def textrank(text: str) -> str:
    """The sentence that others are most like: the likeliest place of a walk among them."""
    said = sentences(text)
    words = [re.findall(r"\w+", sentence.lower()) for sentence in said]
    length = np.array([max(len(each), 2) for each in words])
    shared = [[len(set(a) & set(b)) for b in words] for a in words]
    alike = np.array(shared) / (np.log(length)[:, None] + np.log(length))
    np.fill_diagonal(alike, 0)
    total = alike.sum(0)
    # From a sentence that is like no other the walk goes on anywhere.
    step = np.divide(alike, total, out=np.full(alike.shape, 1 / len(said)), where=total > 0)
    rank = np.full(len(said), 1 / len(said))
    for _ in range(50):
        rank = (1 - DAMPING) / len(said) + DAMPING * step @ rank
    return said[int(rank.argmax())]


def nearest(texts: Sequence[str], summaries: Sequence[str], asked: Sequence[str]) -> list[str]:
    """The summary of the most similar text among those to learn from, by tf-idf and the angle."""
    table = TfidfVectorizer(sublinear_tf=True)
    known = table.fit_transform(texts)
    similar = known @ table.transform(asked).T
    return [summaries[n] for n in np.asarray(similar.argmax(0)).ravel()]


RULES: dict[str, Callable[[str], str]] = {
    "lead sentence": lead_sentence,
    "lead 12 words": lambda text: lead(text, 12),
    "lead 8 words": lambda text: lead(text, 8),
    "TextRank": textrank,
    'nine words after "is a"': after_is_a,
}
"""The rules that look at the text alone."""


def rouge(reference: Sequence[str], hypothesis: Sequence[str]) -> NDArray[np.float64]:
    """F1 of ROUGE-1, ROUGE-2 and ROUGE-L of every text, from 0 to 100, (N, 3)."""
    scorer = RougeScorer(list(KINDS), use_stemmer=True)
    found = [scorer.score(a, b) for a, b in zip(reference, hypothesis, strict=True)]
    return 100 * np.array([[score[kind].fmeasure for kind in KINDS] for score in found])


def interval(one: NDArray[np.float64], other: NDArray[np.float64]) -> list[float]:
    """Between which two values the mean difference of two systems lies, texts drawn again.

    Args:
        one: a score a text, (N,).
        other: that of another system on the same texts, (N,).
    """
    apart = one - other
    return [round(bound, 1) for bound in middle(lambda rows: float(apart[rows].mean()), len(apart))]
