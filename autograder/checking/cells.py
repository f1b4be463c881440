"""What a cell consists of, and what grading runs of a cell that is no exercise's.

Of such a cell grading runs the imports, the definitions and the plain constants, and nothing that
makes a call: nobody's training is to run once for each student of a class. A few calls are
definitions, such as `namedtuple(…)`. `check` reads cells by the same rule, and says while there is
time what grading would not see.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

PYTHON_MAGICS = frozenset({"time", "timeit", "capture", "prun", "memit", "mprun", "lprun"})
"""Magics that run the Python behind or below them."""

DEFINING = frozenset({"namedtuple", "NamedTuple", "partial", "TypeVar", "NewType"})
"""What is called to define something, and does nothing else."""

_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
# Possessive throughout: what overlaps and is tried again takes hours on a line of blanks.
_MAGIC = re.compile(r"(\s*+)(?:%{1,2}[A-Za-z]|!|\?|[\w., ]++=\s*+[%!][^=]|[\w.*]++\?{1,2}\s*+$)")
_LINE = re.compile(r"\r\n|\r|\n")

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Statement:
    """A statement of a cell, at the level of the module.

    Attributes:
        text: as it stands in the cell.
        line: where it begins, counted from 1.
        end: its last line.
        runs: whether grading runs it wherever it stands.
        binds: the names that it gives a value.
        changes: the names of what it changes, as `LSTMCell.forward = forward` does.
        uses: the names of the module that it uses, those in its functions included.
    """

    text: str
    line: int
    end: int
    runs: bool
    binds: frozenset[str]
    changes: frozenset[str]
    uses: frozenset[str]


def statements(
    source: str, parse: Callable[[str], ast.Module] = ast.parse
) -> tuple[Statement, ...] | None:
    """The statements of a cell, in order; None where it cannot be parsed.

    Args:
        source: the text of the cell; a line with a magic or a shell command is a statement too.
        parse: makes the syntax tree.
    """
    try:
        try:
            tree = parse(source)
        except SyntaxError:
            tree = parse(without_magics(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    lines = [line.encode() for line in _LINE.split(source)]
    return tuple(_statement(node, lines) for node in tree.body)


def without_magics(source: str) -> str:
    """The cell with `pass` in the place of what is IPython's and not Python's, line by line."""
    lines = _LINE.split(source)
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    magic = _CELL_MAGIC.match(lines[first])
    if magic is not None:
        if magic[1] not in PYTHON_MAGICS:
            return ""
        lines[first] = ""
    found, goes_on = [], False
    for line in lines:
        begins = None if goes_on else _MAGIC.match(line)
        found.append(f"{begins[1]}pass" if begins else "" if goes_on else line)
        goes_on = (goes_on or begins is not None) and line.endswith("\\")
    return "\n".join(found)


def joined(chosen: Sequence[Statement]) -> str:
    """The statements as one text, each in the line in which it stands in its cell."""
    parts: list[str] = []
    line = 1
    for statement in chosen:
        if parts:
            parts.append("\n")
            line += 1
        parts += ["\n" * (statement.line - line), statement.text]
        line = max(line, statement.line) + statement.text.count("\n")
    return "".join(parts)


def _statement(node: ast.stmt, lines: Sequence[bytes]) -> Statement:
    """The statement; `lines` are those of its cell in UTF-8, in which columns are counted."""
    decorators = getattr(node, "decorator_list", [])
    line = min([node.lineno, *(one.lineno for one in decorators)])
    end = node.end_lineno or line
    begins, ends = 0 if decorators else node.col_offset, node.end_col_offset
    if line == end:
        own = [lines[line - 1][begins:ends]]  # many statements may share a line
    else:
        own = [lines[line - 1][begins:], *lines[line : end - 1], lines[end - 1][:ends]]
    if isinstance(node, ast.Pass) and own != [b"pass"]:
        own = [lines[line - 1]]  # it stands for a magic
    text = b"\n".join(own).decode(errors="replace")
    binds, changes = _bound(node)
    return Statement(text, line, end, _runs(node), binds, changes, _used(node))


def _runs(node: ast.stmt) -> bool:
    """Whether it is an import, a definition or a plain constant, or chooses between such."""
    if isinstance(node, (ast.Import, ast.ImportFrom, *_DEFINITIONS)):
        return True
    if isinstance(node, ast.Assign | ast.AnnAssign):
        parts = node.targets if isinstance(node, ast.Assign) else [node.target]
        return node.value is not None and not any(map(_calls, [*_given(node.value), *parts]))
    if isinstance(node, ast.If):
        return not _calls(node.test) and all(map(_within, [*node.body, *node.orelse]))
    if isinstance(node, ast.Try):
        handled = [inner for handler in node.handlers for inner in handler.body]
        return all(map(_within, [*node.body, *handled, *node.orelse, *node.finalbody]))
    return False


def _given(value: ast.expr) -> Sequence[ast.expr]:
    """What a value is made of: of a call that defines something, its arguments alone."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name | ast.Attribute):
        of = value.func.id if isinstance(value.func, ast.Name) else value.func.attr
        if of in DEFINING:
            return [value.func, *value.args, *(keyword.value for keyword in value.keywords)]
    return [value]


