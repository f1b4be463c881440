"""The page of feedback: nbgrader's own, with contents that say what was found, and no network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from traitlets import default

from autograder.grader.grading.mathematics import mathml
from autograder.grader.kernels.printable import line

TEMPLATES = Path(__file__).with_name("templates") / "feedback"

LONGEST = 300
"""Characters of what is said of an exercise in the contents; the whole of it stands below."""

HEAD = """<head>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
style-src 'unsafe-inline'" />
<meta name="viewport" content="width=device-width, initial-scale=1" />"""
"""What stands first in the page: no script runs in it, and nothing is loaded."""

_FONT = re.compile(r"@font-face\s*\{[^}]*\}")

NO_RESPONSE = "No response."
"""The comment that nbgrader itself makes on a cell that was left as it was handed out."""

BY_A_PERSON = "A person grades this."
TESTED = "A test of your course."


@dataclass(frozen=True)
class Row:
    """A line of the contents.

    Attributes:
        title: the exercise, or the name of a cell that is graded otherwise.
        named: whether that is the name of a function or class.
        anchor: where on the page it stands.
        score: what it got, of what.
        said: what was found.
        commented: the anchor of a comment that a person wrote, or "".
    """

    title: str
    named: bool
    anchor: str
    score: str
    said: str
    commented: str = ""


class _Renderer(IPythonRenderer):  # type: ignore[misc] # nbconvert has no types
    """Markdown as nbconvert shows it, with formulas as MathML."""

    def inline_math(self, body: str) -> str:
        return mathml(body)

    def block_math(self, body: str) -> str:
        return mathml(body, display=True)

    def latex_environment(self, name: str, body: str) -> str:
        return mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", display=True)


def rendered(source: str, **options: Any) -> str:
    """Markdown as HTML, with formulas as MathML."""
    renderer = _Renderer(escape=False, **options)
    return str(MarkdownWithMath(renderer=renderer).render(source))


class FeedbackExporter(HTMLExporter):  # type: ignore[misc] # nbconvert has no types
    """What writes the page, for `c.GenerateFeedback.exporter_class`."""

    @default("template_paths")  # type: ignore[untyped-decorator]
    def _template_paths(self, prune: bool = True, root_dirs: Any = None) -> list[str]:
        theirs = super()._template_paths(prune, root_dirs)
        return [str(TEMPLATES), *theirs, *self.extra_template_basedirs]

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """See `HTMLExporter`."""
        return rendered(
            source,
            attachments=context.get("cell", {}).get("attachments", {}),
            anchor_link_text=self.anchor_link_text,
            exclude_anchor_links=self.exclude_anchor_links,
            **self.lexer_options,
        )

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """See `HTMLExporter`."""
        yield from super().default_filters()
        yield "markdown2html", self.markdown2html
        yield "contents", contents
        yield "points", points
        yield "alone", alone


def alone(head: str) -> str:
    """The head of nbgrader's page, so that the page needs nothing beside it, its fonts least."""
    language = head.replace("<html>", '<html lang="en">', 1)
    return _FONT.sub("", language.replace("<head>", HEAD, 1))


def contents(cells: Sequence[Any]) -> list[Row]:
    """A row for each graded cell, as `GetGrades` has filled it in."""
    rows: list[Row] = []
    comment = ""
    for cell in cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("comment") not in (None, "", NO_RESPONSE):
            comment = about["grade_id"]
        if not (about.get("grade") or about.get("task")):
            continue
        name = about["grade_id"]
        exercise = name.removeprefix("check-")
        checked = exercise != name and not about.get("solution")
        said = _verdict(cell) if checked else _otherwise(about)
        score = f"{points(about['score'])} / {points(about['points'])}"
        rows.append(Row(exercise, checked, name, score, said, comment))
        comment = ""
    return rows


def points(number: float) -> str:
    """Points as people write them."""
    return f"{round(float(number), 2):g}"


def _otherwise(about: Any) -> str:
    by_hand = about.get("solution") or about.get("task")
    return BY_A_PERSON if by_hand else TESTED


def _verdict(cell: Any) -> str:
    """The label and the sentences of a verdict, from the output in which it is shown."""
    shown = "".join(str(one.get("data", {}).get("text/html", "")) for one in cell.outputs)
    paragraphs = [p.get_text() for p in BeautifulSoup(shown, "html.parser").select("div > p")]
    label, *sentences = paragraphs or [""]
    label = label.partition(": ")[2]
    said = f"{label[:1].upper()}{label[1:]}. {sentences[0] if sentences else ''}"
    return _cut(line(said, 2 * LONGEST))


def _cut(said: str) -> str:
    if len(said) <= LONGEST:
        return said
    return f"{said[:LONGEST].rsplit(' ', 1)[0]} …"
