"""Translators of what buttons and menus say, beside three rules, on a set that pip installs."""

from __future__ import annotations

from typing import Any

import torch

from autograder.corpora import help_pages, interface
from autograder.experiments.translator import Setting
from autograder.grader.experiments.translating import CHAPTER as CHAPTER
from autograder.grader.experiments.translating import (
    SEEDS,
    Pairs,
    by_length,
    in_words,
    interval,
    reduced,
    rules,
    runs,
    scores,
    trained,
)

LONGEST = 8
HELD = 250
SETTINGS = {
    name: Setting(attends, E=48, H=64, epochs=12, batch=32)
    for name, attends in (("fixed context", False), ("attention", True))
}
LENGTHS = ((2, 3), (4, 5), (6, 8))


def parts() -> list[Pairs]:
    """Pairs to learn from, to choose by, and to score once."""
    pairs = help_pages.short(interface.load(), LONGEST)
    return [in_words(part) for part in help_pages.split(pairs, HELD)]


def measure() -> dict[str, Any]:
    """Scores of the rules, of the translator with every seed, and the reduced training."""
    torch.set_num_threads(1)
    pairs = help_pages.short(interface.load(), LONGEST)
    split = help_pages.split(pairs, HELD)
    train, dev, test = map(in_words, split)
    reference = [y for _, y in test]
    record: dict[str, Any] = {
        "data": {
            "source": "jupyterlab-language-pack-fr-FR 4.5.post3",
            "sha256 of train, dev, test": [help_pages.digest(part) for part in split],
            "pairs": [len(part) for part in split],
            "longest": LONGEST,
        },
        "seeds": SEEDS,
        "settings": {name: how._asdict() for name, how in SETTINGS.items()},
        "reduced": reduced(train, dev),
    }
    said = rules(train, test)
    record["rules"] = {name: scores(reference, found) for name, found in said.items()}
    memory = runs(reference, said["translation memory"])
    for name, how in SETTINGS.items():
        record[name] = {}
        for seed in SEEDS:
            best, course = trained(train, dev, how, seed)
            found = best.translate([x for x, _ in test])
            record[name][str(seed)] = {
                **course,
                "test": scores(reference, found),
                "by length": by_length(test, found, LENGTHS),
                "over the memory": interval(runs(reference, found), memory),
            }
            if seed == SEEDS[0]:
                texts = zip(test, found, strict=True)
                shown = [[" ".join(x), " ".join(y), " ".join(f)] for (x, y), f in texts]
                record[name]["examples"] = shown[:12]
    return record
