"""In a kernel of the book: put the reference in place of each stub, once its cell has run.

An IPython extension. `autograder.grader.book.execution` has every kernel of the book load it, and
names the references of the page in the environment.
"""

from __future__ import annotations

import ast
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ipykernel.iostream import OutStream

from autograder.grader import references

REFERENCE = "AUTOGRADER_BOOK_REFERENCE"
"""The environment variable with the path of the references of the page."""


def load_ipython_extension(shell: Any) -> None:
    """Substitute from now on, and print neither paths nor source lines into the page.

    What a cell prints is sent at its end: myst-nb puts an end of line wherever it was parted.
    """
    OutStream.flush_interval = 3600
    warnings.formatwarning = _plain
    shell.InteractiveTB.set_mode("Minimal")
    file = Path(os.environ[REFERENCE])
    if file.is_file():
        shell.events.register("post_run_cell", _Substitute(shell, file))


class _Substitute:
    def __init__(self, shell: Any, file: Path) -> None:
        self._shell = shell
        self._file = file
        self._references: Mapping[str, Any] = {}

    def __call__(self, result: Any) -> None:
        if not result.success:
            return
        for name in stubs(self._shell.transform_cell(result.info.raw_cell)):
            if not self._references:
                self._references = references.execute(self._file.read_text(encoding="utf-8"))
            self._shell.user_ns[name] = self._references[name]


def stubs(cell: str) -> list[str]:
    """The functions and classes that `cell` defines and leaves to the student."""
    return [
        node.name
        for node in ast.parse(cell).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and _left_open(node)
    ]


def _left_open(definition: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Name)
        and node.exc.id == "NotImplementedError"
        for node in ast.walk(definition)
    )


def _plain(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> str:
    return f"{category.__name__}: {message}\n"
