"""A student's cell, read into statements with the names that each binds, changes and uses."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from autograder.grader.grading.magics import plain
from autograder.grader.grading.value_flow.scope import PUTS, bound_within
from autograder.grader.syntax import parse

LONGEST = 100_000
MOST_NODES = 50_000
"""Characters and nodes of a cell that are read; the longest that was seen has a tenth of them."""

UNREAD = "cannot be read as Python"
TOO_LONG = "is too long to be read"
OTHERWISE = "is another text to IPython than it is to Python"

_PROMPT = re.compile(r"(?:>>>|\.\.\.)(?: |$)|In \[\d+\]:|\s*\.{3,}:")
"""What IPython takes off the lines of a cell, where the first or second begins with it."""

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, eq=False)
class Statement:
    """A statement at the level of the module.

    Attributes:
        tree: the statement.
        binds: the names of the module that it binds.
        changes: those into which it puts something, or that it binds within a function.
        uses: the names of the module that stand in it.
        words: all names, attributes, keywords and short texts in it.
    """

    tree: ast.stmt
    binds: frozenset[str]
    changes: frozenset[str]
    uses: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True)
class Cell:
    """What is looked at in a cell.

    Attributes:
        statements: those at the level of the module.
        imports: the names that imports anywhere in it bind, and what they stand for.
        words: all names, attributes and keywords, and what is imported.
        texts: all strings.
        unread: why it could not be read, or "".
        magics: IPython's own words in it that may bring code.
    """

    statements: tuple[Statement, ...] = ()
    imports: tuple[tuple[str, str], ...] = ()
    words: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    unread: str = ""
    magics: tuple[str, ...] = ()


@lru_cache(maxsize=64)  # setup cells are the same for the whole class
def read(source: str) -> Cell:
    """What is looked at in a cell; of one that cannot be read, why.

    Args:
        source: the text of the cell, or of a module beside the notebook.
    """
    if len(source) > LONGEST:
        return Cell(unread=TOO_LONG)
    magics: tuple[str, ...] = ()
    otherwise = _parted_otherwise(source)
    try:
        try:
            tree = parse(source)
            otherwise = otherwise or any(map(_PROMPT.match, source.splitlines()[:2]))
        except SyntaxError:
            stripped, magics = plain(source)
            tree = parse(stripped)
        cell = _looked_through(tree, magics)
        return replace(cell, unread=cell.unread or OTHERWISE) if otherwise else cell
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Cell(unread=UNREAD, magics=magics)


def _parted_otherwise(source: str) -> bool:
    """Whether IPython finds words of its own where Python sees the rest of a line.

    A line ends for IPython where it ends for `str.splitlines`, at a form feed for one.
    """
    lines = source.replace("\r", "\n").split("\n")
    parts = [part for line in lines if len(own := line.splitlines()) > 1 for part in own]
    return any(plain(part).source != part for part in parts)


def _looked_through(tree: ast.Module, magics: tuple[str, ...]) -> Cell:
    # A walk is slow, and this is the only one of every node.
    walks = [list(ast.walk(statement)) for statement in tree.body]
    nodes = [node for walk in walks for node in walk]
    if len(nodes) > MOST_NODES:
        return Cell(unread=TOO_LONG)
    texts = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return Cell(
        statements=tuple(map(_statement, tree.body, walks)),
        imports=tuple(_imports(nodes)),
        words=frozenset(n.id for n in nodes if isinstance(n, ast.Name))
        | frozenset(n.attr for n in nodes if isinstance(n, ast.Attribute))
        | frozenset(n.arg for n in nodes if isinstance(n, ast.keyword) and n.arg)
        | frozenset(part for _, path in _imports(nodes) for part in path.split(".")),
        texts=frozenset(texts),
        magics=magics,
    )


def imported(statements: Iterable[Statement]) -> set[str]:
    """The names of the modules, or of the packages in which they are, that statements import."""
    return {
        path.partition(".")[0] for one in statements for _, path in _imports(ast.walk(one.tree))
    }


def _statement(tree: ast.stmt, walk: Sequence[ast.AST]) -> Statement:
    """The statement, and all nodes in it."""
    imports = dict(_imports(walk))
    uses = frozenset(_free(tree, frozenset()))
    if isinstance(tree, DEFINITIONS):
        binds = frozenset({tree.name})
    else:
        binds = frozenset(bound_within(_module_of(tree)))
    outer = frozenset(n for node in walk if isinstance(node, ast.Global) for n in node.names)
    return Statement(
        tree=tree,
        binds=binds,
        changes=(frozenset(_changed(walk)) & uses) | outer,
        uses=uses,
        words=frozenset(imports)
        | frozenset(part for path in imports.values() for part in path.split("."))
        | frozenset(word for node in walk for word in _words(node)),
    )


def _module_of(tree: ast.stmt) -> ast.ClassDef:
    """A scope of which the statement is all; a class binds as a module does."""
    return ast.ClassDef(name="", bases=[], keywords=[], body=[tree], decorator_list=[])


def _words(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            yield name
        case ast.keyword(arg=str() as name):
            yield name
        case ast.Constant(value=str() as text) if len(text) < 100:
            yield from text.split(".")


def _changed(walk: Iterable[ast.AST]) -> Iterator[str]:
    """The names into which something is put."""
    for node in walk:
        match node:
            case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
                yield _root(node)
            case ast.Call(func=ast.Attribute(value=owner, attr=attr)) if attr in PUTS:
                yield _root(owner)
            case ast.Call(func=ast.Name(id="setattr"), args=[owner, *_]):
                yield _root(owner)


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _free(node: ast.AST, bound: frozenset[str]) -> Iterator[str]:
    """The names of the module that stand in `node`."""
    inner = bound
    match node:
        case ast.Name(id=name):
            if name not in bound:
                yield name
            return
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            args = node.args
            outside: list[ast.expr] = [
                *args.defaults,
                *(d for d in args.kw_defaults if d is not None),
            ]
            outside += getattr(node, "decorator_list", [])
            for part in outside:
                yield from _free(part, bound)
            inner = bound | bound_within(node)
            for inside in [node.body] if isinstance(node, ast.Lambda) else node.body:
                yield from _free(inside, inner)
            return
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            inner = bound | bound_within(node)
    for child in ast.iter_child_nodes(node):
        yield from _free(child, inner)


def _imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """The names that imports among `nodes` bind, and what they stand for."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                yield alias.asname or top, alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module or '.'}.{alias.name}"
