"""What experiments on translation have in common: a task, rules to beat, trainings, a comparison.

Which epoch of a training counts is chosen by chrF on the dev part; the test part is scored once.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from autograder.corpora import help_pages, sentences
from autograder.experiments import translator
from autograder.experiments.translator import Setting, Trained, Words
from autograder.grader.experiments.translation_scores import (
    Counts,
    Lengths,
    by_length,
    counts,
    letters,
    over,
    over_by_length,
    scores,
)

CHAPTER = "translation"
PACKAGES = ("numpy", "torch", "sacrebleu")
SEEDS = (0, 1, 2)
REDUCED = Setting(attends=True, E=16, H=24, epochs=3, batch=32)
"""What a test repeats: few pairs, seen three times."""

FEW = 400
FIXED, ATTENDS = "fixed context", "attention"
SHOWN = 16

Pairs = list[tuple[Words, Words]]


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

    def split(self, pairs: Sequence[help_pages.Pair]) -> help_pages.Split:
        """Its pairs: to learn from, to choose by, and to score once."""
        return help_pages.split(help_pages.short(pairs, self.longest), self.held)

    def described(self) -> dict[str, Any]:
        """What it is like, for a record."""
        settings = {name: how._asdict() for name, how in self.settings.items()}
        return {"longest": self.longest, "settings": settings}


def networks(**how: Any) -> dict[str, Setting]:
    """A network without attention, and the same with it."""
    return {FIXED: Setting(attends=False, **how), ATTENDS: Setting(attends=True, **how)}


def in_words(pairs: Sequence[help_pages.Pair]) -> Pairs:
    """Pairs as lists of tokens."""
    return [(help_pages.tokens(p.english), help_pages.tokens(p.french)) for p in pairs]


def rules(train: Pairs, test: Pairs) -> dict[str, list[Words]]:
    """What three rules make of the test: they learn nothing, or no order."""
    table = translator.word_by_word(train)
    return {
        "copy": [x for x, _ in test],
        "word by word": [[table.get(word, word) for word in x] for x, _ in test],
        "translation memory": [translator.nearest(train, x) for x, _ in test],
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


def reduced(train: Pairs, dev: Pairs) -> dict[str, list[float]]:
    """The loss after each epoch on a few pairs, and chrF on as many of dev."""
    course: dict[str, list[float]] = {"loss": [], "chrF": []}
    for after in translator.train(train[:FEW], REDUCED, 0):
        found = after.translate([x for x, _ in dev[:FEW]])
        course["loss"].append(round(after.loss, 4))
        course["chrF"].append(round(letters([y for _, y in dev[:FEW]], found), 2))
    return course


def compared(pairs: Sequence[help_pages.Pair], task: Task) -> dict[str, Any]:
    """The rules, the networks with every seed, and how far one is over the other."""
    parts = task.split(pairs)
    train, dev, test = map(in_words, parts)
    sources, reference = ([pair[side] for pair in test] for side in (0, 1))
    record: dict[str, Any] = {
        **task.described(),
        "pairs": [len(part) for part in parts],
        "sha256 of train, dev, test": [sentences.digest(part) for part in parts],
        "rules": {},
    }

    def scored(said: Sequence[Words]) -> dict[str, Any]:
        lengths = by_length(test, said, task.lengths)
        return {"test": scores(reference, said), "by length": lengths}

    known: dict[str, list[Counts]] = {}
    for name, said in rules(train, test).items():
        record["rules"][name] = scored(said)
        known[name] = [counts(reference, said)]
    left: list[Counts] = []
    first: dict[str, Trained] = {}
    for name, how in task.settings.items():
        record[name], known[name] = {}, []
        for seed in SEEDS:
            best, course = trained(train, dev, how, seed)
            first.setdefault(name, best)
            said = best.translate(sources)
            record[name][str(seed)] = course | scored(said)
            known[name].append(counts(reference, said))
            if how.attends:
                said = best.translate(sources, copies=False)
                record[name][str(seed)]["unknown words left"] = scores(reference, said)
                left.append(counts(reference, said))
    record["over the rules"] = {
        name: {rule: over(known[name], known[rule]) for rule in record["rules"]}
        for name in task.settings
    }
    for name, ones in (("attention", known[ATTENDS]), ("attention, unknown words left", left)):
        by = over_by_length(test, ones, known[FIXED], task.lengths)
        record[f"{name}, over the fixed context"] = over(ones, known[FIXED]) | {"by length": by}
    record["examples"] = examples(first, test, task.longest)
    return record


def examples(first: Mapping[str, Trained], test: Pairs, longest: int) -> list[dict[str, Any]]:
    """The first texts of the test part that are longer than half of what a text may be.

    Each as both networks have it, and the weights of attention: a row for every word that is
    written and for the end, and a column for every word of the source.
    """
    shown = [pair for pair in test if 2 * len(pair[0]) > longest][:SHOWN]
    sources = [x for x, _ in shown]
    fixed, attending = first[FIXED].translate(sources), first[ATTENDS].looking(sources)
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
