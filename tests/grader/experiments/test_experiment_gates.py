"""The comparison of an RNN, an LSTM and a GRU: its tasks, its fairness, and that runs repeat."""

from __future__ import annotations

import pytest
import torch

from autograder.experiments.gates import (
    KINDS,
    MEMORY,
    SIZE,
    SYMBOLS,
    TASKS,
    OneLayer,
    adding,
    brackets,
    copying,
    equal_size,
    parameters,
    run,
)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_two_numbers_are_marked_and_added() -> None:
    x, y = adding(seeded())
    assert (x[..., 1].sum(1) == 2).all()
    assert (x[:, :20, 1].sum(1) == 1).all()
    for row, total in zip(x, y, strict=True):
        torch.testing.assert_close(row[row[:, 1] == 1, 0].sum(), total)
    assert float(((y - 1) ** 2).mean()) == pytest.approx(TASKS["adding"].guess, rel=0.3)


def test_what_is_to_be_copied_stands_at_the_front_and_is_called_for() -> None:
    x, y = copying(seeded())
    assert x.sum(2).eq(1).all()
    assert (x[:, :MEMORY].argmax(2) == y).all()
    assert not x[:, MEMORY:, :SYMBOLS].any()
    assert (x[..., SYMBOLS + 1].sum(1) == 1).all()
    assert x[:, -MEMORY - 1, SYMBOLS + 1].all()


def test_depth_is_what_is_open() -> None:
    x, y = brackets(seeded())
    assert (x[..., 1].cumsum(1) - x[..., 2].cumsum(1) == y).all()
    assert int(y.min()) == 0
    assert int(y.max()) <= TASKS["brackets"].outputs - 1
    counts = torch.bincount(y.flatten())
    assert float(counts.max() / counts.sum()) == pytest.approx(TASKS["brackets"].guess, abs=0.03)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("inputs", [1, 2, 3, 10])
def test_equal_parameters_are_equal_within_three_per_cent(kind: str, inputs: int) -> None:
    wanted = parameters("lstm", inputs, SIZE)
    H = equal_size(kind, inputs)
    assert parameters(kind, inputs, H) == pytest.approx(wanted, rel=0.03)
    assert H == SIZE or kind != "lstm"


def test_the_lstm_begins_with_an_open_forget_gate() -> None:
    torch.manual_seed(0)
    bias = OneLayer("lstm", 2, 8, 1).layer.bias_ih_l0
    assert float(bias[8:16].mean()) > 0.6
    assert float(torch.cat([bias[:8], bias[16:]]).abs().max()) < 0.36


def test_a_run_repeats_and_learns() -> None:
    task = TASKS["brackets"]
    first = run(task, "gru", 16, seed=0, updates=30)
    assert run(task, "gru", 16, seed=0, updates=30) == first
    assert run(task, "gru", 16, seed=1, updates=30) != first
    assert first > task.guess
