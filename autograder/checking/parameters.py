"""What the arguments of a call are called, for sentences about them.

The names come from whoever asks: in a notebook from the student's own definition, elsewhere from
the reference. What a judged process says of its own parameters is never read.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from inspect import Parameter, signature
from typing import Any

from autograder.exercises import Call, Ref
from autograder.exercises.program import StudentObject, arrays_in

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def parameters(of: Any) -> tuple[str, ...]:
    """The names of the parameters of a function, or of those that make an object of a class."""
    try:
        return tuple(signature(of).parameters)
    except (TypeError, ValueError):
        return ()


def said(call: Call, assignment: str, names: Sequence[str], numbers: Sequence[int]) -> list[str]:
    """The array arguments of these numbers, from 0, as a sentence names them.

    Args:
        call: the call.
        assignment: the package of its adapter.
        names: the parameters of what the student writes.
        numbers: of the arrays in the arguments, those that are meant; each array of a list has a
            number of its own.
    """
    of_each = list(_of_each_array(call, called(call, assignment, names)))
    found = [
        f"`{of_each[number]}`" if of_each[number] else f"{_ordinal(number)} array argument"
        for number in numbers
    ]
    return list(dict.fromkeys(found))


def called(call: Call, assignment: str, names: Sequence[str]) -> Sequence[str]:
    """The names of the arguments of `call`, as far as they are known."""
    if not call.adapter:
        return names
    module = importlib.import_module(f"autograder.exercises.{assignment}")
    _, *own = signature(getattr(module, call.adapter)).parameters.values()
    known = [p.name for p in own if p.kind is not Parameter.VAR_POSITIONAL]
    # What an adapter takes as *args it hands on.
    return [*known, *names[len(known) :]] if len(known) < len(own) else known


def _of_each_array(call: Call, names: Sequence[str]) -> Iterator[str]:
    for place, arg in enumerate(call.args):
        if not isinstance(arg, (Ref, StudentObject)):
            name = names[place] if place < len(names) else ""
            yield from [name] * len(arrays_in([arg]))


def _ordinal(number: int) -> str:
    return ORDINALS[number] if number < len(ORDINALS) else f"{number + 1}th"
