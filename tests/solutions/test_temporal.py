"""The references of `temporal` against intervals, brute force, torch and scikit-learn."""

from __future__ import annotations

import itertools
import re
import unicodedata
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from autograder.exercises.temporal.relations import TURNED
from autograder.given.temporal import PARTICLES, RELATIONS
from solutions.temporal.reference import (
    TLinkLSTM,
    augment,
    f1_by_relation,
    inverse,
    inverse_consistency,
    mark_entities,
    tlink_features,
)

HOLDS = {
    "BEFORE": lambda a, b: a[1] < b[0],
    "AFTER": lambda a, b: a[0] > b[1],
    "IBEFORE": lambda a, b: a[1] == b[0],
    "IAFTER": lambda a, b: a[0] == b[1],
    "INCLUDES": lambda a, b: a[0] < b[0] and b[1] < a[1],
    "IS_INCLUDED": lambda a, b: b[0] < a[0] and a[1] < b[1],
    "BEGINS": lambda a, b: a[0] == b[0] and a[1] < b[1],
    "BEGUN_BY": lambda a, b: a[0] == b[0] and a[1] > b[1],
    "ENDS": lambda a, b: a[1] == b[1] and a[0] > b[0],
    "ENDED_BY": lambda a, b: a[1] == b[1] and a[0] < b[0],
    "SIMULTANEOUS": lambda a, b: a == b,
}
"""Of two intervals, each with a length, whether they are so related."""


def test_an_inverse_holds_of_the_exchanged_intervals() -> None:
    intervals = list(itertools.combinations(range(6), 2))
    for a, b in itertools.product(intervals, repeat=2):
        found = [inverse(name) for name, holds in HOLDS.items() if holds(a, b)]
        assert found == [name for name, holds in HOLDS.items() if holds(b, a)]


def test_each_relation_has_one_inverse() -> None:
    assert sorted(map(inverse, RELATIONS)) == sorted(RELATIONS)
    assert {name: inverse(name) for name in RELATIONS} == TURNED
    assert all(inverse(inverse(name)) == name for name in RELATIONS)
    assert [n for n in RELATIONS if inverse(n) == n] == ["SIMULTANEOUS", "IDENTITY"]


@pytest.mark.parametrize("name", ["before", "OVERLAP", "", "BEFORE "])
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(KeyError):
        inverse(name)


SPAN = st.tuples(st.integers(0, 3), st.integers(4, 9))
LINKS = st.lists(st.tuples(SPAN, SPAN, st.sampled_from(RELATIONS)), max_size=8)


@given(LINKS)
def test_augmented_links_are_closed_under_inversion(links: list[Any]) -> None:
    found = augment(links)
    assert found[: len(links)] == links
    turned = [(b, a, TURNED[name]) for a, b, name in found]
    assert sorted(turned) == sorted(found)


WORDS = ["가", "나다", "라마바", "회의에서", "까지", "3월에,", "끝.", "아침부터"]


@st.composite
def sentences(draw: st.DrawFn) -> tuple[list[str], tuple[int, int], tuple[int, int]]:
    """A sentence and two spans in it, either of them first."""
    before, one, between, other, after = (
        draw(st.lists(st.sampled_from(WORDS), min_size=least, max_size=3))
        for least in (0, 1, 0, 1, 0)
    )
    a, b = len(before), len(before + one)
    c, d = b + len(between), b + len(between + other)
    tokens = [*before, *one, *between, *other, *after]
    return (tokens, (a, b), (c, d)) if draw(st.booleans()) else (tokens, (c, d), (a, b))


@given(sentences())
def test_marks_enclose_the_arguments_and_change_nothing_else(sentence: Any) -> None:
    tokens, first, second = sentence
    marked = mark_entities(list(tokens), first, second)
    assert [token for token in marked if not token.startswith("<")] == tokens
    assert sorted(token for token in marked if token.startswith("<")) == [
        "</1>",
        "</2>",
        "<1>",
        "<2>",
    ]
    for number, (start, end) in ((1, first), (2, second)):
        inside = marked[marked.index(f"<{number}>") + 1 : marked.index(f"</{number}>")]
        assert inside == tokens[start:end]
        before = [t for t in marked[: marked.index(f"<{number}>")] if not t.startswith("<")]
        assert len(before) == start
    opened = 0
    for token in marked:  # neither argument is opened within the other
        opened += token in ("<1>", "<2>")
        opened -= token in ("</1>", "</2>")
        assert 0 <= opened <= 1


