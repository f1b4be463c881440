"""The catalogue of the LSTM: every edit fits, and no two versions answer alike.

The probes here are the test's own: what the course asks of a student stands in
`autograder.exercises`, and its tests say that every mistake is named there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch

from autograder.exercises.program import Answer, Array, Call, Program, Ref, run
from autograder.grader import references
from autograder.grader.catalogue import Entry, entries, namespace, text

CATALOGUE = entries("lstm")
SIZES = [(3, 4, 5, 2), (2, 2, 2, 2), (1, 1, 4, 1)]
SYMBOLS = {"b", "c", "dx", "dh", "dc", "dWx", "dWh", "db", "dc_next", "hs", "hT", "cT"}


def draw(N: int, T: int, D: int, H: int, seed: int = 0) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    shapes = {
        "xs": (N, T, D),
        "x": (N, D),
        "h": (N, H),
        "c": (N, H),
        "Wx": (D, 4 * H),
        "Wh": (H, 4 * H),
        "b": (4 * H,),
        "dh": (N, H),
        "dc": (N, H),
    }
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def step_forward(a: dict[str, Array], label: str) -> Call:
    args = tuple(a[k] for k in ("x", "h", "c", "Wx", "Wh", "b"))
    return Call(label, "lstm_step_forward", args, ("h_next", "c_next"), returns_cache=True)


def step_forward_calls() -> list[Call]:
    calls = [step_forward(draw(*size), str(size)) for size in SIZES]
    for gate in range(4):
        extreme = draw(3, 1, 5, 2)
        extreme["b"][2 * gate : 2 * gate + 2] = 1e3, -1e3
        calls.append(step_forward(extreme, f"gate {gate} saturated"))
    return calls


def step_backward_calls() -> list[Call]:
    outputs = ("dx", "dh", "dc", "dWx", "dWh", "db")
    forward, backward = [], []
    for seed, size in enumerate([*SIZES, SIZES[0]]):
        a = draw(*size, seed=seed)
        forward.append(step_forward(a, f"forward {seed}"))
        for time in ("once", "twice"):
            args = (a["dh"], a["dc"], Ref(f"forward {seed}", 2))
            backward.append(Call(f"{seed} {time}", "lstm_step_backward", args, outputs))
    return forward + backward


def forward_calls() -> list[Call]:
    calls = []
    for size in SIZES:
        a = draw(*size)
        args = tuple(a[k] for k in ("xs", "h", "c", "Wx", "Wh", "b"))
        calls.append(Call(str(size), "lstm_forward", args, ("hs", "hT", "cT"), returns_cache=True))
    return calls


def cell_calls() -> list[Call]:
    """Calls of `probe`, which a namespace gets beside the cell."""
    calls = []
    for size in SIZES:
        args = tuple(draw(*size)[k] for k in ("x", "h", "c", "Wx", "Wh", "b", "dh", "dc"))
        calls.append(Call(str(size), "probe", args, tuple(f"result {k}" for k in range(18))))
    return calls


def probe(cell_class: Any) -> Callable[..., list[Array]]:
    """A function that tells all about a cell: its parameters, its answers, its gradients."""

    def tell(*arrays: Array) -> list[Array]:
        x, h, c, Wx, Wh, b, dh, dc = (torch.from_numpy(a) for a in arrays)
        cell = cell_class(x.shape[1], h.shape[1])
        shapes = [[name, *p.shape, p.dtype] for name, p in cell.named_parameters()]
        found = [np.array(sum(str(shapes).encode()))]
        found.append(np.array(all(p.requires_grad for p in cell.parameters())))
        found.append(np.array([bool(p.any()) for p in cell.parameters()]))
        torch.manual_seed(0)
        cell = cell.double()
        with torch.no_grad():
            cell.Wx.copy_(Wx if cell.Wx.shape == Wx.shape else Wx.T)
            cell.Wh.copy_(Wh if cell.Wx.shape == Wx.shape else Wh.T)
            cell.b.copy_(b[: cell.b.numel()])
            found += [t.numpy() for t in cell(x, (h, c))]
            found.append(np.array(c.numpy()))
            found += [t.numpy() for _ in range(2) for t in cell(x)]
            found += [t.numpy() for t in cell(1e3 * x, (h, c))]
        leaves = [t.clone().requires_grad_() for t in (x, h, c)]
        results = [t for t in cell(leaves[0], (leaves[1], leaves[2]))]
        seen = [*leaves, *cell.parameters()]
        total = (results[0] * dh + results[1] * dc).sum()
        grads: list[Any] = [None] * 6
        if total.requires_grad:
            grads = list(torch.autograd.grad(total, seen, allow_unused=True))[:6]
        return found + [np.zeros(0) if g is None else g.numpy() for g in grads]

    return tell


CALLS = {
    "lstm_step_forward": step_forward_calls(),
    "lstm_step_backward": step_backward_calls(),
    "lstm_forward": forward_calls(),
    "LSTMCell": cell_calls(),
}


def observe(exercise: str, names: dict[str, Any]) -> list[Answer]:
    names["probe"] = probe(names["LSTMCell"])
    return run(Program("lstm", tuple(CALLS[exercise])), names)


@cache
def right(exercise: str) -> list[Answer]:
    return observe(exercise, references.namespace("lstm"))


@cache
def wrong(mistake: Entry) -> list[Answer]:
    return observe(mistake.exercise, namespace("lstm", mistake))


def alike(one: list[Answer], other: list[Answer]) -> bool:
    return all(_alike(a, b) for a, b in zip(one, other, strict=True))


def _alike(a: Answer, b: Answer) -> bool:
    if (a.raised, a.message, a.returned, a.after) != (b.raised, b.message, b.returned, b.after):
        return False
    return all(_equal(r.value, s.value) for r, s in zip(a.results, b.results, strict=True))


def _equal(a: Array | None, b: Array | None) -> bool:
    if a is None or b is None:
        return a is b
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    size = np.max(np.abs(b), initial=1, where=np.isfinite(b))
    return np.allclose(a, b, rtol=0, atol=1e-9 * size, equal_nan=True)


def label(mistake: Entry) -> str:
    return f"{mistake.exercise}-{mistake.name}"


def test_the_reference_answers_every_probe() -> None:
    for exercise in CALLS:
        for answer in right(exercise):
            assert not answer.raised, answer.message
            assert not answer.returned
            for result in answer.results:
                assert result.value is not None
                assert np.isfinite(result.value).all()


@pytest.mark.parametrize("mistake", CATALOGUE, ids=label)
def test_a_mistake_differs_from_the_reference(mistake: Entry) -> None:
    assert not alike(wrong(mistake), right(mistake.exercise))


@pytest.mark.parametrize("exercise", CALLS)
def test_no_two_mistakes_are_one(exercise: str) -> None:
    versions = [m for m in CATALOGUE if m.exercise == exercise]
    same = [
        (a.name, b.name)
        for k, a in enumerate(versions)
        for b in versions[:k]
        if alike(wrong(a), wrong(b))
    ]
    assert not same


def test_a_mistake_runs_as_the_cell_of_a_student() -> None:
    for mistake in CATALOGUE:
        name = mistake.exercise
        cell = references.cells(text("lstm", mistake), [name])[name]
        names = references.execute("import numpy as np\nimport torch\n" + cell)
        assert callable(names[name]), mistake.name


def test_a_mistake_is_told_in_sentences_and_gives_no_line_away() -> None:
    for mistake in CATALOGUE:
        says = mistake.mistake.says
        first = re.split(r"\W", says)[0]
        assert first[0].isupper() or first in SYMBOLS, says
        assert says.endswith((".", "?")), says
        lines = references.definition("lstm", mistake.exercise).splitlines()
        code = {line.strip() for line in lines if " = " in line}
        assert not [line for line in code if line in says]


@pytest.mark.parametrize("exercise", ["lstm_step_forward", "lstm_step_backward", "LSTMCell"])
def test_all_wrong_gate_orders_are_known(exercise: str) -> None:
    names = {m.name for m in CATALOGUE if m.exercise == exercise}
    orders = {name.removeprefix("gate-order-") for name in names if name.startswith("gate-order")}
    assert len(orders) == 23
    assert all(sorted(order) == sorted("ifgo") for order in orders)


def test_only_the_one_definition_is_replaced() -> None:
    for mistake in CATALOGUE:
        edited = text("lstm", mistake)
        kept = {n for n in CALLS if references.pick(edited, n) == references.definition("lstm", n)}
        assert kept == CALLS.keys() - {mistake.exercise}


def test_every_section_to_read_is_in_the_chapter() -> None:
    chapter = references.SOLUTIONS.parent / "chapters" / "gated"
    headings = {
        line.lstrip("# ")
        for file in chapter.glob("*.md")
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.startswith("#")
    }
    assert {mistake.mistake.read.strip("‘’") for mistake in CATALOGUE} <= headings
