"""The table of operations and the recorded traces are what torch's profiler shows here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
import torch

from autograder.exercises.layers.masks import traces
from autograder.exercises.layers.operations import (
    ON_A_CPU,
    ON_CUDA,
    ONCE,
    RECORDED,
    TABLE,
    spelled,
    traced,
    whole,
)
from autograder.grader import references
from autograder.grader.experiments.fused import looped, made
from tests.chapters.pages import lesson_of
from tests.students import solved

N, D, H = 2, 3, 5
LAYERS = ("nn.LSTM", "nn.GRU", "nn.Conv2d")
Tensor = torch.Tensor


def by_cell(cell: Any, state: Any, x: Tensor) -> Tensor:
    """A cell of torch in a loop, from a state that is given."""
    hs = []
    for x_t in x.unbind(1):
        state = cell(x_t, state)
        hs.append(state[0] if isinstance(state, tuple) else state)
    return torch.stack(hs, dim=1)


def by_layer(layer: Any, x: Tensor) -> Tensor:
    """A layer of torch that is called once a step."""
    state, hs = (torch.zeros(1, N, H),) * 2, []
    for x_t in x.split(1, dim=1):
        h, state = layer(x_t, state)
        hs.append(h)
    return torch.cat(hs, dim=1)


def runs(x: Tensor) -> dict[str, Callable[[], Any]]:
    """What was recorded, by the name of its trace."""
    lstm, gru = (kind(D, H, batch_first=True) for kind in (torch.nn.LSTM, torch.nn.GRU))
    conv, image = torch.nn.Conv2d(3, 4, 3), torch.randn(N, 3, 8, 8)
    own, _ = made("cpu", N=N, T=1, D=D, H=H)

    def products() -> Tensor:
        columns = torch.nn.functional.unfold(image, (3, 3))
        return (conv.weight.flatten(1) @ columns).view(N, 4, 6, 6)

    def cells(cell: Any, many: bool) -> Tensor:
        h = torch.zeros(N, H)
        return by_cell(cell, (h, h) if many else h, x)

    return {
        "nn.LSTM on a CPU": lambda: lstm(x),
        "nn.GRU on a CPU": lambda: gru(x),
        "nn.Conv2d on a CPU": lambda: conv(image),
        "a cell of one's own in a loop": lambda: looped(own, x),
        "nn.LSTMCell in a loop": partial(cells, torch.nn.LSTMCell(D, H), True),
        "nn.GRUCell in a loop": partial(cells, torch.nn.GRUCell(D, H), False),
        "nn.LSTM called step by step": lambda: by_layer(lstm, x),
        "a convolution out of products": products,
    }


@pytest.mark.parametrize("T", [16, 64])
@pytest.mark.parametrize("label", ON_A_CPU)
def test_a_recorded_trace_is_what_the_profiler_gives_here(label: str, T: int) -> None:
    assert traced(runs(torch.randn(N, T, D))[label]) == spelled(ON_A_CPU[label], T)


@pytest.mark.parametrize("seen", [s for s in TABLE if s.source == RECORDED], ids=lambda s: s.layer)
def test_the_table_says_what_the_traces_show(seen: Any) -> None:
    assert torch.__version__.startswith(seen.torch)
    label = f"{seen.layer} {'on a CPU' if seen.often == ONCE else 'in a loop'}"
    for T in (16, 64):
        trace = spelled(ON_A_CPU[label], T)
        counts = {trace.count(name) for name in seen.names}
        assert counts == {1 if seen.often == ONCE else T}


def test_nothing_is_called_recorded_that_is_not() -> None:
    record = json.loads((lesson_of("layers").parent / "results" / "fused.json").read_text())
    devices = {device for device in ("cpu", "cuda") if isinstance(record[device], dict)}
    assert {seen.device for seen in TABLE if seen.source == RECORDED} == devices
    for device in devices:
        names = record[device]["operations"]["names"]
        for layer in LAYERS:
            assert set(whole(layer, device)) <= set(names[layer.removeprefix("nn.")])


@pytest.mark.parametrize("layer", LAYERS)
def test_the_traces_of_cuda_have_the_names_of_the_table(layer: str) -> None:
    trace = spelled(ON_CUDA[f"{layer} on CUDA"], 4)
    assert [trace.count(name) for name in whole(layer, "cuda")] == [1, 1]


def test_an_own_cell_shows_none_of_the_names() -> None:
    trace = spelled(ON_A_CPU["a cell of one's own in a loop"], 16)
    assert not {name for seen in TABLE for name in seen.names} & set(trace)


def test_the_stub_of_path_names_the_operations_of_the_table() -> None:
    """The reference stands on its own; its names are those of the table."""
    outer = {whole(layer, device)[0] for layer in LAYERS for device in ("cpu", "cuda")}
    inner = {whole(layer, "cuda")[1] for layer in LAYERS}
    definition = references.definition("layers", "path")
    stub, body = definition.split("Source:")
    rows = re.findall(r"^ +(?:cuDNN|one operation) +(aten::.*)$", stub, re.MULTILINE)
    assert [set(row.split(", ")) for row in rows] == [inner, outer]
    assert set(re.findall(r"aten::\w+", body)) == inner | outer


def test_path_reads_the_traces(path: Callable[[Sequence[str]], str]) -> None:
    found = {label: path(trace) for label, trace in traces(5).items()}
    assert {label for label, way in found.items() if way == "cudnn"} == {
        *(f"{layer} on CUDA" for layer in LAYERS),
        "cuDNN called by its own name",
    }
    assert {label for label, way in found.items() if way == "fused"} == {
        *(f"{layer} on a CPU" for layer in LAYERS),
        "prepared for cuDNN, then one operation",
    }


@pytest.fixture(scope="module")
def path() -> Any:
    return solved("layers")["path"]
