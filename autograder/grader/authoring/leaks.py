"""What students get of a folder has no line of a solution in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from autograder.exercises import exercises
from autograder.grader import references
from autograder.grader.checkout import Home
from autograder.grader.release.source import page

SHORTEST = 25
"""Characters from which on a line of a solution is one's own, and may not be public."""


def leaks(place: Home, assignment: str) -> Iterator[str]:
    """A sentence on each line of a solution that students would get with a file."""
    lines = {
        line.encode(): exercise.name
        for exercise in exercises(assignment)
        for line in private_lines(references.definition(assignment, exercise.name))
        if len(line) >= SHORTEST
    }
    for file in (*public_files(place, assignment), page(assignment)):
        held = _text(file)
        for line, name in lines.items():
            if line in held:
                yield (
                    f"{file.relative_to(place.root).as_posix()} has a line of the solution of "
                    f"{name}, and students get what it says: {line.decode()}"
                )


def public_files(place: Home, assignment: str) -> list[Path]:
    """The files of the public half of an assignment, in order."""
    files = (place.exercises / assignment).rglob("*")
    return sorted(f for f in files if f.is_file() and "__pycache__" not in f.parts)


def private_lines(definition: str) -> set[str]:
    """The lines of a definition, and of its methods, below signature and docstring."""
    (node,) = ast.parse(definition).body
    return _private(node, definition.splitlines())


def _private(node: ast.stmt, lines: list[str]) -> set[str]:
    if not isinstance(node, ast.FunctionDef | ast.ClassDef):
        return set()
    found: set[str] = set()
    for part in node.body[1:] if ast.get_docstring(node) else node.body:
        if isinstance(node, ast.ClassDef) and isinstance(part, ast.FunctionDef):
            found |= _private(part, lines)
        else:
            found |= {line.strip() for line in lines[part.lineno - 1 : part.end_lineno]}
    return found


def _text(file: Path) -> bytes:
    """What a file says; of arrays, those that are texts."""
    if file.suffix != ".npz":
        return file.read_bytes()
    with np.load(file, allow_pickle=False) as data:
        return b"\n".join(a.tobytes() for a in data.values() if a.dtype.kind == "S")
