"""What grading would not see of a notebook: said while there is time to move it.

Of cells that are no exercise's, grading runs what `autograder.checking.cells` names. A function
that uses something else works in the notebook in which it was made, and nowhere else.
"""

from __future__ import annotations

import dis
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from inspect import unwrap
from types import CodeType, FunctionType
from typing import Any

from autograder.checking.cells import Statement, statements

MOST_OBJECTS = 200
"""Functions and classes of a notebook that are followed."""

_SETUP = re.compile(r"^from autograder import .*\bcheck\b", re.MULTILINE)
_read = lru_cache(maxsize=256)(statements)


def says_what_is_unseen(student_object: Any, exercises: Collection[str]) -> str:
    """A sentence on the names that grading would not see, or "".

    Args:
        student_object: a function or class of a notebook.
        exercises: the names of the assignment's exercises, whose cells are run as they stand.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return ""
    history = list(shell.history_manager.input_hist_raw)  # magics as they were written
    used = dict.fromkeys(_used(student_object, shell.user_ns))
    lost = [name for name in used if _is_unseen(name, history, exercises)]
    if not lost:
        return ""
    return (
        f"Grading will not see {' and '.join(f'`{name}`' for name in lost[:5])}: of cells that are "
        "no exercise's it runs imports, definitions and plain constants, and no calls. Move what "
        f"makes {'it' if len(lost) == 1 else 'them'} into the cell of "
        f"`{getattr(student_object, '__name__', 'the exercise')}`."
    )


def _is_unseen(name: str, history: Sequence[str], exercises: Collection[str]) -> bool:
    """Whether the cell that has last given `name` a value did so by what grading does not run."""
    for cell in reversed(history):
        if name not in cell:
            continue
        found: Sequence[Statement] = _read(cell) or ()
        binding = [one for one in found if name in one.binds]
        if binding:
            own = any(one.binds & set(exercises) for one in found)
            return not (binding[-1].runs or own or _SETUP.search(cell))
    return False


def _used(student_object: Any, names: Mapping[str, Any]) -> Iterator[str]:
    """The names of the notebook that an object uses, and those that what they stand for uses."""
    waiting: list[Any] = [student_object]
    seen: set[int] = set()
    while waiting and len(seen) < MOST_OBJECTS:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        for function in _functions(value):
            if function.__globals__ is not names:
                continue
            for name in _globals(function.__code__):
                if name in names:
                    yield name
                    if getattr(names[name], "__module__", "") == "__main__":
                        waiting.append(names[name])


def _functions(value: Any) -> list[FunctionType]:
    parts = [value]
    if isinstance(value, type):
        own = [part for kind in value.__mro__ for part in vars(kind).values()]
        parts = [getattr(part, "fget", None) or getattr(part, "__func__", part) for part in own]
    found = []
    for part in parts:
        function = unwrap(part) if callable(part) else part
        if isinstance(function, FunctionType):
            found.append(function)
    return found


def _globals(code: CodeType) -> Iterator[str]:
    waiting = [code]
    while waiting:
        one = waiting.pop()
        for step in dis.get_instructions(one):
            if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
                yield str(step.argval)
        waiting += [inner for inner in one.co_consts if isinstance(inner, CodeType)]
