"""A language model that is made of arrays where it is asked, and writes down what it is asked."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from autograder.exercises.program import Array, StudentError


class Diary:
    """A language model that writes down what it is asked.

    The logits of the next word are a row of a table. Each state is an object by itself.

    Args:
        table: the logits after each word, (V, V); or a table for each number of words that have
            been read, (S, V, V), the last of them for all that follow.

    Attributes:
        received: the words that it was given, in order.
        states: the number of the call whose state it was given with each, from 1, 0 for None, and
            −1 for what is no state of its own.
    """

    def __init__(self, table: Array) -> None:
        self._tables = table if table.ndim == 3 else table[None]
        self._states: list[object] = [None]
        self._read = [0]
        self.received: list[int] = []
        self.states: list[int] = []

    def __call__(self, token: Any, state: Any = None) -> tuple[Array, object]:
        """The logits after a word, and the next state."""
        word = whole(token, "`step` is given")
        if not 0 <= word < self._tables.shape[1]:
            raise StudentError(f"`step` is given the word {word}, which there is not.")
        known = [k for k, given in enumerate(self._states) if given is state]
        read = self._read[known[0]] if known else 0
        self.received.append(word)
        self.states.append(known[0] if known else -1)
        self._states.append(object())
        self._read.append(read + 1)
        return self._tables[min(read, len(self._tables) - 1), word].copy(), self._states[-1]


def whole(value: Any, what: str) -> int:
    """A word as an int.

    Raises:
        StudentError: where it is none.
    """
    try:
        return operator.index(value)
    except TypeError:
        raise StudentError(
            f"{what} a {type(value).__name__} for a word; an int is wanted."
        ) from None


def words(found: Any) -> list[int]:
    """The words that a function returned.

    Raises:
        StudentError: where they are no ints.
    """
    if not isinstance(found, (list, tuple, np.ndarray)):
        raise StudentError(f"It returns a {type(found).__name__}; a list of ints is wanted.")
    return [whole(word, "It returns") for word in found]
