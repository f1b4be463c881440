"""First lines of docstrings as summaries of what follows them, from packages that are installed.

Card. *Source*: the Python files of numpy, scikit-learn, matplotlib and others of `PACKAGES`, of
the versions that are installed; they are parsed, not imported. *Licences*: BSD-3-Clause, for
matplotlib its own, which is like Python's, for nltk Apache-2.0. *Size*: several thousand pairs of a
first paragraph and the line above it; it hangs on the versions. *Summaries*: by whoever wrote the
function; the convention is one line that says what it does. *Split*: pairs with nearly equal
lines, or whose descriptions begin alike, are one group, and a group lies in one part. *What is
wrong with it*: the description goes on where the line ends and often does not repeat it, so that
what a summary needs may not be in the text; names of functions and arguments are everywhere; the
parts have packages in common, and so manners of writing. Nothing in it is offensive.
"""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from autograder.corpora import MissingDataError
from autograder.corpora.sentences import dealt, groups, key, one_each

PACKAGES = ("matplotlib", "networkx", "nltk", "numpy", "pandas", "scipy", "sklearn", "sympy")
BEGINNING = 80
"""Descriptions that begin with so many equal letters are nearly equal."""

MARKUP = (
    (re.compile(r":[\w:+-]+:`~?([^`<]*?)(?:\s*<[^`]*>)?`"), r"\1"),  # a role: :func:`name`
    (re.compile(r"``?~?([^`<]*?)(?:\s*<[^`]*>)?``?_{0,2}"), r"\1"),  # code, names and links
    (re.compile(r"\*\*?(\S[^*]*)\*\*?"), r"\1"),  # what is stressed
    (re.compile(r"\|([^|]+)\||\[\d+\]_"), r"\1"),  # a substitution, or a reference
)
NO_PROSE = re.compile(r"\s*(>>>|\.\.|:\w|[-*•+] |\d+[.)] |[-=~^]{3,})|.*\n\s*[-=~^]{3,}")
"""How a paragraph begins that is code, a directive, a field, a list, or a heading."""


class Pair(NamedTuple):
    """A text and a summary of it.

    Attributes:
        text: the description.
        summary: what a person wrote above it.
    """

    text: str
    summary: str


class Split(NamedTuple):
    """Pairs in three parts that share no group: to learn from, to choose by, to score once."""

    train: list[Pair]
    dev: list[Pair]
    test: list[Pair]


def load(folders: Sequence[Path] | None = None) -> list[Pair]:
    """The distinct pairs of all files, in the order of the packages and of the files in them.

    Args:
        folders: where the packages are; if there are none, those of `PACKAGES` that are installed.

    Raises:
        MissingDataError: where no file has a docstring with a description.
    """
    places = [place for name in PACKAGES for place in _installed(name)]
    if folders is not None:
        places = list(folders)
    found: dict[Pair, None] = {}
    for place in places:
        for file in sorted(place.rglob("*.py")):
            if "tests" not in file.relative_to(place).parts:
                found |= dict.fromkeys(pairs(file.read_text(encoding="utf-8", errors="replace")))
    if not found:
        raise MissingDataError(
            f"There are no docstrings in {', '.join(map(str, places)) or 'any package'}. The "
            "packages come with the course: `pip install numpy scikit-learn matplotlib`."
        )
    return list(found)


def pairs(source: str) -> Iterator[Pair]:
    """The pairs of a file; one that is not of this Python has none."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found = pair(ast.get_docstring(node) or "")
            if found:
                yield found


def pair(docstring: str) -> Pair | None:
    """The first line and the paragraph after it, if both are prose of a fit length."""
    first, *rest = (block.strip("\n") for block in re.split(r"\n\s*\n", docstring)[:2])
    if not rest or any(NO_PROSE.match(block) for block in (first, *rest)):
        return None
    summary, text = plain(first), plain(rest[0])
    if 3 <= len(summary.split()) <= 15 and 10 <= len(text.split()) <= 150:
        return Pair(text, summary)
    return None


def plain(text: str) -> str:
    """A paragraph on one line, without markup."""
    for mark, instead in MARKUP:
        text = mark.sub(instead, text)
    return " ".join(text.split())


def distinct(pairs: Sequence[Pair], seed: int = 0) -> list[Pair]:
    """One pair a group of nearly equal ones, by lot."""
    marks = [(("summary", key(p.summary)), ("text", key(p.text)[:BEGINNING])) for p in pairs]
    return [pairs[n] for n in one_each(groups(marks), seed)]


def split(pairs: Sequence[Pair], held: int = 500, seed: int = 0) -> Split:
    """One pair a group, dealt out: `held` for each of two parts, and the rest to learn from."""
    kept = distinct(pairs, seed)
    return Split(*([kept[n] for n in part] for part in dealt(len(kept), held, seed)))


def _installed(name: str) -> list[Path]:
    spec = importlib.util.find_spec(name)
    return [Path(spec.origin).parent] if spec and spec.origin else []
