"""How a result that is text differs from what is right: in kind, in length, or in what it says.

What is right is not told, and of the answer nothing that could carry an input out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograder.exercises import Array
from autograder.exercises.shared.text import UnreadableTextError, read

KINDS = {str: "a string", list: "a list", dict: "a dictionary", int: "a number", float: "a number"}
"""What a student calls the types of which text is made."""


def text_of(value: Array) -> Any:
    """What is written in an answer; in words, that nothing can be read there."""
    try:
        return read(value)
    except UnreadableTextError:
        return "what cannot be read"


def says_how_texts_differ(name: str, value: Array, right: Array, call: str) -> str:
    """A sentence about a text that is not the right one, or "".

    Args:
        name: the name of the result.
        value: what was returned, as it crossed.
        right: what is right.
        call: the name of the call.
    """
    wanted = read(right)
    try:
        found = read(value)
    except UnreadableTextError:
        return f"`{name}` cannot be read for {call}; {_kind(wanted)} is wanted."
    if found == wanted:
        return ""
    if _kind(found) != _kind(wanted):
        return f"`{name}` is {_kind(found)} for {call}; {_kind(wanted)} is wanted."
    return f"`{name}` {_how(found, wanted)} for {call}."


def _kind(value: Any) -> str:
    return KINDS.get(type(value), "something else")


def _how(found: Any, wanted: Any) -> str:
    if isinstance(wanted, Mapping):
        if found.keys() != wanted.keys():
            return "has other keys than are wanted"
        return "has a wrong value"
    if not isinstance(wanted, list):
        return "is wrong"
    if len(found) != len(wanted):
        return "is too long" if len(found) > len(wanted) else "is too short"
    if _sorted(found) == _sorted(wanted):
        return "has the right entries in another order"
    return "is of the right length and has a wrong entry"


def _sorted(items: Sequence[Any]) -> list[str]:
    return sorted(map(repr, items))
