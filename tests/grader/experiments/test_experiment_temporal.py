"""Classifiers of temporal links: the network is the assignment's, and the rivals are fair ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from autograder.corpora import korean
from autograder.corpora.korean import generated
from autograder.exercises.temporal.names import RELATIONS
from autograder.experiments import linker
from autograder.experiments.linker import Asked, Setting, asked, read
from autograder.grader import references
from autograder.grader.experiments import linking, resampling, temporal
from autograder.grader.experiments.linking import Parts

RIGHT = references.namespace("temporal")
ONE = Asked(("그는", "0000년에", "왔다", "."), (2, 3), (1, 2), "IS_INCLUDED")


def test_words_are_marked_as_in_the_assignment() -> None:
    for link in (*korean.written(), *korean.real()):
        one = asked(link)
        wanted = RIGHT["mark_entities"](list(one.tokens), one.first, one.second)
        assert read(one, "words") == wanted


def test_a_text_is_read_by_syllables_and_by_letters() -> None:
    assert read(ONE, "syllables")[:6] == ["그", "는", " ", "<2>", "0", "0"]
    marks = [unit for unit in read(ONE, "letters") if unit.startswith("<")]
    assert marks == ["<2>", "</2>", "<1>", "</1>"]
    syllables = [unit for unit in read(ONE, "syllables") if not unit.startswith("<")]
    assert "".join(syllables) == "그는 0000년에 왔다 ."
    assert len(read(ONE, "letters")) > len(read(ONE, "syllables"))


def test_digits_are_not_told_apart() -> None:
    link = korean.parse("IS_INCLUDED | 에 | | [1954년에]t [왔다]e. | x")
    assert asked(link).tokens[0] == "0000년에"


def test_the_network_is_the_one_of_the_assignment() -> None:
    torch.manual_seed(0)
    V, E, H, C = 9, 4, 3, len(RELATIONS)
    theirs, ours = RIGHT["TLinkLSTM"](V, E, H, C), linker.Linker(V, E, H)
    with torch.no_grad():
        ours.vectors.weight.copy_(theirs.E)
        for cell, suffix in ((theirs.fw, ""), (theirs.bw, "_reverse")):
            getattr(ours.lstm, f"weight_ih_l0{suffix}").copy_(cell.Wx.T)
            getattr(ours.lstm, f"weight_hh_l0{suffix}").copy_(cell.Wh.T)
            getattr(ours.lstm, f"bias_ih_l0{suffix}").copy_(cell.b)
            getattr(ours.lstm, f"bias_hh_l0{suffix}").zero_()
        ours.out.weight.copy_(theirs.W.T)
        ours.out.bias.copy_(theirs.b)
    ids, lengths = torch.randint(0, V, (5, 7)), torch.tensor([7, 3, 5, 2, 6])
    marks = torch.tensor([[6, 1], [0, 2], [2, 4], [1, 0], [5, 3]])
    torch.testing.assert_close(ours(ids, lengths, marks), theirs(ids, lengths, marks))


def test_a_network_learns_a_few_links_by_heart() -> None:
    few = [asked(link) for link in generated.links(40, 0)]
    *_, last = linker.train(few, Setting("words", E=16, H=16, lr=2e-2, epochs=40, batch=8), 0)
    y = [one.relation for one in few]
    assert np.mean([a == b for a, b in zip(last.answers(few), y, strict=True)]) > 0.95


@pytest.mark.parametrize("name", linking.FEATURES)
def test_a_linear_model_learns_what_an_ending_says(name: str) -> None:
    given = Parts(*[[asked(link) for link in generated.links(n, 0)] for n in (400, 60)])
    answer, chosen = linking.linear(name, given)
    assert chosen["dev"] > 0.9, "what it has seen"
    assert len(answer(given.dev)) == 60


def test_the_rule_is_that_of_the_lesson() -> None:
    assert [linking.by_rule(time) for time in ("1950년에", "아침부터", "작년까지")] == [
        "IS_INCLUDED", "BEGUN_BY", "ENDED_BY"
    ]  # fmt: skip
    assert linking.by_rule("이후") == "AFTER"


def test_links_are_turned_as_the_assignment_does_it() -> None:
    spans = [(ONE.first, ONE.second, ONE.relation)]
    wanted = [(one.first, one.second, one.relation) for one in linking.doubled([ONE])]
    assert RIGHT["augment"](spans) == wanted


def test_scores_are_those_of_the_assignment() -> None:
    questions = [ONE, ONE._replace(relation="BEFORE")]

    def answer(of: Any) -> list[str]:
        return ["INCLUDES" if one.first < one.second else "IS_INCLUDED" for one in of]

    found, said = linking.scores(questions, answer)
    assert said == ["IS_INCLUDED"] * 2
    assert found["right"] == 0.5
    assert found["consistent"] == 1.0
    assert found["macro F1"] == pytest.approx(1 / 3, abs=1e-4)


def test_an_interval_holds_the_score_and_zero_where_two_are_alike() -> None:
    rng = np.random.default_rng(0)
    y = [str(name) for name in rng.choice(RELATIONS[:3], 300)]
    said = [name if rng.random() < 0.7 else "AFTER" for name in y]
    low, high = resampling.of_macro_f1(y, [said])
    questions = [ONE._replace(relation=name) for name in y]
    assert low < linking.macro(questions, said) < high
    assert resampling.of_macro_f1(y, [said], [said]) == [0.0, 0.0]
    assert resampling.of_macro_f1(y, [y], [said])[0] > 0


def test_connectives_that_are_unseen_are_in_no_generated_sentence_as_such() -> None:
    sets = temporal.tests()
    signals = {link.signal for link in generated.links(*temporal.TRAIN)}
    dev = {link.signal for link in generated.links(*temporal.DEV, held=True)}
    unseen = {link.signal for link in sets["unseen connectives"]}
    assert len(sets["unseen connectives"]) >= 80
    assert not unseen & (signals | dev)
    assert unseen | signals >= {link.signal for link in sets["written"]}
