"""The notebook itself: its metadata, its cells, and files that only look like one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from autograder.grader.release.solve import grade_id_of
from tests.attacks.attack import (  # fmt: skip
    ALL,
    CELL,
    EXERCISES,
    FORWARD,
    POINTS,
    STEP,
    Attack,
    Proof,
    beside,
    reference,
    says,
    shows_nothing,
)


def cell_of(notebook: Any, grade_id: str) -> Any:
    return next(cell for cell in notebook.cells if grade_id_of(cell) == grade_id)


def checks(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if grade_id_of(cell).startswith("check-")]


def tagged(notebook: Any) -> None:
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception", "remove-cell", "nograde"]


def repriced(notebook: Any) -> None:
    for cell in checks(notebook):
        cell.metadata["nbgrader"] |= {"points": 1000, "locked": False, "schema_version": 1}


def prefilled(notebook: Any) -> None:
    for cell in checks(notebook):
        cell.execution_count = 1
        cell.outputs = [nbformat.v4.new_output(
            "execute_result", data={"text/plain": "4.0"}, execution_count=1)]  # fmt: skip


def emptied(notebook: Any) -> None:
    for cell in checks(notebook):
        cell.source = "12.0"


def without_checks(notebook: Any) -> None:
    notebook.cells = [c for c in notebook.cells if not grade_id_of(c).startswith("check-")]


def checks_as_solutions(notebook: Any) -> None:
    for cell in checks(notebook):
        cell.metadata["nbgrader"] |= {"solution": True, "grade": False, "locked": False}


def other_kernel(notebook: Any) -> None:
    notebook.metadata["kernelspec"] = {
        "name": "evil", "display_name": "Evil", "language": "python",
        "metadata": {"kernel_provisioner": {"provisioner_name": "local-provisioner"}},
        "argv": ["/bin/sh", "-c", "touch @CANARY@/kernelspec"],
    }  # fmt: skip
    notebook.metadata["language_info"] = {"name": "bash"}


def own_setup(notebook: Any) -> None:
    setup = cell_of(notebook, "setup")
    setup.source = "import builtins\nbuiltins.check = lambda f: 12.0\nprint('OWN SETUP')"


def more_cells(notebook: Any) -> None:
    for grade_id in ("setup", f"check-{STEP}", "surplus"):
        meta = {"grade_id": grade_id, "grade": True, "solution": False, "locked": True,
                "points": 50, "schema_version": 3, "cell_type": "code"}  # fmt: skip
        notebook.cells.insert(0, nbformat.v4.new_code_cell(
            "print('OWN CELL')\n12.0", metadata={"nbgrader": meta}))  # fmt: skip


def odd_metadata(notebook: Any) -> None:
    for number, cell in enumerate(notebook.cells):
        cell.metadata["nbgrader"] = [{}, [], "x", 7, None, {"grade_id": []}][number % 6]


def hostile_markdown(notebook: Any) -> None:
    evil = "<script>alert('MARKDOWN')</script><img src=x onerror=alert(1)>"
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = evil
    cell = nbformat.v4.new_markdown_cell(evil, metadata={"nbgrader": {"grade_id": "setup"}})
    notebook.cells.insert(0, cell)
    notebook.metadata["title"] = evil


def edited(name: str, tries: str, edit: Callable[[Any], None], *, solved: bool = False,
           points: float = 0.0, **more: Any) -> Attack:  # fmt: skip
    return Attack(name, tries, points, solved=solved, edit=edit, **more)


def raw(name: str, tries: str, data: Callable[[bytes], bytes], points: float = 0.0,
        proof: Proof | None = None) -> Attack:  # fmt: skip
    """A file of other bytes, made of those of the notebook."""

    def write(folder: Path, notebook: bytes) -> None:
        folder.mkdir()
        (folder / "lstm.ipynb").write_bytes(data(notebook))

    statuses = {} if points else dict.fromkeys(EXERCISES, "needs_review")
    return Attack(name, tries, points, solved=bool(points), write=write, statuses=statuses,
                  proof=proof)  # fmt: skip


def with_text(key: str, value: Any) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        notebook = json.loads(data)
        for cell in notebook["cells"]:
            cell[key] = value
        return json.dumps(notebook).encode()

    return change


def surrogates(data: bytes) -> bytes:
    return data.replace(b'"def lstm_step_forward', b'"# \\ud800\\n", "def lstm_step_forward', 1)


def many_cells(data: bytes) -> bytes:
    notebook = json.loads(data)
    notebook["cells"] = [{"cell_type": "code", "source": "", "metadata": {}}] * 200_000
    return json.dumps(notebook).encode()


def deep_metadata(data: bytes) -> bytes:
    deep = b'{"a": ' * 20_000 + b"1" + b"}" * 20_000
    return data.replace(b'"metadata": {', b'"metadata": {"deep": ' + deep + b", ", 1)


STRAY = f"x = {'1+' * 400}1\n" * 10 + "\n'''\nclass LSTMCell\n'''\n"


def stray_definitions(data: bytes) -> bytes:
    """Cells without an id that all have to be looked through, a megabyte of them."""
    notebook = json.loads(data)
    notebook["cells"] = [{"cell_type": "code", "metadata": {}, "source": STRAY}] * 120
    return json.dumps(notebook).encode()


ATTACKS = (
    edited("tags", "tags its cells so that they are not executed", tagged),
    edited("points", "writes 1000 points into its test cells", repriced, solved=True, points=ALL),
    edited("prefilled", "hands in the outputs of a full score", prefilled),
    edited("own-tests", "writes its points into the test cells", emptied),
    edited("no-tests", "hands in no test cell", without_checks),
    edited("tests-as-solutions", "makes the test cells solutions, which are taken over",
           checks_as_solutions),
    edited("kernelspec", "names a kernel of its own, with a command", other_kernel,
           solved=True, points=ALL),
    edited("own-setup", "changes the locked setup cell", own_setup, proof=shows_nothing("OWN SETUP")),
    edited("more-cells", "adds cells with the ids of locked ones, before all others", more_cells,
           solved=True, points=ALL, proof=shows_nothing("OWN CELL")),
    edited("odd-metadata", "writes other types into nbgrader's metadata", odd_metadata,
           solved=True, points=ALL),
    edited("markdown", "writes scripts into Markdown cells and the title", hostile_markdown,
           solved=True, points=ALL, feedback=True,
           proof=shows_nothing("MARKDOWN")),
    Attack("magics", "runs shells, scripts, extensions and other interpreters by magics",
           ALL - POINTS[CELL], solved=True,
           cells={CELL: "%load_ext autoreload\n%reset_selective -f zzz\n!touch @CANARY@/bang\n"
                        "get_ipython().system('touch @CANARY@/system')\n"
                        "get_ipython().run_cell_magic('bash', '', 'touch @CANARY@/bash')\n"
                        "get_ipython().run_cell_magic('javascript', '', 'alert(1)')\n"
                        "%run @CANARY@/secret.txt"}),
    Attack("reset", "deletes every name and every builtin that grading may need", 0.0,
           cells={STEP: "import builtins, sys\n"
                        "for name in ('len', 'print', 'isinstance', 'getattr', 'range', 'str'):\n"
                        "    delattr(builtins, name)\n"
                        "sys.modules.clear()\n"
                        "def lstm_step_forward(*args): return args[1], args[2], None"}),
    Attack("deep-expression", "writes an expression so deep that a parser's stack overflows", 0.0,
           solved=True, cells={CELL: f"x = {'-' * 90_000}1\n" + reference()[CELL]},
           statuses=dict.fromkeys(EXERCISES, "needs_review"), proof=says("more than 60,000 names")),
    Attack("long-sum", "writes a sum of 100 000 terms, which recurses in whoever walks its tree", 0.0,
           solved=True, cells={CELL: f"x = 1{'+1' * 100_000}\n" + reference()[CELL]},
           statuses=dict.fromkeys(EXERCISES, "needs_review"), proof=says("more than 60,000 names")),
    Attack("two-megabytes", "hands in a cell of two megabytes", 0.0, solved=True,
           cells={FORWARD: "# " + "x" * 2_000_000 + "\n" + reference()[FORWARD]},
           statuses=dict.fromkeys(EXERCISES, "needs_review"), proof=says("more than 1,048,576 characters")),
    Attack("nul-bytes", "writes NUL bytes into its cell", ALL - POINTS[CELL], solved=True,
           cells={CELL: "x = '\0'\n" + reference()[CELL]}, statuses={CELL: "error"}),
    Attack("control-characters", "writes commands for a terminal into its cell", ALL, solved=True,
           cells={CELL: beside(CELL, "x = '\x1b[2J\x07'")}),
    raw("forty-megabytes", "hands in a notebook of 40 MB", lambda d: d + b" " * 40_000_000),
    raw("deep-notebook", "hands in JSON that is 100 000 lists deep",
        lambda d: b'{"nbformat": 4, "cells": ' + b"[" * 100_000),
    raw("deep-metadata", "hands in metadata that are 20 000 objects deep", deep_metadata),
    raw("long-number", "hands in a number of two million digits",
        lambda d: b'{"nbformat": ' + b"4" * 2_000_000 + b', "cells": []}'),
    raw("utf-16", "hands in a notebook in UTF-16", lambda d: d.decode().encode("utf-16")),
    raw("number-as-source", "hands in numbers in the place of text", with_text("source", 12)),
    raw("no-metadata", "hands in cells without metadata", with_text("metadata", None)),
    raw("an-archive", "hands in an archive", lambda d: b"PK\x03\x04" + d),
    raw("an-image", "hands in the first bytes of a program", lambda d: b"\x7fELF" + bytes(1000)),
    raw("half-surrogate", "hands in half of a surrogate pair", surrogates, ALL),
    raw("an-empty-file", "hands in an empty file", lambda d: b""),
    Attack("many-cells", "hands in 200 000 empty cells", 0.0,
           write=raw("", "", many_cells).write,
           statuses=dict.fromkeys(EXERCISES, "not attempted")),
    Attack("stray-definitions", "hands in a megabyte of cells that have to be looked through", 0.0,
           write=raw("", "", stray_definitions).write,
           statuses=dict.fromkeys(EXERCISES, "needs_review"), proof=says("more than 60,000 names")),
)  # fmt: skip
