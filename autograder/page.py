"""Checks as a page of the book makes them: cells come as texts, and what is found goes as JSON.

It runs in a reader's browser, in Pyodide, where there is no notebook and no IPython. The page makes
elements of the texts: nothing of what it is told is read as HTML.
"""

from __future__ import annotations

import contextlib
import io
import json
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.checking.case import Case, NoCase
from autograder.checking.examine import found_of
from autograder.checking.hints import next_hint
from autograder.checking.session import Session
from autograder.checking.show import LABELS, Section, Shown
from autograder.exercises import find
from autograder.exercises.program import message_of

LONGEST = 4000
"""How much is shown of what a cell prints, in characters."""

ONLY_NUMPY = " A page has NumPy alone; the notebook has the frameworks too."


class Page:
    """The checks of one page, which remember what they have found, and the hints they gave."""

    def __init__(self) -> None:
        self._session = Session()

    def check(self, asked: str) -> str:
        """Run the cells up to an exercise, each time from nothing, and check it.

        Args:
            asked: JSON with `setup`, the source of the cell that imports, and `cells`, pairs of
                the name of an exercise and the source of its cell, in the order of the page. The
                last is checked.

        Returns:
            JSON with `status`, a key of `LABELS`; `label`, the same in words; `title`; `message`;
            `read`, the section to read, or null; `notes`, sentences on cells above; `printed`, what
            the cells have printed; and `case`, the call that goes wrong, or null.
        """
        request = json.loads(asked)
        cells: list[tuple[str, str]] = [(name, source) for name, source in request["cells"]]
        name, source = cells.pop()
        namespace: dict[str, Any] = {"__name__": "__main__", "input": _no_input}
        with _printing() as printed, np.errstate():
            _run("setup", request["setup"], namespace)
            notes = [
                f"Your cell of `{above}` was left out. {says}"
                for above, text in cells
                if (says := _run(above, text, namespace))
            ]
            says = _run(name, source, namespace) or _is_missing(name, namespace)
        case: Case | NoCase | None = None
        if says:
            shown = Shown(name, "error", says)
            self._session.note(name, shown.status, "")
        else:
            found = found_of(namespace[name], self._session)
            shown, case = found.shown, found.case
        return json.dumps(
            {
                "status": shown.status,
                "label": LABELS[shown.status],
                "title": name,
                "message": shown.message,
                "read": _section(shown.read),
                "notes": notes,
                "printed": _short(printed.getvalue()),
                "case": _told(case) if isinstance(case, Case) else None,
            }
        )

    def hint(self, name: str) -> str:
        """The next hint for an exercise.

        Returns:
            JSON with `label`, which of how many it is; `title`; `message`; and `named`, the
            sections that it names.

        Raises:
            KeyError: where there is no such exercise.
        """
        exercise = find(name)
        if exercise is None:
            raise KeyError(name)
        note = next_hint(exercise, self._session)
        named = [_section(section) for section in note.named]
        return json.dumps(
            {"label": note.label, "title": name, "message": note.message, "named": named}
        )


@contextlib.contextmanager
def _printing() -> Iterator[io.StringIO]:
    """Keep what is printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        yield printed


def _run(name: str, source: str, namespace: dict[str, Any]) -> str:
    """Run a cell; a sentence on what has stopped it, or ""."""
    file = f"<ipython-input-{name}>"
    try:
        code = compile(source, file, "exec")
    except SyntaxError as error:
        if error.lineno is None:
            return f"Python cannot read the cell: {error.msg}."
        line = source.splitlines()[error.lineno - 1]
        if line.lstrip()[:1] in ("%", "!"):
            return "Lines that begin with % or ! belong to a notebook. Leave them out here."
        return f"Python cannot read line {error.lineno} of the cell: {error.msg}."
    except ValueError as error:  # a character that no text has
        return f"Python cannot read the cell: {error}."
    try:
        exec(code, namespace)  # noqa: S102 - the reader's own, in his or her own browser
    except BaseException as error:
        lines = [
            line
            for frame, line in traceback.walk_tb(error.__traceback__)
            if frame.f_code.co_filename == file
        ]
        where = f" in line {lines[-1]}" if lines else ""
        also = ONLY_NUMPY if isinstance(error, ImportError) else ""
        return f"The cell stops{where} with {_worded(error)}.{also}"
    return ""


def _worded(error: BaseException) -> str:
    """An exception in a line."""
    said = message_of(error)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _no_input(*_: object) -> str:
    raise RuntimeError("nothing can be typed in while a check runs")


def _is_missing(name: str, namespace: Mapping[str, Any]) -> str:
    """A sentence where the cells define nothing of the name that could be checked, or ""."""
    if name not in namespace:
        return f"The cell defines no `{name}`. Keep the name of the function or class."
    value = namespace[name]
    if getattr(value, "__name__", "") == name and callable(value):
        return ""
    return (
        f"`{name}` is of the type {type(value).__name__} here. Define it by `def {name}(…)` or "
        f"`class {name}`, as the empty cell does."
    )


def _short(text: str) -> str:
    """What was printed, to a limit."""
    left = len(text) - LONGEST
    return f"{text[:LONGEST]}\n… and {left:,} characters more" if left > 0 else text


def _section(section: Section | None) -> Mapping[str, str] | None:
    if section is None:
        return None
    return {"title": section.title, "page": section.page, "place": section.place}


def _told(case: Case) -> Mapping[str, Any]:
    """The case as texts: what it says, its table, and the numbers of its arrays."""
    values: dict[str, Any] = {}
    with contextlib.suppress(BaseException), _printing():  # earlier functions may be asked
        values |= case.inputs
    with contextlib.suppress(BaseException), _printing() as printed:
        case.again()
    values |= {f"returned {name}": value for name, value in case.returned.items()}
    values |= {f"right {name}": value for name, value in case.right.items()}
    return {
        "call": case.call,
        "message": case.message,
        "rows": list(case.rows()),
        "printed": _short(printed.getvalue()),
        "numbers": [
            [name, np.array2string(value, precision=6, threshold=200)]
            for name, value in values.items()
            if isinstance(value, np.ndarray)
        ],
    }
