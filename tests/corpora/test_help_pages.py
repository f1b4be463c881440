"""Pages in two languages, read from files that are written for this, and what is missing told."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from autograder.corpora import MissingDataError, fetch, fetch_help, help_pages, interface
from autograder.corpora.help_pages import Pair, distinct, paragraphs, short, split, tokens
from autograder.corpora.sentences import digest

PAGE = """<html><body><h1 id="hd_id1"><a href="#">{title}</a></h1>
<p id="par_id2" class="paragraph">{text} <span class="menuitem">F5</span>.</p>
<p id="par_id3"><img alt="no text"></p><p>{title}, without a mark</p>
<p id="par_id4">42</p><p id="par_id5">Impress &amp; Draw</p></body></html>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pages in English, of which one has a French one."""
    for language, title, text in (
        ("en-US", "Open a file", "Press\n  the key"),
        ("fr", "Ouvrir un fichier", "Appuyez sur la touche"),
    ):
        page = tmp_path / help_pages.PAGES / language / "text" / "shared" / "open.html"
        page.parent.mkdir(parents=True)
        page.write_text(PAGE.format(title=title, text=text), encoding="utf-8")
    (page.parents[3] / "en-US" / "text" / "alone.html").write_text(PAGE, encoding="utf-8")
    return tmp_path


def test_paragraphs_are_paired_by_page_and_mark(folder: Path) -> None:
    assert help_pages.load(folder) == [
        Pair("Open a file", "Ouvrir un fichier"),
        Pair("Press the key F5.", "Appuyez sur la touche F5."),
    ]


def test_paragraphs_without_letters_are_left_out() -> None:
    found = paragraphs(PAGE.format(title="Title", text="Text"))
    assert found == {"hd_id1": "Title", "par_id2": "Text F5.", "par_id5": "Impress & Draw"}


def test_missing_pages_are_told(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match=r"There are no pages in .*fetch_help FOLDER"):
        help_pages.load(tmp_path)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Qu’est-ce que c'est ?", ["qu'", "est", "-", "ce", "que", "c'", "est", "?"]),
        ("Press F5 (or 12)", ["press", "f", "5", "(", "or", "12", ")"]),
        ("l'élément  déjà", ["l'", "élément", "déjà"]),
        ("the users' files", ["the", "users", "'", "files"]),
        ("", []),
    ],
)
def test_tokens(text: str, found: list[str]) -> None:
    assert tokens(text) == found


def many(number: int) -> list[Pair]:
    """Pairs of which every third is nearly that before it, on one side or on the other."""
    found = []
    for n in range(number):
        name = "".join(chr(97 + int(digit)) for digit in str(n))
        found.append(Pair(f"file {name}", f"fichier {name}"))
        if n % 3 == 0:
            found.append(Pair(f"File {name}!", f"dossier {name}"))
        if n % 3 == 1:
            found.append(Pair(f"folder {name}", f"Fichier : {name}"))
    return found


def test_nearly_equal_pairs_are_one_group() -> None:
    kept, grouped = distinct(many(90))
    assert len(kept) == 90 == grouped.max() + 1
    assert len(many(90)) == 150


def test_the_parts_have_no_side_in_common_and_are_the_same_again() -> None:
    parts = split(many(300), held=40)
    assert [len(part) for part in parts] == [220, 40, 40]
    sides = [{help_pages.key(side) for pair in part for side in pair} for part in parts]
    assert not sides[0] & sides[1]
    assert not sides[2] & (sides[0] | sides[1])
    assert split(many(300), held=40) == parts
    assert digest(parts.test) == digest(split(many(300), held=40).test)
    assert digest(parts.test) != digest(split(many(300), held=40, seed=1).test)


def test_short_pairs_are_short_on_both_sides() -> None:
    pairs = [Pair("a b", "c d e"), Pair("a", "b c"), Pair("a b c d", "e f")]
    assert short(pairs, 3) == pairs[:1]


def test_entries_of_a_catalogue(tmp_path: Path) -> None:
    entries = {
        "": {"domain": "x"},
        "menu\x04Open": ["Ouvrir"],
        "Open": ["Ouvrir"],
        "Notebook": ["Notebook"],
        "Close": [""],
        "%1 file": ["%1 fichier", "%1 fichiers"],
    }
    (tmp_path / "a.json").write_text(json.dumps(entries), encoding="utf-8")
    assert interface.load(tmp_path) == [Pair("Open", "Ouvrir"), Pair("%1 file", "%1 fichier")]
    with pytest.raises(MissingDataError, match=r"no catalogue .*pip install"):
        interface.load(tmp_path / "b")


def test_the_language_pack_is_the_one_of_the_card() -> None:
    pairs = interface.load()
    assert 3000 < len(pairs) < 3500
    lengths = sorted(len(tokens(pair.english)) for pair in pairs)
    assert lengths[len(lengths) // 2] in (3, 4)


def test_another_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "some.deb"
    file.write_bytes(b"another")
    with pytest.raises(MissingDataError, match=r"some\.deb has the sha256 .*, and not 00: it is"):
        fetch.compare(file, "00")


def test_what_apt_says_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(command: list[str], **_: Any) -> Any:
        return subprocess.CompletedProcess(command, 100, "", "E: no such version\n")

    monkeypatch.setattr(subprocess, "run", fails)
    with pytest.raises(MissingDataError, match=r"apt-get could not get .*E: no such version"):
        fetch_help.fetch(tmp_path)

    def is_not_there(command: list[str], **_: Any) -> Any:
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "run", is_not_there)
    with pytest.raises(MissingDataError, match=r"no apt-get here: .*Debian's.*pip installs"):
        fetch_help.fetch(tmp_path)


def test_what_is_there_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / fetch_help.NAME).mkdir()
    monkeypatch.setattr(subprocess, "run", None)
    assert fetch_help.fetch(tmp_path) == tmp_path / fetch_help.NAME
