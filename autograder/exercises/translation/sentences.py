"""Sentences as the exercises draw them: rows of ids that end in EOS, with PAD behind.

N sentences, T words, V words of a vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.exercises.program import Array
from autograder.exercises.shared.special_words import EOS, PAD, UNK

ASSIGNMENT = "translation"


def targets(rng: np.random.Generator, V: int, lengths: Sequence[int], T: int = 0) -> Array:
    """Target rows, (N, T) int64: words, EOS as the last of `lengths`, and PAD.

    Args:
        rng: draws the words.
        V: the size of the vocabulary; where it is less than 4, all words are EOS.
        lengths: the words of each row, EOS included.
        T: how long the rows are, if not as long as the longest.
    """
    T = T or max(lengths)
    words = rng.integers(UNK, V, (len(lengths), T)) if V > UNK else np.full((len(lengths), T), EOS)
    ends = np.array(lengths)[:, None]
    places = np.arange(T)
    words[places == ends - 1] = EOS
    words[places >= ends] = PAD
    return words


def sources(rng: np.random.Generator, V: int, N: int, T: int) -> Array:
    """Source rows, (N, T) int64, of any ids: where they end is said apart."""
    return rng.integers(0, V, (N, T))


def longer(rng: np.random.Generator, rows: Array, lengths: Sequence[int], V: int) -> Array:
    """The same rows with three more places of padding, and other ids at all of it."""
    N, T = rows.shape
    other = sources(rng, V, N, T + 3)
    valid = np.arange(T) < np.array(lengths)[:, None]
    other[:, :T] = np.where(valid, rows, other[:, :T])
    return other
