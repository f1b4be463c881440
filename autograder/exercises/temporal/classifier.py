"""What is asked of `TLinkLSTM`, and how it is called.

N sentences, T columns, V words, E numbers a word, H hidden units each way, C relations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.exercises.program import Array, Call, Program
from autograder.exercises.shared.cases import normal
from autograder.exercises.shared.inputs import single
from autograder.exercises.shared.torch_cell import derived
from autograder.exercises.shared.torch_module import filled, tensors
from autograder.exercises.temporal.relations import ASSIGNMENT

NAME = "TLinkLSTM"
PARAMETERS = ("E", "fw.Wx", "fw.Wh", "fw.b", "bw.Wx", "bw.Wh", "bw.b", "W", "b")
"""The parameters, in the order in which they cross."""

GRADIENTS = tuple(f"d{name}" for name in PARAMETERS)
SINGLE = "logits in float32"

SIZES = (
    (3, 5, 7, 4, 3, 6, (3, 5, 2)),
    (4, 4, 4, 4, 4, 4, (4, 2, 2, 3)),
    (1, 12, 3, 1, 2, 2, (12,)),
    (2, 3, 1, 2, 1, 1, (3, 2)),
    (2, 1, 3, 2, 2, 2, (1, 1)),
)
"""N, T, V, E, H, C and the lengths: all different, all equal, and each of them 1."""

Sizes = tuple[int, int, int, int]
"""V, E, H, C: what the class is made with."""


def classifier_program(rng: np.random.Generator) -> Program:
    """In float64 with the gradients of every parameter; with other padding; and in float32."""
    calls = []

    def ask(
        label: str,
        sizes: Sizes,
        weights: Sequence[Array],
        ids: Array,
        lengths: Array,
        marks: Array,
        *upstream: Array,
    ) -> None:
        names = ("logits", *GRADIENTS) if upstream else ("logits",)
        if weights[0].dtype == np.float32:
            names = (SINGLE,)
        args = (list(sizes), list(weights), ids, lengths, marks, *upstream)
        calls.append(Call(label, NAME, args, names, adapter="classified"))

    for N, T, V, E, H, C, few in SIZES:
        sizes, lengths = (V, E, H, C), np.array(few)
        label = f"N={N}, T={T}, V={V}, E={E}, H={H}, C={C}, lengths {list(few)}"
        ids, marks = rng.integers(0, V, (N, T)), marked(rng, lengths)
        ask(label, sizes, weights_of(rng, sizes), ids, lengths, marks, normal(rng, N, C))
    sizes = (7, 4, 3, 5)
    weights = weights_of(rng, sizes)
    ids, lengths = rng.integers(1, 7, (4, 6)), np.array([3, 5, 2, 4])
    marks = np.array([[0, 2], [3, 1], [1, 0], [1, 3]])
    padded = np.where(np.arange(6) < lengths[:, None], ids, 0)
    ask("the longest row shorter than T", sizes, weights, padded, lengths, marks)
    ask("the same with other ids at the padding", sizes, weights, ids, lengths, marks)
    wider = np.hstack([padded, rng.integers(0, 7, (4, 3))])
    ask("the same with three columns of padding more", sizes, weights, wider, lengths, marks)
    order = np.array([2, 0, 3, 1])
    turned = (padded[order], lengths[order], marks[order])
    ask("the same rows in another order", sizes, weights, *turned)
    ask("the arguments exchanged", sizes, weights, padded, lengths, marks[:, ::-1].copy())
    ask("no padding", sizes, weights, ids, np.full(4, 6), marks)
    ask("states far below zero", sizes, below_zero(weights), padded, lengths, marks)
    some = np.array([[1, 0, 1, 0, 0], [0, 0, 1, 1, 0], [1, 1, 0, 0, 0]])
    zeros = rng.integers(1, 7, (3, 5)) * some
    lengths = np.array([4, 5, 3])
    ask("words whose id is 0", sizes, weights, zeros, lengths, marked(rng, lengths))
    ask("in float32", sizes, single(weights), ids, np.array([3, 5, 2, 4]), marks)
    return Program(ASSIGNMENT, tuple(calls))


def marked(rng: np.random.Generator, lengths: Array) -> Array:
    """Two places a row, (N, 2), int64; different ones where there are two."""
    rows = [rng.permutation(length)[:2].tolist() for length in lengths]
    return np.array([(row * 2)[:2] for row in rows], dtype=np.int64)


def weights_of(rng: np.random.Generator, sizes: Sizes) -> tuple[Array, ...]:
    """The parameters in order, of a standard deviation of 1/√rows; the vectors of 1."""
    V, E, H, C = sizes
    direction = ((E, 4 * H), (H, 4 * H), (4 * H,))
    shapes = ((V, E), *direction, *direction, (6 * H, C), (C,))
    drawn = [normal(rng, *shape) for shape in shapes]
    return tuple(
        a / np.sqrt(a.shape[0]) if a.ndim > 1 and name != "E" else a
        for name, a in zip(PARAMETERS, drawn, strict=True)
    )


def below_zero(weights: Sequence[Array]) -> list[Array]:
    """The same, with biases by which gates are open and candidates near −1, so that hs is, too."""
    found = list(weights)
    for name in ("fw.b", "bw.b"):
        H = len(weights[PARAMETERS.index(name)]) // 4
        found[PARAMETERS.index(name)] = np.repeat([9.0, 1.0, -9.0, 9.0], H)
    return found


def classified(
    module_class: Any,
    sizes: list[int],
    weights: Sequence[Array],
    ids: Array,
    lengths: Array,
    marks: Array,
    *upstream: Array,
) -> Any:
    """The logits of a student's classifier; and the gradients, where one arrives.

    Raises:
        StudentError: where it is not made of these parameters, or returns something else.
    """
    import torch

    values: Mapping[str, Array] = dict(zip(PARAMETERS, weights, strict=True))
    module = filled(module_class, NAME, sizes, values)
    found = module(*(torch.from_numpy(a.copy()) for a in (ids, lengths, marks)))
    (logits,) = tensors(found, {"logits": (len(ids), sizes[-1])})
    if not upstream:
        return logits
    leaves = dict(module.named_parameters())
    gradients = derived({"logits": logits}, {name: leaves[name] for name in PARAMETERS}, upstream)
    return (logits, *gradients)
