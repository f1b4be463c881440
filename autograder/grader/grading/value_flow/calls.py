"""What attributes, entries and calls of values give."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from autograder.grader.grading.value_flow.flow import Flow
from autograder.grader.grading.value_flow.scope import Function
from autograder.grader.grading.value_flow.values import NOTHING, Value, Values, is_followed

LONGEST_PATH = 12


def attribute(flow: Flow, base: Values, attr: str) -> Values:
    """What `base.attr` may be."""
    found: set[Value] = set()
    for value in base:
        found |= flow.field(value, attr)
        if attr == "__dict__" and value.kind == "is":
            flow.unnamed.add(value.path)
        if value.kind in ("is", "made"):
            if value.path.count(".") < LONGEST_PATH:
                found.add(Value(value.kind, f"{value.path}.{attr}"))
        elif isinstance(value.node, ast.ClassDef):
            its = _member(flow, value.node, attr)
            found |= its
            for one in its:
                if isinstance(one.node, Function) and _is_decorated(one.node, attr):
                    # A property is what its function returns.
                    found |= flow.returned(one.node)
    return frozenset(found)


def entry(inside: Values, key: Values) -> Values:
    """What `torch.nn.__dict__["LSTMCell"]` and `sys.modules["torch"]` are."""
    found = set()
    for value in inside:
        for text in key:
            if value.kind == "is" and text.kind == "text":
                path = text.path if value.path == "sys.modules" else ""
                found.add(Value("is", path or f"{value.path}.{text.path}"))
    return frozenset(found)


def call(
    flow: Flow,
    called: Values,
    given: Sequence[Values],
    named: Mapping[str, Values],
    *,
    of_attribute: bool,
) -> Values:
    """What calling gives.

    Args:
        flow: what is known so far; what the parameters are given is added.
        called: what is called.
        given: the arguments of which it is known which they are.
        named: those with a keyword; under "*", those that any parameter may be given.
        of_attribute: whether `a.b` is called, so that a method has its first parameter already.
    """
    everything = frozenset().union(*given, *named.values())
    carried = frozenset(v for v in everything if v.kind != "text")
    if not called or not flow.spend(len(called) * (1 + len(given))):
        return carried
    found: set[Value] = set()
    for value in called:
        if value.kind == "is" and value.path == "importlib.import_module":
            texts = given[0] if given else NOTHING
            found |= {Value("is", text.path) for text in texts if text.kind == "text"}
        elif value.kind in ("is", "made"):
            if is_followed(value):
                found.add(Value("made", value.path))
            else:
                found |= {v for v in carried if v.kind != "made"}
        elif isinstance(value.node, ast.ClassDef):
            found |= _of_class(flow, value.kind, value.node, given, named)
        elif isinstance(value.node, Function):
            skip = value.node in flow.owners and of_attribute
            found |= _of_function(flow, value.node, given, named, skip)
    return frozenset(found)


def _of_class(
    flow: Flow,
    kind: str,
    node: ast.ClassDef,
    given: Sequence[Values],
    named: Mapping[str, Values],
) -> Values:
    """What calling a class, or an object of it, gives."""
    names = ("__init__",) if kind == "own" else ("__call__", "forward", "call")
    found: set[Value] = set()
    for name in names:
        for method in _member(flow, node, name):
            if isinstance(method.node, Function):
                found |= _of_function(flow, method.node, given, named, True)
    if kind == "own":
        made = Value("object", node.name, node)
        # A class of data keeps what it is given under the names of its fields.
        for name, one in named.items():
            flow.add_field(made, name, one)
        return frozenset({made})
    return frozenset(found)


def _of_function(
    flow: Flow,
    node: Function,
    given: Sequence[Values],
    named: Mapping[str, Values],
    skip: bool,
) -> Values:
    """What calling a function gives; its parameters are given the arguments."""
    if getattr(node, "name", "") in flow.opaque:
        return NOTHING
    scope, args = flow.scope_of(node), node.args
    if scope is None:
        return NOTHING
    positional = [arg.arg for arg in [*args.posonlyargs, *args.args]][skip:]
    for name, value in zip(positional, given, strict=False):
        flow.grow(scope.values, name, value)
    if args.vararg is not None:
        for value in given[len(positional) :]:
            flow.grow(scope.values, args.vararg.arg, value)
    known = {*positional, *(arg.arg for arg in args.kwonlyargs)}
    for name, value in named.items():
        if name == "*":
            for each in known:
                flow.grow(scope.values, each, value)
        elif name in known:
            flow.grow(scope.values, name, value)
        elif args.kwarg is not None:
            flow.grow(scope.values, args.kwarg.arg, value)
    return flow.returned(node)


def _member(flow: Flow, owner: ast.ClassDef, attr: str) -> Values:
    """What a class, or a class below it, has under a name."""
    found, seen, waiting = set[Value](), {owner}, [owner]
    while waiting:
        one = waiting.pop()
        its = flow.scope_of(one)
        here = its.values.get(attr, NOTHING) if its is not None else NOTHING
        here |= flow.field(Value("own", one.name, one), attr)
        found |= here
        if here or not flow.spend(1 + len(one.bases)):
            continue
        below = {value.node for base in one.bases for value in flow.of(base)} - seen
        waiting += (node for node in below if isinstance(node, ast.ClassDef))
        seen |= set(waiting)
    return frozenset(found)


def _is_decorated(node: Function, attr: str) -> bool:
    """Whether a function that a class has as `attr` need not be a method of it."""
    return bool(getattr(node, "decorator_list", ())) or getattr(node, "name", "") != attr
