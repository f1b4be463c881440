"""Text that a student's code has made, as a browser and a terminal can be shown it.

Of the control characters, in which terminals see commands, line ends, tabs and colours stay.
"""

from __future__ import annotations

import re
from typing import Any

MAX_OUTPUT = 256 * 1024
"""Characters of output that are kept of one cell."""

_COLOUR = re.compile(r"(\x1b\[[0-9;]{0,20}m)")

_CELL = re.compile(r" \(\d+\.py, line \d+\)")


def coloured(text: Any, most: int = MAX_OUTPUT + 1) -> str:
    """The text with line ends, tabs and colours, and without any other control character."""
    if not isinstance(text, str):
        return ""
    parts = _COLOUR.split(text[:most])
    return "".join(part if i % 2 else _clean(part) for i, part in enumerate(parts))


def _clean(text: str) -> str:
    return "".join(c for c in text if c.isprintable() or c in "\n\t")


def plain(text: Any, most: int = MAX_OUTPUT + 1) -> str:
    """The text without colours either."""
    return "".join(_COLOUR.split(coloured(text, most))[::2])


def line(text: Any, most: int) -> str:
    """The text in one line of at most `most` characters, for a sentence."""
    return " ".join(plain(text, most).split())[:most]


def without_cell_number(text: str) -> str:
    """What a SyntaxError says, without the number that it calls its cell by, which says nothing."""
    return _CELL.sub("", text)


def shorten(text: str, most: int) -> str:
    """The text, or its beginning and an ellipsis, of at most `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
