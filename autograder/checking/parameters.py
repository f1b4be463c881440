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

GENERAL = ("args", "arrays", "rest")
"""What an adapter calls all further arguments, where that says nothing of them."""

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

    def unnamed(number: int) -> str:
        # An adapter's arguments are not the student's: their number says nothing.
        return "input" if call.adapter else f"{_ordinal(number)} array argument"

    found = [f"`{of_each[n]}`" if of_each[n] else unnamed(n) for n in numbers]
    return list(dict.fromkeys(found))


def called(call: Call, assignment: str, names: Sequence[str]) -> Sequence[str]:
    """The names of the arguments of `call`, as far as they are known."""
    if not call.adapter:
        return names
    module = importlib.import_module(f"autograder.exercises.{assignment}")
    students, *own = signature(getattr(module, call.adapter)).parameters.values()
    known = [p.name for p in own if p.kind is not Parameter.VAR_POSITIONAL]
    if len(known) == len(own):
        return known
    # What it takes as *args it hands on to a function; to an object of a class it is given later.
    is_class = students.name.endswith("_class")
    handed_on = [] if is_class else [name for name in names if name not in known]
    further = own[-1].name if own[-1].name not in GENERAL else ""
    more = len(call.args) - len(known) - len(handed_on)
    return [*known, *handed_on, *[further] * more]


def _of_each_array(call: Call, names: Sequence[str]) -> Iterator[str]:
    for place, arg in enumerate(call.args):
        if not isinstance(arg, (Ref, StudentObject)):
            name = names[place] if place < len(names) else ""
            yield from [name] * len(arrays_in([arg]))


def _ordinal(number: int) -> str:
    return ORDINALS[number] if number < len(ORDINALS) else f"{number + 1}th"
