"""The record of the translators of buttons and menus: what can be is computed again."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import torch

from autograder.corpora import interface as interface_texts
from autograder.corpora.sentences import digest
from autograder.grader.checkout import CHAPTERS
from autograder.grader.experiments import translating
from autograder.grader.experiments.interface import TASK
from autograder.grader.experiments.translating import Pairs, in_words
from autograder.grader.experiments.translation_scores import scores

RECORD: dict[str, Any] = json.loads(
    (CHAPTERS / "translation" / "results" / "interface.json").read_text(encoding="utf-8")
)


def parts() -> list[Pairs]:
    return [in_words(part) for part in TASK.split(interface_texts.load())]


def test_the_reduced_training_is_repeated() -> None:
    torch.set_num_threads(1)
    train, dev, _ = parts()
    found = translating.reduced(train, dev)
    np.testing.assert_allclose(found["loss"], RECORD["reduced"]["loss"], rtol=1e-3)
    np.testing.assert_allclose(found["chrF"], RECORD["reduced"]["chrF"], atol=1.5)


def test_the_rules_of_the_record_are_computed_again() -> None:
    train, _, test = parts()
    reference = [target for _, target in test]
    for name, said in translating.rules(train, test).items():
        assert scores(reference, said) == RECORD["rules"][name]["test"]


def test_the_record_says_what_it_was_measured_on() -> None:
    assert RECORD["seeds"] == [0, 1, 2]
    assert {"date", "hardware", "versions", "python"} <= RECORD.keys()
    for name in ("fixed context", "attention"):
        assert list(RECORD[name]) == ["0", "1", "2"]
    digests = [digest(part) for part in TASK.split(interface_texts.load())]
    assert digests == RECORD["sha256 of train, dev, test"]


def test_the_page_says_what_the_record_has() -> None:
    text = (CHAPTERS / "translation" / "real_text.md").read_text(encoding="utf-8")
    fixed, attending = (
        sorted((RECORD[name][seed]["test"] for seed in "012"), key=lambda row: row["chrF"])
        for name in ("fixed context", "attention")
    )
    memory, by_word = (
        RECORD["rules"][name]["test"] for name in ("translation memory", "word by word")
    )
    low, high = RECORD["over the rules"]["attention"]["translation memory"]["chrF"]["interval"]
    exact = max(row["exact"] for row in attending)
    left = RECORD["attention, unknown words left, over the fixed context"]["chrF"]
    for part in (
        f"attention is at {attending[0]['chrF']} to {attending[-1]['chrF']}, the memory at "
        f"{memory['chrF']}, and word by word at {by_word['chrF']}",
        f"lie between −{-low} and −{-high}",
        f"at {memory['BLEU']}, since",
        f"with {exact} %, is ahead of word by word with {by_word['exact']} %",
        f"The fixed context is at {fixed[0]['chrF']} to {fixed[-1]['chrF']}, ten points",
        f"({left['mean']} in the mean if nothing is copied)",
        f"{RECORD['pairs'][0]:,} pairs. The network has {RECORD['attention']['0']['parameters']:,} "
        "parameters",
    ):
        assert part in text
    assert attending[0]["chrF"] - fixed[-1]["chrF"] >= 10
    assert all(by_word["BLEU"] < row["BLEU"] < memory["BLEU"] for row in attending)
    for group in ("2-3", "4-5", "6-8"):
        ahead, behind = (
            [RECORD[name][seed]["by length"][group] for seed in "012"]
            for name in ("attention", "fixed context")
        )
        assert min(ahead) > max(behind)
    shown = RECORD["examples"][:8]
    (right,) = [text for text in shown if text["source"] == ["create", "a", "new", "julia", "file"]]
    assert right["attention"] == right["a person"]
    assert "la page de l' onglet de browser ." in [" ".join(text["attention"]) for text in shown]
    for seed in "012":
        course = RECORD["attention"][seed]["dev chrF by epoch"]
        assert len(course) == 30
        assert max(course[28:]) < max(course[:28])
