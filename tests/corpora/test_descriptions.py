"""Debian's lists, read from files that are written for this, and what is missing told."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from autograder.corpora import MissingDataError, descriptions, fetch_descriptions
from autograder.corpora.docstrings import Pair

TEXT = "Notes are kept in plain files, each of which may be linked to others by name"
TOLD = """Package: {0}
Description-md5: 00
Description-en: small program for {0} notes
 Notes are kept in plain files, each of which
 may be linked to others by name
 .
 And more.
"""
NAMES = {
    "notes": "Section: text",
    "notes-gtk": "Source: notes (1.0)\nSection: text",
    "notes-dbg": "Source: others\nSection: contrib/debug",
    "golang-notes-dev": "Source: golang-notes\nSection: devel",
    "table": "Section: text",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five packages, of which two are fit."""
    place = tmp_path / fetch_descriptions.NAME
    place.mkdir()
    told = "\n".join(TOLD.format(name) for name in NAMES)
    (place / "Translation-en").write_text(told, encoding="utf-8")
    packages = "\n".join(f"Package: {name}\n{fields}\n" for name, fields in NAMES.items())
    (place / "Packages").write_text(packages, encoding="utf-8")
    return tmp_path


def test_there_is_a_pair_a_source(folder: Path) -> None:
    assert descriptions.load(folder) == [
        Pair(TEXT, "small program for notes notes"),
        Pair(TEXT, "small program for table notes"),
    ]


@pytest.mark.parametrize(
    "unfit",
    [
        f"notes\n{TEXT}",
        "a small program\nIt keeps notes.",
        f"a small program\n{TEXT}:\n  * one",
        "",
    ],
)
def test_what_is_too_short_or_a_list_is_left_out(unfit: str) -> None:
    assert descriptions.fit(unfit) is None
    assert descriptions.fit(f"a small program\n{TEXT}") == Pair(TEXT, "a small program")


def test_missing_lists_are_told(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match=r"no list Translation-en .*fetch_descriptions"):
        descriptions.load(tmp_path)


def test_apt_is_told_to_keep_to_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def apt(command: list[str], **_: Any) -> Any:
        if command[0] == fetch_descriptions.HELPER:
            return subprocess.CompletedProcess(command, 0, "read\n", "")
        assert command[:2] == ["apt-get", "-c"]
        made = Path(command[2]).parent
        assert made.parent == tmp_path.resolve()
        kept = [x for x in Path(command[2]).read_text("utf-8").splitlines() if x[:4] == "Dir:"]
        assert len(kept) == 2
        assert all(f'"{made}/' in line for line in kept)
        for name in (
            "x_dists_bookworm_main_i18n_Translation-en.lz4",
            "x_dists_bookworm_main_binary-amd64_Packages.lz4",
            "x_dists_bookworm-updates_main_binary-amd64_Packages.lz4",
        ):
            (made / "lists" / name).touch()
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", apt)
    place = fetch_descriptions.fetch(tmp_path)
    assert {file.name for file in place.iterdir()} == {"Translation-en", "Packages"}
    assert list(tmp_path.iterdir()) == [place]
    monkeypatch.setattr(subprocess, "run", None)
    assert fetch_descriptions.fetch(tmp_path) == place


def test_what_apt_says_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(command: list[str], **_: Any) -> Any:
        return subprocess.CompletedProcess(command, 100, "", "E: no network\n")

    monkeypatch.setattr(subprocess, "run", fails)
    with pytest.raises(MissingDataError, match=r"apt-get could not get .*E: no network"):
        fetch_descriptions.fetch(tmp_path)

    def is_not_there(command: list[str], **_: Any) -> Any:
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "run", is_not_there)
    with pytest.raises(MissingDataError, match=r"no apt-get here: .*docstrings"):
        fetch_descriptions.fetch(tmp_path)
