"""What is unusual in a text and could hide a call, in words for the staff."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from autograder.grader.grading.framework_use.cells import read
from autograder.grader.grading.framework_use.reach import Reached
from autograder.grader.grading.framework_use.ready_made import (
    FRAMEWORKS,
    GIVEN,
    LIBRARIES,
    comes_from,
)
from autograder.grader.grading.value_flow.flow import Flow

USUAL = FRAMEWORKS | {
    "__future__", "abc", "collections", "copy", "dataclasses", "enum", "functools", "heapq",
    "itertools", "math", "matplotlib", "numpy", "operator", "random", "re", "time", "typing",
    "unicodedata", "warnings",
}  # fmt: skip
"""What the cells of a course import, as a rule."""

UNUSUAL = frozenset(
    {"eval", "exec", "compile", "__import__", "globals", "locals", "vars", "get_ipython",
     "_getframe", "f_back", "f_globals", "f_locals", "__globals__", "__subclasses__", "__code__",
     "__class__", "__array__", "__getattribute__", "import_module", "attrgetter",
     "methodcaller", "get_type_hints", "get_annotations", "__annotations__", "ForwardRef",
     "allow_pickle", "weights_only"}
)  # fmt: skip
"""Names by which code finds or makes what does not stand there."""

BRINGS = frozenset(
    {"hub", "package", "load", "load_library", "CompilationUnit", "cpp_extension", "saved_model",
     "load_model", "model_from_json", "deserialize", "get_custom_objects"}
)  # fmt: skip
"""What a framework has to run code that stands elsewhere: in a file, or in a text."""


def suspicion(source: str, asked: Sequence[str]) -> str:
    """What is unusual in a cell, in words for the staff, or "".

    That it cannot be read is told with a right answer alone: most such cells do not run either.

    Args:
        source: the text of the cell.
        asked: what the frameworks call the very thing that is asked.
    """
    cell = read(source)
    wanted = frozenset(asked)
    paths = [path for _, path in cell.imports if not path.startswith(GIVEN)]
    modules = {path.partition(".")[0] for path in paths} - USUAL
    found = [f"runs {magic}" for magic in dict.fromkeys(cell.magics)]
    found += [f"imports {module}" for module in sorted(modules)]
    found += [f"imports all of {p[:-2]}" for name, p in cell.imports if name == "*"]
    found += [f"uses {name}" for name in sorted(cell.words & UNUSUAL)]
    found += [f"has the text “{text}”" for text in sorted(cell.texts & wanted)]
    return ", ".join(found[:5])


def doubt(reached: Reached, flow: Flow, wanted: frozenset[str]) -> str:
    """Why the values do not say all, in words for the staff, or "".

    Args:
        reached: the statements that are looked at.
        flow: the values in them.
        wanted: what the frameworks call the very thing that is asked.
    """
    if flow.lost:
        return "has more values for a name than are followed"
    if not wanted:
        return ""
    made = [path for path in sorted(flow.unnamed) if path.partition(".")[0] in LIBRARIES]
    if made:
        return f"fetches from {made[0]} by a name that is made"
    if flow.handed:
        return f"hands {min(flow.handed)} to a call that is not followed"
    brings = [path for s in reached for path in _brought(s.tree, flow)]
    if brings:
        return f"uses {min(brings)}, which may run what stands elsewhere"
    odd = {word for s, at in reached.items() if at is None for word in s.words & UNUSUAL}
    return f"uses {min(odd)}" if odd else ""


def _brought(tree: ast.stmt, flow: Flow) -> Iterator[str]:
    """What of a framework's may run code that does not stand there, and pickles that NumPy reads.

    Of `numpy.load` these are asked for by name, or by its third argument.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            for value in flow.of(node):
                _, *inner = value.path.split(".")
                if comes_from(value, FRAMEWORKS) and not BRINGS.isdisjoint(inner):
                    yield value.path
        elif isinstance(node, ast.Call):
            many = len(node.args) > 2 or any(isinstance(arg, ast.Starred) for arg in node.args)
            if many and any(value.path == "numpy.load" for value in flow.of(node.func)):
                yield "numpy.load"
