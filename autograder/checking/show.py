"""What was found about one exercise, as text and as HTML; every text in it is escaped."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

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
class Section:
    """A section of the book that a student is sent to.

    Attributes:
        title: its title, in quotes.
        page: the title of its page, or "" where that is not known.
        address: where it stands on the site, or "" where the site's address is not known.
        place: the same seen from the root of the site, or "" where its page is not known.
    """

    title: str
    page: str = ""
    address: str = ""
    place: str = field(default="", compare=False)

    def __str__(self) -> str:
        address = f" ({self.address})" if self.address else ""
        return f"{self.title}{self._on()}{address}"

    def as_html(self) -> str:
        """The same as HTML; with an address, its title is a link."""
        title = html.escape(self.title)
        if self.address:
            title = f'<a href="{html.escape(self.address)}">{title}</a>'
        return f"{title}{html.escape(self._on())}"

    def _on(self) -> str:
        return f" on the page ‘{self.page}’" if self.page else ""


@dataclass(frozen=True)
class Shown:
    """A finding that a notebook can show.

    Attributes:
        title: the name of the exercise.
        status: a key of `LABELS`.
        message: sentences for the student, with names between backticks.
        read: the section to read, or None.
        further: sentences on what to do next and on how far the assignment is, or "".
    """

    title: str
    status: str
    message: str
    read: Section | None = None
    further: str = ""

    def __repr__(self) -> str:
        read = f"Read {self.read}." if self.read else ""
        said = " ".join(filter(None, [self.message, self.further, read]))
        return f"{self.title}: {LABELS[self.status]}. {said}"

    def _repr_html_(self) -> str:
        kind = "correct" if self.status == "correct" else "wrong"
        read = f"<p>Read {self.read.as_html()}.</p>" if self.read else ""
        further = f"<p>{marked_up(self.further)}</p>" if self.further else ""
        said = f"<p>{marked_up(self.message)}</p>{read}{further}"
        return framed(kind, self.title, LABELS[self.status], said)


@dataclass(frozen=True)
class Note:
    """Something that a notebook is told and that is no verdict.

    Attributes:
        title: what it is about.
        label: what it is.
        message: sentences for the student, with names between backticks.
        named: the sections that it names and that are not in the student's notebook.
    """

    title: str
    label: str
    message: str
    named: tuple[Section, ...] = ()

    def __repr__(self) -> str:
        found = "".join(f" You find {section}." for section in self.named)
        return f"{self.title}: {self.label}. {self.message}{found}"

    def _repr_html_(self) -> str:
        found = "".join(f"<p>You find {section.as_html()}.</p>" for section in self.named)
        return framed("note", self.title, self.label, f"<p>{marked_up(self.message)}</p>{found}")


def framed(kind: str, title: str, label: str, inside: str) -> str:
    """HTML of the form that all which is shown has: a line at its left, and a title.

    Args:
        kind: "correct", "wrong" or "note".
        title: the name of the exercise.
        label: what is found, in a few words.
        inside: HTML.
    """
    line = "solid" if kind == "correct" else "dotted" if kind == "note" else "dashed"
    return (
        f'<div class="autograder-check autograder-{kind}" role="status" '
        f'style="border-left: 0.3em {line} currentColor; padding: 0.2em 0.8em">'
        f"<p><code>{html.escape(title)}</code>: <strong>{html.escape(label)}</strong></p>"
        f"{inside}</div>"
    )


def marked_up(message: str) -> str:
    """A message as HTML, in which what stands between backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(message))
