"""A cell that uses what is not written yet says so in one sentence, and not in a traceback."""

from __future__ import annotations

import os
import sys
import traceback
from types import TracebackType
from typing import Any

from autograder.checking.show import Shown


def explain() -> None:
    """In a notebook, show a stub's NotImplementedError as a sentence from now on."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None and not os.environ.get("NBGRADER_EXECUTION"):
        shell.set_custom_exc((NotImplementedError,), _show)


def _show(
    shell: Any,
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
    tb_offset: int | None = None,
) -> None:
    name = _stub(error, trace)
    if not name:
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
        return
    from IPython.display import display

    says = f"This cell uses `{name}`, which still raises NotImplementedError. Write it first."
    display(Shown(name, "not attempted", says))


def _stub(error: BaseException, trace: TracebackType | None) -> str:
    """The name of the stub that raised, or "" where it was no stub of a notebook."""
    frames = list(traceback.walk_tb(trace))
    if error.args or not frames:
        return ""
    code = frames[-1][0].f_code
    in_a_cell = "ipykernel" in code.co_filename or code.co_filename.startswith("<ipython-input")
    return code.co_qualname.removesuffix(".__init__") if in_a_cell and len(frames) > 1 else ""
