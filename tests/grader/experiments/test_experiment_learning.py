"""The learning curves and the gate traces: what is recorded, and that it repeats."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import torch

from autograder.experiments import gates
from autograder.grader.experiments import learning, traces
from autograder.grader.experiments import record as records
from autograder.grader.experiments.record import CHAPTERS, tidy


def record(name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((CHAPTERS / "gated/results" / f"{name}.json").read_text())
    return found


def test_a_record_keeps_its_values_and_puts_lists_of_numbers_on_one_line() -> None:
    values = {"a": [1, 2.5, None], "b": {"c": [[1], ["x, y"]], "d": []}}
    text = tidy(json.dumps(values, indent=1))
    assert json.loads(text) == values
    assert '"a": [ 1, 2.5, null ]' in text


def test_a_record_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "CHAPTERS", tmp_path)
    (tmp_path / "gated").mkdir()
    file = records.write("gated", "one", {"found": 1})
    before = file.read_bytes()
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        records.write("gated", "one", {"found": 2})
    assert file.read_bytes() == before


def test_the_criterion_is_reached_where_the_curve_first_crosses_it() -> None:
    assert learning.reached([0.1, 0.5, 0.4, 0.9], "copying", every=10) == 20
    assert learning.reached([0.1, 0.2], "copying", every=10) is None
    assert learning.reached([0.2, 0.1, 0.01, 0.3], "adding", every=30) == 90
    assert learning.reached([30.0, 25.0], "sunspots", every=5) == 10


def test_a_curve_repeats_and_ends_where_its_training_ends() -> None:
    job = ("brackets", "gru", 8, 0)
    curve = learning.curve(job, updates=40)
    assert len(curve) == learning.POINTS
    assert learning.curve(job, updates=40) == curve
    *_, network = gates.training(gates.TASKS["brackets"], "gru", 8, 0, 40)
    batches = gates.unseen(gates.TASKS["brackets"], 0, 4)
    assert curve[-1] == pytest.approx(gates.judge(network, gates.TASKS["brackets"], batches), 1e-3)


@pytest.mark.parametrize("kind", traces.SHOWN)
def test_the_states_computed_from_the_gates_are_those_of_the_layer(kind: str) -> None:
    torch.manual_seed(0)
    network = gates.OneLayer(kind, 3, 5, 9)
    x = torch.randn(2, 7, 3)
    found = traces.inside(network, kind, x)
    torch.testing.assert_close(found["h"], network.layer(x)[0])
    if kind == "lstm":
        torch.testing.assert_close(found["c"][:, -1], network.layer(x)[1][1][0])


def test_depth_and_correlation_are_what_they_say() -> None:
    marks = traces.ids("a(b)((")
    assert traces.depths(marks).tolist() == [0, 1, 1, 0, 1, 2]
    depth = torch.tensor([[0, 1, 2, 1]])
    state = torch.stack([3.0 - depth, depth * 2.0, torch.tensor([[1.0, -1, 1, -1]])], dim=2)
    torch.testing.assert_close(traces.follows(state, depth), torch.tensor([-1.0, 1.0, 0.0]))


def test_a_trace_repeats_in_a_small_run() -> None:
    first = traces.one("gru", seed=0, updates=20)
    assert first == traces.one("gru", seed=0, updates=20)
    assert len(first["trace"]["z"]) == len(first["said"]) == len(traces.TEXT)
    assert set(first["means"]) == {"r", "z"}
