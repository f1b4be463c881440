"""A stand-in for a function of an earlier assignment is as right as the function that it is for."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from autograder import given
from autograder.exercises import Exercise
from autograder.given import cells, text
from autograder.grader import references
from tests.students import EXERCISES, judged

THERE = {**vars(given), **vars(text)}
STAND_INS = [exercise for exercise in EXERCISES if exercise.name in THERE]


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("exercise", STAND_INS, ids=lambda exercise: exercise.name)
def test_a_stand_in_gives_what_its_exercise_asks_for(exercise: Exercise, seed: int) -> None:
    found = judged(exercise, seed, THERE)
    assert found.status == "correct", found.message


CELLS = {"GRUCell": ("gru", cells.GRUCell), "LSTMCell": ("lstm", cells.LSTMCell)}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_and_its_fused_run_are_the_reference_in_a_loop(name: str) -> None:
    assignment, given_class = CELLS[name]
    right = references.namespace(assignment)[name](3, 5).double()
    cell = given_class(3, 5).double()
    assert {n: p.shape for n, p in cell.named_parameters()} == {
        n: p.shape for n, p in right.named_parameters()
    }
    draw = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in right.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=draw, dtype=torch.float64))
    cell.load_state_dict(right.state_dict())
    x, h, c = (torch.randn(2, n, generator=draw, dtype=torch.float64) for n in (21, 5, 5))
    x = x.reshape(2, 7, 3)
    for start in (None, h if name == "GRUCell" else (h, c)):
        hs = {"loop of the reference": loop(right, x, start), "loop": loop(cell, x, start)}
        hs["run"] = cells.run(cell, x, start)
        for found in hs.values():
            torch.testing.assert_close(found, hs["loop of the reference"], rtol=1e-12, atol=1e-12)
        gradients = [
            torch.autograd.grad(one.sin().sum(), of.parameters())
            for one, of in ((hs["run"], cell), (hs["loop of the reference"], right))
        ]
        for found, wanted in zip(*gradients, strict=True):
            torch.testing.assert_close(found, wanted, rtol=1e-9, atol=1e-12)


def loop(cell: Any, x: torch.Tensor, state: Any) -> torch.Tensor:
    """The hidden states of a cell, step by step."""
    found = []
    for t in range(x.shape[1]):
        state = cell(x[:, t], state)
        found.append(state[0] if isinstance(state, tuple) else state)
    return torch.stack(found, dim=1)


def test_the_special_words_are_the_first_four() -> None:
    assert (text.PAD, text.BOS, text.EOS, text.UNK) == (0, 1, 2, 3)
