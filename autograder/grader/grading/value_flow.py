"""What the names of a text may stand for, followed through its syntax trees.

A framework's own reaches a call by many ways that hide nothing: `nn = torch.nn`, an attribute, a
list, a default argument, a parameter. So each expression gets the set of what it may be. The
statements of the module are read in their order; within a function, order is not looked at, and a
container is whatever was put into it. No code is run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

ROUNDS = 6
"""Times that the text is read, at the most: what one function returns another passes on."""

LONGEST_PATH = 12
MOST_VALUES = 40
"""What an expression may be at once, at the most: beyond, the rest is not followed."""

MOST_STEPS = 200_000
"""Expressions and their values that are looked at, at the most, which takes a second or two.

The longest of the right solutions takes a twentieth of them.
"""

PUTS = frozenset(
    {"append", "appendleft", "extend", "insert", "add", "update", "setdefault", "__setitem__"}
)
"""Methods that put their arguments into what they belong to."""

FOLLOWED = frozenset({"torch", "keras", "tensorflow", "jax", "flax", "sklearn", "scipy",
                      "autograder", "importlib", "sys"})  # fmt: skip
"""The modules of which it matters what is made by them."""

MODULES = frozenset(
    {"torch", "nn", "functional", "modules", "rnn", "_VF", "_C", "_nn", "ops", "aten", "func",
     "autograd", "jit", "utils", "keras", "layers", "tensorflow", "raw_ops", "compat", "v1", "jax",
     "lax", "flax", "linen", "__dict__"}
)  # fmt: skip
"""The last names of what has a framework's own in it, of which any may be fetched."""

PASSING = frozenset(
    {"print", "type", "isinstance", "hasattr", "id", "repr", "str", "len", "getattr", "setattr",
     "list", "tuple", "set", "dict", "iter", "next", "zip", "enumerate", "reversed", "partial",
     "SimpleNamespace"}
)  # fmt: skip
"""Functions that fetch nothing from what they are given, or of which it is followed what."""

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Value(NamedTuple):
    """Something that an expression may be.

    Attributes:
        kind: "is" for a module or what stands in it; "made" for what a call of it gave; "text";
            "own" for a function or class of the text; "object" for an instance of such a class.
        path: as in "torch.nn.LSTMCell"; the text itself.
        node: the function or class.
    """

    kind: str
    path: str = ""
    node: ast.AST | None = None


Values = frozenset[Value]
NOTHING: Values = frozenset()

UNKNOWN = Value("text", "\0")
"""Stands for the texts of which there are more than are followed."""


class _Scope:
    """The names of the module, of a class or of a function."""

    def __init__(self, parent: _Scope | None, own: Iterable[str], is_class: bool = False) -> None:
        self.parent = parent
        self.own = frozenset(own)
        self.is_class = is_class
        self.values: dict[str, Values] = {}
        self.function: Function | None = None


