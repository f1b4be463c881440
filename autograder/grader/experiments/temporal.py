"""Which relation has an event to a time, in Korean? Learned from a grammar, asked of people's text.

All that is learned from and chosen by is generated. What was written for the course and what stands
in the history of Debian is asked about once, by what was chosen.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.corpora import korean
from autograder.corpora.korean import TAGS, Link, generated
from autograder.exercises.shared.threads import one_thread
from autograder.exercises.temporal.names import RELATIONS
from autograder.experiments import linker
from autograder.experiments.linker import Setting, asked
from autograder.grader.experiments import resampling
from autograder.grader.experiments.linking import (
    FEATURES,
    Parts,
    doubled,
    linear,
    network,
    rule,
    scores,
)

CHAPTER = "temporal"
PACKAGES = ("numpy", "torch", "scikit-learn")
SEEDS = (0, 1, 2)
TRAIN, DEV = (2000, 0), (300, 1)
"""How many links are generated, and by which seed."""

SETTINGS = {
    f"BiLSTM, {by}": Setting(by, E=32, H=32, lr=5e-3, epochs=8, batch=64) for by in linker.SPLIT
}
GIVEN, BOTH = "as given", "augmented"
REDUCED = Setting("syllables", E=8, H=8, lr=1e-2, epochs=2, batch=32)
"""What a test repeats: few links, seen twice."""

FEW = 200
LENGTHS = {"to 8": (0, 9), "9 to 12": (9, 13), "13 and more": (13, 1000)}
"""Texts of so many tokens are looked at together."""


def parts() -> Parts:
    """What is learned from, and what is chosen by."""
    train, dev = generated.links(*TRAIN), generated.links(*DEV, held=True)
    return Parts([asked(link) for link in train], [asked(link) for link in dev])


def tests() -> dict[str, list[Link]]:
    """The sets that are asked about: what is written, its unseen connectives, what is real."""
    written = korean.written()
    signals = {link.signal for link in generated.links(*TRAIN)}
    return {
        "written": written,
        "unseen connectives": [link for link in written if link.signal not in signals],
        "real": korean.real(),
    }


def digest(links: Sequence[Link]) -> str:
    """The sha256 of links, one a line."""
    lines = (f"{link.relation}\t{link.text}\t{link.first}\t{link.second}" for link in links)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def reduced() -> dict[str, Any]:
    """A small part of the experiment: a few links, and a network that sees them twice."""
    all_of = parts()
    few = Parts(all_of.train[:FEW], all_of.dev[:FEW])
    with one_thread():
        losses = [round(after.loss, 4) for after in linker.train(few.train, REDUCED, 0)]
    return {"endings": linear("linear, endings", few)[1], "loss": losses}


def measure() -> dict[str, Any]:
    """All classifiers, what they have learned given as it is and both ways."""
    given, sets = parts(), tests()
    ways = {GIVEN: given, BOTH: given._replace(train=doubled(given.train))}
    counted = Counter(one.relation for one in given.train)
    most = counted.most_common(1)[0][0]
    record: dict[str, Any] = {
        "data": {
            "links": {"train": len(given.train), "dev": len(given.dev)}
            | {name: len(links) for name, links in sets.items()},
            "sha256": {"train": digest(generated.links(*TRAIN))}
            | {"dev": digest(generated.links(*DEV, held=True))}
            | {name: digest(links) for name, links in sets.items()},
            "tokens": {"train": lengths([one.tokens for one in given.train])}
            | {name: lengths([link.tokens for link in links]) for name, links in sets.items()},
            "support": {
                name: dict(Counter(link.relation for link in links)) for name, links in sets.items()
            },
        },
        "seeds": list(SEEDS),
        "settings": {name: how._asdict() for name, how in SETTINGS.items()},
        "classifiers": {},
        "reduced": reduced(),
    }
    said: dict[str, dict[str, list[list[str]]]] = {}

    def judge(name: str, runs: Sequence[tuple[Any, dict[str, Any]]]) -> None:
        """Ask one classifier, of every seed, about every set, once."""
        row: dict[str, Any] = {"learned": [course for _, course in runs]}
        said[name] = {}
        for of, links in sets.items():
            questions = [asked(link) for link in links]
            found = [scores(questions, answer) for answer, _ in runs]
            y = [one.relation for one in questions]
            said[name][of] = [answers for _, answers in found]
            row[of] = {
                "by seed": [score for score, _ in found],
                "95 %": resampling.of_macro_f1(y, said[name][of]),
            }
        row["right by tag"] = by_tag(sets["written"], said[name]["written"])
        row["right by length"] = by_length(sets, said[name])
        row["answers"] = [RELATIONS.index(relation) for relation in said[name]["written"][0]]
        record["classifiers"][name] = row

    with one_thread():
        judge("majority", [(lambda questions: [most] * len(questions), {})])
        judge("particle", [(rule, {})])
        for way, learned in ways.items():
            for name in FEATURES:
                judge(f"{name}, {way}", [linear(name, learned)])
            for name, how in SETTINGS.items():
                runs = [network(how, learned, seed) for seed in SEEDS]
                judge(f"{name}, {way}", [(best.answers, course) for best, course in runs])
    rows = record["classifiers"]
    record["chosen"] = max(
        (f"{name}, {way}" for name in SETTINGS for way in ways),
        key=lambda name: np.mean([course["dev"] for course in rows[name]["learned"]]),
    )
    rival = max(
        (f"{name}, {way}" for name in FEATURES for way in ways),
        key=lambda name: rows[name]["learned"][0]["dev"],
    )
    record["rival"] = rival
    record["chosen over the rival"] = {
        of: resampling.of_macro_f1(
            [link.relation for link in links], said[record["chosen"]][of], said[rival][of]
        )
        for of, links in sets.items()
    }
    return record


def by_tag(links: Sequence[Link], runs: Sequence[Sequence[str]]) -> dict[str, list[float]]:
    """How many links have each tag, or none, and the share of them that is right."""
    found = {}
    for tag in (*TAGS, ""):
        rows = [k for k, link in enumerate(links) if (tag in link.tags if tag else not link.tags)]
        hits = [runs[s][k] == links[k].relation for s in range(len(runs)) for k in rows]
        found[tag or "none"] = [len(rows), round(float(np.mean(hits)), 3)]
    return found


def by_length(
    sets: Mapping[str, Sequence[Link]], said: Mapping[str, Sequence[Sequence[str]]]
) -> dict[str, list[float]]:
    """How many links stand in texts of so many tokens, and the share of them that is right."""
    hits: dict[str, list[bool]] = {name: [] for name in LENGTHS}
    for of in ("written", "real"):
        for k, link in enumerate(sets[of]):
            (group,) = (
                name for name, (low, high) in LENGTHS.items() if low <= len(link.tokens) < high
            )
            hits[group] += [run[k] == link.relation for run in said[of]]
    runs = len(said["written"])
    return {name: [len(of) // runs, round(float(np.mean(of)), 3)] for name, of in hits.items()}


def lengths(texts: Sequence[Sequence[str]]) -> list[float]:
    """The number of tokens of texts: a twentieth has fewer, the middle, a twentieth has more."""
    return [float(q) for q in np.quantile([len(text) for text in texts], (0.05, 0.5, 0.95))]
