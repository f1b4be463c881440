"""Fetch Debian's descriptions: `python -m autograder.corpora.fetch_descriptions FOLDER`.

This is done once, at set-up, on Debian; no page and no test does it. apt fetches the lists of
bookworm into FOLDER and compares them with what Debian has signed. A configuration of its own,
given with `-c`, keeps it from touching the lists of the system. What is there already is left.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from autograder.corpora import MissingDataError
from autograder.corpora.fetch import main

NAME = "debian-descriptions-bookworm"
LISTS = {"Translation-en": "*_Translation-en*", "Packages": "*_Packages*"}
"""The files that are kept, and how apt's begin and end."""

SOURCE = (
    "deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "
    "http://deb.debian.org/debian bookworm main\n"
)
HELPER = "/usr/lib/apt/apt-helper"


def configuration(folder: Path) -> str:
    """What has apt keep everything in `folder`, and fetch the English descriptions."""
    return (
        f'Dir::State::lists "{folder}/lists";\n'
        f'Dir::Cache "{folder}/cache";\n'
        f'Dir::Etc::sourcelist "{folder}/sources.list";\n'
        f'Dir::Etc::sourceparts "{folder}/none";\n'
        "#clear Acquire::Languages;\n"  # an image for containers has "none" here
        'Acquire::Languages { "en"; };\n'
    )


def fetch(folder: Path) -> Path:
    """Fetch the lists, where they are not in `folder` yet.

    Raises:
        MissingDataError: where apt is not there, or cannot get them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place = folder.resolve() / NAME
    if place.is_dir():
        return place
    with tempfile.TemporaryDirectory(dir=folder.resolve()) as name:
        made = Path(name)
        made.chmod(0o755)  # apt fetches as a user of its own
        for needed in ("none", "cache/archives/partial", "lists/partial", "kept"):
            (made / needed).mkdir(parents=True)
        (made / "sources.list").write_text(SOURCE, encoding="utf-8")
        (made / "apt.conf").write_text(configuration(made), encoding="utf-8")
        _run(["apt-get", "-c", str(made / "apt.conf"), "--quiet", "update"])
        for kept, pattern in LISTS.items():
            files = list((made / "lists").glob(pattern))
            if len(files) != 1:
                raise MissingDataError(f"apt-get fetched no list {kept} of bookworm.")
            text = _run([HELPER, "cat-file", str(files[0])])
            (made / "kept" / kept).write_text(text, encoding="utf-8")
        (made / "kept").rename(place)
    return place


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")  # noqa: S603
    except FileNotFoundError:
        raise MissingDataError(
            f"There is no {command[0]} here: these lists are Debian's. The course can be read "
            "without them; `autograder.corpora.docstrings` is a set that is installed."
        ) from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise MissingDataError(f"{command[0]} could not get Debian's descriptions: {last}")
    return done.stdout


if __name__ == "__main__":
    main(fetch, "fetch_descriptions")
