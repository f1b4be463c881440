"""Texts to be compared: words of a small vocabulary, so that two texts share many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.exercises.program import Call, Program

ASSIGNMENT = "summarization"

WORDS = ("the", "cat", "sat", "on", "a", "mat", "dog", "ran", "to", "it", "was", "there")

Tokens = list[str]

SCORES = ("precision", "recall", "f1")
"""What every score returns."""


def drawn(rng: np.random.Generator, length: int, vocabulary: int) -> Tokens:
    """So many words out of the first of `WORDS`."""
    return [WORDS[k] for k in rng.integers(0, vocabulary, length)]


def sentences(rng: np.random.Generator, lengths: Sequence[int], vocabulary: int) -> list[Tokens]:
    """Sentences of these lengths."""
    return [drawn(rng, length, vocabulary) for length in lengths]


def split(text: str) -> Tokens:
    """The tokens of a text, between blanks."""
    return text.split()


def program_of_texts(
    name: str, cases: Mapping[str, tuple[Any, ...]], returns: Sequence[str], adapter: str
) -> Program:
    """One call a case, then the first one once more."""
    again = {"the first texts once more": next(iter(cases.values()))}
    calls = (
        Call(label, name, args, tuple(returns), adapter=adapter)
        for label, args in {**cases, **again}.items()
    )
    return Program(ASSIGNMENT, tuple(calls))
