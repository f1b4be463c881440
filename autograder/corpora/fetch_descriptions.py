"""Fetch Debian's descriptions: `python -m autograder.corpora.fetch_descriptions FOLDER`.

This is done once, at set-up, on Debian 12; no page and no test does it. From the sources of the
machine apt fetches the lists into FOLDER and compares them with what Debian has signed. A
configuration of its own, given with `-c`, keeps it from touching the lists of the system. What is
there already is left.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from autograder.corpora import MissingDataError
from autograder.corpora.fetch import main, of_debian

NAME = "debian-descriptions-bookworm"
LISTS = {
    "Translation-en": "*_dists_bookworm_main_i18n_Translation-en*",
    "Packages": "*_dists_bookworm_main_binary-amd64_Packages*",
}
"""The files that are kept, and what apt calls them."""

HELPER = "/usr/lib/apt/apt-helper"


def configuration(folder: Path) -> str:
    """What has apt keep everything in `folder`, and fetch the English descriptions."""
    return (
        f'Dir::State::lists "{folder}/lists";\n'
        f'Dir::Cache "{folder}/cache";\n'
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
        for needed in ("cache/archives/partial", "lists/partial", "kept"):
            (made / needed).mkdir(parents=True)
        (made / "apt.conf").write_text(configuration(made), encoding="utf-8")
        _run(["apt-get", "-c", str(made / "apt.conf"), "--quiet", "update"])
        for kept, pattern in LISTS.items():
            files = list((made / "lists").glob(pattern))
            if len(files) != 1:
                raise MissingDataError(
                    f"apt-get fetched no list {kept} of bookworm. Its sources are those of this "
                    "machine, which has to be Debian 12 on amd64."
                )
            text = _run([HELPER, "cat-file", str(files[0])])
            (made / "kept" / kept).write_text(text, encoding="utf-8")
        (made / "kept").rename(place)
    return place


def _run(command: list[str]) -> str:
    return of_debian(command, "the list of descriptions", "docstrings")


if __name__ == "__main__":
    main(fetch, "fetch_descriptions")
