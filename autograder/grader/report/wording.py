"""What was wrong, in a sentence short enough for a table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.checking.show import LABELS
from autograder.grader.grading.verdict import Verdict
from autograder.grader.kernels.printable import line, without_cell_number

SHORT = 72
"""Characters of a sentence in a table: with the name of its exercise it takes two lines at most
beside a name of usual length, in a terminal of 100 columns."""

SAID = frozenset({"partial", "wrong", "error", "timeout"})
"""The statuses whose message says more than their label."""

_END = re.compile(r"(?<=[.;!?])\s")


def in_short(sentences: str, most: int = SHORT) -> str:
    """The first statement of what is said, cut between words where it is too long."""
    first = statement(sentences).replace("`", "").rstrip(";")
    if len(first) <= most:
        return first
    cut = first[: most - 1].rsplit(" ", 1)[0]
    if cut.count("(") > cut.count(")"):
        cut = cut[: cut.rindex("(")]
    return f"{cut.rstrip(' ,:')} …"


def statement(sentences: str) -> str:
    """The first statement of what is said, with names between backticks."""
    # Journals of before December 2026 have what a SyntaxError calls its cell.
    return _END.split(without_cell_number(line(sentences, 10 * SHORT)))[0]


def label(verdict: Verdict) -> str:
    """The status of a verdict, with the reason for which a person has to look at it."""
    said = LABELS[verdict.status]
    return f"{said} ({verdict.reason})" if verdict.reason else said


def reason(verdict: Verdict) -> str:
    """Why a verdict is not the best: what it says where that is known, else its status."""
    if verdict.message and (verdict.mistake or verdict.status in SAID):
        return in_short(verdict.message)
    return label(verdict)


def wrong(verdicts: Sequence[Verdict]) -> list[str]:
    """A line for each reason, with the exercises that have it."""
    reasons: dict[str, list[str]] = {}
    for verdict in verdicts:
        if verdict.status != "correct":
            reasons.setdefault(reason(verdict), []).append(verdict.exercise)
    found = list(reasons.items())
    if len(found) == 1 and len(found[0][1]) > 2:
        return [f"{found[0][0]}, in {len(found[0][1])} exercises"]
    return [f"{', '.join(names)}: {said}" for said, names in found]
