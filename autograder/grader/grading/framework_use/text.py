"""The question whether the student wrote it, asked of the cells of a submission."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from autograder.grader.grading.framework_use.cells import LONGEST, TOO_LONG, imported, read
from autograder.grader.grading.framework_use.reach import Statements
from autograder.grader.grading.framework_use.ready_made import (
    LIBRARIES,
    Use,
    find_gradients,
    find_use,
    imports_others,
    ready_made,
)
from autograder.grader.grading.framework_use.unusual import UNUSUAL, doubt, suspicion
from autograder.grader.grading.value_flow.statements import follow


@dataclass(frozen=True)
class Look:
    """What the text says of one exercise.

    Attributes:
        use: the proof that the framework's own is called, if there is one.
        suspicion: what is unusual, in words for the staff, or "".
    """

    use: Use | None = None
    suspicion: str = ""


@dataclass
class Text:
    """The cells of a submission up to the one that is looked at, as syntax trees.

    Attributes:
        modules: the text of the modules beside the notebook, by name.
        unread: why a cell could not be read, of the last of those that could not.
    """

    modules: Mapping[str, str] = field(default_factory=dict)
    unread: str = ""
    _statements: Statements = field(default_factory=Statements)

    def add(self, source: str) -> None:
        """Read a further setup cell or solution cell."""
        cell = read(source)
        self.unread = cell.unread or self.unread
        for statement in cell.statements:
            self._statements.add(statement)

    def look(
        self,
        name: str,
        asked: Sequence[str],
        own: str,
        others: Iterable[str] = (),
        built_on: Mapping[str, Sequence[str]] | None = None,
    ) -> Look:
        """What the definition of `name`, with all that it uses, says.

        Args:
            name: the function or class that the exercise asks for.
            asked: what the frameworks call the very thing that is asked.
            own: the text of its cell.
            others: the exercises of the assignment, whose stand-ins are ready-made here.
            built_on: of the exercises that it is built on and that are looked at for themselves,
                what the frameworks call them.
        """
        wanted, unread = frozenset(asked), read(own).unread
        unusual = ", ".join(filter(None, (unread, suspicion(own, asked))))
        counted = {key: frozenset(its) for key, its in (built_on or {}).items()}
        if self.unread and self.unread not in unusual:
            unusual = ", ".join(filter(None, (unusual, f"another cell {self.unread}")))
        from_modules: list[str] = []
        try:
            use, doubtful = self._used(name, wanted, {*others, name}, counted)
            if use is None and self.modules:
                use, from_modules = self._beside(name, asked, others, built_on or {})
        except RecursionError:
            use, doubtful = None, "is nested too deeply to be read"
        if use is not None:
            return Look(use, f"calls {use.name} in line {use.line} of its {use.where}")
        told = [words for words in (doubtful, *from_modules) if words not in unusual]
        return Look(None, ", ".join(filter(None, (unusual, *told))))

    def _beside(
        self,
        name: str,
        asked: Sequence[str],
        others: Iterable[str],
        built_on: Mapping[str, Sequence[str]],
    ) -> tuple[Use | None, list[str]]:
        """What the modules beside the notebook say, of what the definition of `name` takes there.

        They are read as one text, in which `name` uses all that the cells name.
        """
        counted = {key: frozenset(its) for key, its in built_on.items()}
        reached = self._statements.reached(name, counted)
        own = [one for one, elsewhere in reached.items() if elsewhere is None]
        beside, seen, waiting, length = Text(), set[str](), [imported(own)], 0
        while waiting:
            for module in sorted((waiting.pop() & self.modules.keys()) - seen):
                seen.add(module)
                length += len(self.modules[module])
                if length > LONGEST:
                    return None, [f"imports {module}, which {TOO_LONG}"]
                beside.add(self.modules[module])
                waiting.append(imported(read(self.modules[module]).statements))
        if not seen:
            return None, []
        words = frozenset().union(*(one.words for one in own)) - {"*"}
        taken = "".join(f"{one}, " for one in sorted(words & beside._statements.names()))
        beside.add(f"def {name}():\n    return ({taken})")
        found = beside.look(name, asked, "", others, built_on)
        if found.use is not None:
            return replace(found.use, where="module"), []
        return None, [*(f"imports {module}" for module in sorted(seen)), found.suspicion]

    def _used(
        self,
        name: str,
        wanted: frozenset[str],
        stand_ins: set[str],
        counted: Mapping[str, frozenset[str]],
    ) -> tuple[Use | None, str]:
        """The framework's own that is used, and what is doubtful."""
        reached = self._statements.reached(name, counted)
        relevant = self._statements.relevant(reached)
        hints = {"given"}
        if wanted:
            hints |= wanted | UNUSUAL | LIBRARIES | {"getattr", "__dict__", "*"}
        read = (one for one in relevant if not imports_others(one, stand_ins))
        if all(hints.isdisjoint(statement.words) for statement in read):
            return None, ""
        flow = follow([statement.tree for statement in relevant], frozenset(counted))
        for value in flow.named(name):
            if found := ready_made(value, value.path.split(".")[1:], wanted, stand_ins):
                return Use(found, self._statements.binding(name)[-1].tree.lineno), ""
        use = find_gradients(reached, flow, wanted)
        if use is not None:
            return use, ""
        use, unknown = find_use(reached, flow, wanted, stand_ins)
        if use is not None:
            return use, ""
        doubtful = f"uses .{unknown} of what is not known" if unknown else ""
        return None, doubt(reached, flow, wanted) or doubtful


def modules(files: Mapping[str, bytes]) -> dict[str, str]:
    """The text of the modules among files, by the name by which they are imported.

    A package is one text.
    """
    found: dict[str, str] = {}
    for path, data in sorted(files.items()):
        if path.endswith(".py"):
            name = path.partition("/")[0].removesuffix(".py")
            found[name] = f"{found.get(name, '')}{data.decode(errors='replace')}\n"
    return found
