"""What is asked of `PhraseEncoder`, and how it is called.

N texts, P phrases, K places of a phrase, V words, E numbers a word, F filters of S words, H hidden
units.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.exercises.program import Array, Call, Program, StudentError
from autograder.exercises.shared.cases import normal
from autograder.exercises.shared.inputs import single
from autograder.exercises.shared.torch_cell import derived
from autograder.exercises.shared.torch_module import filled, tensors
from autograder.exercises.summarization.texts import ASSIGNMENT

NAME = "PhraseEncoder"
PARAMETERS = ("emb", "w", "b", "cell.Wx", "cell.Wh", "cell.b")
"""The parameters, in the order in which they cross."""

VALUES = ("hs", "mask")
GRADIENTS = tuple(f"d{name}" for name in PARAMETERS)
SINGLE = tuple(f"{name} in float32" for name in VALUES)

SIZES = (
    (3, 4, 5, 9, 2, 6, 3, 7, (4, 2, 1)),
    (3, 3, 3, 3, 3, 3, 3, 3, (1, 3, 2)),
    (1, 11, 2, 5, 3, 2, 5, 1, (11,)),
    (2, 1, 1, 4, 1, 2, 3, 2, (1, 1)),
    (2, 3, 4, 6, 4, 1, 1, 3, (2, 3)),
)
"""N, P, K, V, E, F, S, H and the phrases of each text: different, equal, and each of them 1."""

Sizes = tuple[int, int, int, int, int]
"""V, E, F, S, H: what the class is made with."""


def encoder_program(rng: np.random.Generator) -> Program:
    """In float64 with the gradients of every parameter; with other padding; and in float32."""
    calls = []

    def ask(
        label: str, sizes: Sizes, weights: Sequence[Array], ids: Array, *upstream: Array
    ) -> None:
        names = (*VALUES, *GRADIENTS) if upstream else VALUES
        if weights[0].dtype == np.float32:
            names = SINGLE
        args = (list(sizes), list(weights), ids, *upstream)
        calls.append(Call(label, NAME, args, names, adapter="encoded"))

    for N, P, K, V, E, F, S, H, few in SIZES:
        sizes = (V, E, F, S, H)
        label = f"N={N}, P={P}, K={K}, V={V}, E={E}, F={F}, S={S}, H={H}, phrases {list(few)}"
        ids = texts(rng, P, K, V, few)
        ask(label, sizes, weights_of(rng, sizes), ids, normal(rng, N, P, H))
    sizes = (8, 3, 4, 3, 5)
    weights = weights_of(rng, sizes)
    ids = texts(rng, 4, 5, 8, (2, 4, 1, 3))
    ask("four texts", sizes, weights, ids)
    more = np.pad(ids, ((0, 0), (0, 0), (0, 3)))
    ask("the same with three places more in each phrase", sizes, weights, more)
    ask("the same with three phrases more", sizes, weights, np.pad(ids, ((0, 0), (0, 3), (0, 0))))
    ask("the same texts in another order", sizes, weights, ids[[2, 0, 3, 1]])
    ask("no padding", sizes, weights, rng.integers(1, 8, (2, 3, 4)))
    gaps = rng.integers(1, 8, (2, 3, 5)) * np.array([0, 1, 0, 1, 1])
    ask("phrases that begin with padding", sizes, weights, gaps)
    loud = (*weights[:2], np.abs(weights[2]) + 4, *weights[3:])
    ask("large biases", sizes, loud, ids)
    ask("in float32", sizes, single(weights), ids)
    return Program(ASSIGNMENT, tuple(calls))


def texts(rng: np.random.Generator, P: int, K: int, V: int, few: Sequence[int]) -> Array:
    """Ids of so many phrases a text, one to K words in each; what is left is PAD."""
    words = rng.integers(1, V, (len(few), P, K))
    lengths = rng.integers(1, K + 1, (len(few), P, 1))
    there = np.arange(P)[:, None] < np.array(few)[:, None, None]
    return np.where((np.arange(K) < lengths) & there, words, 0)


def weights_of(rng: np.random.Generator, sizes: Sizes) -> tuple[Array, ...]:
    """The parameters in order, of a standard deviation of 1/√inputs; vectors and words of 1."""
    V, E, F, S, H = sizes
    return (
        normal(rng, V, E),
        normal(rng, F, S, E) / np.sqrt(S * E),
        normal(rng, F),
        normal(rng, F, 4 * H) / np.sqrt(F),
        normal(rng, H, 4 * H) / np.sqrt(H),
        normal(rng, 4 * H),
    )


def encoded(
    module_class: Any,
    sizes: list[int],
    weights: Sequence[Array],
    ids: Array,
    *upstream: Array,
) -> Sequence[Any]:
    """The states and the mask of a student's encoder; and the gradients, where one arrives.

    Raises:
        StudentError: where it is not made of these parameters, or returns something else.
    """
    import torch

    module = filled(module_class, NAME, sizes, dict(zip(PARAMETERS, weights, strict=True)))
    N, P, _ = ids.shape
    given = torch.from_numpy(ids.copy())
    hs, mask = tensors(module(given), {"hs": (N, P, sizes[-1]), "mask": (N, P)})
    if not np.array_equal(given.numpy(), ids):
        raise StudentError("It changes its own input: `ids` is not the same after the call.")
    if mask.is_complex() or not (mask.dtype == torch.bool or mask.is_floating_point()):
        raise StudentError(f"mask is of {mask.dtype}; torch.bool or floats are wanted.")
    found = (hs, mask.detach().to(hs.dtype))
    if not upstream:
        return found
    leaves = dict(module.named_parameters())
    gradients = derived({"hs": hs}, {name: leaves[name] for name in PARAMETERS}, upstream)
    return (*found, *gradients)
