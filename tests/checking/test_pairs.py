"""Two known mistakes at once are both named, by the judge and, where cases part them, by check."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest

from autograder.checking import fingerprint
from autograder.checking.assess import Assessor
from autograder.checking.pairs import Pair, main, ranked
from autograder.checking.public import Public
from autograder.exercises import find, run
from autograder.grader import catalogue
from tests.students import judge

ONE = np.ones((1, 4))


def entries(name: str) -> dict[str, catalogue.Entry]:
    exercise = find(name)
    assert exercise is not None
    found = catalogue.entries(exercise.assignment)
    return {entry.name: entry for entry in found if entry.exercise == name}


@pytest.mark.parametrize(
    "name", ["conv_output_size", "softmax_cross_entropy", "rnn_backward", "gru_step_backward"]
)
def test_the_judge_names_both_of_two_mistakes_and_never_another_pair(name: str) -> None:
    exercise = find(name)
    assert exercise is not None
    pairs = [p for p in combinations(entries(name).values(), 2) if catalogue.composable(*p)]
    chosen = np.random.default_rng(5).choice(len(pairs), 8, replace=False)
    knowledge = judge(exercise.assignment, 7).knowledge(exercise)
    named = []
    for i in chosen:
        one, other = pairs[i]
        student = catalogue.namespace(exercise.assignment, one, other)
        found = Assessor(knowledge, lambda p, s=student: run(p, s)).by_itself()
        names = found.mistake.split(" and ")
        # One of the two may hide the other, which then is not to be seen in any case.
        if not set(names) <= {one.name, other.name, ""}:
            # Then what is named is the same said otherwise: for all inputs, not these alone.
            assert agree(name, (one, other), [entries(name)[n] for n in names]), found.mistake
            continue
        if len(names) == 2:
            says = [knowledge.mistakes[n].says for n in names]
            assert found.message.startswith(
                f"Two things are wrong. {says[0]} And besides: {says[1]} "
            )
            assert found.read == knowledge.mistakes[names[0]].read
            named.append(i)
    assert len(named) >= 6


def agree(name: str, made: Sequence[catalogue.Entry], named: Sequence[catalogue.Entry]) -> bool:
    """Whether two versions answer alike for inputs that have not been asked before."""
    exercise = find(name)
    assert exercise is not None
    programs = [exercise.draw(seed) for seed in range(20, 25)]
    versions = [catalogue.namespace(exercise.assignment, *entries) for entries in (made, named)]
    return all(
        fingerprint.name(exercise, program, one, {"same": other}) == "same"
        for program in programs
        for one, other in [
            [fingerprint.fingerprint(exercise, program, run(program, v)) for v in versions]
        ]
    )


def test_check_names_both_where_each_case_shows_one_of_them() -> None:
    exercise = find("conv2d_backward")
    assert exercise is not None
    known = entries(exercise.name)
    made = known["kernel-flipped-in-dx"], known["dw-averaged-over-the-batch"]
    student = catalogue.namespace(exercise.assignment, *made)
    found = Assessor(Public(exercise), lambda p: run(p, student)).by_itself()
    assert set(found.mistake.split(" and ")) == {m.name for m in made}


def test_the_mistake_that_explains_more_results_comes_first() -> None:
    right, a, b = np.zeros((3, 4)), np.zeros((3, 4)), np.zeros((3, 4))
    a[0], b[1], b[2] = 1, 2, 3
    (pair,) = ranked(a + b, right, {"few": a, "many": b}, ONE * 1e-6)
    assert pair == Pair("many", "few", certain=True)


def test_what_one_case_contradicts_is_not_certain_and_comes_last() -> None:
    right, a, b, c = (np.zeros((5, 4)) for _ in range(4))
    a[0], b[1], c[2] = 1, 2, 3
    pairs = ranked(a + b, right, {"a": a, "c": c, "b": b}, ONE * 1e-6)
    assert {pairs[0].first, pairs[0].second} == {"a", "b"}
    assert [pair.certain for pair in pairs] == [True, False, False]


def test_results_of_kinds_that_no_version_gives_are_no_pairs() -> None:
    right, a, b = np.zeros((2, 4)), np.ones((2, 4)), 2 * np.ones((2, 4))
    assert ranked(a + 0, right, {"a": a, "b": b}, ONE * 1e-6)
    assert not ranked(a + 7, right, {"a": a, "b": b}, ONE * 1e-6)


def test_what_most_cases_contradict_is_left_out() -> None:
    right, a, b, c = (np.zeros((3, 4)) for _ in range(4))
    a[0], b[1], c[2] = 1, 2, 3
    pairs = ranked(a + b, right, {"a": a, "c": c, "b": b}, ONE * 1e-6)
    assert [{pair.first, pair.second} for pair in pairs] == [{"a", "b"}]


def test_where_both_show_only_both_together_can_tell() -> None:
    right, a, b = np.zeros((2, 4)), np.ones((2, 4)), np.ones((2, 4))
    both = a + b
    both[:, 0] = 1  # a result of the same kind as theirs
    (pair,) = ranked(both, right, {"a": a, "b": b}, ONE * 1e-6)
    assert not pair.certain


def test_the_main_mistake_explains_half_of_what_is_wrong_and_nothing_that_is_right() -> None:
    right, a, b, found = (np.zeros((6, 4)) for _ in range(4))
    a[:4], b[:4] = 1, 1
    b[5] = 1
    found[:4] = 1
    found[3] = 2
    cases = [[row] for row in range(6)]
    assert main(found, right, {"b": b, "a": a}, ONE * 1e-6, cases) == ("a", 3)
    found[1:3] = 2
    assert main(found, right, {"a": a}, ONE * 1e-6, cases) is None


def test_a_call_that_fails_is_explained_by_no_mistake() -> None:
    right, a = np.zeros((3, 4)), -5 * np.ones((3, 4))
    assert main(a + 0, right, {"a": a}, ONE * 1e-6, [[0], [1], [2]]) is None
