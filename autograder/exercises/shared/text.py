"""Text on its way from a student's kernel: as JSON, in one array of bytes.

Only arrays come back from a kernel. A string, a list of words or of ids, a dictionary: each is
written there by `written`, and read by whoever judges it with `read`, under limits. What a call
may not change is held against copies here, too: the general look at arguments sees arrays alone.
"""

from __future__ import annotations

import copy
import json
import math
import operator
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.exercises.program import Array, StudentError

MAX_BYTES = 64 * 2**10
"""The longest text that crosses; an answer of an exercise takes less than a kibibyte."""

MAX_DEPTH = 8
"""How many lists and dictionaries may lie within one another."""

TEXT = np.uint8
"""The dtype of a text. No other result of an exercise has it."""

ORDINALS = ("first", "second", "third", "fourth")


class UnreadableTextError(Exception):
    """The array holds no text of the form that `written` makes."""


def written(value: Any) -> Array:
    """A value as UTF-8 JSON, (bytes,), uint8; in which order a dictionary has its keys is lost.

    Args:
        value: strings, whole and other numbers, and lists, tuples and dictionaries of these.

    Raises:
        StudentError: where something else is in it, or it is too large.
    """
    try:
        text = json.dumps(_plain(value), ensure_ascii=False, sort_keys=True).encode()
    except UnicodeEncodeError:
        raise StudentError("It returns a text with half a character in it.") from None
    if len(text) > MAX_BYTES:
        raise StudentError(f"It returns more than {MAX_BYTES // 2**10} KiB of text.")
    return np.frombuffer(text, TEXT).copy()


def read(array: Array) -> Any:
    """The value that `written` made the array of; for arrays that anybody made.

    Raises:
        UnreadableTextError: where it is not of that form, or beyond its limits.
    """
    if array.dtype != TEXT or array.ndim != 1 or array.size > MAX_BYTES:
        raise UnreadableTextError("it is no array of bytes, or a large one")
    try:
        value = json.loads(array.tobytes().decode(), parse_constant=_refuse)
        if _depth(value) > MAX_DEPTH:
            raise UnreadableTextError("it lies too deep")
    except (ValueError, RecursionError):
        raise UnreadableTextError("it is no text, or no JSON") from None
    return value


def in_text(function: Any, *args: Any) -> Array:
    """The adapter of a function whose result is text: calls it, and writes what it returns.

    Raises:
        StudentError: where that cannot be written, or where the function changes what it is given.
    """
    return written(untouched(function, *args))


def untouched(function: Any, *args: Any) -> Any:
    """What a function returns that leaves its lists and dictionaries alone; an adapter as it is.

    Raises:
        StudentError: where the function changes one of them.
    """
    before = copy.deepcopy(args)
    found = function(*args)
    for number, (then, now) in enumerate(zip(before, args, strict=True)):
        if isinstance(now, list | dict | set) and now != then:
            which = ORDINALS[number] if number < len(ORDINALS) else f"{number + 1}th"
            raise StudentError(
                f"It changes its own input: its {which} argument is not the same after the call. "
                "Work on a copy."
            )
    return found


def _plain(value: Any, depth: int = 0) -> Any:
    """The value in Python's own types."""
    if depth > MAX_DEPTH:  # of a list that holds itself, too
        raise StudentError(f"It returns lists that lie more than {MAX_DEPTH} deep.")
    if isinstance(value, str):
        return str(value)
    if isinstance(value, np.ndarray) and value.ndim:
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, Mapping):
        if odd := [key for key in value if not isinstance(key, str)]:
            kind = type(odd[0]).__name__
            raise StudentError(f"It returns a dictionary with a key of type {kind}; str is wanted.")
        return {str(key): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, float | np.floating):
        if not math.isfinite(value):
            raise StudentError(f"It returns {float(value)}, which is no number.")
        return float(value)
    try:
        return operator.index(value)
    except TypeError:
        pass
    raise StudentError(
        f"Something in what it returns is of type {type(value).__name__}; strings, numbers, lists "
        "and dictionaries are wanted."
    )


def _depth(value: Any) -> int:
    """How many lists and dictionaries lie within one another."""
    if not isinstance(value, list | dict):
        return 0
    items = value.values() if isinstance(value, dict) else value
    return 1 + max(map(_depth, items), default=0)


def _refuse(constant: str) -> Any:
    raise UnreadableTextError(f"{constant} is no number")
