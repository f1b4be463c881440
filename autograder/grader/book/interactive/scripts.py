"""The scripts of the figures, each bundled with what it takes of D3, and kept.

python -m autograder.grader.book.interactive.scripts
"""

from __future__ import annotations

import sys
from pathlib import Path

from autograder.grader.book import npm

SOURCE = Path(__file__).parent / "figures"
"""A module for each figure; `parts` has what they share, `equations` what they compute."""

FOLDER = "interactive"
"""Where the bundles lie, in what is kept and below the site's static files."""

BANNER = "--banner:js=/* With parts of D3, copyright Mike Bostock, ISC License */"


def names() -> list[str]:
    """The figures that there are."""
    return sorted(file.stem for file in SOURCE.glob("*.js"))


def _sources() -> list[Path]:
    modules = sorted(SOURCE.rglob("*.js"))
    modules = [file for file in modules if "node_modules" not in file.parts]
    return [*modules, SOURCE / "package-lock.json", Path(__file__)]


def _make(packages: Path, made: Path) -> None:
    npm.install(SOURCE, packages)
    # Scripts and no modules, which browsers refuse where a page was opened from a folder.
    files = [f"{name}.js" for name in names()]
    npm.bundle(packages, *files, "--format=iife", BANNER, f"--outdir={made / FOLDER}")


BUNDLES = npm.Kept("figures", _sources, _make, "The figures of the pages stand still")
kept, main = BUNDLES.kept, BUNDLES.main


if __name__ == "__main__":
    sys.exit(main())
