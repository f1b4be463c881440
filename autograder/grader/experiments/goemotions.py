"""Which of Ekman's six emotions does a comment show, or none? On GoEmotions.

The folder of the published files is named: `make experiments DATA=FOLDER`. All classifiers learn
from the first `ROWS` comments that have a single class, which takes some minutes; all 39,000 of
them are the larger setting. Words begin with the vectors that were best for the valence.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from autograder.corpora import goemotions, sentences
from autograder.grader.checkout import FETCHED
from autograder.grader.experiments import classifiers, comparison
from autograder.grader.experiments.classifiers import VECTORS, Corpus, Part
from autograder.grader.experiments.named_folder import named_folder

CHAPTER = "emotion"
ROWS = 16_000
PACKAGES = ("numpy", "torch", "scikit-learn")


def part(comments: list[goemotions.Comment]) -> Part:
    """Words and classes of the comments that have a single class."""
    single = [one for one in comments if one.label]
    return Part([sentences.words(one.text) for one in single], [one.label for one in single])


def without(
    comments: list[goemotions.Comment], others: list[goemotions.Comment]
) -> list[goemotions.Comment]:
    """The comments that are nearly equal to none of the others."""
    known = {sentences.key(one.text) for one in others}
    return [one for one in comments if sentences.key(one.text) not in known]


def measure() -> dict[str, Any]:
    """All classifiers on the comments; nearly equal ones are left out of what is learned from."""
    folder = named_folder("GoEmotions")
    found = goemotions.load(folder)
    dev = without(found["dev"], found["test"])
    train = without(found["train"], [*found["dev"], *found["test"]])
    texts, labels = part(train)
    corpus = Corpus(Part(texts[:ROWS], labels[:ROWS]), part(dev), list(goemotions.EKMAN))
    tried = {VECTORS[-1]: comparison.SEEDS}
    record, _ = comparison.compared(
        corpus, part(found["test"]), classifiers.lexicon(FETCHED), {}, tried
    )
    return {"data": {"sha256": digests(folder)}, **record}


def digests(place: Path) -> dict[str, str]:
    """The digest of each file."""
    files = [place / f"{name}.tsv" for name in goemotions.PARTS]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
