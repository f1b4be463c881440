"""IPython's own words in a cell: taken out, so that the rest can be read as Python.

What IPython makes of a cell is another text, in which a whole cell may be a string. Here a line
that is none of Python's gives way to what stands behind its magic, or to `pass`: the text is looked
at and not run. `autograder.checking.cells` keeps such a line whole, for IPython to run it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from autograder.checking.cells import PYTHON_MAGICS

HARMLESS = PYTHON_MAGICS | frozenset(
    {"matplotlib", "config", "load_ext", "reload_ext", "autoreload", "pip", "conda", "precision",
     "pylab", "xmode", "debug", "pdb", "tensorboard", "who", "whos", "pwd", "ls", "env", "html",
     "markdown", "latex", "javascript", "js", "svg"}
)  # fmt: skip
"""Magics that bring no code of their own."""

_CELL = re.compile(r"\s*%%(\w+)(.*)")
# Possessive throughout: what overlaps and is tried again takes hours on a line of blanks.
_LINE = re.compile(r"(\s*+)(?:[\w, .\[\]]++=\s*+)?+%(\w++)(.*+)")
_SHELL = re.compile(r"(\s*+)([\w, .\[\]]++=\s*+)?+!(.*+)")
_HELP = re.compile(r"(\s*+)(?:\?{1,2}[\w.*%]++|[\w.*%]++\?{1,2})\s*+$")
_OPTIONS = re.compile(r"\s*+(?:-\w++(?:[= ]\d++)?\s++)*")


class Plain(NamedTuple):
    """A cell without IPython's own words.

    Attributes:
        source: what is left, line for line.
        words: the magics that may bring code of their own, as they stand there; "!" for a shell.
    """

    source: str
    words: tuple[str, ...]


def plain(source: str) -> Plain:
    """The cell without magics, shell commands and questions for help."""
    lines = source.split("\n")
    written = [k for k, line in enumerate(lines) if line.strip()]
    words: list[str] = []
    for first in written:
        if (head := _CELL.fullmatch(lines[first])) is None:
            break
        name, behind = head.groups()
        if name not in HARMLESS:
            words.append(f"%%{name}")
        if name not in PYTHON_MAGICS:
            return Plain("", tuple(words))
        # Behind %%timeit stands a statement of its own; behind the others, options.
        lines[first] = _OPTIONS.sub("", behind, count=1) if name == "timeit" else ""
    left: list[str] = []
    goes_on = False
    for line in lines:
        left.append("" if goes_on else _line(line, words))
        goes_on = line.endswith("\\") and (goes_on or left[-1] != line)
    return Plain("\n".join(left), tuple(words))


def _line(line: str, words: list[str]) -> str:
    if (shell := _SHELL.fullmatch(line)) is not None:
        if not re.match(r"\s*(?:python3? -m )?(?:pip3?|conda)\b", shell[3]):
            words.append("!")
        return f"{shell[1]}{shell[2]}None" if shell[2] else f"{shell[1]}pass"
    if (magic := _LINE.fullmatch(line)) is not None:
        indent, name, behind = magic.groups()
        if name in PYTHON_MAGICS:
            return f"{indent}{_OPTIONS.sub('', behind, count=1) or 'pass'}"
        if name not in HARMLESS:
            words.append(f"%{name}")
        target = line[: line.index("%")]
        return f"{target}None" if "=" in target else f"{indent}pass"
    if (asked := _HELP.fullmatch(line)) is not None:
        return f"{asked[1]}pass"
    return line
