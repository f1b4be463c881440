"""What is asked of `phrases` and `phrase_cnn`: texts cut into pieces, and a vector for each.

N texts, P phrases, K places of a phrase, E numbers at one, F filters of S places.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercises.program import Array, Call, Program
from autograder.exercises.shared.cases import normal, program_of
from autograder.exercises.shared.text import in_text
from autograder.exercises.summarization.texts import (
    ASSIGNMENT,
    WORDS,
    Tokens,
    drawn,
    split,
)

FUNCTION_WORDS = ["the", "on", "a", "to", "it"]

LENGTHS = ((11, 3), (17, 5), (12, 4), (6, 2), (7, 1), (23, 4))
"""Tokens of a text, and K."""


def with_a_set(function: Any, tokens: Tokens, function_words: list[str], K: int) -> Array:
    """Call a student's function with a set of function words."""
    return in_text(function, tokens, set(function_words), K)


def phrases_program(rng: np.random.Generator) -> Program:
    """Texts with many function words and few, side by side, at both ends, and none at all."""
    known = FUNCTION_WORDS
    cases: dict[str, tuple[Tokens, list[str], int]] = {
        f"{length} tokens, K={K}": (drawn(rng, length, len(WORDS)), known, K)
        for length, K in LENGTHS
    }
    plain = [word for word in WORDS if word not in known]
    content = [plain[k] for k in rng.integers(0, len(plain), 9)]
    cases |= {
        "the example of the page, K=5": (
            split("the parser of the files for X"),
            ["of", "the", "for"],
            5,
        ),
        "function words alone, K=3": ([known[k] for k in rng.integers(0, 5, 8)], known, 3),
        "no function word, K=4": (content, known, 4),
        "as many tokens as three phrases have, K=3": (content, known, 3),
        "none is known as a function word, K=3": (drawn(rng, 10, 6), [], 3),
        "a function word first, K=4": (split("the cat sat"), known, 4),
        "a function word last, K=4": (split("cat sat on"), known, 4),
        "two function words first, K=4": (split("on the mat cat dog"), known, 4),
        "capital letters, K=4": (split("cat The dog sat ON mat"), known, 4),
        "a function word within another word, K=6": (split("cat to tomato then other"), known, 6),
        "one token, K=3": (["cat"], known, 3),
        "one function word, K=3": (["the"], known, 3),
        "no token, K=2": ([], known, 2),
    }
    calls = [
        Call(label, "phrases", args, ("phrases",), adapter="in_text")
        for label, args in cases.items()
    ]
    first = next(iter(cases.values()))
    calls.append(
        Call("the first text, a set of words", "phrases", first, ("phrases",), adapter="with_a_set")
    )
    calls.append(
        Call("the first text once more", "phrases", first, ("phrases",), adapter="in_text")
    )
    return Program(ASSIGNMENT, tuple(calls))


SIZES = (
    (2, 3, 4, 5, 6, 3),
    (3, 3, 3, 3, 3, 3),
    (1, 2, 2, 3, 4, 5),
    (2, 1, 3, 1, 2, 1),
    (4, 2, 1, 2, 1, 3),
    (2, 2, 12, 3, 2, 5),
)
"""N, P, K, E, F, S: all different, all equal, S larger than K, and each of them 1."""


def cnn_program(rng: np.random.Generator) -> Program:
    """Masks of every kind; what stands at places without a word is large."""
    cases: dict[str, tuple[Array, ...]] = {}
    for N, P, K, E, F, S in SIZES:
        mask = holes(rng, N, P, K)
        x, filters = normal(rng, N, P, K, E), weights(rng, F, S, E)
        label = f"N={N}, P={P}, K={K}, E={E}, F={F}, S={S}"
        cases[label] = (outside(x, mask), mask > 0, *filters)
    w, b = weights(rng, 4, 3, 2)
    x = normal(rng, 2, 3, 5, 2)
    ends = np.array([[5, 2, 3], [1, 4, 0]])
    mask = (np.arange(5) < ends[:, :, None]).astype(float)
    cases["padding at the end, a mask of floats"] = (outside(x, mask), mask, w, b)
    other = np.where(mask[..., None] > 0, x, normal(rng, *x.shape))
    cases["the same with others at the padding"] = (other, mask, w, b)
    wider = np.concatenate([outside(x, mask), 9 * normal(rng, 2, 3, 3, 2)], axis=2)
    longer = np.concatenate([mask, np.zeros((2, 3, 3))], axis=2)
    cases["the same with three places more in each phrase"] = (wider, longer, w, b)
    more = np.concatenate([outside(x, mask), 9 * normal(rng, 2, 3, 5, 2)], axis=1)
    cases["the same with three phrases more"] = (
        more,
        np.concatenate([mask, np.zeros((2, 3, 5))], axis=1),
        w,
        b,
    )
    cases["large biases"] = (outside(x, mask), mask > 0, w, np.abs(b) + 6)
    cases["nothing above 0"] = (x, mask, w, b - 60)
    cases["all places hold words"] = (x, np.ones((2, 3, 5), bool), w, b)
    between = np.array([[0.0, 1, 0, 0, 1], [0, 0, 1, 0, 0], [1, 0, 1, 1, 0]])
    between = np.stack([between, between[::-1, ::-1]])
    cases["places in the middle without a word"] = (outside(x, between), between, w, b)
    return program_of(ASSIGNMENT, "phrase_cnn", cases, "result")


def weights(rng: np.random.Generator, F: int, S: int, E: int) -> tuple[Array, Array]:
    """Filters and their biases."""
    return normal(rng, F, S, E) / np.sqrt(E), normal(rng, F)


def holes(rng: np.random.Generator, N: int, P: int, K: int) -> Array:
    """A mask of which about a third is 0, and the last phrase of the last text without a word."""
    mask = rng.integers(0, 3, (N, P, K)) > 0
    mask[:, :, 0] |= ~mask.any(axis=2)
    mask[-1, -1] &= P == 1
    return mask.astype(float)


def outside(x: Array, mask: Array) -> Array:
    """The same with numbers that are twenty times as large at places that have no word."""
    return np.where(mask[..., None] > 0, x, 20 * x)
