"""What a framework has ready-made of what is asked, found among the values of a text."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograder.grader.grading.framework_use.cells import DEFINITIONS, Statement
from autograder.grader.grading.framework_use.reach import Reached
from autograder.grader.grading.value_flow.flow import Flow
from autograder.grader.grading.value_flow.values import Value

FRAMEWORKS = frozenset({"torch", "keras", "tensorflow", "jax", "flax"})
LIBRARIES = FRAMEWORKS | {"scipy", "sklearn", "sacrebleu", "rouge_score", "nltk"}
"""Where what is asked is had ready-made."""

GIVEN = "autograder.given."
"""Where a later assignment has the functions of an earlier one from, as a stand-in."""

TRACKED = frozenset({"requires_grad", "requires_grad_"})
"""How torch is asked for gradients, on a tensor rather than on a module."""

TRACKING = frozenset({"Parameter", "Variable", *TRACKED})
"""What has gradients kept, so that `.backward()` finds them."""

_NAMES = (ast.Name, ast.Attribute, ast.keyword, ast.Call, ast.Subscript)


@dataclass(frozen=True)
class Use:
    """A call of the framework's own.

    Attributes:
        name: what was used, as in "torch.nn.LSTMCell".
        line: its line in its cell, counted from 1.
        where: where the line stands: "cell", or "module" for one beside the notebook.
    """

    name: str
    line: int
    where: str = "cell"


def find_use(
    reached: Reached, flow: Flow, wanted: frozenset[str], stand_ins: set[str]
) -> tuple[Use | None, str]:
    """The first call of what is ready-made; without one, the first of which nobody can tell.

    Args:
        reached: the statements that are looked at.
        flow: the values in them.
        wanted: what the frameworks call the very thing that is asked.
        stand_ins: the exercises whose stand-ins are ready-made here.

    Returns:
        The use, or None; and an attribute that has the name of what is asked, of something of which
        it is not known what it is, or "".
    """
    methods = {
        node.name for s in reached for node in ast.walk(s.tree) if isinstance(node, DEFINITIONS)
    }
    unknown = ""
    for statement, elsewhere in reached.items():
        left = wanted if elsewhere is None else wanted - elsewhere - TRACKED
        given = stand_ins if elsewhere is None else set[str]()
        for node in ast.walk(statement.tree):
            if not isinstance(node, _NAMES):
                continue
            found, doubtful = _called(node, flow, left, given)
            if found:
                return Use(found, getattr(node, "lineno", 0)), ""
            if doubtful and doubtful not in methods and elsewhere is None:
                unknown = unknown or doubtful
    return None, unknown


def imports_others(statement: Statement, stand_ins: set[str]) -> bool:
    """Whether all that a statement does is to import stand-ins that are not ready-made here."""
    tree = statement.tree
    if not isinstance(tree, ast.ImportFrom) or not f"{tree.module}.".startswith(GIVEN):
        return False
    return {alias.name for alias in tree.names}.isdisjoint({*stand_ins, "*"})


def find_gradients(reached: Reached, flow: Flow, wanted: frozenset[str]) -> Use | None:
    """A framework's gradients that are kept in one place and fetched in another."""
    if wanted.isdisjoint(TRACKED):
        return None
    fetched = {
        node.attr
        for statement, elsewhere in reached.items()
        if elsewhere is None
        for node in ast.walk(statement.tree)
        if isinstance(node, ast.Attribute) and node.attr in ("backward", "grad")
    }
    if fetched != {"backward", "grad"}:
        return None
    for statement in reached:
        for node in ast.walk(statement.tree):
            line = getattr(node, "lineno", 0)
            if isinstance(node, ast.keyword) and node.arg in TRACKED:
                return Use(str(node.arg), line)
            for value in (
                ordered(flow.of(node)) if isinstance(node, ast.Name | ast.Attribute) else ()
            ):
                if comes_from(value, LIBRARIES) and _keeps_gradients(value.path.split(".")):
                    return Use(value.path, line)
    return None


def ordered(values: Iterable[Value]) -> list[Value]:
    """In one order: which of several a student is told must not change from run to run."""
    return sorted(values, key=lambda value: (value.kind, value.path))


def _called(
    node: ast.AST, flow: Flow, wanted: frozenset[str], stand_ins: set[str]
) -> tuple[str, str]:
    """What is ready-made of what `node` names, and the word of which it is not known whose it is.

    Each is "" where there is none.
    """
    if isinstance(node, ast.keyword):
        return (node.arg if node.arg and node.arg in TRACKED & wanted else ""), ""
    attr = node.attr if isinstance(node, ast.Attribute) else ""
    if attr in TRACKED & wanted:
        return attr, ""
    for value in ordered(flow.of(node)):
        inner = value.path.split(".")[1:]
        # Of what a call made, the method alone is looked at: the call itself stands elsewhere.
        here = inner if value.kind == "is" else inner[-1:] if attr else []
        if found := ready_made(value, here, wanted, stand_ins):
            return found, ""
    base = node.value if isinstance(node, ast.Attribute) else None
    doubtful = attr if base is not None and attr in wanted and not flow.of(base) else ""
    return "", doubtful


def ready_made(
    value: Value, inner: Sequence[str], wanted: frozenset[str], stand_ins: set[str]
) -> str:
    """What `value` is called, where it is what is asked, or a stand-in for it; else ""."""
    stands_in = value.path.startswith(GIVEN) and value.path.rpartition(".")[2] in stand_ins
    if value.kind == "is" and stands_in:
        return value.path
    if not comes_from(value, LIBRARIES):
        return ""
    if inner and any(_is_kind_of(inner[-1], word) for word in wanted):
        return value.path
    in_place = {name.rstrip("_") for name in inner}
    return value.path if not wanted.isdisjoint({*inner, *in_place}) else ""


def _is_kind_of(name: str, word: str) -> bool:
    """Whether `name` is longer and has `word` in it, as `partial_fit` has "fit".

    So has `_thnn_fused_lstm_cell` "lstm_cell". What works in place, such as `tanh_`, is the same.
    """
    return name.strip("_") != word.lower() and f"_{word.lower()}_" in f"_{name}_"


def _keeps_gradients(path: Sequence[str]) -> bool:
    """Whether what is made by it has gradients kept: a parameter, or any layer, which has some."""
    layer = "nn" in path and any(part[:1].isupper() for part in path if part != "Module")
    return layer or not TRACKING.isdisjoint(path)


def comes_from(value: Value, modules: frozenset[str]) -> bool:
    """Whether it is something of one of the modules, or was made by a call of it."""
    return value.kind in ("is", "made") and value.path.partition(".")[0] in modules
