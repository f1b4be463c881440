"""What a notebook says besides its page: points, captions, and where its links lead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat
import yaml

CONFIG = "_config.yml"

LINK = re.compile(r"\[(?P<words>[^\]]+)\]\((?P<page>[^)\s#:]+)\.md(?P<place>#[^)\s]*)?\)")
"""A link from one page of the book to another."""

TITLE = re.compile(r"^# (.+)$", re.MULTILINE)


def worth(points: float) -> str:
    """What stands above the cell of an exercise, in words."""
    if not points:
        return "Checked, and not graded."
    return f"{points:g} point." if points == 1 else f"{points:g} points."


def points_of(cells: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """The points of each exercise that has a check, by name.

    Args:
        cells: what nbgrader is told of each cell.
    """
    return {
        about["grade_id"].removeprefix("check-"): about.get("points", 0)
        for about in cells
        if about.get("grade_id", "").startswith("check-")
    }


def complete(notebook: Any, page: Path) -> None:
    """Say above each exercise what it is worth, below each figure what it shows; mend the links.

    Args:
        notebook: the notebook of a page, which is changed.
        page: the page.
    """
    points = points_of(cell.metadata.get("nbgrader", {}) for cell in notebook.cells)
    cells: list[Any] = []
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("solution") and about["grade_id"] in points:
            name = about["grade_id"]
            cells.append(_words(f"*{worth(points[name])}*", f"{page.stem}-{name}-points"))
        cells.append(cell)
        if caption := cell.metadata.get("mystnb", {}).get("figure", {}).get("caption"):
            says = f"> When your part is right: {' '.join(caption.split())}"
            cells.append(_words(says, f"{cell.id}-caption"))
    notebook.cells = cells
    root = book_of(page)
    address = site(root)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = standalone(cell.source, page, root, address)


def _words(text: str, name: str) -> Any:
    cell = nbformat.v4.new_markdown_cell(text)
    cell.id = name.lower()
    return cell


def book_of(page: Path) -> Path:
    """The folder of the book to which a page belongs; without a book, that of its chapters."""
    above = page.resolve().parents
    return next((folder for folder in above if (folder / CONFIG).exists()), above[2])


def site(root: Path) -> str:
    """The address of the site of the book in `root`, or "" where it does not say one."""
    if not (root / CONFIG).exists():
        return ""
    settings = yaml.safe_load((root / CONFIG).read_text("utf-8"))
    return str((settings.get("html") or {}).get("baseurl") or "").rstrip("/")


def standalone(text: str, page: Path, root: Path, address: str) -> str:
    """A text whose links to other pages work anywhere: by the site's address, or by a title.

    Args:
        text: Markdown.
        page: the page on which it stands.
        root: the folder of the book.
        address: the address of the site, or "".
    """

    def instead(link: re.Match[str]) -> str:
        target = (page.parent / f"{link['page']}.md").resolve()
        words = link["words"]
        if address:
            place = target.relative_to(root.resolve()).with_suffix(".html").as_posix()
            return f"[{words}]({address}/{place}{link['place'] or ''})"
        found = TITLE.search(target.read_text("utf-8"))
        title = found[1] if found else target.stem
        return f"‘{title}’" if words == title else f"{words} (‘{title}’)"

    return LINK.sub(instead, text)
