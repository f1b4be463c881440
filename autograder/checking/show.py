"""What was found about one exercise, as text and as HTML; every text in it is escaped."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

LABELS = {
    "correct": "correct",
    "partial": "partly right",
    "wrong": "not right yet",
    "not attempted": "not attempted yet",
    "error": "stopped by an error",
    "timeout": "stopped, it took too long",
    "needs_review": "refused, for a person to look at",
    "deferred": "to be completed later",
}
"""The statuses of a verdict, in words for the student."""


@dataclass(frozen=True)
class Shown:
    """A finding that a notebook can show.

    Attributes:
        title: the name of the exercise.
        status: a key of `LABELS`.
        message: sentences for the student, with names between backticks.
        read: the section to read, in quotes, or "".
    """

    title: str
    status: str
    message: str
    read: str = ""

    def __repr__(self) -> str:
        read = f" Read {self.read}." if self.read else ""
        return f"{self.title}: {LABELS[self.status]}. {self.message}{read}"

    def _repr_html_(self) -> str:
        kind = "correct" if self.status == "correct" else "wrong"
        line = "solid" if kind == "correct" else "dashed"
        read = f"<p>Read {html.escape(self.read)}.</p>" if self.read else ""
        return (
            f'<div class="autograder-check autograder-{kind}" role="status" '
            f'style="border-left: 0.3em {line} currentColor; padding: 0.2em 0.8em">'
            f"<p><code>{html.escape(self.title)}</code>: "
            f"<strong>{LABELS[self.status]}</strong></p>"
            f"<p>{_marked_up(self.message)}</p>{read}</div>"
        )


def _marked_up(message: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(message))
