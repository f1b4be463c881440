"""The page on Korean text: what it states is what its record has, and what can be is repeated."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest

from autograder.corpora import korean
from autograder.corpora.korean import generated
from autograder.exercises.temporal.names import RELATIONS
from autograder.experiments.linker import asked
from autograder.grader.checkout import CHAPTERS
from autograder.grader.experiments import linking, temporal
from tests.chapters.pages import Ran, run_lesson, said

PAGE = CHAPTERS / "temporal" / "korean_text.md"
TEXT = " ".join(PAGE.read_text(encoding="utf-8").split())
RECORD: dict[str, Any] = json.loads(
    (CHAPTERS / "temporal" / "results" / "temporal.json").read_text(encoding="utf-8")
)
NETWORK, RIVAL = (RECORD["classifiers"][RECORD[who]] for who in ("chosen", "rival"))


@pytest.fixture(scope="module")
def page() -> Ran:
    return run_lesson(PAGE)


def mean(name: str, of: str, what: str = "macro F1") -> float:
    """The mean over the seeds, in per cent."""
    row = RECORD["classifiers"][name]
    return 100 * float(np.mean([one[what] for one in row[of]["by seed"]]))


def f1(row: dict[str, Any], of: str, relation: str) -> float:
    return float(np.mean([one["F1"][relation] for one in row[of]["by seed"]]))


def test_the_record_was_measured_on_what_is_there() -> None:
    assert {"date", "hardware", "versions", "python"} <= RECORD.keys()
    assert RECORD["seeds"] == [0, 1, 2]
    sets = temporal.tests()
    digests = RECORD["data"]["sha256"]
    for name, links in sets.items():
        assert digests[name] == temporal.digest(links)
        assert RECORD["data"]["links"][name] == len(links)
    assert digests["train"] == temporal.digest(generated.links(*temporal.TRAIN))
    assert digests["dev"] == temporal.digest(generated.links(*temporal.DEV, held=True))


def test_a_reduced_training_is_repeated() -> None:
    found = temporal.reduced()
    assert found["endings"] == RECORD["reduced"]["endings"]
    np.testing.assert_allclose(found["loss"], RECORD["reduced"]["loss"], rtol=1e-3)


def test_the_rivals_that_need_no_training_are_computed_again() -> None:
    for of, links in temporal.tests().items():
        questions = [asked(link) for link in links]
        most = ["IS_INCLUDED"] * len(links)
        for name, answers in (("majority", most), ("particle", linking.rule(questions))):
            (row,) = RECORD["classifiers"][name][of]["by seed"]
            assert row["macro F1"] == round(linking.macro(questions, answers), 4)


def test_scores_are_those_of_the_answers_that_are_kept() -> None:
    questions = [asked(link) for link in korean.written()]
    for row in RECORD["classifiers"].values():
        answers = [RELATIONS[k] for k in row["answers"]]
        wanted = row["written"]["by seed"][0]["macro F1"]
        assert linking.macro(questions, answers) == pytest.approx(wanted, abs=1e-4)


def test_the_two_that_are_held_against_one_another_were_chosen_on_dev() -> None:
    assert (RECORD["chosen"], RECORD["rival"]) == (
        "BiLSTM, letters, as given",
        "linear, endings, augmented",
    )
    dev = {
        name: np.mean([course["dev"] for course in row["learned"]])
        for name, row in RECORD["classifiers"].items()
        if row["learned"][0]
    }
    for kind, who in (("BiLSTM", "chosen"), ("linear", "rival")):
        assert dev[RECORD[who]] == max(score for name, score in dev.items() if kind in name)


def test_what_is_said_of_the_comparison_holds() -> None:
    intervals = RECORD["chosen over the rival"]
    for of in ("written", "unseen connectives"):
        assert intervals[of][0] < 0 < intervals[of][1]
    assert intervals["real"][1] < 0
    low, high = intervals["written"]
    gain = mean(RECORD["chosen"], "written") - mean(RECORD["rival"], "written")
    assert f"{gain:+.1f}" == "-1.6"
    said(PAGE, 3, "5 points")
    assert f"is −1.6 points, with an interval from −{-100 * low:.1f} to +{100 * high:.1f}" in TEXT
    for who, name in (("endings", "rival"), ("the network", "chosen")):
        assert f"{mean(RECORD[name], 'real', 'right'):.0f} % for {who}" in TEXT
    assert f"{mean('particle', 'real', 'right'):.0f} % for the particle" in TEXT
    assert 62 < mean(RECORD["chosen"], "written", "right") < 69
    network, rival = (mean(RECORD[who], "unseen connectives") for who in ("chosen", "rival"))
    assert f"{network:.1f} for the network, {rival:.1f} for the rival" in TEXT
    inside = [
        mean(name, "unseen connectives")
        for name in RECORD["classifiers"]
        if re.search("endings|syllables|letters", name)
    ]
    assert f"the {min(inside):.0f} to {max(inside):.0f} points on unseen connectives" in TEXT


def test_what_is_said_of_doubled_links_holds() -> None:
    lost = [
        mean(f"BiLSTM, {by}, as given", "written") - mean(f"BiLSTM, {by}, augmented", "written")
        for by in ("syllables", "letters")
    ]
    assert f"lose {lost[0]:.1f} and {lost[1]:.1f} points of macro F1" in TEXT
    agree = [
        mean(f"BiLSTM, {by}, as given", "written", "consistent") for by in ("syllables", "letters")
    ]
    assert f"{agree[0]:.0f} and {agree[1]:.0f} % of the answers" in TEXT
    for by in ("syllables", "letters"):
        assert 89 < mean(f"BiLSTM, {by}, augmented", "written", "consistent") < 92


def test_what_is_said_of_the_epochs_holds() -> None:
    courses = [course["dev by epoch"] for course in NETWORK["learned"]]
    assert all(course.index(max(course)) < len(course) - 1 for course in courses)
    dev = [100 * course["dev"] for course in NETWORK["learned"]]
    assert f"at {min(dev):.0f} to {max(dev):.0f} %" in TEXT
    written = [100 * one["macro F1"] for one in NETWORK["written"]["by seed"]]
    assert f"stay at {min(written):.0f} to {max(written):.0f} %" in TEXT


def test_what_is_said_of_relations_holds() -> None:
    assert min(f1(row, "written", "BEGUN_BY") for row in (NETWORK, RIVAL)) > 0.9
    assert max(f1(row, "written", "INCLUDES") for row in (NETWORK, RIVAL)) < 0.43
    assert max(f1(row, "written", "SIMULTANEOUS") for row in (NETWORK, RIVAL)) < 0.51
    ahead = {name: f1(NETWORK, "written", name) - f1(RIVAL, "written", name) for name in RELATIONS}
    assert ahead["IDENTITY"] > 0.2
    assert ahead["SIMULTANEOUS"] > 0.1
    assert max(ahead["ENDS"], ahead["IAFTER"]) < -0.1
    behind = {name: f1(NETWORK, "real", name) - f1(RIVAL, "real", name) for name in ("BEFORE",)}
    behind["ENDED_BY"] = f1(NETWORK, "real", "ENDED_BY") - f1(RIVAL, "real", "ENDED_BY")
    assert max(behind.values()) < -0.2
    for name in ("IS_INCLUDED", "BEGUN_BY"):
        assert f1(NETWORK, "real", name) > f1(RIVAL, "real", name) - 0.07
    until = [link.relation for link in korean.real() if link.signal == "까지"]
    assert f"All {len(until)} real links with 까지" in TEXT
    assert set(until) == {"ENDED_BY"}


def test_what_is_said_of_lengths_holds() -> None:
    apart = {
        name: 100 * (share - RIVAL["right by length"][name][1])
        for name, (_, share) in NETWORK["right by length"].items()
    }
    assert [round(gap) for gap in apart.values()] == [-4, 2, -10]
    middle = {name: row[1] for name, row in RECORD["data"]["tokens"].items()}
    assert middle["real"] >= 2 * middle["train"] == 2 * middle["written"]
    assert sum(len(link.tokens) >= 13 for link in korean.real()) > 0.5 * 97


def test_the_page_shows_what_it_says(page: Ran) -> None:
    names, printed = page
    for line in (
        "자           11               11        10",
        "에           10                9         5",
        "동안           5                4         0",
        "까지          28               15        17",
        "8 of 11 are right",
    ):
        assert line in printed
    assert "38 rules" in TEXT
    rules = generated.Grammar(np.random.default_rng(0), False).rules
    assert sum(len(set(of)) for of in rules.values()) == 38
    answers = names["answers"]
    links = names["links"]
    until = [k for k, link in enumerate(links) if link.signal == "까지"]
    assert {answers["endings"][k] for k in until} == {"ENDED_BY"}
    while_ = [k for k, link in enumerate(links) if link.signal == "동안" and not link.timed]
    assert {answers["endings"][k] for k in while_} == {"DURING_INV"}
    right, found, rows = names["right"], names["said"], names["rows"]
    wrong = {(a, b) for a, b in zip(right, found, strict=True) if a != b}
    assert wrong == {("BEFORE", "ENDED_BY"), ("ENDED_BY", "BEFORE")}
    assert len(rows) == len(names["events"]) == 11


def test_the_answers_that_have_numbers() -> None:
    P = 17 / 28
    said(PAGE, 1, f"{P:.3f}", f"{2 * P / (1 + P):.3f}")
    n = korean.REAL["IS_INCLUDED"]
    total = sum(korean.REAL.values())
    F = 2 * n / (n + total)
    said(PAGE, 2, f"{n}/{total} = {100 * n / total:.1f} %", f"{F:.2f}", f"{F / 9:.3f}")
    assert len(korean.REAL) == 9
    assert min(korean.WRITTEN.values()) == 18


def test_what_is_said_of_the_rule_of_doubled_links_and_of_their_price() -> None:
    rule, letters = "particle", "BiLSTM, letters"
    assert mean(rule, "real", "right") > mean(RECORD["chosen"], "real", "right")
    assert 0.45 < mean(rule, "real") / mean(RECORD["chosen"], "real") < 0.55
    as_given = f1(RECORD["classifiers"]["linear, endings, as given"], "written", "IDENTITY")
    assert f"on endings without them has {as_given:.2f})" in TEXT
    assert f1(RIVAL, "written", "IDENTITY") < f1(NETWORK, "written", "IDENTITY") < as_given
    gain = mean(f"{letters}, augmented", "real") - mean(f"{letters}, as given", "real")
    assert f"the one by letters gains {gain:.1f}" in TEXT
    syllables = [mean(f"BiLSTM, syllables, {way}", "real") for way in ("as given", "augmented")]
    assert abs(syllables[0] - syllables[1]) < 0.5
    support = RECORD["data"]["support"]["written"].values()
    assert f"each has {min(support)} to {max(support)} links" in TEXT
