"""What is asked of `EmotionBiLSTM`, and how it is called.

N comments, T columns, V words, E numbers a word, H hidden units of a direction, A hidden units of
the score, C classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.exercises.emotion.words import ASSIGNMENT
from autograder.exercises.program import Array, Call, Program
from autograder.exercises.shared.cases import normal
from autograder.exercises.shared.inputs import single
from autograder.exercises.shared.torch_cell import derived
from autograder.exercises.shared.torch_module import filled, tensors

NAME = "EmotionBiLSTM"
PARAMETERS = (
    "E", "fw.Wx", "fw.Wh", "fw.b", "bw.Wx", "bw.Wh", "bw.b", "W", "b", "v", "Wo", "bo",
)  # fmt: skip
"""The parameters, in the order in which they cross."""

VALUES = ("logits", "alpha")
GRADIENTS = tuple(f"d{name}" for name in PARAMETERS)
SINGLE = tuple(f"{name} in float32" for name in VALUES)

SIZES = (
    (3, 5, 7, 4, 3, 2, 6, (3, 5, 1)),
    (4, 4, 4, 4, 4, 4, 4, (4, 1, 2, 3)),
    (1, 12, 3, 1, 2, 1, 2, (12,)),
    (2, 1, 1, 2, 1, 3, 1, (1, 1)),
)
"""N, T, V, E, H, A, C and the lengths: all different, all equal, and each of them 1."""

Sizes = tuple[int, int, int, int, int]
"""V, E, H, A, C: what the class is made with."""


def classifier_program(rng: np.random.Generator) -> Program:
    """In float64 with the gradients of every parameter; with other padding; and in float32."""
    calls = []

    def ask(
        label: str, sizes: Sizes, weights: Sequence[Array], ids: Array, lengths: Array, *more: Array
    ) -> None:
        names = (*VALUES, *GRADIENTS) if more else VALUES
        if weights[0].dtype == np.float32:
            names = SINGLE
        args = (list(sizes), list(weights), ids, lengths, *more)
        calls.append(Call(label, NAME, args, names, adapter="classified"))

    for N, T, V, E, H, A, C, few in SIZES:
        sizes = (V, E, H, A, C)
        upstream = (normal(rng, N, C), normal(rng, N, T))
        label = f"N={N}, T={T}, V={V}, E={E}, H={H}, A={A}, C={C}, lengths {list(few)}"
        ids = rng.integers(0, V, (N, T))
        ask(label, sizes, weights_of(rng, sizes), ids, np.array(few), *upstream)
    sizes = (7, 4, 3, 2, 6)
    weights = weights_of(rng, sizes)
    ids, lengths = rng.integers(1, 7, (4, 5)), np.array([2, 4, 1, 3])
    padded = np.where(np.arange(5) < lengths[:, None], ids, 0)
    ask("the longest row shorter than T", sizes, weights, padded, lengths)
    ask("the same with other ids at the padding", sizes, weights, ids, lengths)
    wider = np.hstack([padded, rng.integers(0, 7, (4, 3))])
    ask("the same with three columns of padding more", sizes, weights, wider, lengths)
    order = np.array([2, 0, 3, 1])
    ask("the same rows in another order", sizes, weights, padded[order], lengths[order])
    ask("no padding", sizes, weights, ids, np.full(4, 5))
    some = np.array([[1, 0, 1, 0, 0], [0, 0, 1, 1, 0], [1, 1, 0, 0, 0]])
    zeros = rng.integers(1, 7, (3, 5)) * some
    ask("words whose id is 0", sizes, weights, zeros, np.array([4, 5, 3]))
    ask("in float32", sizes, single(weights), ids, lengths)
    return Program(ASSIGNMENT, tuple(calls))


def weights_of(rng: np.random.Generator, sizes: Sizes) -> tuple[Array, ...]:
    """The parameters in order, of a standard deviation of 1/√rows; the vectors of 1."""
    V, E, H, A, C = sizes
    direction = ((E, 4 * H), (H, 4 * H), (4 * H,))
    shapes = ((V, E), *direction, *direction, (2 * H, A), (A,), (A,), (4 * H, C), (C,))
    drawn = [normal(rng, *shape) for shape in shapes]
    return tuple(
        a / np.sqrt(a.shape[0]) if a.ndim > 1 and name != "E" else a
        for name, a in zip(PARAMETERS, drawn, strict=True)
    )


def classified(
    module_class: Any,
    sizes: list[int],
    weights: Sequence[Array],
    ids: Array,
    lengths: Array,
    *upstream: Array,
) -> Sequence[Any]:
    """The logits and shares of a student's classifier; and the gradients, where some arrive.

    Raises:
        StudentError: where it is not made of these parameters, or returns something else.
    """
    import torch

    values: Mapping[str, Array] = dict(zip(PARAMETERS, weights, strict=True))
    module = filled(module_class, NAME, sizes, values)
    wanted = {"logits": (len(ids), sizes[-1]), "alpha": ids.shape}
    found = module(torch.from_numpy(ids.copy()), torch.from_numpy(lengths.copy()))
    made = tensors(found, wanted)
    if not upstream:
        return made
    leaves = dict(module.named_parameters())
    outputs = dict(zip(VALUES, made, strict=True))
    return (*made, *derived(outputs, {name: leaves[name] for name in PARAMETERS}, upstream))
