"""What jsonschema is kept from building in each process: nobody misses it."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

from autograder.grader.no_grammar import TRIED

IMPORTS = """
import autograder.grader, sys
import nbformat
print(*sorted({"lark", "rfc3987_syntax", "jsonschema"} & {k for k, m in sys.modules.items() if m}))
"""

VALIDATES = """
import autograder.grader, nbformat
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
nbformat.validate(notebook)
notebook.cells[0].cell_type = "poem"
try:
    nbformat.validate(notebook)
except nbformat.ValidationError as error:
    print("refused")
"""


def said(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_it_was_tried_on_the_version_that_is_installed() -> None:
    assert version("jsonschema") == TRIED


def test_the_grammar_is_not_built() -> None:
    assert said(IMPORTS) == "jsonschema"


def test_notebooks_are_validated_as_before() -> None:
    assert said(VALIDATES) == "refused"
