"""Each figure of the site is given both sets of colours once the site is built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.grader.dark import with_dark_colours


def setup(app: Any) -> None:
    """Connect to Sphinx."""
    app.connect("build-finished", _colour)


def _colour(app: Any, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    for file in (Path(app.outdir) / "_images").glob("*.svg"):
        figure = file.read_text(encoding="utf-8")
        if "Matplotlib" in figure and "prefers-color-scheme" not in figure:
            file.write_text(with_dark_colours(figure), encoding="utf-8")
