"""A student's cell as it may be shown to others: without what could say whose it is.

What can be promised is this, and no more. Comments and docstrings are gone. Texts and long numbers
that are not in the notebook as it was handed out, nor in a solution, are dots. A name stays if it
is one of the course's code, or made of the course's words, none of which is a word of the
student's own name or address; every other name becomes `name_1`, `name_2`. The way in which the
code is written stays, and whoever knows that may know the student.
"""

from __future__ import annotations

import builtins
import io
import keyword
import re
import tokenize
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from tokenize import TokenInfo

import numpy as np

from autograder.grader.kernels.printable import plain

LINES = 40
"""Lines of a cell that are shown at most."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+|\d+")
_NAME = re.compile(r"[^\W\d]\w*")
_LONG_NUMBER = re.compile(r"\d{5}")
_DOTS = "…"

_LAYOUT = {tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING}
_OF_FORMATTED_TEXT = getattr(tokenize, "FSTRING_MIDDLE", -1)  # since Python 3.12


@dataclass(frozen=True)
class Vocabulary:
    """What a course's notebook and solutions say, which nobody is known by.

    Attributes:
        names: the names of their code, of Python and of NumPy.
        words: the words of their text.
        texts: all of it, to find strings and numbers in.
    """

    names: frozenset[str]
    words: frozenset[str]
    texts: str

    @classmethod
    def of(cls, code: Iterable[str], prose: Iterable[str]) -> Vocabulary:
        """The vocabulary of some code and of some text."""
        code = "\n".join(code)
        text = "\n".join([code, *prose])
        names = {*_NAME.findall(code), *keyword.kwlist, *keyword.softkwlist, *dir(builtins)}
        names |= {*dir(np), *dir(np.ndarray), *dir(np.linalg)}
        return cls(frozenset(names), frozenset(words(text)), text)


def words(text: str) -> set[str]:
    """The words of a text, also within names, in small letters; none of one letter."""
    return {word.lower() for word in _WORD.findall(text) if len(word) > 1}


def anonymous(source: str, known: Vocabulary, identity: Iterable[str]) -> str | None:
    """A cell without what could say whose it is; None where it cannot be read as Python.

    Args:
        source: the text of the cell.
        known: the course's vocabulary.
        identity: the student's name in the course, real name and address.
    """
    own = words(" ".join(identity))
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
    if any(token.type == tokenize.ERRORTOKEN and token.string.strip() for token in tokens):
        return None
    lines = source.splitlines()
    for token, said in reversed(list(_changes(tokens, known, own))):
        (first, start), (last, end) = token.start, token.end
        lines[first - 1 : last] = [lines[first - 1][:start] + said + lines[last - 1][end:]]
    shown = [plain(line).rstrip() for line in lines if line.strip()]
    if len(shown) > LINES:
        shown = [*shown[:LINES], _DOTS]
    return "\n".join(shown)


def nameless(says: str, known: Vocabulary, identity: Iterable[str]) -> str:
    """Sentences in which names between backticks are dots where they may not stay in a cell."""
    own = words(" ".join(identity))

    def kept(found: re.Match[str]) -> str:
        may_stay = all(_may_stay(name, known, own) for name in _NAME.findall(found[1]))
        return found[0] if may_stay else f"`{_DOTS}`"

    return re.sub(r"`([^`]+)`", kept, says)


def _changes(
    tokens: list[TokenInfo], known: Vocabulary, own: Set[str]
) -> Iterator[tuple[TokenInfo, str]]:
    """The tokens that are written otherwise, in order, and how."""
    others: dict[str, str] = {}
    for at, token in enumerate(tokens):
        said = token.string
        match token.type:
            case tokenize.COMMENT:
                yield token, ""
            case tokenize.STRING if _is_documentation(tokens, at):
                yield token, ""
            case tokenize.STRING if said not in known.texts:
                yield token, f'"{_DOTS}"'
            case tokenize.NUMBER if (
                _LONG_NUMBER.search(said.replace("_", "")) and said not in known.texts
            ):
                yield token, _DOTS
            case tokenize.NAME if not _may_stay(said, known, own):
                yield token, others.setdefault(said, f"name_{len(others) + 1}")
            case kind if kind == _OF_FORMATTED_TEXT and said:
                yield token, _DOTS


def _may_stay(name: str, known: Vocabulary, own: Set[str]) -> bool:
    if name in known.names:
        return True
    made_of = words(name)
    if len(name) > 1 and not made_of:  # letters alone, as in `a_d_a`, may spell anything
        return False
    return made_of <= known.words and not made_of & own and not re.search(r"\d{3}", name)


def _is_documentation(tokens: list[TokenInfo], at: int) -> bool:
    """Whether a string stands alone in a statement."""
    before = tokens[at - 1].type if at else tokenize.ENCODING
    return before in _LAYOUT and tokens[at + 1].type in (tokenize.NEWLINE, tokenize.ENDMARKER)
