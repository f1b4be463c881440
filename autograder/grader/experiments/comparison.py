"""The classifier of the assignment beside its rivals, on one corpus.

Everything is chosen by the dev part: constants, first vectors, epochs. When all of it is chosen,
each classifier is asked once about the test part.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.exercises.shared.threads import one_thread
from autograder.grader.experiments import classifiers, resampling
from autograder.grader.experiments.classifiers import VECTORS, Corpus, Found, Network, Part

SEEDS = (0, 1, 2)
RIVALS = {
    "majority": classifiers.majority,
    "naive Bayes": classifiers.naive_bayes,
    "logistic regression": classifiers.logistic_regression,
}
WITHOUT = "without attention"

Called = tuple[float, dict[str, Any], list[str]]
"""Of a classifier from elsewhere: its score on the dev part, what was chosen, its test labels."""


def compared(
    corpus: Corpus,
    test: Part,
    valence: Mapping[str, float],
    others: Mapping[str, Called],
    tried: Mapping[str, Sequence[int]],
) -> tuple[dict[str, Any], Network]:
    """What is written of a comparison, and the first of the trained classifiers.

    Args:
        corpus: what is learned from and chosen by.
        test: what is asked about once.
        valence: the words of a lexicon.
        others: further classifiers, by name.
        tried: the seeds with which each choice of first vectors is tried, and `WITHOUT` for equal
            shares in the place of attention, which is not asked about the test part.
    """
    start = time.perf_counter()
    models = {name: make(corpus) for name, make in RIVALS.items()}
    with one_thread():
        runs = {
            (name, seed): trained(corpus, name, seed, valence)
            for name, seeds in tried.items()
            for seed in seeds
        }
        scores = {
            name: [max(runs[name, seed][1]["dev"]) for seed in seeds]
            for name, seeds in tried.items()
        }
        vectors = max(VECTORS, key=lambda name: float(np.mean(scores.get(name, [0.0]))))
        chosen = [
            runs.get((vectors, seed)) or trained(corpus, vectors, seed, valence) for seed in SEEDS
        ]
        called = [network.predict(test.texts) for network, _ in chosen]
    classes = corpus.classes
    labels = {name: model.predict(test.texts) for name, model in models.items()}
    rows = {name: row(model, labels[name], test, classes) for name, model in models.items()}
    for name, (dev, choice, mine) in others.items():
        rows[name] = row(Found(lambda texts: [], dev, choice), mine, test, classes)
    tests = [classifiers.macro_f1(test.labels, mine, classes) for mine in called]
    rival = labels["logistic regression"]
    low, high = resampling.of_macro_f1(test.labels, called, [rival])
    first, _ = chosen[0]
    record = {
        "seeds": list(SEEDS),
        "classes": classes,
        "texts": {"train": len(corpus.train.texts), "dev": len(corpus.dev.texts)}
        | {"test": len(test.texts)},
        "support": [test.labels.count(label) for label in classes],
        "words": len(first.number),
        "parameters": sum(p.numel() for p in first.model.parameters()),
        "sizes": dict(classifiers.SIZES)
        | {"batch": classifiers.BATCH, "rate": classifiers.RATE, "dropped": classifiers.DROPPED},
        "rivals": rows,
        "tried on dev": {name: rounded(of) for name, of in scores.items()},
        "vectors": vectors,
        "network": {
            "dev": rounded([max(history["dev"]) for _, history in chosen]),
            "epoch": [history["epoch"] for _, history in chosen],
            "test": rounded(tests),
            "by class": [
                rounded(classifiers.by_class(test.labels, mine, classes)) for mine in called
            ],
        },
        "over logistic regression": {
            "mean": round(float(np.mean(tests)) - rows["logistic regression"]["test"], 4),
            "interval": rounded([low, high]),
        },
        "confusion": confusion(test.labels, called[0], classes),
        "minutes": round((time.perf_counter() - start) / 60, 1),
    }
    return record, first


def trained(
    corpus: Corpus, name: str, seed: int, valence: Mapping[str, float]
) -> tuple[Network, dict[str, Any]]:
    """A classifier with these first vectors, or with all of the best ones and equal shares."""
    vectors = VECTORS[-1] if name == WITHOUT else name
    return classifiers.network(corpus, vectors, seed, valence, attention=name != WITHOUT)


def row(found: Found, mine: Sequence[str], test: Part, classes: Sequence[str]) -> dict[str, Any]:
    """What is written of one rival."""
    return {
        "dev": round(found.dev, 4),
        "chosen": found.chosen,
        "test": round(classifiers.macro_f1(test.labels, mine, classes), 4),
        "by class": rounded(classifiers.by_class(test.labels, mine, classes)),
    }


def confusion(
    y_true: Sequence[str], y_pred: Sequence[str], classes: Sequence[str]
) -> list[list[int]]:
    """How often each class, a row, was called each class, a column."""
    pairs = list(zip(y_true, y_pred, strict=True))
    return [[pairs.count((true, called)) for called in classes] for true in classes]


def rounded(values: Sequence[float]) -> list[float]:
    """The values with four digits."""
    return [round(float(value), 4) for value in values]
