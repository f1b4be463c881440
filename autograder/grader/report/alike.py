"""Pairs of students whose texts have more in common than the class and the course explain.

As MOSS does (S. Schleimer, D. Wilkerson, A. Aiken, Winnowing, SIGMOD 2003), passages of tokens are
compared in which every name is the same name, and of which those do not count that were handed
out, or that many have. It says where to look and nothing else: two who think alike write alike.
"""

from __future__ import annotations

import ast
import io
import keyword
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

import msgspec

from autograder.grader.syntax import parse

PASSAGE = 12
"""Tokens of a passage: about a line of an exercise."""

ENOUGH = 20
"""Passages that two must share: with fewer it is a line or two."""

SHARE = 0.5
"""What part that must be of the shorter one's own passages."""

FEW = 8
"""Students below whom nothing can be said about what is common."""

MOST = 12
"""Pairs that are named, those most alike first."""


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Two students whose texts are alike.

    Attributes:
        students: the two.
        exercises: in which, the one with most in common first.
        passages: how many passages they share that few others have.
        share: what part that is of the passages of the one who has fewer of them.
    """

    students: tuple[str, str]
    exercises: list[str]
    passages: int
    share: float


def often(count: int) -> int:
    """How many students may have a passage before it is common, in a class of so many."""
    return max(3, count // 10)


def pairs(cells: Mapping[str, Mapping[str, str]], known: Iterable[str]) -> list[Pair]:
    """The pairs to look at.

    Args:
        cells: the text of each exercise, by student.
        known: what was handed out, and the right ways that the course knows.
    """
    if len(cells) < FEW:
        return []
    given = {passage for text in known for passage in passages(text)}
    found = {
        student: {name: set(passages(text)) - given for name, text in own.items()}
        for student, own in cells.items()
    }
    own = {student: set().union(*by_name.values()) for student, by_name in found.items()}
    having: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for student, those in own.items():
        for passage in those:
            having[passage].append(student)
    rare = {p: who for p, who in having.items() if len(who) <= often(len(cells))}
    counts = Counter(pair for who in rare.values() for pair in combinations(sorted(who), 2))
    sizes = {student: len(those & rare.keys()) for student, those in own.items()}
    made = [
        _pair(one, other, shared / min(sizes[one], sizes[other]), found, rare)
        for (one, other), shared in counts.items()
        if shared >= ENOUGH and shared >= SHARE * min(sizes[one], sizes[other])
    ]
    return sorted(made, key=lambda pair: (-pair.share * pair.passages, pair.students))[:MOST]


def _pair(
    one: str,
    other: str,
    share: float,
    found: Mapping[str, Mapping[str, set[tuple[str, ...]]]],
    rare: Mapping[tuple[str, ...], Sequence[str]],
) -> Pair:
    both = {
        name: len(those & found[other].get(name, set()) & rare.keys())
        for name, those in found[one].items()
    }
    names = sorted((name for name in both if both[name]), key=lambda name: -both[name])
    return Pair(students=(one, other), exercises=names, passages=sum(both.values()), share=share)


def passages(text: str) -> Iterator[tuple[str, ...]]:
    """All passages of a text, one beginning at each token; none where it cannot be read."""
    words = list(_tokens(text))
    return (tuple(words[at : at + PASSAGE]) for at in range(len(words) - PASSAGE + 1))


def _tokens(text: str) -> Iterator[str]:
    """The tokens of a text without comments, docstrings, layout and needless brackets."""
    try:
        tree = parse(text)
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list):
                node.body = [part for part in body if not _is_text(part)]  # type: ignore[attr-defined]
        plain = ast.unparse(tree)
        yield from _words(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return


def _is_text(part: ast.AST) -> bool:
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)


def _words(plain: str) -> Iterator[str]:
    before = ""
    for token in tokenize.generate_tokens(io.StringIO(plain).readline):
        said = token.string
        if token.type == tokenize.NAME and not keyword.iskeyword(said) and before != ".":
            said = "name"
        elif token.type == tokenize.STRING:
            said = "text"
        before = token.string
        if said.strip():
            yield said
