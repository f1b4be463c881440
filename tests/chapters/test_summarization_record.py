"""The page on descriptions of programs: what it states is what its record has."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from autograder.grader.checkout import CHAPTERS
from tests.chapters.pages import Ran, run_lesson

PAGE = CHAPTERS / "summarization" / "real_text.md"
TEXT = " ".join(PAGE.read_text(encoding="utf-8").split())
RECORD: dict[str, Any] = json.loads(
    (CHAPTERS / "summarization" / "results" / "synopses.json").read_text(encoding="utf-8")
)
KINDS = ("rouge1", "rouge2", "rougeL")
WITHOUT, WORDS, PHRASES = RECORD["networks"]
RULE = 'nine words after "is a"'


def apart(one: str, other: str) -> list[dict[str, Any]]:
    return [RECORD["apart"][one][other][kind] for kind in KINDS]


def means(one: str, other: str) -> list[float]:
    return [row["mean"] for row in apart(one, other)]


def said(name: str, kind: str) -> list[float]:
    return [run["words that are said"][kind] for run in RECORD["networks"][name].values()]


@pytest.fixture(scope="module")
def page() -> Ran:
    return run_lesson(PAGE)


def test_words_with_a_pointer_beat_every_rule() -> None:
    for rule in RECORD["rules"]:
        assert min(row["interval"][0] for row in apart(WORDS, rule)) > 0, rule
    r1, r2, rl = means(WORDS, RULE)
    assert f"by {r1} in ROUGE-1, {r2} in ROUGE-2 and {rl} in ROUGE-L" in TEXT
    assert f"over the best of the rules it gains {r1} points in ROUGE-1" in TEXT
    best = max(RECORD["rules"], key=lambda rule: RECORD["rules"][rule]["rouge1"])
    assert best == RULE


def test_without_a_pointer_nothing_is_gained() -> None:
    assert max(row["interval"][1] for row in apart(WITHOUT, RULE)) < 0
    assert f"Without the pointer it is {-means(WITHOUT, RULE)[0]:.0f} points *behind*" in TEXT
    low, high = apart(WITHOUT, "nearest training summary")[0]["interval"]
    assert low < 0 < high
    others = [abs(m) for one, other in ((WORDS, RULE), (PHRASES, WORDS)) for m in means(one, other)]
    assert min(means(WORDS, WITHOUT)) > max(others)


def test_phrases_lose_to_words() -> None:
    assert max(row["interval"][1] for row in apart(PHRASES, WORDS)) < 0
    r1, r2, rl = (-m for m in means(PHRASES, WORDS))
    assert f"**Phrases lose to words**, by {r1}, {r2} and {rl}." in TEXT
    assert max(r1, rl) < r2
    first, second, longest = apart(PHRASES, RULE)
    assert first["interval"][0] > 0 > second["interval"][1]
    assert longest["interval"][0] > 0


def test_two_rules_cannot_be_told_apart() -> None:
    row = apart(RULE, "lead 12 words")[0]
    low, high = row["interval"]
    assert low < 0 < high
    assert f"The difference is {row['mean']}, from −{-low} to {high}." in TEXT
    assert TEXT.count(f"an interval from −{-low} to {high}") == 1


def test_lengths_and_copies_are_as_told() -> None:
    _, synopsis = RECORD["words of a text, of a summary"]
    assert f"a person's is {synopsis}" in TEXT
    lead = RECORD["rules"]["lead sentence"]["words"]
    assert f"It has {lead} words in the mean, a synopsis {synopsis}." in TEXT
    assert round(synopsis / lead, 2) == 0.38
    assert synopsis / 8 == 0.8
    assert all(
        0.88 < share / 100 < 0.95 for n in (WORDS, PHRASES) for share in said(n, "of the text")
    )
    assert all(0.57 < share / 100 < 0.65 for share in said(WITHOUT, "of the text"))
    assert all(10 < share < 12 for share in said(WORDS, "not in the vocabulary"))
    assert said(WITHOUT, "not in the vocabulary") == [0.0] * 3
    small, large = (RECORD["networks"][n]["0"]["parameters"] for n in (WORDS, PHRASES))
    assert f"{large - small:,} parameters more, of {large:,}" in TEXT
    assert RECORD["settings"][PHRASES]["V"] == 4000


def test_the_examples_are_those_that_are_told_of() -> None:
    found = RECORD["examples"]
    assert " ".join(found[8][WORDS]["summary"]).endswith("structural transfer transfer")
    assert " ".join(found[8][PHRASES]["summary"]) in TEXT
    assert f"*{' '.join(found[2][WITHOUT]['summary'])}*" in TEXT
    assert found[3]["a person"] == "The Advanced Bash-Scripting Guide"


def test_docstrings_have_siblings() -> None:
    rules = RECORD["reduced"]["rules"]
    assert f"with {rules['nearest training summary']['rouge1']} in ROUGE-1" in TEXT
    assert f"where lead has {rules['lead sentence']['rouge1']}" in TEXT
    assert max(rules, key=lambda rule: rules[rule]["rouge1"]) == "nearest training summary"
    summaries = {"Return the Kaiser window.", "Return the Hanning window."}
    docs = {np.kaiser.__doc__.split("\n\n")[0].strip(), np.hanning.__doc__.split("\n\n")[0].strip()}
    assert docs == summaries


def test_a_network_that_learned_how_a_line_sounds_scores_like_the_first_words(page: Ran) -> None:
    names, _ = page
    network, first, always = (names["rouge1"](names[of]) for of in ("said", "first", "always"))
    assert abs(network - first) < 5
    assert 14 < always < 20
    assert np.mean([line.split()[:2] == ["return", "the"] for line in names["said"]]) > 0.4
