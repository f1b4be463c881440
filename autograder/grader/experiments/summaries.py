"""What experiments on summaries have in common: rules and networks on the same texts, compared.

Which epoch of a training counts is chosen by ROUGE-L on the dev part; the test part is scored once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.corpora import sentences
from autograder.corpora.docstrings import Pair, Split
from autograder.experiments import summarizer
from autograder.experiments.summarizer import Said, Setting, Trained
from autograder.experiments.translator import Words
from autograder.grader.experiments.summarizing import KINDS, RULES, interval, nearest, rouge

CHAPTER = "summarization"
PACKAGES = ("numpy", "torch", "rouge-score", "scikit-learn")
SEEDS = (0, 1, 2)
REDUCED = Setting(K=5, E=16, H=24, epochs=2, batch=32)
"""What a test repeats: few pairs, seen twice."""

FEW = 400
EXAMPLES = 12


def networks(**how: Any) -> dict[str, Setting]:
    """Three networks: each differs from the one before in one thing."""
    return {
        "words": Setting(K=1, points=False, **how),
        "words, pointer": Setting(K=1, **how),
        "phrases, pointer": Setting(K=5, **how),
    }


def in_words(pairs: Sequence[Pair]) -> list[tuple[Words, Words]]:
    """Pairs as lists of words."""
    return [(sentences.words(pair.text), sentences.words(pair.summary)) for pair in pairs]


def by_rules(train: Sequence[Pair], asked: Sequence[Pair]) -> dict[str, list[str]]:
    """What every rule makes of the texts that are asked."""
    texts = [pair.text for pair in asked]
    found = {name: [rule(text) for text in texts] for name, rule in RULES.items()}
    known = [pair.text for pair in train], [pair.summary for pair in train]
    return found | {"nearest training summary": nearest(*known, texts)}


def scored(
    asked: Sequence[Pair], found: Sequence[str]
) -> tuple[dict[str, float], NDArray[np.float64]]:
    """Means over the texts, and the three scores of each text, (N, 3)."""
    rows = rouge([pair.summary for pair in asked], found)
    means: list[float] = rows.mean(0).round(1).tolist()
    return dict(zip(KINDS, means, strict=True)) | {"words": length(found)}, rows


def length(texts: Sequence[str]) -> float:
    """The mean number of what stands between blanks."""
    return round(float(np.mean([len(text.split()) for text in texts])), 1)


def apart(rows: Mapping[str, NDArray[np.float64]]) -> dict[str, dict[str, Any]]:
    """How far each system is over each one before it: in each score the mean and an interval."""
    found: dict[str, dict[str, Any]] = {name: {} for name in list(rows)[1:]}
    for other, one in combinations(rows, 2):
        found[one][other] = {
            kind: {
                "mean": round(float((rows[one] - rows[other])[:, n].mean()), 1),
                "interval": interval(rows[one][:, n], rows[other][:, n]),
            }
            for n, kind in enumerate(KINDS)
        }
    return found


def trained(
    train: Sequence[Pair], dev: Sequence[Pair], how: Setting, seed: int
) -> tuple[Trained, dict[str, Any]]:
    """The summarizer of the epoch that is best on dev, and the course of its training."""
    start, course, asked = time.process_time(), [-1.0], [x for x, _ in in_words(dev)]
    for after in summarizer.train(in_words(train), how, seed):
        found = scored(dev, spoken(after.summaries(asked)))[0]["rougeL"]
        if found > max(course):
            best = deepcopy(after)
        course.append(found)
    return best, {
        "dev ROUGE-L by epoch": course[1:],
        "CPU seconds": round(time.process_time() - start),
        "parameters": sum(p.numel() for p in best.model.parameters()),
    }


def spoken(said: Iterator[Said] | Sequence[Said]) -> list[str]:
    """The summaries, words with blanks between them."""
    return [" ".join(one.words) for one in said]


def taken(said: Sequence[Said], known: Mapping[str, int]) -> dict[str, float]:
    """In per cent of all words that are said: those of the text, and those it alone has."""
    words = [(word, one.read) for one in said for word in one.words]
    of_text = [any(word in phrase for phrase in read) for word, read in words]
    rare = [word not in known for word, _ in words]
    return {
        "of the text": round(100 * float(np.mean(of_text)), 1),
        "not in the vocabulary": round(100 * float(np.mean(rare)), 1),
    }


def reduced(train: Sequence[Pair], dev: Sequence[Pair]) -> dict[str, list[float]]:
    """The loss after each epoch on a few pairs, and ROUGE-1 on as many of dev."""
    course: dict[str, list[float]] = {"loss": [], "rouge1": []}
    asked = [x for x, _ in in_words(dev[:FEW])]
    for after in summarizer.train(in_words(train[:FEW]), REDUCED, 0):
        course["loss"].append(round(after.loss, 4))
        course["rouge1"].append(scored(dev[:FEW], spoken(after.summaries(asked)))[0]["rouge1"])
    return course


def compared(parts: Split, settings: Mapping[str, Setting]) -> dict[str, Any]:
    """The rules, the networks with every seed, and how far one system is over another."""
    train, dev, test = parts
    record: dict[str, Any] = {
        "pairs": [len(part) for part in parts],
        "sha256 of train, dev, test": [sentences.digest(part) for part in parts],
        "words of a text, of a summary": [
            length([pair.text for pair in test]),
            length([pair.summary for pair in test]),
        ],
        "settings": {name: how._asdict() for name, how in settings.items()},
        "rules": {},
        "networks": {},
    }
    shown: list[dict[str, Any]] = [
        {"text": pair.text, "a person": pair.summary} for pair in test[:EXAMPLES]
    ]
    rows: dict[str, NDArray[np.float64]] = {}
    for name, found in by_rules(train, test).items():
        record["rules"][name], rows[name] = scored(test, found)
        for one, summary in zip(shown, found, strict=False):
            one[name] = summary
    asked = [x for x, _ in in_words(test)]
    for name, how in settings.items():
        record["networks"][name], each = {}, []
        for seed in SEEDS:
            best, course = trained(train, dev, how, seed)
            said = list(best.summaries(asked))
            means, scores = scored(test, spoken(said))
            each.append(scores)
            course |= {"test": means, "words that are said": taken(said, best.known)}
            record["networks"][name][str(seed)] = course
            if seed == SEEDS[0]:
                for example, own in zip(shown, said, strict=False):
                    example[name] = drawn(own)
        rows[name] = np.mean(each, axis=0)
    return {**record, "apart": apart(rows), "examples": shown}


def drawn(said: Said) -> dict[str, Any]:
    """A summary with what a drawing of it shows, to two digits."""
    return {
        "summary": said.words,
        "read": said.read,
        "weights": [[round(a, 2) for a in row] for row in said.weights.tolist()],
        "switch": [round(s, 2) for s in said.switch.tolist()],
    }
