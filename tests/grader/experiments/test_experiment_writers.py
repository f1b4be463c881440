"""What the letter models are asked about brackets, and what an update of a layer costs."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from autograder.grader.experiments import seconds, writers


def test_a_place_is_inside_from_its_bracket_to_the_end_of_the_bracket_or_line() -> None:
    found = writers.inside_brackets("a(b(c)d)e\n(f\ng)h")
    np.testing.assert_array_equal(found, [0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0])


def test_a_unit_that_follows_is_found_and_a_sum_where_no_unit_does() -> None:
    rng = np.random.default_rng(0)
    wanted = rng.integers(0, 2, 400).astype(float)
    hidden = rng.standard_normal((400, 3))
    assert writers.best_unit(np.column_stack([hidden, -wanted]), wanted) == pytest.approx(1)
    assert writers.best_unit(np.column_stack([hidden, np.ones(400)]), wanted) < 0.2
    spread = np.column_stack([hidden, hidden.sum(axis=1) + 0.1 * wanted])
    assert writers.best_unit(spread, wanted) < 0.2
    assert writers.all_units(spread, wanted) == pytest.approx(1)


@pytest.mark.parametrize("kind", ["RNN", "LSTM, forget bias 1", "GRU"])
def test_the_states_are_those_of_the_layer(kind: str) -> None:
    torch.manual_seed(0)
    writer = writers.Writer(7, kind)
    ids = torch.randint(7, (30,))
    found = writers.states(writer, ids)
    with torch.no_grad():
        hs, last = writer.layer(writer.table(ids[None]))
    np.testing.assert_allclose(found["h"], hs[0].numpy(), atol=1e-5)
    assert set(found) == ({"h", "c"} if kind.startswith("LSTM") else {"h"})
    if "c" in found:
        np.testing.assert_allclose(found["c"][-1], last[1][0, 0].numpy(), atol=1e-5)


def test_one_training_is_repeated_to_the_last_digit() -> None:
    rows = torch.randint(5, (4, 2 * writers.K + 1), generator=torch.Generator().manual_seed(0))
    once, again = (writers.trained("GRU", 1, 5, rows, epochs=1) for _ in range(2))
    for a, b in zip(once.parameters(), again.parameters(), strict=True):
        assert torch.equal(a, b)
    bias = writers.Writer(5, "LSTM, forget bias 3").layer.bias_ih_l0[writers.H : 2 * writers.H]
    assert bias.detach().mean() == pytest.approx(3, abs=0.05)


def test_the_looped_lstm_is_run_without_the_one_operation() -> None:
    layer = torch.nn.LSTM(2, 4, batch_first=True)
    for name, one in (("lstm", True), ("lstm, looped", False)):
        with seconds.kernel(name), torch.no_grad(), torch.profiler.profile() as trace:
            layer(torch.zeros(2, 6, 2))
        assert any("mkldnn_rnn_layer" in event.name for event in trace.events()) is one
