"""Source Serif 4, from npm's package, and kept.

python -m autograder.grader.book.typeface.face

Its strokes are about as strong as those of the formulas, which are set in MathJax's own face.
Without it the pages are set in what the reader's system has.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from autograder.grader.book import npm

HERE = Path(__file__).parent
PACKAGE = HERE / "package"
STATIC = HERE / "static"
FOLDER = "typeface"
"""Where the files lie, in what is kept and below the site's static files."""

NAME = "@fontsource-variable/source-serif-4"
FILES = (
    "files/source-serif-4-latin-wght-normal.woff2",
    "files/source-serif-4-latin-wght-italic.woff2",
    "LICENSE",
)
"""Latin alone, of every weight; for any other letter a browser takes the next face it is named."""


def _make(packages: Path, made: Path) -> None:
    npm.install(PACKAGE, packages)
    (made / FOLDER).mkdir()
    for name in FILES:
        shutil.copy(packages / "node_modules" / NAME / name, made / FOLDER)


FACE = npm.Kept(
    "typeface",
    lambda: [PACKAGE / "package-lock.json", Path(__file__)],
    _make,
    "The pages are set in a face of the reader's system",
)
kept, main = FACE.kept, FACE.main


def setup(app: Any) -> None:
    """Connect to Sphinx."""
    if (folder := kept()) is not None:
        app.add_css_file("typeface.css")
        app.connect("config-inited", lambda _, config: _serve(config, folder))


def _serve(config: Any, folder: Path) -> None:
    config.html_static_path += [str(STATIC), str(folder)]


if __name__ == "__main__":
    sys.exit(main())
