"""Did the student write it? What the text of a submission says about it, by its syntax tree.

An exercise asks for something to be written from scratch that a framework has ready-made. Values
cannot tell the two apart, so the text is read, and this decides:

- The definition that is asked for, or a helper that it uses, plainly calls the framework's own:
  a right answer is `needs_review`: it waits for a person, and the student is told in a sentence.
  A mention in a comment, a string or a docstring is no call, nor is a comparison of one's own
  result with the framework's in a function that the answer does not use.
- Something unusual stands in the cell, such as `eval`, or an import that no exercise needs, by
  which a call could be hidden: a suspicion for the staff, which takes no point and of which the
  student is not told, because most such cells are innocent.

Who hides the call well enough is not found. Reading the text is fair to those who do not hide,
and no process that runs a student's code could be asked for the truth.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from autograder.grader.syntax import parse

FRAMEWORKS = frozenset({"torch", "keras", "tensorflow", "jax", "flax"})

GIVEN = "autograder.given."
"""Where a later assignment has the functions of an earlier one from, as a stand-in."""

TRACKED = frozenset({"requires_grad", "requires_grad_"})
"""How torch is asked for gradients, on a tensor rather than on a module."""

USUAL = FRAMEWORKS | {
    "__future__", "abc", "collections", "copy", "dataclasses", "enum", "functools", "itertools",
    "math", "matplotlib", "numpy", "operator", "random", "time", "typing", "warnings",
}  # fmt: skip
"""What the cells of a course import, as a rule."""

UNUSUAL = frozenset(
    {"eval", "exec", "compile", "__import__", "globals", "locals", "vars", "get_ipython",
     "_getframe", "f_back", "f_globals", "f_locals", "__globals__", "__subclasses__", "__code__",
     "__class__", "__array__"}
)  # fmt: skip
"""Names by which code finds or makes what does not stand there."""


@dataclass(frozen=True)
class Use:
    """A call of the framework's own.

    Attributes:
        name: what was used, as in "torch.nn.LSTMCell".
        line: its line in its cell, counted from 1.
    """

    name: str
    line: int


@dataclass(frozen=True, eq=False)
class _Statement:
    """A statement at the level of the module.

    Attributes:
        binds: the names that it binds, those of its inner statements included.
        uses: the names that stand in it.
        nodes: its names, attributes and keyword arguments.
    """

    binds: frozenset[str]
    uses: frozenset[str]
    nodes: tuple[ast.AST, ...]


@dataclass(frozen=True)
class _Cell:
    """What is looked at in a cell.

    Attributes:
        statements: those at the level of the module.
        imports: the names that imports anywhere in it bind, and what they stand for.
        names: all names and attributes.
        texts: all strings.
    """

    statements: tuple[_Statement, ...]
    imports: tuple[tuple[str, str], ...]
    names: frozenset[str]
    texts: frozenset[str]


class Text:
    """The cells of a submission up to the one that is looked at, as syntax trees."""

    def __init__(self) -> None:
        self._imported: dict[str, str] = {}
        self._bound: dict[str, list[_Statement]] = {}

    def add(self, source: str) -> None:
        """Read a further setup cell or solution cell."""
        cell = _read(source)
        if cell is None:
            return
        self._imported |= dict(cell.imports)
        for statement in cell.statements:
            for name in statement.binds:
                self._bound.setdefault(name, []).append(statement)

    def use(self, name: str, asked: Sequence[str], others: Sequence[str]) -> Use | None:
        """Where the definition of `name`, with its helpers, calls the framework's own.

        Args:
            name: the function or class that the exercise asks for.
            asked: what the frameworks call the very thing that is asked.
            others: the other exercises, which are looked at for themselves.
        """
        wanted = frozenset(asked)
        stand_in = self._imported.get(name, "")
        if name not in self._bound and stand_in.startswith(GIVEN):
            return Use(stand_in, 0)
        for statement in self._reached(name, frozenset(others)):
            for node in statement.nodes:
                found = self._called(node, name, wanted)
                if found:
                    return Use(found, getattr(node, "lineno", 0))
        return None

    def _reached(self, name: str, others: frozenset[str]) -> list[_Statement]:
        """The statements that bind `name` or a name that these use, and so on."""
        seen, waiting, found = {name}, [name], []
        while waiting:
            for statement in self._bound.get(waiting.pop(), ()):
                if statement in found:
                    continue
                found.append(statement)
                waiting += statement.uses - seen - others
                seen |= statement.uses
        return found

    def _called(self, node: ast.AST, name: str, wanted: frozenset[str]) -> str:
        """The framework's own that `node` names, or the stand-in for `name`, or ""."""
        if isinstance(node, ast.keyword):
            return node.arg if node.arg and node.arg in TRACKED & wanted else ""
        if isinstance(node, ast.Attribute) and node.attr in TRACKED & wanted:
            return node.attr
        path = self._path(node)
        first, *inner = path.split(".")
        own = first in FRAMEWORKS and not wanted.isdisjoint(inner)
        return path if own or path == GIVEN + name else ""

    def _path(self, node: ast.AST) -> str:
        """What a name or a chain of attributes stands for, such as torch.nn.LSTMCell, or ""."""
        attributes = []
        while isinstance(node, ast.Attribute):
            attributes.append(node.attr)
            node = node.value
        root = self._imported.get(node.id, "") if isinstance(node, ast.Name) else ""
        return ".".join([root, *reversed(attributes)]) if root else ""


def suspicion(source: str, asked: Sequence[str]) -> str:
    """What is unusual in a cell, in words for the staff, or "".

    Args:
        source: the text of the cell.
        asked: what the frameworks call the very thing that is asked.
    """
    cell = _read(source)
    if cell is None:
        return ""
    paths = [path for _, path in cell.imports if not path.startswith(GIVEN)]
    modules = {path.partition(".")[0] for path in paths} - USUAL
    found = [f"imports {module}" for module in sorted(modules)]
    found += [f"imports all of {p[:-2]}" for name, p in cell.imports if name == "*"]
    found += [f"uses {name}" for name in sorted(cell.names & UNUSUAL)]
    found += [f"has the text “{text}”" for text in sorted(cell.texts & set(asked))]
    return ", ".join(found[:5])


@lru_cache(maxsize=2)  # a cell is read twice: for what it calls, and for what is unusual in it
def _read(source: str) -> _Cell | None:
    try:
        tree = parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    # A walk is slow, and this is the only one.
    walks = [list(ast.walk(statement)) for statement in tree.body]
    nodes = [node for walk in walks for node in walk]
    return _Cell(
        statements=tuple(map(_statement, walks)),
        imports=tuple(_imports(nodes)),
        names=frozenset(n.id for n in nodes if isinstance(n, ast.Name))
        | frozenset(n.attr for n in nodes if isinstance(n, ast.Attribute)),
        texts=frozenset(
            n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)
        ),
    )


def _statement(walk: Sequence[ast.AST]) -> _Statement:
    """The statement that is walked."""
    names = [node for node in walk if isinstance(node, ast.Name)]
    defined = [n.name for n in walk if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    stored = [n.id for n in names if isinstance(n.ctx, ast.Store)]
    named = isinstance(walk[0], ast.FunctionDef | ast.ClassDef)
    return _Statement(
        binds=frozenset(defined[:1] if named else [*stored, *defined]),
        uses=frozenset(n.id for n in names),
        nodes=tuple(n for n in walk if isinstance(n, ast.Name | ast.Attribute | ast.keyword)),
    )


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
