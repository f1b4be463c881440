"""A class of torch is filled with the judge's numbers, and what is odd about it is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from autograder.exercises import Array, StudentError
from autograder.exercises.shared.torch_module import filled, tensors
from autograder.given.cells import GRUCell

V, E, H = 5, 3, 4
SHAPES = {
    "emb": (V, E), "cell.Wx": (E, 3 * H), "cell.Wh": (H, 3 * H), "cell.bx": (3 * H,),
    "cell.bh": (3 * H,), "Wo": (H, V),
}  # fmt: skip


def numbers(dtype: type = np.float64) -> dict[str, Array]:
    rng = np.random.default_rng(0)
    return {name: rng.standard_normal(shape).astype(dtype) for name, shape in SHAPES.items()}


class Reader(torch.nn.Module):
    """As the exercise would ask for."""

    def __init__(self, V: int, E: int, H: int) -> None:
        super().__init__()
        self.emb = torch.nn.Parameter(torch.randn(V, E))
        self.cell = GRUCell(E, H)
        self.Wo = torch.nn.Parameter(torch.randn(H, V))
        self.register_buffer("kept", torch.zeros(2))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_parameter_is_overwritten(dtype: type) -> None:
    values = numbers(dtype)
    module = filled(Reader, "Reader", (V, E, H), values)
    assert not module.training
    for name, parameter in module.named_parameters():
        np.testing.assert_array_equal(parameter.detach().numpy(), values[name])
        assert parameter.detach().numpy().dtype == dtype


class Embedded(Reader):
    def __init__(self, *sizes: int) -> None:
        super().__init__(*sizes)
        del self.emb
        self.emb = torch.nn.Embedding(V, E)


class Linear(Reader):
    def __init__(self, *sizes: int) -> None:
        super().__init__(*sizes)
        del self.Wo
        self.Wo = torch.nn.Linear(H, V)


class Fused(Reader):
    def __init__(self, *sizes: int) -> None:
        super().__init__(*sizes)
        self.cell = torch.nn.GRU(E, H)


class Kept(Reader):
    def __init__(self, *sizes: int) -> None:
        super().__init__(*sizes)
        del self.Wo
        self.Wo = torch.randn(H, V)


class Turned(Reader):
    def __init__(self, *sizes: int) -> None:
        super().__init__(*sizes)
        self.Wo = torch.nn.Parameter(torch.randn(V, H))


class Constant(Reader):
    def __init__(self, *sizes: int) -> None:
        super().__init__(*sizes)
        self.emb = torch.nn.Parameter(torch.zeros(V, E))


class More(Reader):
    def __init__(self, *sizes: int) -> None:
        super().__init__(*sizes)
        self.bo = torch.nn.Parameter(torch.zeros(V))


class Twice(Reader):
    def __init__(self, *sizes: int) -> None:
        super().__init__(*sizes)
        self.double()


OWN = "torch.nn.Embedding, torch.nn.Linear and torch.nn.GRU have names and layouts of their own"


@pytest.mark.parametrize(
    ("odd", "says"),
    [
        (Embedded, OWN),
        (Linear, OWN),
        (Fused, OWN),
        (Kept, "no parameter called Wo; .* A tensor becomes a parameter when"),
        (Turned, r"Wo of Reader\(5, 3, 4\) has the shape \(5, 4\); .* asks for \(4, 5\)"),
        (Constant, "emb of .* does not start at random"),
        (More, "has parameters beside emb, .* and Wo: bo"),
        (Twice, "emb of .* is torch.float64"),
        (lambda *sizes: 3, "Reader is not a class that is derived from torch.nn.Module"),
    ],
)
def test_what_is_odd_is_told(odd: Any, says: str) -> None:
    with pytest.raises(StudentError, match=says):
        filled(odd, "Reader", (V, E, H), numbers())


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (torch.zeros(2, 3), "It returns one Tensor; 2 results are wanted: hs, h"),
        ((torch.zeros(2, 3),), "It returns a tuple of length 1; 2 results"),
        ((torch.zeros(2, 3), [1.0]), "h is a list; a torch.Tensor is wanted"),
        ((torch.zeros(2, 3), torch.zeros(3)), r"h has the shape \(3,\); \(2,\) is wanted"),
        (None, "It returns a NoneType; 2 results"),
    ],
)
def test_results_that_are_no_such_tensors_are_told(found: Any, says: str) -> None:
    with pytest.raises(StudentError, match=says):
        tensors(found, {"hs": (2, 3), "h": (2,)})


def test_results_are_given_as_they_are() -> None:
    hs, h = torch.zeros(2, 3), torch.zeros(2)
    first, second = tensors([hs, h], {"hs": (2, 3), "h": (2,)})
    assert first is hs
    assert second is h
    assert tensors(hs, {"hs": (2, 3)})[0] is hs
