"""The reference implementations as text: to execute, and to put into notebook cells.

For the trusted side alone: nothing here is imported where a student's code runs. A reference
is executed from its text, under a name that is no file, so that no traceback and no warning
can show a path or a line of it.
"""

from __future__ import annotations

import ast
import contextlib
import copy
from collections.abc import Sequence, Set
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import Any

from autograder.grader.checkout import COURSE, SOLUTIONS, home, homes
from autograder.grader.errors import CommandError
from autograder.grader.syntax import parse

GIVEN = frozenset({"np", "torch", "keras"})
"""What the setup cells of the notebooks import, each what it needs."""


class SolutionsMissingError(CommandError):
    """The reference of an assignment is not on this machine."""


def text(assignment: str) -> str:
    """The module of references of the assignment `assignment`.

    Raises:
        SolutionsMissingError: if this is no checkout of those who teach, or has no such module.
    """
    return read(f"{assignment}/reference.py")


def namespace(assignment: str) -> dict[str, Any]:
    """The objects of the references of `assignment`, made anew."""
    return execute(text(assignment))


def plain(assignment: str) -> str:
    """The references of `assignment`, with the plainest right version of each exercise.

    Those that are written for speed are replaced by what `plain.py` defines, all of them at once:
    a backward pass reads the cache that its own forward pass made.
    """
    path = f"{assignment}/plain.py"
    reference = text(assignment)
    return _replaced(reference, read(path)) if _file(path).is_file() else reference


def definition(assignment: str, name: str) -> str:
    """The source of the function or class `name` among the references of `assignment`."""
    return pick(text(assignment), name)


def stub(assignment: str, name: str) -> str:
    """What the student gets of `name`: its plain signature and its docstring, and no body.

    The signature has the defaults as they are written and no annotations. Of a class its public
    methods and its constructor are kept, each without its body.
    """
    source = definition(assignment, name)
    node = _bindings(source)[name]
    if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        raise TypeError(f"{name} is no function and no class, so it has no stub.")
    return "\n".join(_stub(node, source)) + "\n"


def styles(assignment: str) -> tuple[str, ...]:
    """The names of the other right ways in which the assignment is written, in order."""
    folder = _solutions(assignment) / assignment / "styles"
    return tuple(sorted(f.stem for f in folder.glob("*.py") if f.stem != "__init__"))


def style(assignment: str, name: str) -> str:
    """The module of one style, for `cells` and `execute`."""
    return read(f"{assignment}/styles/{name}.py")


def read(path: str) -> str:
    """The text of the file `path` below `solutions`, of the course or of the folder beside it.

    Raises:
        SolutionsMissingError: if it is not there.
    """
    if not SOLUTIONS.is_dir():
        raise SolutionsMissingError(
            "The solutions are not here. They are in no package and stay in the checkout of "
            "those who teach: run this from there."
        )
    file = _file(path)
    if not file.is_file():
        raise SolutionsMissingError(
            f"There is no solutions/{path} in this checkout; {', '.join(_assignments())} are there."
        )
    return file.read_text(encoding="utf-8")


def execute(source: str, names: dict[str, Any] | None = None) -> dict[str, Any]:
    """The names that `source` binds when it is executed: new ones, or `names` with them."""
    names = {"__name__": "reference"} if names is None else names
    for code in _codes(source):
        exec(code, names)  # noqa: S102 - a reference is our own text
    return names


def bound(source: str) -> frozenset[str]:
    """The names that `source` binds at module level."""
    return frozenset(_bindings(source))


def pick(source: str, name: str) -> str:
    """The source of what `source` binds to `name` at module level.

    Raises:
        KeyError: if it binds no such name.
    """
    return _segment(_bindings(source)[name], source)


def cells(source: str, names: Sequence[str]) -> dict[str, str]:
    """What to put into the notebook cell of each of `names`, taken from the module `source`.

    The helpers that a definition needs (functions, constants, imports that the notebook's
    setup cell has not) stand before it, each in the first cell that needs it.
    """
    there = set(names) | GIVEN
    found = {}
    for name in names:
        found[name] = cell(source, name, there)
        there |= bound(found[name])
    return found


