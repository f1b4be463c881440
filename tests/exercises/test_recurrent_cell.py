"""A recurrent cell is described once, and its inputs and calls come from that."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.exercises import Array, Ref, run
from autograder.exercises.gru.steps import AFTER, BEFORE, GRU
from autograder.exercises.lstm.steps import LSTM
from autograder.exercises.recurrent.steps import RNN
from autograder.exercises.shared.inputs import OTHERS
from autograder.exercises.shared.recurrent_cell import RecurrentCell
from autograder.exercises.shared.recurrent_programs import (
    backward_program,
    forward_program,
    once_more,
)
from tests.exercises.pair_cell import CASES, PAIR, RIGHT, SEQUENCES, pair_step_backward, rng

every_cell = pytest.mark.parametrize("cell", [RNN, LSTM, GRU], ids=lambda cell: cell.name)


def test_the_names_are_those_of_the_chapters() -> None:
    assert RNN.step == ("rnn_step_forward", ("h_next",))
    assert RNN.step_backward == ("rnn_step_backward", ("dx", "dh", "dWx", "dWh", "db"))
    assert LSTM.step == ("lstm_step_forward", ("h_next", "c_next"))
    assert LSTM.forward == ("lstm_forward", ("hs", "hT", "cT"))
    assert LSTM.backward.returns == ("dx", "dh0", "dc0", "dWx", "dWh", "db")
    assert GRU.forward == ("gru_forward", ("hs",))
    assert GRU.backward == ("gru_backward", ("dx", "dh0", "dWx", "dWh", "dbx", "dbh"))
    assert GRU.packed == dict.fromkeys(("dWx", "dWh", "dbx", "dbh"), ("r", "z", "n"))
    assert GRU.label((1, 2, 3), BEFORE) == "N=1, D=2, H=3, reset_after=False"
    assert LSTM.label((1, 2, 3, 4)) == "N=1, T=2, D=3, H=4"


@every_cell
def test_arguments_have_the_shapes_that_the_sizes_say(cell: RecurrentCell) -> None:
    N, T, D, H = 3, 4, 5, 2
    K = len(cell.gates)
    weights = {"Wx": (D, K * H), "Wh": (H, K * H), **dict.fromkeys(cell.biases, (K * H,))}
    step = {"x": (N, D), **dict.fromkeys(cell.states, (N, H)), **weights}
    first = {f"{state}0": (N, H) for state in cell.states}
    sequence = {"x": (N, T, D), **first, **weights}
    for sizes, shapes in (((N, D, H), step), ((N, T, D, H), sequence)):
        args = cell.args(rng(), *sizes)
        assert {name: a.shape for name, a in args.items()} == shapes
        assert list(args) == list(shapes)
        (hidden,) = (a for name, a in args.items() if name in ("h", "h0"))
        assert np.abs(hidden).max() < 1


@every_cell
def test_gates_are_saturated_by_name(cell: RecurrentCell) -> None:
    for (label, args), gates in zip(
        cell.saturated(rng()).items(), cell.saturations.values(), strict=True
    ):
        summed = args["x"] @ args["Wx"] + args["h"] @ args["Wh"]
        summed = summed + sum(args[bias] for bias in cell.biases)
        for gate, part in zip(cell.gates, np.split(summed, len(cell.gates), axis=1), strict=True):
            expected = (900, 1100) if gate in gates else (0, 100)
            assert expected[0] <= np.abs(part).min() <= np.abs(part).max() < expected[1], label


def test_a_bias_is_constant_within_its_gate() -> None:
    assert LSTM.bias(2, f=3, o=-1).tolist() == [0, 0, 3, 3, 0, 0, -1, -1]


def test_the_calls_of_a_new_cell_need_its_description_alone() -> None:
    extremes = {"k": (PAIR.args(rng(), 4, 3, 2), (True,))}
    forward = forward_program(PAIR, CASES, rng(), extremes=lambda _: extremes)
    backward = backward_program(PAIR, CASES, rng(), again=once_more)
    sequences = {PAIR.label(sizes): (sizes, options) for sizes, options in SEQUENCES}
    whole = forward_program(PAIR, sequences, rng())
    assert [call.name for call in forward.calls] == [
        *CASES,
        "the first inputs once more",
        OTHERS,
        "the first inputs as views that are not contiguous",
        "k",
    ]
    for program in (forward, backward, whole):
        for call, answer in zip(program.calls, run(program, RIGHT), strict=True):
            assert (answer.raised, answer.returned) == ("", "")
            assert len(answer.results) == len(call.returns) > 0


def test_a_gradient_has_the_shape_of_its_argument() -> None:
    program = backward_program(PAIR, CASES, rng(), again=once_more)
    answers = {answer.call: answer for answer in run(program, RIGHT)}
    for label, (sizes, _) in CASES.items():
        shapes = [a.shape for a in PAIR.args(rng(), *sizes).values()]
        found = [result.value for result in answers[label].results]
        assert [a.shape for a in found if a is not None] == shapes


def test_all_forward_passes_come_before_the_first_backward_pass() -> None:
    program = backward_program(
        PAIR,
        CASES,
        rng(),
        again=once_more,
        beside=lambda dh, dm: {"dm zero": (dh, 0 * dm)},
    )
    first, *others = CASES
    made = [*CASES, OTHERS]
    forward, backward = program.calls[: len(made)], program.calls[len(made) :]
    assert [call.name for call in forward] == [f"forward: {label}" for label in made]
    assert [call.name for call in backward] == [
        first,
        f"{first}, dm zero",
        *others,
        OTHERS,
        "the first cache once more",
        "upstream gradients that are not contiguous",
    ]
    caches = [call.args[-1] for call in backward]
    made = [first, first, *others, OTHERS, first, first]
    assert caches == [Ref(f"forward: {label}", 2) for label in made]


def test_a_cache_that_serves_once_is_seen() -> None:
    def spent(dh_next: Array, dm_next: Array, cache: Any) -> tuple[Array, ...]:
        found = pair_step_backward(dh_next, dm_next, cache)
        cache[0][...] = 0
        return found

    program = backward_program(PAIR, CASES, rng(), again=once_more)
    answers = {a.call: a for a in run(program, RIGHT | {"pair_step_backward": spent})}
    first, again = (
        answers[name].results[3].value for name in (next(iter(CASES)), "the first cache once more")
    )
    assert first is not None
    assert again is not None
    assert not np.allclose(first, again)


def test_gradients_are_drawn_first_where_the_description_says_so() -> None:
    program = backward_program(RNN, RNN.cases((2, 3, 4), (1, 2, 3)), rng(), again=once_more)
    later = backward_program(GRU, {"a": ((2, 3, 4), AFTER)}, rng(), again=once_more)
    asked = {call.name: call.args[0] for call in program.calls}
    first, second = RNN.cases((2, 3, 4), (1, 2, 3))
    of_gru = later.calls[0].args[0]
    drawn = rng()
    assert np.array_equal(asked[first], drawn.standard_normal((2, 4)))
    assert np.array_equal(asked[second], drawn.standard_normal((1, 3)))
    assert np.array_equal(of_gru, rng().standard_normal((2, 3)))
