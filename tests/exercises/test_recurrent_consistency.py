"""What is built on an own step or sequence of any recurrent cell is followed, and no cheat is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from autograder.exercises import Answer, Array, Program, run
from autograder.exercises.gru.sequences import equals_loop_backward, follow_sequence_backward
from autograder.exercises.gru.steps import AFTER, GRU
from autograder.exercises.recurrent.sequences import FOLLOWED
from autograder.exercises.recurrent.steps import RNN
from autograder.exercises.shared.recurrent_cell import RecurrentCell
from autograder.exercises.shared.recurrent_consistency import (
    adds_last,
    adjoints,
    follow_backward,
    follow_forward,
)
from tests.exercises.pair_cell import (
    CASES,
    PAIR,
    RIGHT,
    SEQUENCES,
    pair_forward,
    pair_step_backward,
    pair_step_forward,
    rng,
)
from tests.students import solved


def asking(**objects: Any) -> Callable[[Program], Sequence[Answer]]:
    """Answers of the right functions, but for `objects`."""
    return lambda program: run(program, RIGHT | objects)


def test_a_right_backward_of_a_new_cell_is_followed() -> None:
    assert adjoints(PAIR, tuple(CASES.values()), asking(), rng()) == [True] * len(CASES)
    assert follow_backward(PAIR, tuple(CASES.values()), asking(), rng())


@pytest.mark.parametrize("wrong", range(7), ids=PAIR.step_backward.returns)
def test_one_wrong_gradient_is_not_followed(wrong: int) -> None:
    def back(*args: Any) -> list[Array]:
        found = list(pair_step_backward(*args))
        found[wrong] = 1.001 * found[wrong]
        return found

    ask = asking(pair_step_backward=back)
    assert not follow_backward(PAIR, tuple(CASES.values()), ask, rng())


def test_an_option_that_is_ignored_backward_is_not_followed() -> None:
    def back(dh: Array, dm: Array, cache: Any) -> tuple[Array, ...]:
        return pair_step_backward(dh, dm, (*cache[:-1], True))

    ask = asking(pair_step_backward=back)
    assert adjoints(PAIR, tuple(CASES.values()), ask, rng()) == [True, False, True]


def test_the_loop_over_an_own_step_is_followed() -> None:
    assert follow_forward(PAIR, SEQUENCES, asking(), rng())


def first_for_last(x: Array, h0: Array, m0: Array, *rest: Any) -> tuple[Any, ...]:
    hs, h, _, cache = pair_forward(x, h0, m0, *rest)
    return hs, h, m0, cache


def in_place(x: Array, *rest: Any) -> tuple[Any, ...]:
    found = pair_forward(x, *rest)
    x *= 2
    return found


def turned(x: Array, *rest: Any) -> tuple[Any, ...]:
    return pair_forward(x[:, ::-1], *rest)


def never_swapped(*args: Any) -> tuple[Any, ...]:
    return pair_forward(*args[:-1], False)


@pytest.mark.parametrize("wrong", [first_for_last, in_place, turned, never_swapped])
def test_another_sequence_is_not_followed(wrong: Callable[..., Any]) -> None:
    assert not follow_forward(PAIR, SEQUENCES, asking(pair_forward=wrong), rng())


@pytest.mark.parametrize("trivial", ["always", "where not swapped"])
def test_a_step_that_is_no_attempt_is_not_followed(trivial: str) -> None:
    def step(x: Array, h: Array, m: Array, *rest: Any) -> tuple[Any, ...]:
        if trivial == "always" or not rest[-1]:
            return 0 * h, 0 * m, None
        return pair_step_forward(x, h, m, *rest)

    def sequence(x: Array, h0: Array, m0: Array, *rest: Any) -> tuple[Any, ...]:
        hs, h, m = [], h0, m0
        for t in range(x.shape[1]):
            h, m, _ = step(x[:, t], h, m, *rest)
            hs.append(h)
        return np.stack(hs, axis=1), h, m, None

    ask = asking(pair_step_forward=step, pair_forward=sequence)
    assert not follow_forward(PAIR, SEQUENCES, ask, rng())


def test_what_cannot_be_asked_is_neither_right_nor_wrong() -> None:
    def never(*args: Any) -> None:
        raise ValueError("no")

    gru = {"gru_forward": never, "gru_backward": never}
    assert adjoints(PAIR, SEQUENCES, asking(pair_forward=never), rng()) == [None, None]
    assert adds_last(GRU, ((2, 3, 4, 3), AFTER), asking(**gru), rng()) is None
    assert not follow_backward(GRU, (((2, 3, 4, 3), AFTER),), asking(**gru), rng())


@pytest.mark.parametrize("cell", [RNN, GRU], ids=lambda cell: cell.name)
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_the_last_gradient_has_to_be_added_whole(cell: RecurrentCell, share: float) -> None:
    notebook = solved(cell.assignment)
    back = notebook[cell.backward.name]
    notebook[cell.backward.name] = lambda dhs, dhT, cache: back(dhs, share * dhT, cache)
    case = ((2, 3, 4, 3), AFTER if cell.option else ())
    assert adds_last(cell, case, lambda program: run(program, notebook), rng()) is (share == 1)
    assert follow_backward(cell, [case], lambda program: run(program, notebook), rng()) is (
        share == 1
    )


def test_a_last_gradient_that_is_written_into_the_others_is_seen() -> None:
    notebook = solved("recurrent")
    back = notebook["rnn_backward"]

    def in_place(dhs: Array, dhT: Array, caches: Any) -> Any:
        dhs[:, -1] += dhT
        return back(dhs, 0 * dhT, caches)

    notebook["rnn_backward"] = in_place
    case = ((2, 3, 4, 3), ())
    assert adds_last(RNN, case, lambda program: run(program, notebook), rng()) is False


def test_a_backward_pass_of_a_saturated_step_costs_nothing() -> None:
    step = "    b = b + 4\n    return right(x, h, Wx, Wh, b)\n"
    drifting = f"right = rnn_step_forward\ndef rnn_step_forward(x, h, Wx, Wh, b):\n{step}"
    notebook = solved("recurrent", rnn_step_forward=drifting)
    for seed in range(8):
        drawn = np.random.default_rng(seed)
        assert follow_backward(RNN, FOLLOWED, lambda program: run(program, notebook), drawn)


def test_the_loop_over_constants_earns_nothing() -> None:
    ones = "    return [np.ones(g.shape) for g in right(dh_next, cache)]\n"
    constant = f"right = gru_step_backward\ndef gru_step_backward(dh_next, cache):\n{ones}"
    notebook = solved("gru", gru_step_backward=constant)

    def ask(program: Program) -> Sequence[Answer]:
        return run(program, notebook)

    assert equals_loop_backward(((3, 4, 5, 2), AFTER), ask, rng())
    assert not follow_sequence_backward(ask, rng())


@pytest.mark.parametrize("wrong", [False, True])
def test_a_loop_over_a_wrong_step_backward_costs_once(wrong: bool) -> None:
    again = "    dx, dh, *rest = right(dh_next, cache)\n    return 2 * dx, dh, *rest\n"
    twice = f"right = gru_step_backward\ndef gru_step_backward(dh_next, cache):\n{again}"
    notebook = solved("gru", gru_step_backward=twice)
    if wrong:
        back = notebook["gru_backward"]
        notebook["gru_backward"] = lambda dhs, dhT, caches: back(dhs[:, ::-1], dhT, caches)
    assert follow_sequence_backward(lambda program: run(program, notebook), rng()) is not wrong
