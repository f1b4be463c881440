"""What is asked of `attend`, and how it is called.

N sentences, Q queries, T source words, H hidden units.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.exercises.program import Array, Call, Program
from autograder.exercises.shared.cases import normal
from autograder.exercises.shared.inputs import OTHERS, spaced, turned
from autograder.exercises.shared.torch_cell import derived
from autograder.exercises.shared.torch_module import tensors
from autograder.exercises.translation_decoding.bleu import ASSIGNMENT

ATTENDED = ("context", "alpha", "alpha at padding", "dq", "dhs", "dW")

SIZES = {
    "N=3, Q=2, T=5, H=4": (3, 2, 5, 4),
    "N = Q = T = H": (3, 3, 3, 3),
    "one query": (2, 1, 4, 3),
    "one source word": (2, 3, 1, 2),
    "N=1, Q=4, T=3, H=1": (1, 4, 3, 1),
    "forty source words": (2, 3, 40, 5),
}
"""N, Q, T, H."""

Args = tuple[Array, ...]


def attend_program(rng: np.random.Generator) -> Program:
    """Masks of both dtypes, with padding at the end, anywhere, and nowhere; and huge scores."""
    cases: dict[str, Args] = {}
    for label, (N, Q, T, H) in SIZES.items():
        lengths = rng.integers(1, T + 1, N)
        lengths[-1], lengths[0] = T, max(1, T // 2)
        cases[label] = drawn(rng, N, Q, T, H, 1.0 * (np.arange(T) < lengths[:, None]))
    first = next(iter(cases.values()))
    q, hs, mask, W, *upstream = first
    holes = np.array([[0, 1, 1, 0, 1], [1, 0, 0, 1, 0], [0, 0, 0, 1, 0]], bool)
    cases["a mask of bool"] = (q, hs, mask == 1, W, *upstream)
    cases["masked places anywhere"] = (q, hs, holes, W, *upstream)
    cases["no padding"] = (q, hs, np.ones_like(mask), W, *upstream)
    cases["other states at padding"] = (q, np.where(mask[..., None] > 0, hs, 9 - hs), *first[2:])
    wide = np.concatenate([hs, 50 * normal(rng, 3, 3, 4)], axis=1)
    longer = np.concatenate([mask, np.zeros((3, 3))], axis=1)
    cases["three more places of padding"] = (
        q, wide, longer, W, upstream[0], np.concatenate([upstream[1], normal(rng, 3, 2, 3)], axis=2)
    )  # fmt: skip
    cases["scores near ±10000"] = (q, hs, mask, 3000 * W, *upstream)
    below = (np.abs(q) + 1, -np.abs(hs) - 1, mask, 3000 * np.eye(len(W)))
    cases["scores far below −10000"] = (*below, *upstream)
    apart = np.where(mask[..., None] > 0, hs, 1e5 * hs)
    cases["states at padding that are huge"] = (q, apart, mask, W, *upstream)
    cases["the first inputs once more"] = first
    cases[OTHERS] = (*turned((q, hs)), np.flip(mask, axis=0).copy(), *turned((W, *upstream)))
    cases["inputs that are not contiguous"] = tuple(map(spaced, first))
    return Program(
        ASSIGNMENT,
        tuple(Call(k, "attend", args, ATTENDED, adapter="attended") for k, args in cases.items()),
    )


def drawn(rng: np.random.Generator, N: int, Q: int, T: int, H: int, mask: Array) -> Args:
    """Queries, states and weights, and gradients that arrive at the results."""
    W = 1.5 * normal(rng, H, H) / np.sqrt(H)
    return (
        normal(rng, N, Q, H), normal(rng, N, T, H), mask, W,
        normal(rng, N, Q, H), normal(rng, N, Q, T),
    )  # fmt: skip


def attended(
    attend: Any, q: Array, hs: Array, mask: Array, W: Array, *upstream: Array
) -> Sequence[Any]:
    """Contexts and weights, the largest weight where there is padding, and three gradients."""
    import torch

    leaves = {
        name: torch.from_numpy(a.copy()).requires_grad_()
        for name, a in (("q", q), ("hs", hs), ("W", W))
    }
    valid = torch.from_numpy(mask)
    found = attend(leaves["q"], leaves["hs"], valid, leaves["W"])
    N, Q, H = q.shape
    summary, alpha = tensors(found, {"context": (N, Q, H), "alpha": (N, Q, mask.shape[1])})
    gradients = derived({"context": summary, "alpha": alpha}, leaves, upstream)
    outside = alpha.detach().numpy() * (mask == 0)[:, None]
    return summary, alpha, np.max(np.abs(outside), initial=0.0), *gradients
