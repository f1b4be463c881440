"""The graded notebook: the released one with the student's cells, their outputs, the verdicts.

Formgrader and feedback show it in a browser, where text that a student wrote must not act.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from nbformat.notebooknode import NotebookNode
from nbformat.v4.rwbase import split_lines

from autograder.checking.contents import section
from autograder.checking.show import Shown
from autograder.grader.grading.cell import Added, Submission
from autograder.grader.grading.notebook import Released
from autograder.grader.grading.verdict import Verdict

_ACTS = re.compile(
    r"<(?=[A-Za-z/!?])"
    r"|\\(?=href|require|unicode|style|class|cssId|data|bbox|mmlToken|texthtml)"
    r"|\](?=[(:](?!\s*(?:https?://|mailto:|attachment:|#)))"
)
"""What begins a tag, a formula that acts on the page, a link to anything but a page."""


def marked(
    released: Released,
    submission: Submission,
    outputs: Mapping[str, Sequence[Any]],
    verdicts: Sequence[Verdict],
) -> str:
    """The graded notebook, as JSON.

    Args:
        released: the notebook as released.
        submission: what was found in the student's notebook.
        outputs: what its solution cells and the instructor's tests printed, harmless, by grade_id.
        verdicts: one an exercise.
    """
    notebook = copy.deepcopy(released.notebook)
    by_id = {cell.grade_id: cell for cell in released.cells}
    by_exercise = {v.exercise: v for v in verdicts}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        known = by_id.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if known is None:
            continue
        if known.role == "answer":
            text = submission.sources.get(known.grade_id, cell.source)
            cell.source = text if text.strip() == cell.source.strip() else inert(text)
            if kept := submission.pictures.get(known.grade_id):
                cell.attachments = kept
        elif known.role == "solution":
            cell.source = submission.sources.get(known.grade_id, cell.source)
        if known.role == "check":
            cell.outputs = [as_output(by_exercise[known.exercise])]
        elif cell.cell_type == "code":
            cell.outputs = list(outputs.get(known.grade_id, []))
    with_ids = any("id" in cell for cell in notebook.cells)
    for number, cell in reversed(list(enumerate(submission.added))):
        notebook.cells.insert(cell.after, _as_cell(cell, f"added-{number}" if with_ids else ""))
    # As nbformat writes it, but for the checks against its schema; four times as fast.
    lines = msgspec.json.encode(split_lines(notebook), order="sorted")
    return msgspec.json.format(lines, indent=1).decode()


def inert(text: str) -> str:
    """Markdown in which nothing is HTML, and no link is a script; it looks as it did.

    A space without width stands where what acts would begin.
    """
    return _ACTS.sub("\\g<0>\u200b", text)


def _as_cell(cell: Added, own: str) -> Any:
    """A cell that the student added: what it printed is not shown, for it was not run here."""
    made = NotebookNode(cell_type=cell.kind, metadata=NotebookNode(), source=cell.source)
    if own:
        made.id = own
    if cell.kind == "code":
        made.outputs, made.execution_count = [], None
        return made
    made.source = inert(cell.source)
    if cell.pictures:
        made.attachments = cell.pictures
    return made


def as_output(verdict: Verdict) -> Any:
    """The output of a check cell from which nbgrader scores and formgrader and feedback read.

    nbgrader takes the plain text of a result for the points; people are shown the HTML.
    """
    read = section(verdict.assignment, verdict.read)
    shown = Shown(verdict.exercise, verdict.status, verdict.message, read)
    return NotebookNode(
        output_type="execute_result",
        data={"text/plain": f"{verdict.points:.10g}", "text/html": shown._repr_html_()},
        execution_count=None,
        metadata={},
    )
