"""Zips that were made to do harm do none, and each file in them is told of."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.grader.grading.course import Course
from autograder.grader.platforms import given as limits
from autograder.grader.platforms.collecting import Told
from autograder.grader.platforms.roster import roster
from tests.grader.platforms.conftest import CANVAS

Collect = Callable[..., dict[str, Told]]
Packed = Callable[..., Path]
Work = Callable[[str], bytes]


def everything_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


OUTSIDE = [
    "../evil.ipynb",
    "ada/../../evil.ipynb",
    "/tmp/evil.ipynb",
    "C:/evil.ipynb",
    "..\\evil.ipynb",
    "C:\\evil.ipynb",
    "ada\\..\\..\\evil.ipynb",
]


@pytest.mark.parametrize("name", OUTSIDE)
def test_names_that_lead_out(
    course: Course, collect: Collect, packed: Packed, work: Work, tmp_path: Path, name: str
) -> None:
    given = packed("evil", {name: work("evil"), "ada.ipynb": work("ada")})
    before = everything_below(tmp_path)
    told = collect(given)
    assert told.pop("ada.ipynb").became == "collected"
    (left,) = told.values()
    assert (left.became, left.says) == ("left", "Its name leads out of the zip.")
    new = everything_below(tmp_path) - before
    assert not any("evil" in path for path in new)
    assert all(path.startswith("course/") for path in new)


def test_odd_members(course: Course, collect: Collect, work: Work, tmp_path: Path) -> None:
    path = tmp_path / "odd.zip"
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as made:
        made.writestr("alan.ipynb", work("alan"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, kind in {
            "link": stat.S_IFLNK,
            "pipe": stat.S_IFIFO,
            "disk": stat.S_IFBLK,
        }.items():
            entry = zipfile.ZipInfo(f"{name}.ipynb")
            entry.create_system, entry.external_attr = 3, (kind | 0o777) << 16
            made.writestr(entry, "/etc/passwd")
        made.writestr("inner.zip", inner.getvalue())
        made.writestr("bomb.ipynb", b" " * (4 * 2**20))
        made.writestr("grace\u202egpj.ipynb", work("rtl"))
        made.writestr("bell\x07.ipynb", work("bell"))
        made.writestr("*.ipynb", work("star"))
        made.writestr(".ipynb", work("hidden"))
        made.writestr("x" * 300 + ".ipynb", work("long"))
        made.writestr("ada.ipynb", work("first"))
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("ada.ipynb", work("second"))
        made.writestr("Bob.ipynb", work("Bob"))
        made.writestr("bob.ipynb", work("bob"))
        made.writestr("__MACOSX/._ada.ipynb", b"noise")
        made.writestr("too large.ipynb", bytes(33 * 2**20))
    told = collect(path)
    assert [name for name, one in told.items() if one.became == "collected"] == ["ada.ipynb"]
    assert os.listdir(course.root / "submitted") == ["ada"]
    says = {name.strip(): one.says for name, one in told.items()}
    assert says["link.ipynb"].startswith("It is a link")
    assert says["pipe.ipynb"] == says["disk.ipynb"] == "It is no ordinary file."
    assert says["inner.zip"].startswith("A zip within a zip")
    assert says["bomb.ipynb"].startswith("It is packed too densely")
    assert says["grace\u202egpj.ipynb"] == "Its name holds characters that cannot be seen."
    assert says["too large.ipynb"].startswith("It has 33 MiB")
    assert "capitals" in says["Bob.ipynb"]
    assert not any("MACOSX" in name for name in told)


def test_encrypted_and_damaged(
    collect: Collect, packed: Packed, work: Work, tmp_path: Path
) -> None:
    data = bytearray(
        packed("good", {"ada.ipynb": work("ada"), "alan.ipynb": work("x")}).read_bytes()
    )
    first = data.find(b"PK\x01\x02")
    data[first + 8] |= 1  # of ada: encrypted
    at = data.find(b"alan.ipynb") + 60
    data[at : at + 40] = bytes(40)
    bad = tmp_path / "bad.zip"
    bad.write_bytes(data)
    told = collect(bad)
    assert "encrypted" in told["ada.ipynb"].says
    assert "damaged" in told["alan.ipynb"].says
    assert {one.became for one in told.values()} == {"left"}


@pytest.mark.parametrize("cut", [0, 10, 500])
def test_no_zip_at_all(collect: Collect, packed: Packed, work: Work, cut: int) -> None:
    path = packed("cut", {"ada.ipynb": work("ada")})
    path.write_bytes(path.read_bytes()[:cut])
    (left,) = collect(path).values()
    assert left.became == "left"
    assert left.says.startswith("It is no zip")


def test_limits_of_all_together(
    collect: Collect, packed: Packed, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = packed("class", {f"s{n}.ipynb": work(str(n)) for n in range(4)})
    monkeypatch.setattr(limits, "ALL_BYTES", 2 * len(work("0")) + 10)
    became = [one.became for one in collect(given).values()]
    assert became.count("collected") == 2
    assert became.count("left") == 2
    monkeypatch.setattr(limits, "MOST_MEMBERS", 3)
    (left,) = collect(given).values()
    assert "more than 3 files" in left.says
    monkeypatch.setattr(limits, "DIRECTORY", 100)
    (left,) = collect(given).values()
    assert "table of contents" in left.says


def test_links_in_a_folder(course: Course, collect: Collect, work: Work, tmp_path: Path) -> None:
    top = tmp_path / "given"
    (top / "ada").mkdir(parents=True)
    (tmp_path / "secret.ipynb").write_bytes(work("secret"))
    (top / "ada" / "lstm.ipynb").symlink_to(tmp_path / "secret.ipynb")
    (top / "alan").symlink_to(tmp_path)
    os.mkfifo(top / "grace.ipynb")
    told = collect(top)
    assert {one.became for one in told.values()} == {"left"}
    assert len(told) == 3
    assert not (course.root / "submitted" / "alan").exists()


def test_a_link_in_the_place_of_a_submission_is_not_followed(
    course: Course, collect: Collect, packed: Packed, work: Work, tmp_path: Path
) -> None:
    target = course.path("submitted", "ada", "lstm")
    target.parent.mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    target.symlink_to(tmp_path / "elsewhere")
    (told,) = collect(packed("class", {"ada.ipynb": work("ada")})).values()
    assert told.became == "left"
    assert not os.listdir(tmp_path / "elsewhere")


def test_a_name_that_looks_like_the_number_of_somebody_else(
    course: Course, collect: Collect, packed: Packed, work: Work
) -> None:
    """Grace calls herself "lovelaceada_77": Canvas writes it before her own number."""
    listed = CANVAS.replace('"Hopper, Grace"', '"x_77"')
    told = collect(packed("one", {"x_77_79_1001_lstm.ipynb": work("grace")}), listed=listed)
    assert [one.student for one in told.values()] == ["grace"]
    listed = CANVAS.replace('"Hopper, Grace"', '"lovelaceada_77"')
    given = packed("two", {"lovelaceada_77_79_1001_lstm.ipynb": work("grace")})
    (left,) = collect(given, listed=listed).values()
    assert left.became == "left"
    assert not (course.root / "submitted" / "ada").exists()
    # Numbers in the name of a file take nothing from anybody.
    name = "hoppergrace_79_1002_77_78_lstm.ipynb"
    (one,) = collect(packed("three", {name: work("new")}), listed=CANVAS).values()
    assert (one.became, one.student) == ("replaced", "grace")


def test_two_of_one_name_are_not_told_apart_by_it(
    course: Course, collect: Collect, packed: Packed, work: Work
) -> None:
    listed = "id,first_name,last_name\nada,Ada,Lovelace\n"
    folder = "Ada Lovelace_{}_assignsubmission_file_/lstm.ipynb"
    given = packed("m", {folder.format(1): work("ada"), folder.format(2): work("eve")})
    told = collect(given, listed=listed)
    assert {one.became for one in told.values()} == {"left"}
    assert all("Two people" in one.says for one in told.values())
    listed += "ada2,Ada,Lovelace\n"
    (left,) = collect(packed("n", {folder.format(1): work("ada")}), listed=listed).values()
    assert left.says == "It may be of ada or ada2."


def test_a_folder_within_decides_nothing(
    course: Course, collect: Collect, packed: Packed, work: Work
) -> None:
    """Eve's zip holds a folder that is named after ada, and a file named as Canvas would."""
    listed = "id\nada\neve\n"
    files = {"eve/ada/lstm.ipynb": work("eve"), "eve/lovelaceada_77_1_lstm.ipynb": work("e")}
    told = collect(packed("class", files), listed=listed)
    assert {one.student for one in told.values()} == {"eve"}
    files = {"lovelaceada_77_1_lstm.ipynb": work("e")}
    told = collect(packed("alan_lstm", files), listed=CANVAS)
    assert {one.student for one in told.values()} == {"alan"}


