"""Syntax trees of cells and references, made by one thread at a time."""

from __future__ import annotations

import ast
from threading import Lock

_one_at_a_time = Lock()


def parse(source: str) -> ast.Module:
    """The syntax tree of `source`.

    CPython 3.11 counts the depth of the trees that all threads make in one number: two threads
    that parse together, as those of a Dask worker do, make one another raise SystemError.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: where it cannot be parsed.
    """
    with _one_at_a_time:
        return ast.parse(source)
