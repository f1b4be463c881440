"""The values that are known of a text so far: of its names, its attributes and its expressions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from autograder.grader.grading.value_flow.scope import Function, Scope
from autograder.grader.grading.value_flow.values import NOTHING, UNKNOWN, Value, Values

MOST_VALUES = 40
"""What an expression may be at once, at the most: beyond, the rest is not followed."""

MOST_STEPS = 200_000
"""Expressions and their values that are looked at, at the most, which takes a second or two.

The longest of the right solutions takes a twentieth of them.
"""

Key = TypeVar("Key")


class Flow:
    """The values of all expressions of some statements.

    It grows while these are read; what it has once it keeps, but for the names of the module.

    Args:
        opaque: functions of which it is not followed what they return.

    Attributes:
        opaque: as given.
        module: the scope of the module, as it is at the statement that is read.
        owners: the classes in which functions stand, by the function.
        pending: the functions whose bodies are still to be read in this round, with their scopes.
        grew: whether there is more than there was when the round began.
        lost: whether there was more than is followed.
        unnamed: the modules of which something is fetched by a name that no text gives.
        handed: the modules that are handed to a call of which it is not known what it does.
    """

    def __init__(self, opaque: frozenset[str] = frozenset()) -> None:
        self.opaque = opaque
        self.module = Scope()
        self.owners: dict[ast.AST, ast.ClassDef] = {}
        self.pending: dict[Function, Scope] = {}
        self.grew = True
        self.lost = False
        self.unnamed: set[str] = set()
        self.handed: set[str] = set()
        # What is put into a name of the module, whenever that may be.
        self._late: dict[str, Values] = {}
        self._fields: dict[tuple[object, str], Values] = {}
        self._returns: dict[ast.AST, Values] = {}
        self._scopes: dict[ast.AST, Scope] = {}
        self._values: dict[ast.AST, Values] = {}
        # Modules of which all is imported, and the names that these may have bound anew.
        self._stars: set[str] = set()
        self._covered: set[str] = set()
        self._branches = 0
        self._left = MOST_STEPS

    def of(self, node: ast.AST) -> Values:
        """What the expression may be."""
        return self._values.get(node, NOTHING)

    def named(self, name: str) -> Values:
        """What the name of the module is in the end."""
        return self.module.values.get(name, NOTHING)

    # Growth, and its bounds

    def begin(self) -> None:
        """Begin a round: the module is read once more, with what is known from before."""
        self.grew = False
        self.module.values = {}
        self.pending = {}

    def spend(self, steps: int) -> bool:
        """Whether there are steps left."""
        self._left -= steps
        self.lost = self.lost or self._left < 0
        return self._left >= 0

    def grow(self, where: dict[Key, Values], key: Key, value: Values) -> None:
        """Add to what stands under a key, as far as values are followed."""
        before = where.get(key, NOTHING)
        after = before | value
        if len(after) > len(before) and len(before) < MOST_VALUES:
            where[key] = after
            self.grew = True
        elif any(one.kind == "is" for one in value - before):
            self.lost = True  # what calls have made is dropped in many an honest cell
        elif UNKNOWN not in before and any(one.kind == "text" for one in value - before):
            where[key] = before | {UNKNOWN}
            self.grew = True

    def keep(self, node: ast.AST, found: Values) -> Values:
        """Note what an expression may be; returned is what of it is followed."""
        self.spend(len(found))
        if len(found) > MOST_VALUES:
            others = [v for v in found if v.kind != "text"]
            others.sort(key=lambda v: (len(v.path), v.path))
            self.lost = self.lost or len(others) > MOST_VALUES
            texts = {UNKNOWN} if len(others) < len(found) else set()
            found = frozenset({*others[:MOST_VALUES], *texts})
        if found:
            self._values[node] = self._values.get(node, NOTHING) | found
        return found

    # Attributes, and what functions return

    def field(self, owner: Value, attr: str) -> Values:
        """What was put into an attribute of a class, of its objects or of anything with a path."""
        return self._fields.get((owner.node or owner.path, attr), NOTHING)

    def add_field(self, owner: Value, attr: str, value: Values) -> None:
        """Put something into an attribute."""
        self.grow(self._fields, (owner.node or owner.path, attr), value)

    def returned(self, function: Function) -> Values:
        """What the function returns."""
        return self._returns.get(function, NOTHING)

    def add_returned(self, function: Function, value: Values) -> None:
        """Note that the function returns this too."""
        self.grow(self._returns, function, value)

    # Scopes and names

    def scope_of(self, node: ast.AST) -> Scope | None:
        """The scope of a class, function or comprehension, once it was read."""
        return self._scopes.get(node)

    def open(self, node: ast.AST, around: Scope) -> Scope:
        """The scope of a class, function or comprehension, made where there is none yet."""
        if node not in self._scopes:
            self._scopes[node] = Scope(around, node)
        return self._scopes[node]

    @contextmanager
    def branch(self) -> Iterator[None]:
        """Where a name of the module that is bound keeps what it was, as after an `if`."""
        self._branches += 1
        yield
        self._branches -= 1

    def bind(self, name: str, value: Values, scope: Scope) -> None:
        """Bind a name, as `name = value` does in the scope."""
        if scope is self.module:
            # In a branch or a loop, a value need not be the only one.
            before = scope.values.get(name, NOTHING) if self._branches else NOTHING
            if not self._branches:
                self._covered.discard(name)
            scope.values[name] = before | value
        elif name in scope.own:
            self.grow(scope.values, name, value)
        else:
            self.grow(self._home(name, scope), name, value)

    def bind_all(self, module: str) -> None:
        """Bind what `from module import *` does: any name, of which none is known."""
        self._stars.add(module)
        self._covered |= set(self.module.values)

    def put(self, name: str, value: Values, scope: Scope) -> None:
        """Put something into what a name stands for, which is not bound by it."""
        here: Scope | None = scope
        while here is not None and here is not self.module:
            if name in here.own:
                self.grow(here.values, name, value)
                return
            here = here.parent
        self.grow(self._late, name, value)

    def look_up(self, name: str, scope: Scope) -> Values:
        """What a name may be in the scope."""
        here: Scope | None = scope
        while here is not None and here is not self.module:
            if name in here.own and (here is scope or not here.is_class):
                return here.values.get(name, NOTHING)
            here = here.parent
        found = self.module.values.get(name, NOTHING) | self._late.get(name, NOTHING)
        if self._stars and (not found or name in self._covered):
            found |= {Value("is", f"{star}.{name}") for star in self._stars}
        return found

    def _home(self, name: str, scope: Scope) -> dict[str, Values]:
        """Where a name of an outer scope is kept."""
        above = scope.parent
        while above is not None:
            if name in above.own and not above.is_class:
                return above.values
            above = above.parent
        return self._late
