"""What a course has of one student is given to them whole, or deleted, and nobody else's is."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from autograder.grader.grading import extensions, kept
from autograder.grader.grading.log import LOG, logged
from autograder.grader.platforms import notes
from autograder.grader.platforms.notes import Noted
from tests.grader.grading.known import Known


@pytest.fixture
def three(known: Known) -> Known:
    """Three students, two of whose names begin alike; one was graded twice and has a comment."""
    for student in ("ada", "ada-2", "bob"):
        known.hand_in(student, ["LSTMCell"])
    known.autograder("grade", "lstm")
    known.hand_in("ada")
    known.autograder("grade", "lstm")
    with known.book() as book:
        book.find_comment("lstm_step_forward", "lstm", "lstm", "ada").manual_comment = "Well done"
        book.db.commit()
    replaced = known.course.kept / "replaced" / "lstm" / "ada" / "1" / "lstm.ipynb"
    replaced.parent.mkdir(parents=True)
    replaced.write_text("an earlier one")
    of = Noted(platform="plain", wrote="ada.ipynb", digest="")
    notes.keep(known.course, "lstm", {"ada": of, "bob": of})
    known.autograder("report", "lstm")
    with logged(known.course.log("lstm")):
        LOG.error("ada was not graded.\nfor a reason of ours")
        LOG.error("ada-2 was not graded.")
    (known.course.root / "reports" / "a note of mine.txt").write_text("on the class")
    return known


def everything(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_a_student_is_given_all_and_no_secret(three: Known, tmp_path: Path) -> None:
    archive = tmp_path / "ada.zip"
    three.autograder("student", "ada", "--export", str(archive))
    assert archive.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(archive) as packed:
        texts = {name: packed.read(name).decode() for name in packed.namelist()}
    assert {"submitted/ada/lstm/lstm.ipynb", "autograded/ada/lstm/lstm.ipynb"} <= texts.keys()
    assert texts[".autograder/replaced/lstm/ada/1/lstm.ipynb"] == "an earlier one"
    assert json.loads(texts["collected.json"])["lstm"]["wrote"] == "ada.ipynb"
    (submission,) = json.loads(texts["gradebook.json"])["submissions"]
    assert submission["score"] == 12
    assert submission["comments"][0]["comment"] == "Well done"
    assert len(json.loads(texts["verdicts.json"])) == 2
    seed = str(three.course.seed("lstm"))
    for text in texts.values():
        assert seed not in text
        assert "bob" not in text
        assert "ada-2" not in text


def test_nothing_of_a_student_is_left_and_the_others_keep_theirs(three: Known) -> None:
    before = {s: three.stands(s) for s in ("ada-2", "bob")}
    seed = three.course.seed("lstm")
    until = ["2026-12-03T00:00:00+00:00", 60.0]
    kept.write(three.course, extensions.KEPT, {"lstm": {"ada": until, "bob": until}})
    three.autograder("student", "ada", "--delete")
    assert kept.read(three.course, extensions.KEPT) == {"lstm": {"bob": until}}
    left = everything(three.course.root)
    assert not [name for name in left if "ada" in name.split("/")]
    text = b"\n".join(left.values()).replace(b"ada-2", b"").decode(errors="replace")
    assert '"student":"ada"' not in text
    assert "ada was not graded" not in text
    assert "for a reason of ours" not in text
    assert "ada-2 was not graded." in three.course.log("lstm").read_text()
    assert list(notes.noted(three.course, "lstm")) == ["bob"]
    assert [path.name for path in (three.course.root / "reports").iterdir()] == [
        "a note of mine.txt"
    ]
    with three.book() as book:
        assert [s.id for s in book.students] == ["ada-2", "bob"]
    rows, said = three.autograder("grade", "lstm")
    assert not [row for row in rows if row.startswith("ada ")]
    assert said == ""
    assert {s: three.stands(s) for s in before} == before
    assert three.course.seed("lstm") == seed
    assert (
        "has nothing of a student ada" in three.autograder("student", "ada", "--delete", code=2)[1]
    )


@pytest.mark.parametrize("name", ["..", ".", "", "ada/lstm", "../submitted/bob"])
def test_what_is_no_name_reaches_no_folder(three: Known, name: str) -> None:
    before = everything(three.course.root)
    assert "nothing of a student" in three.autograder("student", name, "--delete", code=2)[1]
    after = everything(three.course.root)
    assert {k: v for k, v in after.items() if k in before} == before


def test_a_link_is_neither_followed_nor_packed(three: Known, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret.txt").write_text("a secret")
    os.symlink(elsewhere, three.course.root / "submitted" / "ada" / "linked")
    os.symlink(elsewhere / "secret.txt", three.course.root / "submitted" / "ada" / "one.txt")
    archive = tmp_path / "ada.zip"
    three.autograder("student", "ada", "--export", str(archive), "--delete")
    with zipfile.ZipFile(archive) as packed:
        assert not [name for name in packed.namelist() if "secret" in name or "one.txt" in name]
    assert (elsewhere / "secret.txt").read_text() == "a secret"


def test_one_says_what_to_do(three: Known) -> None:
    assert "--export ZIP" in three.autograder("student", "ada", code=2)[1]


def test_old_files_and_odd_names_are_packed(three: Known, tmp_path: Path) -> None:
    old = three.course.root / "submitted" / "ada" / "lstm" / "old.csv"
    old.write_text("1,2")
    os.utime(old, (0, 0))
    Path(os.fsdecode(os.fsencode(old.parent) + b"/caf\xe9.csv")).write_text("3,4")
    archive = tmp_path / "ada.zip"
    three.autograder("student", "ada", "--export", str(archive))
    with zipfile.ZipFile(archive) as packed:
        assert packed.read("submitted/ada/lstm/old.csv") == b"1,2"
        assert packed.read("submitted/ada/lstm/caf\xe9.csv") == b"3,4"


def test_a_folder_in_reports_stops_no_deletion(three: Known) -> None:
    (three.course.root / "reports" / "last-year").mkdir(parents=True)
    three.autograder("student", "ada", "--delete")
    assert (three.course.root / "reports" / "last-year").is_dir()


def test_damaged_notes_are_a_sentence_and_nothing_is_removed(three: Known) -> None:
    place = three.course.kept / "collected" / "lstm.json"
    place.write_text("{")
    assert "is damaged" in three.autograder("student", "ada", "--delete", code=2)[1]
    assert (three.course.root / "submitted" / "ada").is_dir()
