"""The numbers that decide stand in one file, each with its reason, and each is used."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from autograder.exercises import assignments, exercises
from autograder.exercises.tolerances import LIMITS, SPEEDS, TOLERANCES
from autograder.grader.checkout import PACKAGE

TABLE = PACKAGE / "exercises" / "tolerances.py"
MODULES = sorted({*(PACKAGE / "exercises").rglob("*.py"), *(PACKAGE / "checking").rglob("*.py")})
NO_TOLERANCES = {"h"}
"""Parameters whose default is an input: the step that a student's function is called with."""


def fractions(node: ast.AST) -> set[float]:
    """The numbers below `node` that are not whole."""
    found = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant))
    return {value for value in found if isinstance(value, float) and not value.is_integer()}


def names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def deciding(source: str) -> list[str]:
    """The lines of a module in which a number decides: compared, a default, or a bound by name."""
    tree = ast.parse(source)
    compared = [n for n in ast.walk(tree) if isinstance(n, ast.Compare)]
    bounds = [k.value for k in ast.walk(tree) if isinstance(k, ast.keyword) and k.arg in NEAR]
    used = {name for node in (*compared, *bounds) for name in names(node)}
    nodes: list[ast.AST] = [*compared, *bounds]
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(names(t) & used for t in node.targets):
            nodes.append(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.arguments):
            given = [*node.posonlyargs, *node.args][-len(node.defaults) or None :]
            pairs = [*zip(given, node.defaults, strict=False)]
            pairs += [(a, d) for a, d in zip(node.kwonlyargs, node.kw_defaults, strict=True) if d]
            nodes += [default for arg, default in pairs if arg.arg not in NO_TOLERANCES]
    return [ast.unparse(node) for node in nodes if fractions(node)]


NEAR = ("rtol", "atol")
"""The bounds of `numpy.allclose`."""


@pytest.mark.parametrize(
    ("source", "number"),
    [
        ("def f(x):\n    return abs(x - 1) < 0.5 * x", 1),
        ("ALLOWED = 1e-6\ndef f(x):\n    return x < ALLOWED", 1),
        ("LOW, HIGH = 0.5, 1.5\ndef f(x):\n    return LOW < x < HIGH", 1),
        ("def f(x, allowed=0.1):\n    return x < allowed", 1),
        ("def f(x, *, allowed=0.1):\n    return x < allowed", 1),
        ("def f(x):\n    return np.allclose(x, 1, rtol=1e-3)", 1),
        ("SCALE = 0.1\ndef f(rng):\n    return SCALE * rng.normal()", 0),
        ("def f(x):\n    return x < 3.0 and x > 2", 0),
    ],
)
def test_a_number_that_decides_is_found(source: str, number: int) -> None:
    assert len(deciding(source)) == number


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_number_decides_elsewhere(module: Path) -> None:
    if module != TABLE:
        assert deciding(module.read_text(encoding="utf-8")) == [], f"it belongs into {TABLE.name}"


def test_every_row_is_used_and_has_a_reason() -> None:
    every = [exercise for assignment in assignments() for exercise in exercises(assignment)]
    used = {row for exercise in every for row in exercise.tolerances.values()}
    assert used == TOLERANCES.keys()
    text = "".join(path.read_text(encoding="utf-8") for path in MODULES if path != TABLE)
    assert not [name for name in LIMITS if not re.search(f'"{name}"', text)]
    rows = [
        *TOLERANCES.values(),
        *LIMITS.values(),
        *(b for s in SPEEDS.values() for b in s.values()),
    ]
    assert all(len(row.why) > 20 for row in rows)
