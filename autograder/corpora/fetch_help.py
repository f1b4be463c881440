"""Fetch the pages that are translated: `python -m autograder.corpora.fetch_help FOLDER`.

This is done once, at set-up, on Debian 12; no page and no test does it. apt fetches the packages of
pinned versions, their digests are compared, and they are unpacked in FOLDER. Nothing is installed.
What is there already is left.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from autograder.corpora.fetch import compare, main, of_debian

VERSION = "4:7.4.7-1+deb12u14"
NAME = "libreoffice-help-7.4.7"
PACKAGES = {
    "libreoffice-help-en-us": "8faa840285734d6cfe1ed25537b48f07e74bd6412e3917bf8e5f8a653f7b3712",
    "libreoffice-help-fr": "c796530d3e95af1ea4d054076682efc8aad2b569ae9513f3d4a776b2df3fd206",
}
"""The packages and the sha256 of each."""


def fetch(folder: Path) -> Path:
    """Fetch and unpack the packages, where they are not in `folder` yet.

    Raises:
        MissingDataError: where apt is not there, cannot get them, or gets others.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    place = folder / NAME
    if place.is_dir():
        return place
    with tempfile.TemporaryDirectory(dir=folder) as made:
        wanted = [f"{package}={VERSION}" for package in PACKAGES]
        _run(["apt-get", "download", "--quiet", *wanted], Path(made))
        unpacked = Path(made) / "unpacked"
        for package, digest in PACKAGES.items():
            (archive,) = Path(made).glob(f"{package}_*.deb")
            compare(archive, digest)
            _run(["dpkg-deb", "-x", archive.name, str(unpacked)], Path(made))
        unpacked.rename(place)
    return place


def _run(command: list[str], folder: Path) -> None:
    of_debian(command, " and ".join(PACKAGES), "interface", folder)


if __name__ == "__main__":
    main(fetch, "fetch_help")