@given(sentences())
def test_features_are_those_that_regular_expressions_find(sentence: Any) -> None:
    tokens, timex, event = sentence
    found = tlink_features(list(tokens), timex, event)
    bare = [re.sub(r"^[.,!?…\"']+|[.,!?…\"']+$", "", token) for token in tokens]
    word, time = bare[event[1] - 1], bare[timex[1] - 1]
    for n in (1, 2, 3):
        assert found[f"suffix{n}"] == re.findall(rf".{{0,{n}}}$", word)[0]
    matches = [p for p in PARTICLES if re.search(f"{p}$", time)]
    longest = max(matches, key=len) if matches else ""
    assert found["particle"] == (longest if longest != time else "")
    assert found["order"] == ("TE" if timex[1] <= event[0] else "ET")
    outside = set(range(min(timex[0], event[0]), max(timex[1], event[1])))
    assert found["gap"] == len(outside - set(range(*timex)) - set(range(*event)))
    assert found["next"] == [*tokens, "</s>"][event[1]]
    assert len(found) == 7


def test_particles_are_syllables_of_one_character() -> None:
    assert all(unicodedata.is_normalized("NFC", particle) for particle in PARTICLES)
    assert len(set(PARTICLES)) == 15


LENGTHS = torch.tensor([3, 6, 2])
MARKS = torch.tensor([[2, 0], [1, 5], [1, 0]])


def classifier() -> tuple[TLinkLSTM, torch.Tensor]:
    torch.manual_seed(0)
    model = TLinkLSTM(9, 4, 3, 5).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape))
    return model, torch.randint(0, 9, (3, 7))


def test_the_classifier_is_made_of_layers_of_torch() -> None:
    model, ids = classifier()
    layer = torch.nn.LSTM(4, 3, batch_first=True, bidirectional=True, dtype=torch.float64)
    cells = [(c.Wx.T, c.Wh.T, c.b, 0 * c.b) for c in (model.fw, model.bw)]
    with torch.no_grad():
        for mine, value in zip(layer.parameters(), itertools.chain(*cells), strict=True):
            mine.copy_(value)
    x = torch.nn.functional.embedding(ids, model.E)
    packed = pack_padded_sequence(x, LENGTHS, batch_first=True, enforce_sorted=False)
    hs, _ = pad_packed_sequence(layer(packed)[0], batch_first=True)
    for n, length in enumerate(LENGTHS.tolist()):
        i, j = MARKS[n].tolist()
        features = torch.cat([hs[n, i], hs[n, j], hs[n, :length].max(dim=0).values])
        wanted = torch.nn.functional.linear(features, model.W.T, model.b)
        found = model(ids, LENGTHS, MARKS)[n]
        torch.testing.assert_close(found, wanted, rtol=1e-12, atol=1e-12)


def test_the_gradients_of_the_classifier_are_differences() -> None:
    model, ids = classifier()
    names = [name for name, _ in model.named_parameters()]

    def outputs(*values: torch.Tensor) -> Any:
        given = dict(zip(names, values, strict=True))
        return torch.func.functional_call(model, given, (ids, LENGTHS, MARKS))

    assert torch.autograd.gradcheck(outputs, tuple(model.parameters()))


def test_padding_and_the_order_of_rows_do_not_matter_to_the_classifier() -> None:
    model, ids = classifier()
    logits = model(ids, LENGTHS, MARKS)
    valid = torch.arange(7) < LENGTHS[:, None]
    other = torch.where(valid, ids, 8 - ids)
    wider = torch.cat([other, other[:, :3]], dim=1)
    torch.testing.assert_close(model(wider, LENGTHS, MARKS), logits, rtol=1e-12, atol=1e-12)
    order = torch.tensor([2, 0, 1])
    torch.testing.assert_close(model(ids[order], LENGTHS[order], MARKS[order]), logits[order])


NAMES = st.sampled_from(RELATIONS)


@given(st.lists(st.tuples(NAMES, NAMES)))
def test_consistency_is_the_same_in_both_directions(pairs: list[tuple[str, str]]) -> None:
    there, back = [a for a, _ in pairs], [b for _, b in pairs]
    share = inverse_consistency(there, back)
    assert share == inverse_consistency(back, there)
    wanted = [TURNED[a] == b for a, b in pairs]
    assert share == pytest.approx(np.mean(wanted) if pairs else 0)


@settings(max_examples=200)
@given(st.data())
def test_the_scores_are_those_of_scikit_learn(data: st.DataObject) -> None:
    kinds = ["BEFORE", "AFTER", "ENDS", "NONE"]
    n = data.draw(st.integers(1, 30))
    rows = st.lists(st.sampled_from(kinds), min_size=n, max_size=n)
    y_true, y_pred = data.draw(rows), data.draw(rows)
    relations = data.draw(st.lists(st.sampled_from(kinds), min_size=1, unique=True))
    found = f1_by_relation(y_true, y_pred, relations)
    assert list(found) == relations
    assert all(type(entry[3]) is int for entry in found.values())
    wanted = precision_recall_fscore_support(y_true, y_pred, labels=relations, zero_division=0)
    np.testing.assert_allclose(list(found.values()), np.transpose(wanted), atol=1e-12)
