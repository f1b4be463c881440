"""The graded notebook: the released one with the student's cells, their outputs, the verdicts."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from nbformat.notebooknode import NotebookNode
from nbformat.v4.rwbase import split_lines

from autograder.checking.show import Shown
from autograder.grader.grading.notebook import Released
from autograder.grader.grading.verdict import Verdict


def marked(
    released: Released,
    sources: Mapping[str, str],
    outputs: Mapping[str, Sequence[Any]],
    verdicts: Sequence[Verdict],
) -> str:
    """The graded notebook, as JSON.

    Args:
        released: the notebook as released.
        sources: the text of the student's solution cells, by grade_id.
        outputs: what these printed, harmless, by grade_id.
        verdicts: one an exercise.
    """
    notebook = copy.deepcopy(released.notebook)
    by_id = {cell.grade_id: cell for cell in released.cells}
    by_exercise = {v.exercise: v for v in verdicts}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs, cell.execution_count = [], None
        known = by_id.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if known is None:
            continue
        if known.role == "solution":
            cell.source = sources.get(known.grade_id, cell.source)
            cell.outputs = list(outputs.get(known.grade_id, []))
        elif known.role == "check":
            cell.outputs = [as_output(by_exercise[known.exercise])]
    # As nbformat writes it, but for the checks against its schema; four times as fast.
    lines = msgspec.json.encode(split_lines(notebook), order="sorted")
    return msgspec.json.format(lines, indent=1).decode()


def as_output(verdict: Verdict) -> Any:
    """The output of a check cell from which nbgrader scores and formgrader and feedback read.

    nbgrader takes the plain text of a result for the points; people are shown the HTML.
    """
    shown = Shown(verdict.exercise, verdict.status, verdict.message, verdict.read)
    return NotebookNode(
        output_type="execute_result",
        data={"text/plain": f"{verdict.points:.10g}", "text/html": shown._repr_html_()},
        execution_count=None,
        metadata={},
    )
