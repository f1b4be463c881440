"""The rules that summarize, and the record of their scores: what can be is computed again."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from autograder.corpora.sentences import digest
from autograder.exercises.shared.threads import one_thread
from autograder.grader.checkout import CHAPTERS
from autograder.grader.experiments import summarizing, synopses

RECORD: dict[str, Any] = json.loads(
    (CHAPTERS / "summarization" / "results" / "synopses.json").read_text(encoding="utf-8")
)
TEXT = (
    "Notes keeps plain text notes. Notes is a small program, e.g. a tool. A tool links plain notes."
)


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("lead sentence", "Notes keeps plain text notes."),
        ("lead 8 words", "Notes keeps plain text notes. Notes is a"),
        ('nine words after "is a"', "small program, e.g. a tool. A tool links plain"),
        ("TextRank", "A tool links plain notes."),
    ],
)
def test_a_rule(rule: str, found: str) -> None:
    assert summarizing.RULES[rule](TEXT) == found


@pytest.mark.parametrize("name", list(summarizing.RULES))
def test_a_text_of_one_sentence_or_one_word_is_no_trouble(name: str) -> None:
    for text in ("A single sentence", "Word", "Cat! Dog!"):
        assert summarizing.RULES[name](text)


def test_the_nearest_text_tells_its_summary() -> None:
    texts, summaries = ["a cat sleeps here", "the dog barks at night"], ["cat", "dog"]
    assert summarizing.nearest(texts, summaries, ["does the dog bark", "a cat"]) == ["dog", "cat"]


def test_the_interval_holds_the_difference() -> None:
    one, other = np.random.default_rng(0).normal((1.0, 0.0), 1.0, (200, 2)).T
    low, high = summarizing.interval(one, other)
    assert low < (one - other).mean() < high
    assert summarizing.interval(one, one) == [0.0, 0.0]


def test_the_reduced_row_is_repeated() -> None:
    with one_thread():
        found, kept = synopses.repeated(), RECORD["reduced"]
    assert found["sha256 of test"] == kept["sha256 of test"], "another numpy: measure it again"
    assert found["rules"].keys() == kept["rules"].keys() == RECORD["rules"].keys()
    for name, row in kept["rules"].items():
        assert found["rules"][name] == pytest.approx(row, abs=0.15), name
    for name, course in kept["network"].items():
        assert found["network"][name] == pytest.approx(course, rel=0.02, abs=0.5), name


def test_the_record_says_what_it_was_measured_on_and_how() -> None:
    assert {"date", "hardware", "versions", "python"} <= RECORD.keys()
    assert RECORD["pairs"][1:] == [synopses.HELD, synopses.HELD]
    assert len({digest([]), *RECORD["sha256 of train, dev, test"]}) == 4
    settings = {name: how._asdict() for name, how in synopses.NETWORKS.items()}
    assert RECORD["settings"] == settings
    assert list(RECORD["networks"]) == list(settings)
    larger = {name: how._asdict() for name, how in synopses.LARGER.items()}
    assert RECORD["larger"]["settings"] == larger