def cell(source: str, name: str, there: Set[str]) -> str:
    """The source of `name`, below that of the helpers which it needs and which are not `there`."""
    bindings = _bindings(source)
    needed = _needs(bindings[name], bindings, there)
    nodes = [node for node in parse(source).body if _names(node) & needed]
    parts = [*(_segment(node, source) for node in nodes), pick(source, name)]
    return "\n\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def uses(source: str, name: str) -> set[str]:
    """The names at module level of `source` that `name` uses, by itself or through others."""
    bound = _bindings(source)
    return _needs(bound[name], bound, set())


def _assignments() -> list[str]:
    beside = [one.solutions for one in homes() if one != COURSE]
    files = (file for one in (SOLUTIONS, *beside) for file in one.glob("*/reference.py"))
    return sorted(file.parent.name for file in files)


def _file(path: str) -> Path:
    """Where a file below `solutions` is looked for; one of no assignment is of the course."""
    return _solutions(path.rpartition("/")[0].partition("/")[0]) / path


def _solutions(assignment: str) -> Path:
    found = home(assignment)
    return SOLUTIONS if found == COURSE else found.solutions


def _names(node: ast.stmt) -> set[str]:
    """The names that a statement at module level binds."""
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return {alias.asname or alias.name for alias in aliases}
        case ast.Assign(targets=targets):
            return {target.id for target in targets if isinstance(target, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()


def _codes(source: str) -> list[CodeType]:
    """What to execute, in order, of which as much as can be is compiled already.

    A module with one mistake is another module that has been seen, but for one definition. Two
    blank lines part definitions; where they stand within one, no part of it compiles by itself.
    """
    if "__future__" not in source:  # which is for all that follows
        with contextlib.suppress(SyntaxError):
            return [_code(part) for part in source.split("\n\n\n")]
    return [_code(source)]


@lru_cache(maxsize=1024)
def _code(source: str) -> CodeType:
    return compile(source, "<reference>", "exec", dont_inherit=True)


@lru_cache(maxsize=32)
def _bindings(source: str) -> dict[str, ast.stmt]:
    return {name: node for node in parse(source).body for name in _names(node)}


@lru_cache(maxsize=32)
def _replaced(module: str, other: str) -> str:
    """`module` with the definitions that `other` has too as `other` has them, helpers included."""
    for name, node in _bindings(other).items():
        there = bound(module)
        if name in there and isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            module = module.replace(pick(module, name), cell(other, name, there))
    return module


def _needs(node: ast.stmt, bound: dict[str, ast.stmt], done: Set[str]) -> set[str]:
    """The names at module level that `node` uses, and those that these use, without `done`."""
    used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    found = (used & bound.keys()) - done - _names(node)
    for name in sorted(found):
        found |= _needs(bound[name], bound, done | found)
    return found


def _segment(node: ast.stmt, source: str) -> str:
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    return "\n".join(source.splitlines()[first - 1 : node.end_lineno]) + "\n"


def _stub(node: ast.FunctionDef | ast.ClassDef, source: str) -> list[str]:
    indent, documented = " " * node.col_offset, ast.get_docstring(node) is not None
    text = node.body[0]
    docstring = source.splitlines()[text.lineno - 1 : text.end_lineno] if documented else []
    if isinstance(node, ast.FunctionDef):
        head = f"{indent}def {node.name}({_parameters(node.args, source)}):"
        return [head, *docstring, f"{indent}    raise NotImplementedError"]
    bases = ", ".join(_written(part, source) for part in (*node.bases, *node.keywords))
    methods = [m for m in node.body if isinstance(m, ast.FunctionDef) and _public(m.name)]
    return [
        f"{indent}class {node.name}({bases}):" if bases else f"{indent}class {node.name}:",
        *docstring,
        *(line for method in methods for line in ("", *_stub(method, source))),
    ]


def _parameters(given: ast.arguments, source: str) -> str:
    """The parameters without annotations, each default as it is written."""
    plain = copy.deepcopy(given)
    for parameter in ast.walk(plain):
        if isinstance(parameter, ast.arg):
            parameter.annotation = None
    plain.defaults = [ast.Name(_written(default, source)) for default in given.defaults]
    plain.kw_defaults = [d and ast.Name(_written(d, source)) for d in given.kw_defaults]
    return ast.unparse(plain)


def _written(node: ast.AST, source: str) -> str:
    return ast.get_source_segment(source, node) or ""


def _public(name: str) -> bool:
    return name == "__init__" or not name.startswith("_")
