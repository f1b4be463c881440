"""Notebooks of odd forms: what a reader of JSON, of cells and of Python may stumble over."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from autograder.exercises import find
from autograder.grader.grading.framework_use import Text
from autograder.grader.grading.notebook import Released
from autograder.grader.release.solve import grade_id_of
from autograder.grader.release.source import text
from tests.attacks.attack import (  # fmt: skip
    ALL,
    BACK,
    CELL,
    EXERCISES,
    STEP,
    Attack,
    Outcome,
    Proof,
    beside,
    reference,
    shows_nothing,
)
from tests.moments import moment

REFUSED = dict.fromkeys(EXERCISES, "needs_review")


def raw(name: str, tries: str, data: Callable[[bytes], bytes], *, points: float = ALL,
        proof: Proof | None = None) -> Attack:  # fmt: skip
    """A file of other bytes, made of those of the solved notebook."""

    def write(folder: Path, notebook: bytes) -> None:
        folder.mkdir()
        (folder / "lstm.ipynb").write_bytes(data(notebook))

    return Attack(name, tries, points, solved=True, write=write, proof=proof,
                  statuses={} if points else REFUSED)  # fmt: skip


def parsed(change: Callable[[Any], Any]) -> Callable[[bytes], bytes]:
    """Changes the JSON of a notebook, which is written anew."""

    def made(data: bytes) -> bytes:
        notebook = json.loads(data)
        return json.dumps(change(notebook) or notebook).encode()

    return made


def each_cell(change: Callable[[int, dict[str, Any]], None]) -> Callable[[bytes], bytes]:
    """Changes the JSON of every cell."""

    def made(notebook: Any) -> None:
        for number, cell in enumerate(notebook["cells"]):
            change(number, cell)

    return parsed(made)


def edited(name: str, tries: str, edit: Callable[[Any], None], **more: Any) -> Attack:
    return Attack(name, tries, ALL, solved=True, edit=edit, **more)


def source(name: str, tries: str, change: Callable[[str], str], *, cell: str = STEP,
           points: float = ALL, **more: Any) -> Attack:  # fmt: skip
    """The text of a right cell, changed so that it means the same."""
    return Attack(name, tries, points, solved=True, cells={cell: change(reference()[cell])}, **more)


def read_quickly(*sources: str) -> Proof:
    """A proof: with these cells, the notebook is read in a moment."""

    def proof(outcome: Outcome) -> None:
        notebook = nbformat.reads(text("lstm"), as_version=4)
        notebook.cells += [nbformat.v4.new_code_cell(one) for one in sources]
        data = nbformat.writes(notebook).encode()
        released = Released.parse(text("lstm"))
        with moment():
            released.read(data)

    return proof


def looked_at_quickly(cell: str) -> Proof:
    """A proof: what of the framework is in this cell is found in seconds of the processor."""

    def proof(outcome: Outcome) -> None:
        exercise = find(CELL)
        assert exercise is not None
        its = Text()
        its.add(cell)
        with moment():
            its.look(CELL, exercise.framework, cell, {CELL: exercise.framework}, {})

    return proof


def solution(notebook: Any, name: str) -> Any:
    return next(c for c in notebook.cells if grade_id_of(c) and f"def {name}(" in c.source)


def exchanged(notebook: Any) -> None:
    one, other = solution(notebook, STEP), solution(notebook, BACK)
    one.metadata, other.metadata = other.metadata, one.metadata


def one_id(notebook: Any) -> None:
    meta = solution(notebook, STEP).metadata
    for cell in notebook.cells:
        cell.metadata = copy.deepcopy(meta)


def retyped(notebook: Any) -> None:
    for number, name in enumerate(EXERCISES[:3]):
        solution(notebook, name).cell_type = ("raw", "markdown", "heading")[number]


def in_one_cell(notebook: Any) -> None:
    whole = "\n\n\n".join(reference()[name] for name in EXERCISES)
    notebook.cells = [nbformat.v4.new_code_cell(whole)]


def merged(notebook: Any) -> None:
    one, other = solution(notebook, STEP), solution(notebook, BACK)
    one.source += f"\n\n\n{other.source}"
    notebook.cells.remove(other)


def many_copies(notebook: Any) -> None:
    at = notebook.cells.index(solution(notebook, STEP))
    wrong = copy.deepcopy(notebook.cells[at])
    wrong.source = "def lstm_step_forward(x, h, c, Wx, Wh, b):\n    return h, c, None"
    copies = [copy.deepcopy(wrong) for _ in range(100)]
    for number, one in enumerate(copies):
        one["id"] = f"copy-{number}"
    notebook.cells[at:at] = copies


def attached(notebook: Any) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.attachments = {
                "a.svg": {"image/svg+xml": "<svg onload=alert('ATTACHED')>"},
                "<b>.png": {"image/png": "PHNjcmlwdD4="},
                "b.html": {"text/html": "<script>alert('ATTACHED')</script>", "image/png": 7},
            }
            cell.source += "\n![x](attachment:a.svg) [y](javascript:alert('ATTACHED'))"


def huge_outputs(notebook: Any) -> None:
    cell = solution(notebook, STEP)
    cell.outputs = [nbformat.v4.new_output("stream", text="x" * 20_000_000)]


def version_three(data: bytes) -> bytes:
    notebook = nbformat.convert(nbformat.reads(data.decode(), as_version=4), 3)
    return json.dumps(notebook).encode()


def hostile_three(data: bytes) -> bytes:
    notebook = json.loads(version_three(data))
    evil = "\x1b[2J\x1b]0;owned\x07\u202e"
    for cell in notebook["worksheets"][0]["cells"]:
        cell |= {"language": evil, evil: evil, "prompt_number": evil}
    notebook["metadata"] |= {"name": evil, evil: [evil]}
    return json.dumps(notebook).encode()


def twice(data: bytes) -> bytes:
    """Each key is there twice; the second one counts, as JSON's readers have it."""
    return data.replace(b'"cells": [', b'"cells": [], "cells": [', 1).replace(
        b'"source": [', b'"source": ["1/0"], "source": ['
    )


