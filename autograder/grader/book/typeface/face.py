"""Source Serif 4, from npm's package, and kept.

python -m autograder.grader.book.typeface.face

Its strokes are about as strong as those of the formulas, which are set in MathJax's own face.
Without it the pages are set in what the reader's system has.
"""

from __future__ import annotations

import os
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


def setup(app: Any) -> None:
    """Connect to Sphinx."""
    if (folder := kept()) is not None:
        app.add_css_file("typeface.css")
        app.connect("config-inited", lambda _, config: _serve(config, folder))


def _serve(config: Any, folder: Path) -> None:
    config.html_static_path += [str(STATIC), str(folder)]


def kept() -> Path | None:
    """The folder with the files, or None where they were not fetched."""
    folder = _folder()
    return folder if folder.is_dir() else None


def fetch() -> Path:
    """The folder with the files, which are fetched where they are not there.

    Raises:
        NotFetchedError: where they cannot be had.
    """
    return npm.made_once(_folder(), _make)


def _folder() -> Path:
    return npm.place(
        "typeface", [PACKAGE / "package-lock.json", Path(__file__), Path(npm.__file__)]
    )


def _make(packages: Path, made: Path) -> None:
    npm.install(PACKAGE, packages)
    (made / FOLDER).mkdir()
    for name in FILES:
        shutil.copy(packages / "node_modules" / NAME / name, made / FOLDER)


def main() -> int:
    """Fetch the files; without them the pages have another face, which is said, and fails in CI."""
    try:
        fetch()
    except npm.NotFetchedError as error:
        print(f"The pages are set in a face of the reader's system: {error}", file=sys.stderr)
        return 1 if os.environ.get("CI") else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