def _within(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or _runs(node)


def _calls(node: ast.AST) -> bool:
    """Whether it calls something when it is evaluated; what a lambda does is done later."""
    kinds = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom)
    return any(isinstance(inner, kinds) for inner in _walk(node, (ast.Lambda,)))


def _bound(node: ast.stmt) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a statement binds, and those of what it changes."""
    binds: set[str] = set()
    changes: set[str] = set()
    for inner in _walk(node, (*_FUNCTIONS, ast.ClassDef, *_COMPREHENSIONS)):
        if isinstance(inner, ast.Import | ast.ImportFrom):
            binds.update(a.asname or a.name.partition(".")[0] for a in inner.names)
        elif isinstance(inner, _DEFINITIONS):
            binds.add(inner.name)
        elif isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            binds.add(inner.id)
        elif isinstance(inner, ast.Attribute | ast.Subscript) and isinstance(inner.ctx, ast.Store):
            root: ast.AST = inner
            while isinstance(root, ast.Attribute | ast.Subscript):
                root = root.value
            changes |= {root.id} if isinstance(root, ast.Name) else set()
    return frozenset(binds), frozenset(changes)


def _used(node: ast.stmt) -> frozenset[str]:
    """The names of the module that a statement and the functions in it use."""
    found: set[str] = set()
    for inner in _walk(node, _FUNCTIONS):
        if isinstance(inner, _FUNCTIONS):
            found |= _of_function(inner)
        elif isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
            found.add(inner.id)
    return frozenset(found)


def _of_function(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    inner = list(ast.walk(node))
    own = {one.arg for one in inner if isinstance(one, ast.arg)}
    names = [one for one in inner if isinstance(one, ast.Name)]
    own |= {one.id for one in names if isinstance(one.ctx, ast.Store)}
    own |= {one.name for one in inner[1:] if isinstance(one, _DEFINITIONS)}
    own -= {name for one in inner if isinstance(one, ast.Global) for name in one.names}
    used = {one.id for one in names if isinstance(one.ctx, ast.Load)} - own
    # What stands in the head is evaluated outside, where an argument's name is another's.
    defaults = [one for one in [*node.args.defaults, *node.args.kw_defaults] if one is not None]
    for outside in [*defaults, *getattr(node, "decorator_list", [])]:
        used |= {one.id for one in ast.walk(outside) if isinstance(one, ast.Name)}
    return used


def _walk(node: ast.AST, closed: tuple[type[ast.AST], ...]) -> Iterator[ast.AST]:
    """The nodes of a tree; those of a closed kind are given and not entered."""
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        yield inner
        if not isinstance(inner, closed):
            waiting += ast.iter_child_nodes(inner)