@pytest.mark.parametrize("id_", ["../../evil", "/tmp/evil", ".", ".hidden", "a\tb", "x*", ""])
def test_ids_of_a_list_that_cannot_be_folders(
    course: Course, collect: Collect, packed: Packed, work: Work, id_: str
) -> None:
    listed = f'Student,ID,SIS Login ID,Section\n"Lovelace, Ada",77,"{id_}",A\nT,78,alan,A\n'
    told = collect(packed("c", {"lovelaceada_77_1001_lstm.ipynb": work("ada")}), listed=listed)
    assert [one.became for one in told.values()] == ["left"]
    assert not (course.root / "submitted").exists() or not os.listdir(course.root / "submitted")


def test_metadata_of_gradescope_that_is_none(
    course: Course, collect: Collect, packed: Packed, work: Work
) -> None:
    for metadata in (b"[" * 5000, b"a: &a [*a]\n", b"!!python/object/apply:os.system ['true']"):
        files = {"submission_metadata.yml": metadata, "submission_1/lstm.ipynb": work("ada")}
        (left,) = collect(packed("g", files)).values()
        assert left.became == "left"


def test_a_killed_command_leaves_nothing_in_the_way(
    course: Course, collect: Collect, packed: Packed, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = packed("class", {"ada.ipynb": work("new")})
    collect(packed("before", {"ada.ipynb": work("old")}))
    with monkeypatch.context() as patch:

        def stop(self: Path, target: Path) -> None:
            raise KeyboardInterrupt

        patch.setattr(Path, "rename", stop)
        patch.setattr("shutil.rmtree", lambda *_, **__: None)
        with pytest.raises(KeyboardInterrupt):
            collect(given)
    kept = course.kept / "replaced" / "lstm" / "ada" / "1" / "lstm.ipynb"
    assert kept.read_bytes() == work("old")
    (told,) = collect(given).values()
    assert told.became == "collected"
    assert os.listdir(course.root / "submitted" / "ada") == ["lstm"]
    assert roster(course).people == []


@pytest.mark.parametrize("inside", ["ben.ipynb", "ben/lstm.ipynb"])
def test_one_whom_the_class_does_not_know_hands_in_for_nobody_else(
    course: Course, collect: Collect, packed: Packed, work: Work, inside: str
) -> None:
    ada, ben = packed("ada", {"lstm.ipynb": work("ada")}), packed("ben", {"lstm.ipynb": work("b")})
    told = collect(ada, ben, packed("cleo", {inside: work("cleo"), "x/notes.txt": b""}))
    assert told[inside].became == "left"
    assert "collect it by itself" in told[inside].says
    there = course.path("submitted", "ben", "lstm") / "lstm.ipynb"
    assert there.read_bytes() == work("b")
