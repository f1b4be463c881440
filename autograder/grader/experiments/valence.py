"""Is a sentence of a review good, bad or neither? The classifier of the assignment and its rivals.

It reads what `python -m autograder.corpora.fetch _build/data` fetches at set-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.corpora import fetch, sentences, valence
from autograder.exercises.shared.threads import one_thread
from autograder.grader.checkout import FETCHED
from autograder.grader.experiments import classifiers, comparison
from autograder.grader.experiments.classifiers import VECTORS, Corpus, Network, Part
from autograder.grader.experiments.comparison import SEEDS, WITHOUT

CHAPTER = "emotion"
PACKAGES = ("numpy", "torch", "scikit-learn")
SHARES = (0.7, 0.15, 0.15)
SPLIT = 0
SHOWN, SHORT = 4, 12
"""Sentences that are shown, right ones and wrong ones, and how many words they have at most."""

Parts = tuple[list[valence.Rated], list[valence.Rated], list[valence.Rated]]


def split(rated: Sequence[valence.Rated]) -> Parts:
    """Three parts that share no document and no two sentences that are nearly equal."""
    marks = [
        [("key", sentences.key(one.text)), *([("document", one.document)] if one.document else [])]
        for one in rated
    ]
    train, dev, test = sentences.parts(sentences.groups(marks), SHARES, SPLIT)
    return [rated[k] for k in train], [rated[k] for k in dev], [rated[k] for k in test]


def part(rated: Sequence[valence.Rated]) -> Part:
    """Their words and classes."""
    return Part([sentences.words(one.text) for one in rated], [one.label for one in rated])


def measure() -> dict[str, Any]:
    """All classifiers on the sentences of films and products."""
    train, dev, test = split(valence.load(FETCHED))
    corpus = Corpus(part(train), part(dev), list(valence.CLASSES))
    texts = {name: [one.text for one in of] for name, of in (("dev", dev), ("test", test))}
    bound, score, called = classifiers.vader(texts, {"dev": corpus.dev.labels}, FETCHED)
    record, network = comparison.compared(
        corpus,
        part(test),
        classifiers.lexicon(FETCHED),
        {"VADER": (score, {"bound": bound}, called)},
        {name: SEEDS for name in (*VECTORS, WITHOUT)},
    )
    return {
        "data": {"package": fetch.PACKAGE, "sha256": fetch.SHA256, "split": SPLIT},
        **record,
        "films": shown(network, test),
        "reduced": reduced(),
    }


def shown(network: Network, test: Sequence[valence.Rated]) -> list[dict[str, Any]]:
    """Short sentences about films: those of which it is surest among the right and the wrong."""
    short = [one for one in test if one.source == "film" and one.valence]
    short = [one for one in short if 5 <= len(sentences.words(one.text)) <= SHORT]
    texts = [sentences.words(one.text) for one in short]
    p, shares = network.read(texts)
    found: list[dict[str, Any]] = []
    for k in np.argsort(-p.max(axis=1)):
        one, called = short[k], network.classes[int(p[k].argmax())]
        right = called == one.label
        if sum(other["right"] == right for other in found) < SHOWN:
            found.append(
                {
                    "words": texts[k],
                    "shares": [round(share, 3) for share in shares[k]],
                    "rated": round(one.valence, 2),
                    "class": one.label,
                    "called": called,
                    "probability": round(float(p[k].max()), 3),
                    "right": right,
                }
            )
    return found


def reduced() -> dict[str, float]:
    """A small part of the experiment, which a test repeats: a few sentences, one epoch."""
    train, dev, _ = split(valence.load(FETCHED))
    corpus = Corpus(part(train[:600]), part(dev[:300]), list(valence.CLASSES))
    sizes = {"E": 8, "H": 6, "A": 4}
    with one_thread():
        _, history = classifiers.network(corpus, VECTORS[0], 0, {}, epochs=1, sizes=sizes)
    return {
        "naive Bayes": round(classifiers.naive_bayes(corpus).dev, 4),
        "network": history["dev"][0],
    }
