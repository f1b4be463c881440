"""What a name of the cells reaches: the statements behind it, and all that say what these mean."""

from __future__ import annotations

from collections.abc import KeysView, Mapping, Sequence
from typing import TypeAlias

from autograder.grader.grading.framework_use.cells import Statement

Reached: TypeAlias = dict[Statement, frozenset[str] | None]
"""Statements that are reached. With those that are reached through the exercises that this one is
built on alone, what is counted there; with all others, None."""


class Statements:
    """The statements of some cells, in their order, found by the names that stand in them."""

    def __init__(self) -> None:
        self._all: list[Statement] = []
        self._binding: dict[str, list[Statement]] = {}
        self._changing: dict[str, list[Statement]] = {}
        self._only_using: dict[str, list[Statement]] = {}

    def add(self, statement: Statement) -> None:
        """Add a statement behind the others."""
        self._all.append(statement)
        for name in statement.binds:
            self._binding.setdefault(name, []).append(statement)
        for name in statement.changes:
            self._changing.setdefault(name, []).append(statement)
        for name in () if statement.binds else statement.uses:
            self._only_using.setdefault(name, []).append(statement)

    def names(self) -> KeysView[str]:
        """The names that are bound."""
        return self._binding.keys()

    def binding(self, name: str) -> Sequence[Statement]:
        """The statements that bind the name, in their order."""
        return self._binding.get(name, ())

    def reached(self, name: str, counted: Mapping[str, frozenset[str]]) -> Reached:
        """The statements that bind `name` or a name that these use, and so on.

        Args:
            name: the name of an exercise.
            counted: what is counted at the exercises that it is built on, by their names.
        """
        found: Reached = {}
        self._walk([name, "*"], frozenset(counted) - {name}, None, found)
        for exercise, its in counted.items():
            if exercise != name:
                self._walk([exercise], frozenset(counted) - {exercise}, its, found)
        return found

    def _walk(
        self,
        waiting: list[str],
        stops: frozenset[str],
        elsewhere: frozenset[str] | None,
        found: Reached,
    ) -> None:
        seen = {*waiting, *stops}
        done: set[Statement] = set()
        while waiting:
            for statement in self.binding(waiting.pop()):
                if statement in done or found.setdefault(statement, elsewhere) != elsewhere:
                    continue
                done.add(statement)
                new = statement.uses - seen
                waiting += new
                seen |= new

    def relevant(self, reached: Reached) -> list[Statement]:
        """The statements, in order, that say what the names in those that are reached may be."""
        names = set[str]().union(*(s.binds | s.uses for s in reached))
        chosen, runs = set(reached), set[str]()
        waiting = [s for name in names for s in self._changing.get(name, ())]
        while waiting:
            statement = waiting.pop()
            if statement in chosen:
                continue
            chosen.add(statement)
            below, new = (statement.binds | statement.uses) - names, statement.binds - runs
            names |= below
            runs |= new
            for name in below:
                waiting += self._changing.get(name, ())
                waiting += self.binding(name)
            for name in new:
                waiting += self._only_using.get(name, ())
        return [s for s in self._all if s in chosen]
