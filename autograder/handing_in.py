"""Whether a student's notebook is ready to be handed in: `autograder check lstm.ipynb`.

It is run as Restart Kernel and Run All Cells runs it, in a kernel of its own, and what its checks
find is told. The file stays as it is.
"""

from __future__ import annotations

import os
import shutil
import textwrap
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.exercises import exercises, find

WIDEST = 100
"""Columns of a line."""

NO_PROGRAM = (
    "This command runs notebooks with nbclient, which JupyterLab brings and this Python lacks "
    "({}). Install JupyterLab, or choose Restart Kernel and Run All Cells in your notebook, which "
    "does the same."
)
UNREADABLE = (
    "{} is not a notebook that can be read ({}). Open it in JupyterLab, save it, and try again."
)
ENDED = (
    "The notebook's kernel ended before its last cell: you stopped it, a cell ended it, or memory "
    "ran out. The file is as it was."
)
RUNS = (
    "{} is run from top to bottom on your machine. Where it trains something, that takes as long "
    "as in the notebook; Ctrl+C stops it."
)
JUDGED = "Your points come from the same comparisons on other inputs."


@dataclass
class Told:
    """What the run of a notebook has shown.

    Attributes:
        right: the points of the exercises that are right, by name.
        worth: the points of all exercises that were checked.
        amiss: sentences on what else should be looked at.
    """

    right: dict[str, float] = field(default_factory=dict)
    worth: dict[str, float] = field(default_factory=dict)
    amiss: list[str] = field(default_factory=list)


def tried(path: Path) -> int | str:
    """Run a notebook and print what is found.

    Returns:
        0 where all is right, 1 where not, or the sentence that says why it was not run.
    """
    try:
        import nbformat
        from nbclient import NotebookClient
        from nbclient.exceptions import DeadKernelError
    except ImportError as error:
        return NO_PROGRAM.format(error)
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8-sig"), as_version=4)
        checks = [cell for cell in notebook.cells if _checked(cell)]
    except FileNotFoundError:
        return f"There is no file {path}. Give the notebook, as in `autograder check lstm.ipynb`."
    except Exception as error:  # nbformat has no class for all that it may find
        return UNREADABLE.format(path, type(error).__name__)
    if not checks:
        return f"{path} has no cell with a check of this course: is it the notebook you mean?"
    _say(RUNS.format(path.name), "")
    told = Told()
    number = Counter[str]()

    def see(cell: Any, **_: Any) -> None:
        if cell.cell_type == "code" and cell.source.strip():
            number["run"] += 1
            _see(cell, number["run"], told)

    # So a check says the finding alone, as where nbgrader reads it.
    os.environ |= {"NBGRADER_EXECUTION": "validate", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    client = NotebookClient(
        notebook,
        kernel_name="python3",  # this Python, whatever the notebook names
        timeout=None,
        allow_errors=True,
        extra_arguments=["--log-level=ERROR"],  # a kernel warns of its connection to this machine
        resources={"metadata": {"path": str(path.resolve().parent)}},
        on_cell_executed=see,
    )
    try:
        client.execute()
    except (KeyboardInterrupt, DeadKernelError, AssertionError):
        return ENDED  # at Ctrl+C nbclient ends the kernel, and then asserts that there is one
    except Exception as error:
        return f"The notebook could not be run to its end ({type(error).__name__}: {error})."
    return _sum_up(told, _out_of_place(path, checks))


def _checked(cell: Any) -> str:
    """The exercise that a cell checks, or ""."""
    source: str = cell.source.strip()
    name = source.removeprefix("check(").removesuffix(")")
    return name if cell.cell_type == "code" and source == f"check({name})" and find(name) else ""


def _see(cell: Any, number: int, told: Told) -> None:
    """Tell what a check has found; note where another cell has stopped."""
    name = _checked(cell)
    errors = [output for output in cell.outputs if output.output_type == "error"]
    if name:
        points = float(_about(cell).get("points") or 0)
        told.worth[name] = max(points, told.worth.get(name, 0))
        shown = [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
        found = next((text for text in shown if text.startswith(f"{name}: correct.")), "")
        told.right.pop(name, None)
        if found:
            told.right[name] = told.worth[name]
        _say(found or (errors[0].evalue if errors else f"{name}: its check shows nothing."))
    elif errors and errors[0].ename != "NotImplementedError":  # of which the check has told
        why = f"{errors[0].ename}: {errors[0].evalue}".splitlines()[0]
        told.amiss.append(f"Cell [{number}], `{cell.source.splitlines()[0]}`, stops. {why}")


def _about(cell: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = cell.metadata.get("nbgrader", {})
    return found


def _out_of_place(path: Path, checks: list[Any]) -> list[str]:
    """What a course may not find: a file of another name, a cell that is missing or there twice."""
    found = Counter(map(_checked, checks))
    homes = {one.assignment for one in map(find, found) if one is not None}
    says = []
    if path.stem not in homes:
        names = " or ".join(f"{home}.ipynb" for home in sorted(homes))
        says.append(f"Courses look for {names}: hand the notebook in under this name.")
    says += [
        f"`check({name})` stands there {n} times; keep one." for name, n in found.items() if n > 1
    ]
    if len(homes) == 1:
        every = [one.name for one in exercises(*homes)]
        if gone := [f"`{name}`" for name in every if name not in found]:
            says.append(
                f"No cell checks {', '.join(gone)}. If your course asks for it, download the "
                "notebook again and paste your cells into that one."
            )
    return says


def _sum_up(told: Told, out_of_place: list[str]) -> int:
    right, all_ = len(told.right), len(told.worth)
    points = f"{sum(told.right.values()):g} of {sum(told.worth.values()):g} points"
    _say(
        "", f"{right} of {all_} exercises {'is' if right == 1 else 'are'} right: {points}. {JUDGED}"
    )
    for sentence in (*told.amiss, *out_of_place):
        _say(sentence)
    return 0 if right == all_ and not told.amiss and not out_of_place else 1


def _say(*paragraphs: str) -> None:
    width = min(WIDEST, shutil.get_terminal_size().columns)
    for text in paragraphs:
        clean = "".join(c for c in text if c.isprintable())
        print(textwrap.fill(clean, width, subsequent_indent="  "), flush=True)
