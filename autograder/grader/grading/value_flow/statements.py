"""The statements of a text, read one after the other until nothing more is found."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from autograder.grader.grading.value_flow.calls import attribute, call, entry
from autograder.grader.grading.value_flow.expressions import define, evaluate, store
from autograder.grader.grading.value_flow.flow import Flow
from autograder.grader.grading.value_flow.scope import Function, Scope
from autograder.grader.grading.value_flow.values import Value, Values

ROUNDS = 6
"""Times that the text is read, at the most: what one function returns another passes on."""


def follow(statements: Sequence[ast.stmt], opaque: frozenset[str] = frozenset()) -> Flow:
    """The values of all expressions of some statements.

    Args:
        statements: those of the module, in their order.
        opaque: functions of which it is not followed what they return.
    """
    flow = Flow(opaque)
    for _ in range(ROUNDS):
        if not flow.grew:
            break
        flow.begin()
        for statement in statements:
            _visit(flow, statement, flow.module)
        while flow.pending:
            function = next(iter(flow.pending))
            _read_body(flow, function, flow.pending.pop(function))
    return flow


def _read_body(flow: Flow, node: Function, scope: Scope) -> None:
    """Read what a function does, whose scope is given."""
    if isinstance(node, ast.Lambda):
        flow.add_returned(node, evaluate(flow, node.body, scope))
    else:
        _visit_all(flow, node.body, scope)


def _visit_all(flow: Flow, nodes: Iterable[ast.AST], scope: Scope) -> None:
    for node in nodes:
        _visit(flow, node, scope)


def _visit(flow: Flow, node: ast.AST, scope: Scope) -> None:
    match node:
        case ast.Import(names=names):
            for alias in names:
                top = alias.name.partition(".")[0]
                path = alias.name if alias.asname else top
                flow.bind(alias.asname or top, frozenset({Value("is", path)}), scope)
        case ast.ImportFrom(module=module, names=names):
            for alias in names:
                if alias.name == "*":
                    flow.bind_all(module or ".")
                    continue
                path = f"{module or '.'}.{alias.name}"
                flow.bind(alias.asname or alias.name, frozenset({Value("is", path)}), scope)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            value = define(flow, node, scope)
            for decorator in reversed(node.decorator_list):
                of_attribute = isinstance(decorator, ast.Attribute)
                called = evaluate(flow, decorator, scope)
                value |= call(flow, called, [value], {}, of_attribute=of_attribute)
            flow.bind(node.name, value, scope)
        case ast.ClassDef():
            _visit_class(flow, node, scope)
        case ast.Assign(targets=targets, value=value_node):
            value = evaluate(flow, value_node, scope)
            for target in targets:
                store(flow, target, value, value_node, scope)
        case ast.AnnAssign(target=target, value=value_node) if value_node is not None:
            store(flow, target, evaluate(flow, value_node, scope), value_node, scope)
        case ast.AugAssign(target=target, value=value_node):
            value = evaluate(flow, value_node, scope) | evaluate(flow, target, scope)
            store(flow, target, value, None, scope)
        case ast.For(target=target, iter=iterated) | ast.AsyncFor(target=target, iter=iterated):
            with flow.branch():
                store(flow, target, evaluate(flow, iterated, scope), None, scope)
                _visit_all(flow, [*node.body, *node.orelse], scope)
        case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
            for item in items:
                value = evaluate(flow, item.context_expr, scope)
                if item.optional_vars is not None:
                    store(flow, item.optional_vars, value, None, scope)
            _visit_all(flow, body, scope)
        case ast.Match(subject=subject, cases=cases):
            value = evaluate(flow, subject, scope)
            with flow.branch():
                for one in cases:
                    _capture(flow, one.pattern, value, scope)
                    if one.guard is not None:
                        evaluate(flow, one.guard, scope)
                    _visit_all(flow, one.body, scope)
        case ast.Return(value=value_node) if value_node is not None:
            value = evaluate(flow, value_node, scope)
            if scope.function is not None:
                flow.add_returned(scope.function, value)
        case ast.expr():
            evaluate(flow, node, scope)
        case _:
            with flow.branch():
                _visit_all(flow, ast.iter_child_nodes(node), scope)


def _visit_class(flow: Flow, node: ast.ClassDef, scope: Scope) -> None:
    its = flow.open(node, scope)
    for base in [*node.bases, *(k.value for k in node.keywords), *node.decorator_list]:
        evaluate(flow, base, scope)
    flow.bind(node.name, frozenset({Value("own", node.name, node)}), scope)
    for statement in node.body:
        _visit(flow, statement, its)
        if isinstance(statement, ast.FunctionDef):
            flow.owners[statement] = node
            first = [*statement.args.posonlyargs, *statement.args.args][:1]
            if first and not statement.decorator_list:
                me = frozenset({Value("object", node.name, node)})
                flow.grow(flow.open(statement, its).values, first[0].arg, me)


def _capture(flow: Flow, pattern: ast.pattern, value: Values, scope: Scope) -> None:
    """Bind the names of a pattern, which is held against `value`."""
    match pattern:
        case ast.MatchAs(pattern=inner, name=name):
            if inner is not None:
                _capture(flow, inner, value, scope)
            if name is not None:
                flow.bind(name, value, scope)
        case ast.MatchStar(name=str() as name):
            flow.bind(name, value, scope)
        case ast.MatchMapping(keys=keys, patterns=patterns, rest=rest):
            for key, inner in zip(keys, patterns, strict=True):
                its = entry(value, evaluate(flow, key, scope))
                _capture(flow, inner, value | its, scope)
            if rest is not None:
                flow.bind(rest, value, scope)
        case ast.MatchClass(cls=cls, kwd_attrs=names, kwd_patterns=named):
            evaluate(flow, cls, scope)
            for inner in pattern.patterns:
                _capture(flow, inner, value, scope)
            for attr, inner in zip(names, named, strict=True):
                _capture(flow, inner, attribute(flow, value, attr), scope)
        case ast.MatchSequence(patterns=patterns) | ast.MatchOr(patterns=patterns):
            for inner in patterns:
                _capture(flow, inner, value, scope)
