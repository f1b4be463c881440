"""Descriptions of Debian's packages, and the line in which their maintainers sum them up.

Card. *Source*: the lists Packages and Translation-en of Debian 12, bookworm/main, amd64, as of its
last point release; another point release changes a few texts, and so the digest. *Licence*: each
description has that of its package; all of main is free. *Size*: some 27,000 pairs of a first
paragraph and a synopsis. *Summaries*: by the maintainers, who are asked for a noun phrase of at
most 80 letters without an article. *Split*: pairs with nearly equal synopses, or whose paragraphs
begin alike, are one group, one pair of which is kept. *What is wrong with it*: a synopsis need not
be said again in the description, since a reader has just seen it; bits that every package of a
language has ("Perl module to") are learned easily and say little. It was written by thousands of
people, and nobody has looked through it for what may offend.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autograder.corpora import MissingDataError
from autograder.corpora.docstrings import Pair
from autograder.corpora.fetch_descriptions import LISTS, NAME
from autograder.corpora.sentences import words

FETCH = "`python -m autograder.corpora.fetch_descriptions FOLDER` fetches them, on Debian."
ELSEWHERE = ("debug", "haskell", "golang", "rust", "oldlibs", "metapackages", "introspection")
"""Sections whose descriptions are made by program, or say that there is nothing in the package."""

LIBRARIES = ("golang-", "haskell-", "rust-")
"""How sources begin whose packages are described by program."""


def load(folder: Path) -> list[Pair]:
    """One pair a source, in the order of the list: that of its first fit package.

    Args:
        folder: where the lists were fetched to.

    Raises:
        MissingDataError: where they are not there.
    """
    for name in LISTS:
        if not (folder / NAME / name).is_file():
            raise MissingDataError(f"There is no list {name} in {folder / NAME}. {FETCH}")
    told = {
        entry["Package"]: entry["Description-en"]
        for entry in entries(folder / NAME / "Translation-en")
        if "Description-en" in entry
    }
    found: dict[str, Pair] = {}
    for entry in entries(folder / NAME / "Packages"):
        source = entry.get("Source", entry["Package"]).split()[0]
        section = entry.get("Section", "").rpartition("/")[2]
        if source in found or section in ELSEWHERE or source.startswith(LIBRARIES):
            continue
        pair = fit(told.get(entry["Package"], ""))
        if pair:
            found[source] = pair
    return list(found.values())


def entries(file: Path) -> Iterator[dict[str, str]]:
    """The entries of a list: fields by name, lines that go on joined by line breaks."""
    for block in file.read_text(encoding="utf-8").split("\n\n"):
        entry: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line.startswith(" "):
                entry[name] += "\n" + line[1:]
            else:
                name, _, value = line.partition(":")
                entry[name] = value.strip()
        if "Package" in entry:
            yield entry


def fit(description: str) -> Pair | None:
    """The first paragraph and the synopsis, if there are enough words of both."""
    synopsis, _, body = description.partition("\n")
    lines = body.split("\n.")[0].splitlines()
    if any(line.startswith(" ") for line in lines):  # a list, or what is to be left as it is
        return None
    pair = Pair(" ".join(" ".join(lines).split()), synopsis)
    if 3 <= len(words(pair.summary)) <= 12 and 10 <= len(words(pair.text)) <= 150:
        return pair
    return None
