"""Notebooks: the released one, what a student made of it, and the one that is graded.

Of a submission nothing is taken but the text of cells: of its solution cells and answers, of what
these need, and of cells that the student added. All metadata, tags and points are those of the
released notebook.
"""

from __future__ import annotations

import ast
import json
import re
from typing import Any

import nbformat

from autograder.grader.grading.cell import Cell, Submission, Submitted
from autograder.grader.grading.pictures import pictures
from autograder.grader.grading.selection import Selection, added
from autograder.grader.syntax import MOST_TOKENS, parse, tokens

MAX_BYTES = 32 * 2**20
"""The largest notebook that is read."""

MAX_TEXT = 2**20
"""The most characters that its cells may have together; outputs are not counted."""


class UnreadableNotebookError(Exception):
    """The file is no notebook; the text says why, in a sentence."""


class Released:
    """The notebook as released to students.

    Args:
        notebook: the notebook, with nbgrader's metadata.
    """

    def __init__(self, notebook: Any) -> None:
        self.notebook = notebook
        self.cells = tuple(c for c in map(_cell, notebook.cells) if c is not None)
        self._all = tuple(map(_submitted, notebook.cells))
        # An answer that a person grades may stand in cells of its own: then all of them are kept.
        self._by_hand = any(map(_is_graded_by_hand, notebook.cells))

    @classmethod
    def parse(cls, text: str) -> Released:
        """The released notebook in `text`, the JSON of an .ipynb file."""
        return cls(nbformat.reads(text, as_version=4))

    @property
    def solutions(self) -> tuple[Cell, ...]:
        """The solution cells, in order."""
        return tuple(cell for cell in self.cells if cell.role == "solution")

    @property
    def answers(self) -> tuple[Cell, ...]:
        """The cells that students fill in: the solution cells, and text that a person grades."""
        return tuple(cell for cell in self.cells if cell.role in ("solution", "answer"))

    @property
    def checks(self) -> tuple[Cell, ...]:
        """The check cells, in order."""
        return tuple(cell for cell in self.cells if cell.role == "check")

    @property
    def exercises(self) -> tuple[str, ...]:
        """The names of what the notebook asks for, in order: it decides which exercises it has."""
        asked = (cell.exercise for cell in self.cells if cell.role in ("solution", "check"))
        return tuple(dict.fromkeys(asked))

    @property
    def setup(self) -> str:
        """The setup cells, in order, as one text."""
        return "\n".join(cell.source for cell in self.cells if cell.role == "setup")

    def read(self, data: bytes | None) -> Submission:
        """Find what is graded in the bytes of a submitted notebook.

        Missing, duplicated, reordered or retyped cells, changed tags and metadata are put up
        with: a cell is known by its grade_id, or by the definition that stands in it.

        Raises:
            UnreadableNotebookError: where the bytes are no notebook at all, or there are none.
        """
        if data is None:
            raise UnreadableNotebookError("No notebook was submitted for this assignment.")
        cells = _submitted_cells(data)
        found = Selection(self.cells, cells)
        more = added(self._all, cells, found.places)
        answers = {cell.grade_id for cell in self.cells if cell.role == "answer"}
        return Submission(
            found.sources,
            found.notes,
            found.helpers,
            found.changes,
            [one for at, one in more.items() if self._by_hand or at in found.helping],
            {name: cells[own[0]].pictures for name, own in found.places.items() if name in answers},
        )


def _is_graded_by_hand(cell: Any) -> bool:
    meta = cell.metadata.get("nbgrader", {})
    return bool(meta.get("task") or (meta.get("solution") and meta.get("grade")))


def _cell(cell: Any) -> Cell | None:
    meta = cell.metadata.get("nbgrader", {})
    if not meta:
        return None
    grade_id, source = meta["grade_id"], cell.source
    if cell.cell_type != "code":
        return Cell(grade_id, "answer", source) if meta.get("solution") else None
    if meta.get("solution"):
        return Cell(grade_id, "solution", source, exercise=_defined(source) or grade_id)
    called = re.fullmatch(r"\s*check\((\w+)\)\s*", source)
    if meta.get("grade") and called is not None:
        return Cell(grade_id, "check", source, called[1], float(meta["points"]))
    if meta.get("grade"):
        return Cell(grade_id, "test", source)
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
    cells = map(_submitted, json.loads(text)["cells"])
    return {cell.grade_id: cell.source for cell in cells if cell.grade_id}


def _submitted_cells(data: bytes) -> list[Submitted]:
    if len(data) > MAX_BYTES:
        raise UnreadableNotebookError(
            f"The notebook is larger than {MAX_BYTES // 2**20} MiB. Clear its outputs (Kernel, "
            "Restart Kernel and Clear Outputs), save it and submit it again."
        )
    try:
        found = json.loads(data.decode("utf-8-sig"))
        if found["nbformat"] == 4:
            cells = [_submitted(cell) for cell in found["cells"]]
        else:
            older = nbformat.reads(json.dumps(found), as_version=4)
            cells = [_submitted(cell) for cell in older.cells]
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


def _submitted(cell: Any) -> Submitted:
    source, about = cell["source"], dict(cell["metadata"]).get("nbgrader")
    text = source if isinstance(source, str) else "".join(source)
    # Half of a surrogate pair is no text: it can be neither run nor written down.
    text = text.encode("utf-8", "replace").decode()
    grade_id = about.get("grade_id") if isinstance(about, dict) else None
    names = (name if isinstance(name, str) else None for name in (grade_id, cell.get("id")))
    grade_id, own = names
    kept = pictures(cell.get("attachments")) if cell["cell_type"] == "markdown" else {}
    return Submitted(grade_id, cell["cell_type"], text, own, kept)
