"""An argument is spoken of by its name, by `check` and by the judge, whatever makes the call."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.checking.compare import judged as judged_calls
from autograder.checking.examine import examine
from autograder.checking.parameters import parameters, said
from autograder.exercises import Call, Exercise, Ref, find
from autograder.exercises.program import arrays_in
from autograder.grader.judge import expected
from tests.students import EXERCISES, edited, judged, solved

WIDE = np.ones((2, 3))


def test_each_array_of_a_list_has_the_name_of_the_list() -> None:
    call = Call("N=2", "f", ([WIDE, WIDE], 3, WIDE))
    assert said(call, "lstm", ("weights", "n", "x"), [0, 1, 2]) == ["`weights`", "`x`"]


def test_a_cache_is_no_array_and_has_its_place_all_the_same() -> None:
    call = Call("N=2", "f", (WIDE, Ref("before", 0), WIDE))
    assert said(call, "lstm", ("dh", "cache", "dc"), [1]) == ["`dc`"]


def test_an_adapter_names_what_it_takes_and_hands_the_rest_on() -> None:
    call = Call("D=3", "cudnn_pack", ("lstm", WIDE, WIDE), adapter="packed")
    assert said(call, "layers", ("kind", "Wx", "Wh", "bx", "bh"), [0, 1]) == ["`Wx`", "`Wh`"]
    call = Call("N=3", "LSTMCell", (WIDE, WIDE), adapter="torch_cell")
    assert said(call, "lstm", ("input_size", "hidden_size"), [1]) == ["`h`"]


def test_an_argument_without_a_known_name_is_counted() -> None:
    assert said(Call("N=2", "f", (WIDE, WIDE)), "lstm", (), [1]) == ["second array argument"]
    assert parameters(3) == ()


def test_what_an_adapter_says_first_shifts_no_name() -> None:
    call = Call("odd", "cudnn_pack", ("another kind", "rnn", WIDE, WIDE), adapter="refused")
    names = ("kind", "Wx", "Wh", "bx", "bh")
    assert said(call, "layers", names, [0, 1]) == ["`Wx`", "`Wh`"]


def test_what_is_given_to_an_object_has_no_name_of_what_makes_it() -> None:
    args = (WIDE, WIDE, WIDE, WIDE)
    call = Call("N=2", "GRUCell", args, adapter="torch_gru")
    names = ("input_size", "hidden_size", "reset_after")
    assert said(call, "gru", names, [0, 1, 2, 3]) == ["`x`", "`h`", "input"]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_no_argument_is_told_by_its_number(exercise: Exercise) -> None:
    names = expected.parameters(exercise)
    for call in judged_calls(exercise, exercise.draw(3)):
        many = sum(len(arrays_in([arg])) for arg in call.args)
        for words in said(call, exercise.assignment, names, range(many)):
            assert words.startswith("`") or words == "input", call.name


@pytest.mark.parametrize("where", ["check", "judge"])
def test_a_changed_list_is_told_by_its_name(where: str) -> None:
    exercise = find("gru_from_keras")
    assert exercise is not None
    edit = "@ kernel, recurrent_kernel, *bias = weights\n+ recurrent_kernel *= 2"
    student = solved("layers", gru_from_keras=edited("layers", "gru_from_keras", edit))
    found = (
        examine(exercise, student["gru_from_keras"])
        if where == "check"
        else judged(exercise, 3, student)
    )
    changed = [f.says for f in found.findings if f.problem == "changed"]
    assert changed[0].startswith("It changes its own input: its `weights` is not the same after")
