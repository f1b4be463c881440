"""What an expression may be, and where what is stored by it goes."""

from __future__ import annotations

import ast

from autograder.grader.grading.value_flow.calls import attribute, call, entry
from autograder.grader.grading.value_flow.flow import Flow
from autograder.grader.grading.value_flow.scope import PUTS, Function, Scope
from autograder.grader.grading.value_flow.values import (
    NOTHING,
    UNKNOWN,
    Value,
    Values,
    has_more,
    is_followed,
)

LONGEST_TEXT = 100
"""Characters of a text, fewer than which may be a name."""

PASSING = frozenset(
    {"print", "type", "isinstance", "hasattr", "id", "repr", "str", "len", "getattr", "setattr",
     "list", "tuple", "set", "dict", "iter", "next", "zip", "enumerate", "reversed", "partial",
     "SimpleNamespace"}
)  # fmt: skip
"""Functions that fetch nothing from what they are given, or of which it is followed what."""


def evaluate(flow: Flow, node: ast.AST, scope: Scope) -> Values:
    """What the expression may be in the scope; noted, with all that is in it."""
    if not flow.spend(1):
        return NOTHING
    return flow.keep(node, _evaluated(flow, node, scope))


def define(flow: Flow, node: Function, scope: Scope) -> Values:
    """A function or lambda; its body is read after the module."""
    its, args = flow.open(node, scope), node.args
    positional = [*args.posonlyargs, *args.args]
    for arg, default in zip(reversed(positional), reversed(args.defaults), strict=False):
        flow.grow(its.values, arg.arg, evaluate(flow, default, scope))
    for arg, keyword_default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        if keyword_default is not None:
            flow.grow(its.values, arg.arg, evaluate(flow, keyword_default, scope))
    flow.pending[node] = its
    return frozenset({Value("own", getattr(node, "name", ""), node)})


def store(flow: Flow, target: ast.AST, value: Values, node: ast.AST | None, scope: Scope) -> None:
    """Store a value in a target.

    Args:
        flow: what is known so far.
        target: a name, an attribute, an entry, or several of these.
        value: what is stored.
        node: the expression that it comes from, where each target may have its own part of it.
        scope: where the target stands.
    """
    match target:
        case ast.Name(id=name):
            flow.bind(name, value, scope)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            given = node.elts if isinstance(node, ast.Tuple | ast.List) else []
            alike = len(given) == len(parts) and not any(
                isinstance(part, ast.Starred) for part in (*parts, *given)
            )
            for number, part in enumerate(parts):
                if alike:
                    one = given[number]
                    store(flow, part, evaluate(flow, one, scope), one, scope)
                else:
                    store(flow, part, value, None, scope)
        case ast.Starred(value=inner):
            store(flow, inner, value, None, scope)
        case ast.Attribute(value=base, attr=attr):
            owners = evaluate(flow, base, scope)
            for owner in owners:
                flow.add_field(owner, attr, value)
            if not owners:
                _put(flow, base, value, scope)
        case ast.Subscript(value=base, slice=index):
            evaluate(flow, index, scope)
            _put(flow, base, value, scope)


def _put(flow: Flow, into: ast.AST, value: Values, scope: Scope) -> None:
    """Put something into a container."""
    while isinstance(into, ast.Subscript | ast.Call):
        into = into.value if isinstance(into, ast.Subscript) else into.func
    if isinstance(into, ast.Attribute):
        for owner in evaluate(flow, into.value, scope):
            flow.add_field(owner, into.attr, value)
        root = into.value
        if not evaluate(flow, root, scope):
            _put(flow, root, value, scope)
    elif isinstance(into, ast.Name):
        flow.put(into.id, value, scope)


