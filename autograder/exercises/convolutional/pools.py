"""How output sizes, pools, convolutions over time and receptive fields are called.

Sizes: N samples, C channels, F filters, H and W of an image, T steps, D inputs. Pairs are
(height, width).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.exercises.convolutional.images import ASSIGNMENT, Pair, Shape, image_adjoint, places
from autograder.exercises.exercise import Ask
from autograder.exercises.program import Call, Program, StudentError
from autograder.exercises.shared.cases import backward_program, far_below, normal, program_of
from autograder.exercises.shared.consistency import right_where_asked

COUNTS = (
    (7, 3, 1, 0),
    (8, 3, 2, 1),
    (9, 2, 3, 0),
    (28, 5, 1, 2),
    (6, 4, 5, 1),
    (5, 5, 1, 0),
    (1, 1, 1, 0),
    (9, 3, 2, 2, 2),
    (12, 2, 1, 0, 3),
    (11, 3, 3, 1, 4),
)
"""n, k, s, p, and d where it is given."""

TOO_LARGE = ((2, 5, 1, 0), (3, 2, 1, 0, 3), (1, 6, 2, 1))
"""n, k, s, p and d of kernels that do not fit."""

POOLS: tuple[tuple[Shape, Pair, Pair], ...] = (
    ((2, 3, 6, 8), (2, 2), (2, 2)),
    ((2, 3, 7, 5), (3, 2), (2, 1)),
    ((1, 2, 5, 9), (2, 4), (1, 3)),
    ((2, 1, 4, 4), (2, 2), (1, 1)),
    ((2, 2, 5, 8), (2, 3), (2, 2)),
    ((1, 1, 1, 1), (1, 1), (1, 1)),
)
"""The shape of x, the size of the window and the stride."""

TEXTS = ((2, 7, 3, 4, 2), (2, 5, 4, 3, 3), (1, 4, 1, 1, 4), (3, 3, 3, 3, 3), (2, 12, 2, 2, 1))
"""N, T, D, F and K; the second has as many filters as places, another more than ten places."""

STACKS: tuple[tuple[tuple[int, int, int], ...], ...] = (
    (),
    ((3, 1, 1),),
    ((5, 2, 1),),
    ((3, 1, 1), (3, 1, 1)),
    ((5, 1, 1), (2, 2, 1), (3, 1, 1), (2, 2, 1)),
    ((3, 1, 1), (3, 1, 2), (3, 1, 4)),
    ((1, 3, 1), (4, 2, 1), (3, 1, 3)),
    ((3, 1, 1), (2, 2, 1), (3, 1, 2)) * 4,
)
"""Triples (k, s, d) of each layer."""

MAXIMUM = ("maxpool2d_forward", ("y",))


def pooled(x: Shape, size: Pair, stride: Pair) -> Shape:
    """The shape of what a pool makes of `x`."""
    (N, C, H, W), (ph, pw), (sh, sw) = x, size, stride
    return N, C, places(H, ph, sh), places(W, pw, sw)


def count_program(rng: np.random.Generator) -> Program:
    """Sizes by hand and by lot, and kernels that do not fit."""
    cases = list(COUNTS)
    for _ in range(4):
        k, s, p, d = (int(i) for i in rng.integers(1, 6, 4))
        cases.append((int(rng.integers(d * (k - 1) + 1, 40)), k, s, p, d))
    fit = [Call(signed(case), "conv_output_size", case, ("n_out",)) for case in cases]
    too_large = [
        Call(f"{signed(case)}, too large", "conv_output_size", case, ("n_out",), adapter="refused")
        for case in TOO_LARGE
    ]
    return Program(ASSIGNMENT, (*fit, *too_large))


def signed(numbers: Sequence[int]) -> str:
    """The arguments of `conv_output_size` with their names, as in "n=7, k=3, s=1, p=0"."""
    return ", ".join(f"{name}={number}" for name, number in zip("nkspd", numbers, strict=False))


def refused(function: Any, *args: int) -> int:
    """1 where `function` raises ValueError for `args`.

    Raises:
        StudentError: where it does not.
    """
    try:
        answer = function(*args)
    except ValueError:
        return 1
    raise StudentError(
        f"It returns {answer} for {signed(args)}, where the kernel reaches over more "
        "entries than there are; a ValueError is wanted."
    )


def pool_forward_program(name: str, rng: np.random.Generator) -> Program:
    """Pools of unequal sizes, and feature maps that are far below 0 everywhere."""
    cases = {
        f"x {x}, size {size}, stride {stride}": (normal(rng, *x), size, stride)
        for x, size, stride in POOLS
    }
    x, size, stride = POOLS[1]
    cases["entries far below 0"] = (far_below(rng, *x), size, stride)
    return program_of(ASSIGNMENT, name, cases, "y")


def pool_backward_program(name: str, rng: np.random.Generator) -> Program:
    """Gradients of pools, and of a feature map of few whole numbers, where maxima are equal."""
    cases = {
        f"x {x}, size {size}, stride {stride}": (
            (normal(rng, *x), size, stride),
            normal(rng, *pooled(x, size, stride)),
        )
        for x, size, stride in POOLS
    }
    for label, (x, size, stride) in {
        "equal entries in a window": POOLS[0],
        "equal entries where windows overlap": POOLS[1],
    }.items():
        few = rng.integers(-1, 1, x).astype(np.float64)
        cases[label] = ((few, size, stride), normal(rng, *pooled(x, size, stride)))
    return backward_program(
        ASSIGNMENT, (f"{name}_forward", ("y",)), f"{name}_backward", cases, "dx"
    )


def follow_maxpool_backward(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `maxpool2d_backward` is the adjoint of the student's own maximum pool."""
    findings = [
        image_adjoint(
            ask, rng, MAXIMUM, {"x": normal(rng, *shape)}, "maxpool2d_backward", (size, stride)
        )
        for shape, size, stride in POOLS[:5]
    ]
    return right_where_asked(findings)


def text_program(rng: np.random.Generator) -> Program:
    """Convolutions over time."""
    cases = {
        f"N={N}, T={T}, D={D}, F={F}, K={K}": (
            normal(rng, N, T, D),
            normal(rng, F, K, D),
            normal(rng, F),
        )
        for N, T, D, F, K in TEXTS
    }
    return program_of(ASSIGNMENT, "conv1d_text", cases, "y")


def over_time_program(rng: np.random.Generator) -> Program:
    """Feature maps, one of them far below 0 everywhere."""
    cases = {f"N={N}, T={T}, F={F}": (normal(rng, N, T, F),) for N, T, _, F, _ in TEXTS}
    cases["entries far below 0"] = (far_below(rng, 3, 4, 2),)
    return program_of(ASSIGNMENT, "max_over_time", cases, "strongest")


def field_program(rng: np.random.Generator) -> Program:
    """Stacks by hand and by lot."""
    stacks = list(STACKS)
    for _ in range(4):
        stacks.append(tuple((int(k), int(s), int(d)) for k, s, d in rng.integers(1, 5, (3, 3))))
    return Program(
        ASSIGNMENT,
        tuple(
            Call(f"layers {list(stack)}", "receptive_field", (stack,), ("r",))
            for stack in dict.fromkeys(stacks)
        ),
    )
