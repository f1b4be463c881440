"""Run a cell as far as it goes: values decide, and what fails beside a definition is passed over.

A call on data that is not there, `input()`, a magic or a package that the grader has not, a
training that never ends: none of them says anything about the function above or below. A cell that
stops is gone on with below the statement that stopped it. Where the kernel ended with it, its
definitions are run without what brought the kernel down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from nbformat.v4 import new_output

from autograder.checking.cells import Statement, joined
from autograder.grader.grading.selection import defines, read
from autograder.grader.kernels.exchange import DiedError, FloodError
from autograder.grader.kernels.patience import TimedOutError
from autograder.grader.kernels.session import Session

MOST_STOPS = 10
"""Statements of one cell that may stop it; below the last of these definitions alone are run."""

FLOOD = "prints without end, and was stopped"
CRASH = "ended the kernel: a crash, a call of exit, or more memory than there is"


_Part = Sequence[Statement]
"""Statements that are run together."""


@dataclass
class Stop:
    """Why a cell stopped, or one of its statements.

    Attributes:
        status: "error" or "timeout".
        says: what it did, to follow the words "the cell".
        line: the line of the cell where it stands, or 0.
        gone: whether the kernel ended with it.
    """

    status: str
    says: str
    line: int = 0
    gone: bool = False


@dataclass
class Ran:
    """What running a cell gave.

    Attributes:
        outputs: nbformat outputs, harmless and of limited size.
        stops: what stopped it, in order.
        bound: the names of the statements that ran, where not all did; None where all did.
    """

    outputs: list[Any] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    bound: set[str] | None = None

    def without(self, name: str, source: str) -> Stop | None:
        """Why the cell `source` did not come to give `name` a value, or None where it may have."""
        if not self.stops or name in (self.bound or ()):
            return None
        if name in source and not defines(source, name) and self.bound:
            return None  # it is given in a way that the text does not show
        own = [one for one in read(source) or () if name in one.binds]
        there = [s for s in self.stops if any(one.line <= s.line <= one.end for one in own)]
        return (there or self.stops)[0]


def run(session: Session, source: str) -> Ran:
    """Run a cell, and where it stops, what is left of it."""
    ran = Ran()
    stop = _attempt(session, source, ran)
    if stop is None:
        return ran
    ran.bound = set()
    statements: _Part = read(source) or ()
    if not statements:
        ran.stops.append(stop)
        return ran
    at = -1 if stop.gone else _at(statements, stop.line)
    if at >= 0:
        ran.stops.append(stop)
        ran.bound.update(*(one.binds for one in statements[:at]))
    elif len(statements) == 1:
        ran.stops.append(stop)
        return ran
    waiting = _parts(statements) if at < 0 else [statements[at + 1 :]]
    while waiting and len(ran.stops) < MOST_STOPS:
        _go_on(session, waiting, ran)
    # Of what is left, calls are not tried any more; the definitions count all the same.
    if rest := [one for part in waiting for one in part if one.runs]:
        _go_on(session, [rest], ran)
    return ran


def test(session: Session, source: str) -> list[Any]:
    """Run an instructor's own test as nbgrader does, and give its outputs: it scores by these."""
    ran = Ran()
    stop = _attempt(session, source, ran)
    if stop is not None and not any(one.output_type == "error" for one in ran.outputs):
        ran.outputs.append(new_output("error", ename="Stopped", evalue=f"The cell {stop.says}."))
    return ran.outputs


def _go_on(session: Session, waiting: list[_Part], ran: Ran) -> None:
    """Run the first of the waiting parts; what is left of it where it stops comes first then."""
    part = waiting.pop(0)
    stop = _attempt(session, joined(part), ran) if part else None
    bound = ran.bound if ran.bound is not None else set()
    if stop is None:
        bound.update(*(one.binds for one in part))
        return
    at = -1 if stop.gone else _at(part, stop.line)
    if at >= 0:
        ran.stops.append(stop)
        bound.update(*(one.binds for one in part[:at]))
        waiting.insert(0, part[at + 1 :])
    elif len(part) > 1:
        waiting[:0] = _parts(part)
    else:
        ran.stops.append(Stop(stop.status, stop.says, part[0].line, stop.gone))
        if stop.gone and not part[0].runs:
            # Whoever has waited once does not wait for what else is no definition.
            waiting[:] = [[one for one in rest if one.runs] for rest in waiting]


def _parts(statements: _Part) -> list[_Part]:
    """Definitions together, and what else there is one by one; halves where all are definitions."""
    if all(one.runs for one in statements):
        half = (len(statements) + 1) // 2
        return [statements[:half], statements[half:]]
    parts: list[list[Statement]] = []
    for one in statements:
        if one.runs and parts and parts[-1][-1].runs:
            parts[-1].append(one)
        else:
            parts.append([one])
    return list(parts)


def _at(statements: Sequence[Statement], line: int) -> int:
    """Which of the statements stands in a line, or -1."""
    return next((i for i, one in enumerate(statements) if one.line <= line <= one.end), -1)


def _definitions(source: str) -> str | None:
    """What of a cell defines something; None where that is all of it, or cannot be told."""
    statements = read(source)
    if statements is None or all(one.runs for one in statements):
        return None
    return joined([one for one in statements if one.runs])


def _attempt(session: Session, source: str, ran: Ran) -> Stop | None:
    """Run a text and keep what it prints; why it stopped, or None."""
    try:
        done = session.run_cell(source, _definitions(source))
    except TimedOutError as error:
        return Stop(
            "timeout", f"itself does not come to an end: {error}, and was stopped", gone=True
        )
    except FloodError:
        return Stop("error", FLOOD, gone=True)
    except DiedError:
        return Stop("error", CRASH, gone=True)
    ran.outputs += done.outputs
    if not done.error:
        return None
    return Stop("error", f"stops with {done.error.rstrip('.')}", done.line)