def _evaluated(flow: Flow, node: ast.AST, scope: Scope) -> Values:
    match node:
        case ast.Name(id=name):
            return flow.look_up(name, scope)
        case ast.Constant(value=str() as text):
            return frozenset({Value("text", text)}) if len(text) < LONGEST_TEXT else NOTHING
        case ast.Constant():
            return NOTHING
        case ast.Attribute(value=base, attr=attr):
            return attribute(flow, evaluate(flow, base, scope), attr)
        case ast.Subscript(value=base, slice=index):
            inside, key = evaluate(flow, base, scope), evaluate(flow, index, scope)
            return inside | entry(inside, key)
        case ast.Call():
            return _called(flow, node, scope)
        case ast.Lambda():
            return define(flow, node, scope)
        case ast.NamedExpr(target=target, value=value_node):
            value = evaluate(flow, value_node, scope)
            store(flow, target, value, value_node, scope)
            return value
        case ast.BinOp(left=left, op=op, right=right):
            one, other = evaluate(flow, left, scope), evaluate(flow, right, scope)
            if isinstance(op, ast.Add) and flow.spend(len(one) * len(other)):
                texts = {
                    UNKNOWN if UNKNOWN in (a, b) else Value("text", a.path + b.path)
                    for a in one
                    for b in other
                    if a.kind == b.kind == "text" and len(a.path + b.path) < LONGEST_TEXT
                }
                if texts:
                    return frozenset(texts)
            return frozenset(v for v in one | other if v.kind != "text")
        case ast.JoinedStr() | ast.Compare():
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    evaluate(flow, child, scope)
            return NOTHING
        case ast.IfExp(test=test, body=body, orelse=orelse):
            evaluate(flow, test, scope)
            return evaluate(flow, body, scope) | evaluate(flow, orelse, scope)
        case (
            ast.ListComp(generators=loops)
            | ast.SetComp(generators=loops)
            | ast.GeneratorExp(generators=loops)
            | ast.DictComp(generators=loops)
        ):
            its = flow.open(node, scope)
            for loop in loops:
                store(flow, loop.target, evaluate(flow, loop.iter, its), None, its)
                for test in loop.ifs:
                    evaluate(flow, test, its)
            if isinstance(node, ast.DictComp):
                return evaluate(flow, node.key, its) | evaluate(flow, node.value, its)
            return evaluate(flow, node.elt, its)
        case _:
            parts = [
                evaluate(flow, child, scope)
                for child in ast.iter_child_nodes(node)
                if not isinstance(child, ast.expr_context | ast.operator | ast.unaryop)
            ]
            return frozenset().union(*parts)


def _called(flow: Flow, node: ast.Call, scope: Scope) -> Values:
    called = evaluate(flow, node.func, scope)
    given, starred, counted = [], NOTHING, True
    for arg in node.args:
        counted = counted and not isinstance(arg, ast.Starred)
        value = evaluate(flow, arg, scope)
        if counted:
            given.append(value)
        else:  # behind *args, nobody knows which parameter it is
            starred |= value
    named = {k.arg: evaluate(flow, k.value, scope) for k in node.keywords if k.arg}
    for keyword in node.keywords:
        if not keyword.arg:
            starred |= evaluate(flow, keyword.value, scope)
    if starred:
        named["*"] = starred
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name == "getattr" and len(given) > 1:
        texts = [text.path for text in given[1] if text.kind == "text"]
        if not texts or UNKNOWN.path in texts:
            flow.unnamed |= {value.path for value in given[0] if value.kind == "is"}
        found = [attribute(flow, given[0], text) for text in texts]
        return frozenset().union(*found, *given[2:])
    if name == "setattr" and len(given) > 2:
        for text in given[1]:
            for owner in given[0]:
                flow.add_field(owner, text.path, given[2])
        if not given[0]:
            _put(flow, node.args[0], given[2], scope)
    if name == "__import__" and given:
        return frozenset(Value("is", text.path) for text in given[0] if text.kind == "text")
    everything = frozenset().union(*given, *named.values())
    if isinstance(node.func, ast.Attribute) and node.func.attr in PUTS:
        _put(flow, node.func.value, everything, scope)
    elif name not in PASSING and all(value.node is None for value in called):
        flow.handed |= {v.path for v in everything if v.kind == "is" and has_more(v.path)}
    # It was looked at already, as a part of `node.func`: once more doubles it at every call.
    of_attribute = isinstance(node.func, ast.Attribute)
    inside = flow.of(node.func.value) if isinstance(node.func, ast.Attribute) else NOTHING
    return call(flow, called, given, named, of_attribute=of_attribute) | frozenset(
        v for v in inside if v.kind == "is" and not is_followed(v)
    )