class Flow:
    """The values of all expressions of some statements.

    Args:
        statements: those of the module, in their order.
        opaque: functions of which it is not followed what they return.

    Attributes:
        lost: whether there was more than is followed.
        unnamed: the modules of which something is fetched by a name that no text gives.
        handed: the modules that are handed to a call of which it is not known what it does.
    """

    def __init__(
        self, statements: Sequence[ast.stmt], opaque: frozenset[str] = frozenset()
    ) -> None:
        self._opaque = opaque
        self._module = _Scope(None, ())
        self._late: dict[str, Values] = {}
        self._fields: dict[tuple[object, str], Values] = {}
        self._returns: dict[ast.AST, Values] = {}
        self._scopes: dict[ast.AST, _Scope] = {}
        self._owners: dict[ast.AST, ast.ClassDef] = {}
        self._values: dict[ast.AST, Values] = {}
        self._pending: dict[ast.AST, Function] = {}
        self._stars: set[str] = set()
        self._covered: set[str] = set()
        self._branches = 0
        self._left = MOST_STEPS
        self.lost = False
        self.unnamed: set[str] = set()
        self.handed: set[str] = set()
        self._grew = True
        for _ in range(ROUNDS):
            if not self._grew:
                break
            self._grew = False
            self._module.values = {}
            self._pending = {}
            for statement in statements:
                self._visit(statement, self._module)
            while self._pending:
                function = self._pending.pop(next(iter(self._pending)))
                self._body(function)

    def of(self, node: ast.AST) -> Values:
        """What the expression may be."""
        return self._values.get(node, NOTHING)

    def named(self, name: str) -> Values:
        """What the name of the module is in the end."""
        return self._module.values.get(name, NOTHING)

    # Statements

    def _visit(self, node: ast.AST, scope: _Scope) -> None:
        match node:
            case ast.Import(names=names):
                for alias in names:
                    top = alias.name.partition(".")[0]
                    path = alias.name if alias.asname else top
                    self._bind(alias.asname or top, frozenset({Value("is", path)}), scope)
            case ast.ImportFrom(module=module, names=names):
                for alias in names:
                    if alias.name == "*":
                        self._stars.add(module or ".")
                        self._covered |= set(self._module.values)
                        continue
                    path = f"{module or '.'}.{alias.name}"
                    self._bind(alias.asname or alias.name, frozenset({Value("is", path)}), scope)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                value = self._function(node, scope)
                for decorator in reversed(node.decorator_list):
                    value |= self._call(self._eval(decorator, scope), [value], {}, decorator)
                self._bind(node.name, value, scope)
            case ast.ClassDef():
                self._class(node, scope)
            case ast.Assign(targets=targets, value=value_node):
                value = self._eval(value_node, scope)
                for target in targets:
                    self._store(target, value, value_node, scope)
            case ast.AnnAssign(target=target, value=value_node) if value_node is not None:
                self._store(target, self._eval(value_node, scope), value_node, scope)
            case ast.AugAssign(target=target, value=value_node):
                value = self._eval(value_node, scope) | self._eval(target, scope)
                self._store(target, value, None, scope)
            case ast.For(target=target, iter=iterated) | ast.AsyncFor(target=target, iter=iterated):
                self._branches += 1
                self._store(target, self._eval(iterated, scope), None, scope)
                self._rest([*node.body, *node.orelse], scope)
                self._branches -= 1
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                for item in items:
                    value = self._eval(item.context_expr, scope)
                    if item.optional_vars is not None:
                        self._store(item.optional_vars, value, None, scope)
                self._rest(body, scope)
            case ast.Match(subject=subject, cases=cases):
                value = self._eval(subject, scope)
                self._branches += 1
                for one in cases:
                    self._capture(one.pattern, value, scope)
                    if one.guard is not None:
                        self._eval(one.guard, scope)
                    self._rest(one.body, scope)
                self._branches -= 1
            case ast.Return(value=value_node) if value_node is not None:
                self._give(scope, self._eval(value_node, scope))
            case ast.expr():
                self._eval(node, scope)
            case _:
                self._branches += 1
                self._rest(ast.iter_child_nodes(node), scope)
                self._branches -= 1

    def _capture(self, pattern: ast.pattern, value: Values, scope: _Scope) -> None:
        """Bind the names of a pattern, which is held against `value`."""
        match pattern:
            case ast.MatchAs(pattern=inner, name=name):
                if inner is not None:
                    self._capture(inner, value, scope)
                if name is not None:
                    self._bind(name, value, scope)
            case ast.MatchStar(name=str() as name):
                self._bind(name, value, scope)
            case ast.MatchMapping(keys=keys, patterns=patterns, rest=rest):
                for key, inner in zip(keys, patterns, strict=True):
                    entry = self._entry(value, self._eval(key, scope))
                    self._capture(inner, value | entry, scope)
                if rest is not None:
                    self._bind(rest, value, scope)
            case ast.MatchClass(cls=cls, kwd_attrs=names, kwd_patterns=named):
                self._eval(cls, scope)
                for inner in pattern.patterns:
                    self._capture(inner, value, scope)
                for attr, inner in zip(names, named, strict=True):
                    self._capture(inner, self._attribute(value, attr), scope)
            case ast.MatchSequence(patterns=patterns) | ast.MatchOr(patterns=patterns):
                for inner in patterns:
                    self._capture(inner, value, scope)

    def _rest(self, nodes: Iterable[ast.AST], scope: _Scope) -> None:
        for node in nodes:
            self._visit(node, scope)

    def _give(self, scope: _Scope, value: Values) -> None:
        if scope.function is not None:
            self._grow(self._returns, scope.function, value)

    def _function(self, node: Function, scope: _Scope) -> Values:
        """A function or lambda; its body is read after the module."""
        if node not in self._scopes:
            self._scopes[node] = _Scope(scope, bound_within(node))
            self._scopes[node].function = node
        its, args = self._scopes[node], node.args
        positional = [*args.posonlyargs, *args.args]
        for arg, default in zip(reversed(positional), reversed(args.defaults), strict=False):
            self._grow(its.values, arg.arg, self._eval(default, scope))
        for arg, keyword_default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
            if keyword_default is not None:
                self._grow(its.values, arg.arg, self._eval(keyword_default, scope))
        self._pending[node] = node
        return frozenset({Value("own", getattr(node, "name", ""), node)})

    def _body(self, node: Function) -> None:
        scope = self._scopes[node]
        if isinstance(node, ast.Lambda):
            self._grow(self._returns, node, self._eval(node.body, scope))
        else:
            self._rest(node.body, scope)

    def _class(self, node: ast.ClassDef, scope: _Scope) -> None:
        if node not in self._scopes:
            self._scopes[node] = _Scope(scope, bound_within(node), is_class=True)
        its = self._scopes[node]
        for base in [*node.bases, *(k.value for k in node.keywords), *node.decorator_list]:
            self._eval(base, scope)
        self._bind(node.name, frozenset({Value("own", node.name, node)}), scope)
        for statement in node.body:
            self._visit(statement, its)
            if isinstance(statement, ast.FunctionDef):
                self._owners[statement] = node
                first = [*statement.args.posonlyargs, *statement.args.args][:1]
                if first and not statement.decorator_list:
                    me = frozenset({Value("object", node.name, node)})
                    self._grow(self._scopes[statement].values, first[0].arg, me)

    # Names

    def _bind(self, name: str, value: Values, scope: _Scope) -> None:
        if scope is self._module:
            # In a branch or a loop, a value need not be the only one.
            before = scope.values.get(name, NOTHING) if self._branches else NOTHING
            if not self._branches:
                self._covered.discard(name)
            scope.values[name] = before | value
        elif name in scope.own:
            self._grow(scope.values, name, value)
        else:
            self._grow(self._home(name, scope), name, value)

    def _home(self, name: str, scope: _Scope) -> dict[str, Values]:
        """Where a name of an outer scope is kept."""
        above = scope.parent
        while above is not None:
            if name in above.own and not above.is_class:
                return above.values
            above = above.parent
        return self._late

    def _look_up(self, name: str, scope: _Scope) -> Values:
        here: _Scope | None = scope
        while here is not None and here is not self._module:
            if name in here.own and (here is scope or not here.is_class):
                return here.values.get(name, NOTHING)
            here = here.parent
        found = self._module.values.get(name, NOTHING) | self._late.get(name, NOTHING)
        if self._stars and (not found or name in self._covered):
            found |= {Value("is", f"{star}.{name}") for star in self._stars}
        return found

    def _store(self, target: ast.AST, value: Values, node: ast.AST | None, scope: _Scope) -> None:
        match target:
            case ast.Name(id=name):
                self._bind(name, value, scope)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                given = node.elts if isinstance(node, ast.Tuple | ast.List) else []
                alike = len(given) == len(parts) and not any(
                    isinstance(part, ast.Starred) for part in (*parts, *given)
                )
                for number, part in enumerate(parts):
                    if alike:
                        one = given[number]
                        self._store(part, self._eval(one, scope), one, scope)
                    else:
                        self._store(part, value, None, scope)
            case ast.Starred(value=inner):
                self._store(inner, value, None, scope)
            case ast.Attribute(value=base, attr=attr):
                owners = self._eval(base, scope)
                for owner in owners:
                    self._grow(self._fields, (owner.node or owner.path, attr), value)
                if not owners:
                    self._put(base, value, scope)
            case ast.Subscript(value=base, slice=index):
                self._eval(index, scope)
                self._put(base, value, scope)

    def _put(self, into: ast.AST, value: Values, scope: _Scope) -> None:
        """Put something into a container."""
        while isinstance(into, ast.Subscript | ast.Call):
            into = into.value if isinstance(into, ast.Subscript) else into.func
        if isinstance(into, ast.Attribute):
            for owner in self._eval(into.value, scope):
                self._grow(self._fields, (owner.node or owner.path, into.attr), value)
            root = into.value
            if not self._eval(root, scope):
                self._put(root, value, scope)
        elif isinstance(into, ast.Name):
            inside = scope is not self._module and self._is_local(into.id, scope)
            if inside:
                self._grow(self._home_of_local(into.id, scope).values, into.id, value)
            else:
                self._grow(self._late, into.id, value)

    def _is_local(self, name: str, scope: _Scope) -> bool:
        return self._home_of_local(name, scope) is not self._module

    def _home_of_local(self, name: str, scope: _Scope) -> _Scope:
        here: _Scope | None = scope
        while here is not None and here is not self._module:
            if name in here.own:
                return here
            here = here.parent
        return self._module

    def _grow(self, where: dict, key: object, value: Values) -> None:  # type: ignore[type-arg]
        before = where.get(key, NOTHING)
        after = before | value
        if len(after) > len(before) and len(before) < MOST_VALUES:
            where[key] = after
            self._grew = True
        elif any(one.kind == "is" for one in value - before):
            self.lost = True  # what calls have made is dropped in many an honest cell
        elif UNKNOWN not in before and any(one.kind == "text" for one in value - before):
            where[key] = before | {UNKNOWN}
            self._grew = True

    # Expressions

    def _spend(self, steps: int) -> bool:
        """Whether there are steps left."""
        self._left -= steps
        self.lost = self.lost or self._left < 0
        return self._left >= 0

    def _eval(self, node: ast.AST, scope: _Scope) -> Values:
        if not self._spend(1):
            return NOTHING
        found = self._evaluated(node, scope)
        self._spend(len(found))
        if len(found) > MOST_VALUES:
            others = [v for v in found if v.kind != "text"]
            others.sort(key=lambda v: (len(v.path), v.path))
            self.lost = self.lost or len(others) > MOST_VALUES
            texts = {UNKNOWN} if len(others) < len(found) else set()
            found = frozenset({*others[:MOST_VALUES], *texts})
        if found:
            self._values[node] = self._values.get(node, NOTHING) | found
        return found

    def _evaluated(self, node: ast.AST, scope: _Scope) -> Values:
        match node:
            case ast.Name(id=name):
                return self._look_up(name, scope)
            case ast.Constant(value=str() as text):
                return frozenset({Value("text", text)}) if len(text) < 100 else NOTHING
            case ast.Constant():
                return NOTHING
            case ast.Attribute(value=base, attr=attr):
                return self._attribute(self._eval(base, scope), attr)
            case ast.Subscript(value=base, slice=index):
                inside, key = self._eval(base, scope), self._eval(index, scope)
                return inside | self._entry(inside, key)
            case ast.Call():
                return self._calls(node, scope)
            case ast.Lambda():
                return self._function(node, scope)
            case ast.NamedExpr(target=target, value=value_node):
                value = self._eval(value_node, scope)
                self._store(target, value, value_node, scope)
                return value
            case ast.BinOp(left=left, op=op, right=right):
                one, other = self._eval(left, scope), self._eval(right, scope)
                if isinstance(op, ast.Add) and self._spend(len(one) * len(other)):
                    texts = {
                        UNKNOWN if UNKNOWN in (a, b) else Value("text", a.path + b.path)
                        for a in one
                        for b in other
                        if a.kind == b.kind == "text" and len(a.path + b.path) < 100
                    }
                    if texts:
                        return frozenset(texts)
                return frozenset(v for v in one | other if v.kind != "text")
            case ast.JoinedStr() | ast.Compare():
                self._rest(ast.iter_child_nodes(node), scope)
                return NOTHING
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self._eval(test, scope)
                return self._eval(body, scope) | self._eval(orelse, scope)
            case (
                ast.ListComp(generators=loops)
                | ast.SetComp(generators=loops)
                | ast.GeneratorExp(generators=loops)
                | ast.DictComp(generators=loops)
            ):
                if node not in self._scopes:
                    self._scopes[node] = _Scope(scope, bound_within(node))
                its = self._scopes[node]
                for loop in loops:
                    self._store(loop.target, self._eval(loop.iter, its), None, its)
                    for test in loop.ifs:
                        self._eval(test, its)
                if isinstance(node, ast.DictComp):
                    return self._eval(node.key, its) | self._eval(node.value, its)
                return self._eval(node.elt, its)
            case _:
                parts = [
                    self._eval(child, scope)
                    for child in ast.iter_child_nodes(node)
                    if not isinstance(child, ast.expr_context | ast.operator | ast.unaryop)
                ]
                return frozenset().union(*parts)

    def _attribute(self, base: Values, attr: str) -> Values:
        found: set[Value] = set()
        for value in base:
            found |= self._fields.get((value.node or value.path, attr), NOTHING)
            if attr == "__dict__" and value.kind == "is":
                self.unnamed.add(value.path)
            if value.kind in ("is", "made"):
                if value.path.count(".") < LONGEST_PATH:
                    found.add(Value(value.kind, f"{value.path}.{attr}"))
            elif isinstance(value.node, ast.ClassDef):
                its = self._member(value.node, attr)
                found |= its
                for one in its:
                    if isinstance(one.node, Function) and _is_decorated(one.node, attr):
                        # A property is what its function returns.
                        found |= self._returns.get(one.node, NOTHING)
        return frozenset(found)

    def _member(self, owner: ast.ClassDef, attr: str) -> Values:
        """What a class, or a class below it, has under a name."""
        found, seen, waiting = set[Value](), {owner}, [owner]
        while waiting:
            one = waiting.pop()
            its = self._scopes.get(one)
            here = its.values.get(attr, NOTHING) if its is not None else NOTHING
            here |= self._fields.get((one, attr), NOTHING)
            found |= here
            if here or not self._spend(1 + len(one.bases)):
                continue
            below = {value.node for base in one.bases for value in self.of(base)} - seen
            waiting += (node for node in below if isinstance(node, ast.ClassDef))
            seen |= set(waiting)
        return frozenset(found)

    def _entry(self, inside: Values, key: Values) -> Values:
        """What `torch.nn.__dict__["LSTMCell"]` and `sys.modules["torch"]` are."""
        found = set()
        for value in inside:
            for text in key:
                if value.kind == "is" and text.kind == "text":
                    path = text.path if value.path == "sys.modules" else ""
                    found.add(Value("is", path or f"{value.path}.{text.path}"))
        return frozenset(found)

    def _calls(self, node: ast.Call, scope: _Scope) -> Values:
        called = self._eval(node.func, scope)
        given, starred, counted = [], NOTHING, True
        for arg in node.args:
            counted = counted and not isinstance(arg, ast.Starred)
            value = self._eval(arg, scope)
            if counted:
                given.append(value)
            else:  # behind *args, nobody knows which parameter it is
                starred |= value
        named = {k.arg: self._eval(k.value, scope) for k in node.keywords if k.arg}
        for keyword in node.keywords:
            if not keyword.arg:
                starred |= self._eval(keyword.value, scope)
        if starred:
            named["*"] = starred
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "getattr" and len(given) > 1:
            texts = [text.path for text in given[1] if text.kind == "text"]
            if not texts or UNKNOWN.path in texts:
                self.unnamed |= {value.path for value in given[0] if value.kind == "is"}
            found = [self._attribute(given[0], text) for text in texts]
            return frozenset().union(*found, *given[2:])
        if name == "setattr" and len(given) > 2:
            for text in given[1]:
                for owner in given[0]:
                    self._grow(self._fields, (owner.node or owner.path, text.path), given[2])
            if not given[0]:
                self._put(node.args[0], given[2], scope)
        if name == "__import__" and given:
            return frozenset(Value("is", text.path) for text in given[0] if text.kind == "text")
        everything = frozenset().union(*given, *named.values())
        if isinstance(node.func, ast.Attribute) and node.func.attr in PUTS:
            self._put(node.func.value, everything, scope)
        elif name not in PASSING and all(value.node is None for value in called):
            self.handed |= {v.path for v in everything if v.kind == "is" and _has_more(v.path)}
        # It was looked at already, as a part of `node.func`: once more doubles it at every call.
        inside = self.of(node.func.value) if isinstance(node.func, ast.Attribute) else NOTHING
        return self._call(called, given, named, node.func) | frozenset(
            v for v in inside if v.kind == "is" and not _is_module(v)
        )

    def _call(
        self, called: Values, given: Sequence[Values], named: Mapping[str, Values], node: ast.AST
    ) -> Values:
        """What calling gives."""
        everything = frozenset().union(*given, *named.values())
        carried = frozenset(v for v in everything if v.kind != "text")
        if not called or not self._spend(len(called) * (1 + len(given))):
            return carried
        found: set[Value] = set()
        for value in called:
            if value.kind == "is" and value.path == "importlib.import_module":
                texts = given[0] if given else NOTHING
                found |= {Value("is", text.path) for text in texts if text.kind == "text"}
            elif value.kind in ("is", "made"):
                if _is_module(value):
                    found.add(Value("made", value.path))
                else:
                    found |= {v for v in carried if v.kind != "made"}
            elif isinstance(value.node, ast.ClassDef):
                found |= self._of_class(value.kind, value.node, given, named)
            elif isinstance(value.node, Function):
                skip = value.node in self._owners and isinstance(node, ast.Attribute)
                found |= self._of_function(value.node, given, named, skip)
        return frozenset(found)

    def _of_class(
        self, kind: str, node: ast.ClassDef, given: Sequence[Values], named: Mapping[str, Values]
    ) -> Values:
        names = ("__init__",) if kind == "own" else ("__call__", "forward", "call")
        found: set[Value] = set()
        for name in names:
            for method in self._member(node, name):
                if isinstance(method.node, Function):
                    found |= self._of_function(method.node, given, named, True)
        if kind == "own":
            # A class of data keeps what it is given under the names of its fields.
            for name, one in named.items():
                self._grow(self._fields, (node, name), one)
            return frozenset({Value("object", node.name, node)})
        return frozenset(found)

    def _of_function(
        self, node: Function, given: Sequence[Values], named: Mapping[str, Values], skip: bool
    ) -> Values:
        if getattr(node, "name", "") in self._opaque:
            return NOTHING
        scope, args = self._scopes.get(node), node.args
        if scope is None:
            return NOTHING
        positional = [arg.arg for arg in [*args.posonlyargs, *args.args]][skip:]
        for name, value in zip(positional, given, strict=False):
            self._grow(scope.values, name, value)
        if args.vararg is not None:
            for value in given[len(positional) :]:
                self._grow(scope.values, args.vararg.arg, value)
        known = {*positional, *(arg.arg for arg in args.kwonlyargs)}
        for name, value in named.items():
            if name == "*":
                for each in known:
                    self._grow(scope.values, each, value)
            elif name in known:
                self._grow(scope.values, name, value)
            elif args.kwarg is not None:
                self._grow(scope.values, args.kwarg.arg, value)
        return self._returns.get(node, NOTHING)


def _is_decorated(node: Function, attr: str) -> bool:
    """Whether a function that a class has as `attr` need not be a method of it."""
    return bool(getattr(node, "decorator_list", ())) or getattr(node, "name", "") != attr


def _has_more(path: str) -> bool:
    """Whether it is a module of a framework, or the dictionary of one."""
    first, *_, last = [*path.split("."), path.rpartition(".")[2]]
    return first in FOLLOWED and last in MODULES


def _is_module(value: Value) -> bool:
    return value.path.partition(".")[0] in FOLLOWED


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
