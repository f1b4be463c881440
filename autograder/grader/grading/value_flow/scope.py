"""The scopes of a text, and which names are bound in each."""

from __future__ import annotations

import ast

from autograder.grader.grading.value_flow.values import Values

PUTS = frozenset(
    {"append", "appendleft", "extend", "insert", "add", "update", "setdefault", "__setitem__"}
)
"""Methods that put their arguments into what they belong to."""

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Scope:
    """The names of the module, of a class, of a function or of a comprehension.

    Args:
        parent: the scope around it; None for the module.
        node: the class, function or comprehension; None for the module.

    Attributes:
        own: the names that it binds itself; of the module they are not asked.
        is_class: whether it is a class, whose names the functions in it do not see.
        function: the function whose scope it is, if it is one's.
        values: what its names may be.
    """

    def __init__(self, parent: Scope | None = None, node: ast.AST | None = None) -> None:
        self.parent = parent
        self.own = frozenset(bound_within(node) if node is not None else ())
        self.is_class = isinstance(node, ast.ClassDef)
        self.function = node if isinstance(node, Function) else None
        self.values: dict[str, Values] = {}


def bound_within(scope: ast.AST) -> set[str]:
    """The names that a function, class or comprehension binds itself, parameters included."""
    found: set[str] = set()
    outer: set[str] = set()
    waiting: list[ast.AST] = []
    match scope:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            waiting = list(scope.body)
        case ast.Lambda():
            waiting = [scope.body]
        case ast.ClassDef():
            waiting = list(scope.body)
        case _:
            waiting = [loop.target for loop in getattr(scope, "generators", ())]
    if isinstance(scope, Function):
        args = scope.args
        every = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
        found |= {arg.arg for arg in every if arg is not None}
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
                waiting += node.decorator_list
                continue
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp():
                continue
            case ast.GeneratorExp():
                continue
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                outer |= set(names)
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                found.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                found |= {a.asname or a.name.partition(".")[0] for a in aliases}
            case ast.ExceptHandler(name=str() as name):
                found.add(name)
            case ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name):
                found.add(name)
            case ast.MatchMapping(rest=str() as name):
                found.add(name)
        waiting += ast.iter_child_nodes(node)
    return found - outer
