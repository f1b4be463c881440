"""Notebooks: the released one, what a student made of it, and the one that is graded.

Of a submission nothing is taken but the sources of its solution cells, found by grade_id.
Every other cell, all metadata, tags and points are those of the released notebook.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import nbformat

from autograder.grader.syntax import MOST_TOKENS, parse, tokens

MAX_BYTES = 32 * 2**20
"""The largest notebook that is read."""

MAX_TEXT = 2**20
"""The most characters that its cells may have together; outputs are not counted."""


class UnreadableNotebookError(Exception):
    """The file is no notebook; the text says why, in a sentence."""


@dataclass(frozen=True)
class Cell:
    """A code cell of the released notebook that grading runs or fills with a verdict.

    Attributes:
        grade_id: its nbgrader id.
        role: "setup", "solution" or "check".
        source: as released.
        exercise: of a solution or check cell, the name of the exercise; else "".
        points: of a check cell.
    """

    grade_id: str
    role: str
    source: str
    exercise: str = ""
    points: float = 0.0


@dataclass(frozen=True)
class Submission:
    """What was found in a student's notebook.

    Attributes:
        sources: the text of each solution cell, by grade_id.
        notes: a sentence on each cell that was not where it should be, by grade_id.
    """

    sources: Mapping[str, str]
    notes: Mapping[str, str] = field(default_factory=dict)


class Released:
    """The notebook as released to students.

    Args:
        notebook: the notebook, with nbgrader's metadata.
    """

    def __init__(self, notebook: Any) -> None:
        self.notebook = notebook
        self.cells = tuple(c for c in map(_cell, notebook.cells) if c is not None)

    @classmethod
    def parse(cls, text: str) -> Released:
        """The released notebook in `text`, the JSON of an .ipynb file."""
        return cls(nbformat.reads(text, as_version=4))

    @property
    def solutions(self) -> tuple[Cell, ...]:
        """The solution cells, in order."""
        return tuple(cell for cell in self.cells if cell.role == "solution")

    @property
    def checks(self) -> tuple[Cell, ...]:
        """The check cells, in order."""
        return tuple(cell for cell in self.cells if cell.role == "check")

    @property
    def setup(self) -> str:
        """The setup cells, in order, as one text."""
        return "\n".join(cell.source for cell in self.cells if cell.role == "setup")

    def read(self, data: bytes | None) -> Submission:
        """Find the solution cells in the bytes of a submitted notebook.

        Missing, duplicated, reordered or retyped cells, changed tags and metadata are put up
        with: a cell is known by its grade_id, or by the definition that stands in it.

        Raises:
            UnreadableNotebookError: where the bytes are no notebook at all, or there are none.
        """
        if data is None:
            raise UnreadableNotebookError("No notebook was submitted for this assignment.")
        cells = _submitted_cells(data)
        sources, notes = {}, {}
        for cell in self.solutions:
            found, note = _find(cell, cells)
            if found is not None:
                sources[cell.grade_id] = found
            if note:
                notes[cell.grade_id] = note
        return Submission(sources, notes)


def _cell(cell: Any) -> Cell | None:
    meta = cell.metadata.get("nbgrader", {})
    if cell.cell_type != "code" or not meta:
        return None
    grade_id, source = meta["grade_id"], cell.source
    if meta.get("solution"):
        return Cell(grade_id, "solution", source, exercise=_defined(source) or grade_id)
    called = re.fullmatch(r"\s*check\((\w+)\)\s*", source)
    if meta.get("grade") and called is not None:
        return Cell(grade_id, "check", source, called[1], float(meta["points"]))
    # A check without points is the student's alone.
    given = meta.get("locked") and not meta.get("grade") and called is None
    return Cell(grade_id, "setup", source) if given else None


def _defined(source: str) -> str:
    """The name of the one definition at module level, or "" where there is not just one."""
    names = defined_names(source)
    return names[0] if len(names) == 1 else ""


def defined_names(source: str) -> list[str]:
    """The functions and classes that a cell defines at module level."""
    try:
        body = parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return re.findall(r"^(?:def|class)\s+(\w+)", source, re.MULTILINE)
    return [node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]


def sources(text: str) -> dict[str, str]:
    """The text of each cell of a graded notebook that nbgrader knows, by grade_id."""
    cells = map(_bare, json.loads(text)["cells"])
    return {cell.grade_id: cell.source for cell in cells if cell.grade_id}


def _submitted_cells(data: bytes) -> list[_Bare]:
    if len(data) > MAX_BYTES:
        raise UnreadableNotebookError(
            f"The notebook is larger than {MAX_BYTES // 2**20} MiB. Clear its outputs (Kernel, "
            "Restart Kernel and Clear Outputs), save it and submit it again."
        )
    try:
        found = json.loads(data.decode("utf-8-sig"))
        if found["nbformat"] == 4:
            cells = [_bare(cell) for cell in found["cells"]]
        else:
            older = nbformat.reads(json.dumps(found), as_version=4)
            cells = [_bare(cell) for cell in older.cells]
    except Exception as error:
        raise UnreadableNotebookError(
            "The file is not a Jupyter notebook that can be read "
            f"({type(error).__name__}). Open it in JupyterLab, save it and submit it again."
        ) from None
    if sum(len(cell.source) for cell in cells) > MAX_TEXT:
        raise UnreadableNotebookError(
            f"The cells of the notebook hold more than {MAX_TEXT:,} characters. Take out what is "
            "data and not code, save it and submit it again."
        )
    if sum(tokens(cell.source) for cell in cells if cell.kind == "code") > MOST_TOKENS:
        raise UnreadableNotebookError(
            f"The code cells of the notebook hold more than {MOST_TOKENS:,} names, numbers and "
            "signs. Take out what is data and not code, save it and submit it again."
        )
    return cells


class _Bare(NamedTuple):
    """A submitted cell: its id where nbgrader gave it one, its type and its text."""

    grade_id: Any
    kind: Any
    source: str


def _bare(cell: Any) -> _Bare:
    source, about = cell["source"], dict(cell["metadata"]).get("nbgrader")
    text = source if isinstance(source, str) else "".join(source)
    # Half of a surrogate pair is no text: it can be neither run nor written down.
    text = text.encode("utf-8", "replace").decode()
    grade_id = about.get("grade_id") if isinstance(about, dict) else None
    return _Bare(grade_id, cell["cell_type"], text)


def _find(wanted: Cell, cells: Sequence[_Bare]) -> tuple[str | None, str]:
    """The source that a student gave for a solution cell, and a note where it was odd."""
    same = [c.source for c in cells if c.grade_id == wanted.grade_id]
    known = [source for source in same if source.strip() != wanted.source.strip()]
    if len(same) > 1 and known:
        return known[-1], (
            f"The notebook has {len(same)} cells for `{wanted.exercise}`; the last one that was "
            "changed was taken."
        )
    if same:
        return same[-1], ""
    mention = re.compile(rf"^(?:def|class)\s+{wanted.exercise}\b", re.MULTILINE)
    for c in reversed(cells):
        defines = c.kind == "code" and mention.search(c.source)
        if defines and wanted.exercise in defined_names(c.source):
            return c.source, (
                f"The cell of `{wanted.exercise}` was not in its place; another cell that defines "
                "it was taken."
            )
    return None, f"The notebook has no cell for `{wanted.exercise}`."
