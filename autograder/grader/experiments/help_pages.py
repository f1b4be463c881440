"""Translators of sentences beside three rules: the help pages of LibreOffice, English to French.

It reads what `python -m autograder.corpora.fetch_help _build/data` fetches at set-up, on Debian.
There are two tasks, which differ in how long a text may be, and a larger one for a GPU, which is
measured where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch

from autograder.corpora import fetch_help, help_pages
from autograder.exercises.shared.threads import one_thread
from autograder.experiments import chrf
from autograder.experiments.translator import Setting, Trained
from autograder.grader.checkout import FETCHED
from autograder.grader.experiments.translating import CHAPTER as CHAPTER
from autograder.grader.experiments.translating import (
    SEEDS,
    Lengths,
    Pairs,
    bleu,
    by_length,
    gain,
    in_words,
    matches,
    of_length,
    reduced,
    rules,
    runs,
    scores,
    trained,
)

PACKAGES = ("numpy", "torch", "sacrebleu")
FIXED, ATTENDS = "fixed context", "attention"
SHOWN = 16


class Task(NamedTuple):
    """Texts of some lengths, and networks that are to translate them.

    Attributes:
        longest: the tokens that a text has at most, on either side.
        held: the pairs of dev, and those of test.
        settings: the networks, which differ in whether they attend, and in nothing else.
        lengths: which lengths of the source are looked at together.
    """

    longest: int
    held: int
    settings: Mapping[str, Setting]
    lengths: Lengths


def networks(**how: Any) -> dict[str, Setting]:
    """A network without attention, and the same with it."""
    return {FIXED: Setting(attends=False, **how), ATTENDS: Setting(attends=True, **how)}


TASKS = {
    "short": Task(6, 500, networks(epochs=20), ((2, 3), (4, 4), (5, 6))),
    "longer": Task(10, 500, networks(epochs=10), ((2, 4), (5, 7), (8, 10))),
}
LARGER = Task(
    30,
    1000,
    networks(E=256, H=512, lr=1e-3, epochs=30, batch=128, V=8000, longest=36),
    ((2, 6), (7, 12), (13, 20), (21, 30)),
)


def measure() -> dict[str, Any]:
    """Scores of the rules, and of the translators with every seed, on each task."""
    pairs = help_pages.load(FETCHED)
    record: dict[str, Any] = {
        "data": {"version": fetch_help.VERSION, "sha256 of the packages": fetch_help.PACKAGES},
        "seeds": SEEDS,
    }
    with one_thread():
        record["reduced"] = reduced(*map(in_words, split(pairs, TASKS["short"])[:2]))
        for name, task in TASKS.items():
            record[name] = described(task) | compared(pairs, task)
    record["larger"] = described(LARGER)
    if torch.cuda.is_available():
        with torch.device("cuda"):
            record["larger"] |= compared(pairs, LARGER)
    else:
        record["larger"]["not measured"] = "It asks for a GPU."
    return record


def split(pairs: list[help_pages.Pair], task: Task) -> help_pages.Split:
    """Pairs of a task to learn from, to choose by, and to score once."""
    return help_pages.split(help_pages.short(pairs, task.longest), task.held)


def described(task: Task) -> dict[str, Any]:
    """What a task is like."""
    settings = {name: how._asdict() for name, how in task.settings.items()}
    return {"longest": task.longest, "settings": settings}


def compared(pairs: list[help_pages.Pair], task: Task) -> dict[str, Any]:
    """The rules, the networks with every seed, and how far one is over the other."""
    parts = split(pairs, task)
    train, dev, test = map(in_words, parts)
    sources, reference = ([pair[side] for pair in test] for side in (0, 1))
    record: dict[str, Any] = {
        "sha256 of train, dev, test": [help_pages.digest(part) for part in parts],
        "pairs": [len(part) for part in parts],
        "rules": {},
    }
    counts: dict[str, list[Any]] = {}
    """Of every system and seed, those of chrF and those of BLEU."""
    for name, said in rules(train, test).items():
        record["rules"][name] = scores(reference, said)
        record["rules"][name]["by length"] = by_length(test, said, task.lengths)
        counts[name] = [(runs(reference, said), matches(reference, said))]
    first: dict[str, Trained] = {}
    for name, how in task.settings.items():
        record[name], counts[name] = {}, []
        for seed in SEEDS:
            best, course = trained(train, dev, how, seed)
            first.setdefault(name, best)
            said = best.translate(sources)
            counts[name].append((runs(reference, said), matches(reference, said)))
            record[name][str(seed)] = {
                **course,
                "test": scores(reference, said),
                "by length": by_length(test, said, task.lengths),
                "unknown words left": scores(reference, best.translate(sources, copies=False)),
            }
    record["over the rules"] = {
        name: {rule: over(counts[name], counts[rule]) for rule in record["rules"]}
        for name in task.settings
    }
    attending, fixed = ([c for c, _ in counts[name]] for name in (ATTENDS, FIXED))
    record["attention over the fixed context"] = over(counts[ATTENDS], counts[FIXED]) | {
        "by length": {
            name: {"texts": len(rows)}
            | gain([one[rows] for one in attending], [one[rows] for one in fixed])
            for name, rows in of_length(test, task.lengths).items()
        }
    }
    record["examples"] = examples(first, test, task.longest)
    return record


def over(ones: list[Any], others: list[Any]) -> dict[str, Any]:
    """The gain in both scores."""
    scored = zip(("chrF", "BLEU"), (chrf.score, bleu), strict=True)
    return {
        name: gain([one[n] for one in ones], [other[n] for other in others], score)
        for n, (name, score) in enumerate(scored)
    }


def examples(first: Mapping[str, Trained], test: Pairs, longest: int) -> list[dict[str, Any]]:
    """The first texts of the test part that are not the shortest, as both networks have them."""
    shown = [pair for pair in test if 2 * len(pair[0]) > longest][:SHOWN]
    sources = [x for x, _ in shown]
    fixed = first[FIXED].translate(sources)
    attending = first[ATTENDS].looking(sources)
    return [
        {
            "source": x,
            "a person": y,
            FIXED: without,
            ATTENDS: said,
            "weights": [[round(a, 2) for a in row] for row in weights.tolist()],
        }
        for (x, y), without, (said, weights) in zip(shown, fixed, attending, strict=True)
        if weights is not None
    ]
