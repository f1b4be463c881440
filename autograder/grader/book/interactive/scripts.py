"""The scripts of the figures, each bundled with what it takes of D3, and kept.

python -m autograder.grader.book.interactive.scripts
"""

from __future__ import annotations

import os
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


def kept() -> Path | None:
    """The folder with the bundles, or None where they were not made."""
    folder = _folder()
    return folder if folder.is_dir() else None


def fetch() -> Path:
    """The folder with the bundles, which are made where they are not there.

    Raises:
        NotFetchedError: where they cannot be made.
    """
    return npm.made_once(_folder(), _make)


def _folder() -> Path:
    modules = sorted(SOURCE.rglob("*.js"))
    modules = [file for file in modules if "node_modules" not in file.parts]
    code = [Path(__file__), Path(npm.__file__)]
    return npm.place("figures", [*modules, SOURCE / "package-lock.json", *code])


def _make(packages: Path, made: Path) -> None:
    npm.install(SOURCE, packages)
    # Scripts and no modules, which browsers refuse where a page was opened from a folder.
    files = [f"{name}.js" for name in names()]
    npm.bundle(packages, *files, "--format=iife", BANNER, f"--outdir={made / FOLDER}")


def main() -> int:
    """Make the bundles; without them the figures stand still, which is said, and fails in CI."""
    try:
        fetch()
    except npm.NotFetchedError as error:
        print(f"The figures of the pages stand still: {error}", file=sys.stderr)
        return 1 if os.environ.get("CI") else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
