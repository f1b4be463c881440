"""Syntax trees of cells and references, made by one thread at a time."""

from __future__ import annotations

import ast
import re
from contextlib import suppress
from threading import Lock

MOST_TOKENS = 60_000
"""Names, numbers and signs of a text that is parsed, of which a tree takes a kilobyte each.

The references of the largest assignment have 10,000.
"""

MOST_TRIES = 20
"""How often a text is parsed before a SystemError is believed."""

_TOKEN = re.compile(r"\w+|[^\w\s]")

_one_at_a_time = Lock()


def tokens(source: str) -> int:
    """How many names, numbers and signs `source` has, each word of a string counted too."""
    return sum(1 for _ in _TOKEN.finditer(source))


def parse(source: str) -> ast.Module:
    """The syntax tree of `source`.

    CPython 3.11 counts the depth of the trees that all threads make in one number: two threads
    that parse together, as those of a Dask worker do, make one another raise SystemError. Ours
    wait for one another; libraries parse too, as NumPy does the head of a file, and wait for
    nobody, so that it is tried again.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: where it cannot be parsed.
    """
    if tokens(source) > MOST_TOKENS:
        raise ValueError(f"there are more than {MOST_TOKENS:,} names, numbers and signs")
    with _one_at_a_time:
        for _ in range(MOST_TRIES - 1):
            with suppress(SystemError):
                return ast.parse(source)
        return ast.parse(source)
