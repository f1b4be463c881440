"""The face of the pages: what is kept of the package, and what a page says and loads without it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from autograder.grader.book import npm
from autograder.grader.book.typeface import face

MOST = 150_000
"""Bytes that a page may load for its face."""


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_without_npm_the_pages_have_another_face_but_in_ci(
    ci: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(npm, "user_cache_path", lambda name: tmp_path / name)
    monkeypatch.setattr(npm, "_npm", lambda: ["no-such-npm"])
    assert face.main() == code
    assert "set in a face of the reader's system: npm could not" in capsys.readouterr().err
    assert face.kept() is None


def test_the_lock_file_names_digests_and_no_addresses() -> None:
    text = (face.PACKAGE / "package-lock.json").read_text()
    assert "http" not in text
    packages = json.loads(text)["packages"]
    assert all("integrity" in about for name, about in packages.items() if name)
    assert packages[f"node_modules/{face.NAME}"]["license"] == "OFL-1.1"


def test_the_style_names_the_files_that_are_kept_and_they_are_light() -> None:
    style = (face.STATIC / "typeface.css").read_text()
    named = re.findall(r'url\("typeface/(.*?)"\)', style)
    assert named == [Path(name).name for name in face.FILES if name.endswith("woff2")]
    kept = face.kept()
    if kept is not None:
        files = [kept / face.FOLDER / name for name in named]
        assert all(file.read_bytes()[:4] == b"wOF2" for file in files)
        assert sum(file.stat().st_size for file in files) < MOST
        assert "SIL Open Font License" in (kept / face.FOLDER / "LICENSE").read_text()