CHAIN = 2800
CHAINED = (
    "class Z:\n    pass\n\n\nz0 = Z()\n"
    + "".join(f"z{k + 1} = z{k}\nz{k}.x = z{k + 1}\n" for k in range(CHAIN))
)  # fmt: skip

LINKED = beside(CELL, CHAINED).replace(
    "        super().__init__()", "        super().__init__()\n        self.z = z0")  # fmt: skip

BLANK = "\n" * 15_000
SPACES = f"!true\nwide = '''\n{' ' * 40_000}x\n'''\n"

ATTACKS = (
    raw("version-three", "hands in a notebook of the format of 2013", version_three),
    raw("hostile-version-three", "hands in an old notebook that breaks its schema, in commands for "
        "a terminal", hostile_three),
    raw("version-five", "hands in a notebook of a format that is to come",
        parsed(lambda n: n | {"nbformat": 5}), points=0.0),
    raw("version-of-text", "says that its format is the text of a number",
        parsed(lambda n: n | {"nbformat": "4"}), points=0.0),
    raw("not-a-number", "writes NaN and Infinity, which are no JSON, into its metadata",
        parsed(lambda n: n["metadata"].update(a=float("nan"), b=float("inf")))),
    raw("long-minor", "says that the minor version has 4000 digits",
        lambda d: d.replace(b'"nbformat_minor": ', b'"nbformat_minor": ' + b"9" * 4000, 1)),
    raw("doubled-keys", "writes every key twice", twice),
    raw("byte-order-mark", "is saved by an editor of Windows",
        lambda d: b"\xef\xbb\xbf" + d.replace(b"\n", b"\r\n")),
    raw("more-behind", "has more than one notebook in its file", lambda d: d + d, points=0.0),
    raw("bad-utf-8", "has bytes that are no UTF-8 in an output",
        lambda d: d.replace(b'"nbformat"', b'"\xff\xfe": 1, "nbformat"', 1), points=0.0),
    raw("no-source", "hands in cells whose text is null",
        each_cell(lambda _, c: c.update(source=None)), points=0.0),
    raw("nested-source", "hands in cells whose text is lists in lists",
        each_cell(lambda _, c: c.update(source=[c["source"]])), points=0.0),
    raw("pairs", "hands in metadata as lists of pairs",
        each_cell(lambda _, c: c.update(metadata=list(c["metadata"].items())))),
    raw("cells-by-name", "hands in cells as an object",
        parsed(lambda n: n.update(cells={f"{k}": c for k, c in enumerate(n["cells"])})),
        points=0.0),
    raw("same-own-id", "gives all cells the same id of nbformat's",
        each_cell(lambda _, c: c.update(id="a"))),
    raw("odd-types", "has ids and types of cells that are lists and objects",
        each_cell(lambda k, c: c.update(id={"a": [k]}) if c["cell_type"] == "code"
                  else c.update(cell_type=["markdown"], attachments=[7]))),
    Attack("no-cells", "hands in a notebook without cells", 0.0, solved=True,
           edit=lambda n: n.cells.clear(), statuses=dict.fromkeys(EXERCISES, "not attempted")),
    edited("exchanged-ids", "exchanges the metadata of two exercises", exchanged),
    edited("one-id-for-all", "gives all cells the metadata of one exercise", one_id),
    edited("retyped", "makes exercises raw text, Markdown and what was a heading once", retyped),
    edited("merged", "merges the cells of two exercises, as Shift+M does", merged),
    edited("in-one-cell", "hands in one cell with everything in it", in_one_cell),
    edited("upside-down", "hands in its cells from the last to the first",
           lambda n: n.cells.reverse()),
    edited("many-copies", "has a hundred wrong versions above the right one", many_copies),
    edited("attachments", "attaches scripts to its text", attached, feedback=True,
           proof=shows_nothing("ATTACHED')>", "javascript:alert('ATTACHED')")),
    edited("huge-outputs", "hands in 20 MB of what it printed", huge_outputs),
    source("carriage-returns", "ends its lines as Windows does",
           lambda s: s.replace("\n", "\r\n")),
    source("old-carriage-returns", "ends its lines as the first Macintosh did",
           lambda s: s.replace("\n", "\r")),
    source("odd-line-ends", "has in comments what some readers take for the end of a line",
           lambda s: "# a\x0cexit\u2028raise\x85x\u2029import nothing\x1c/ 0\n" + s),
    source("coding", "says that its text is in an encoding in which it means something else",
           lambda s: "# -*- coding: utf-7 -*-\n# +AAo-raise SystemExit\n" + s),
    source("fullwidth-name", "writes the name of the function in letters that look like others",
           lambda s: s.replace("def lstm_step", "def ｌｓｔｍ_step")),
    source("semicolons", "asks for help, times itself and has two statements in a line",
           lambda s: f"?print\n%time first = 1; second = 2\n{s}\n\nlstm_step_forward?\n%pdb off"),
    source("foreign-setup", "installs packages and mounts a disk that is not here",
           lambda s: "!pip install --quiet no-such-package-lstm\nfrom google.colab import drive\n"
                     f"drive.mount('/content')\n\n{s}"),
    source("blank-lines", "ends a cell in 15 000 blank lines", lambda s: s + BLANK + "x = 1",
           proof=read_quickly(reference()[STEP] + BLANK + "x = 1")),
    source("wide-lines", "has a line of 40 000 spaces beside a command for the shell",
           lambda s: SPACES + s, proof=read_quickly(SPACES + reference()[STEP])),
    Attack("chained", "has 2800 statements each of which changes what the next one uses", ALL,
           solved=True, cells={CELL: LINKED}, proof=looked_at_quickly(LINKED)),
)  # fmt: skip
