"""Odd files and times among what was handed in: left out with a sentence, or passed over."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from autograder.grader.grading.course import Course
from autograder.grader.grading.handed_in import (
    DEEPEST,
    MOST_FILES,
    HandedIn,
    read_folder,
    read_notebook,
    unpacked,
)
from autograder.grader.kernels.files import MOST_ENTRIES, copy_tree
from autograder.grader.kernels.inside.limits import Limits


def put(folder: Path, *names: str | bytes) -> None:
    for name in names:
        path = Path(os.fsdecode(os.path.join(os.fsencode(folder), os.fsencode(name))))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"1")


def in_sandbox(found: HandedIn, home: Path) -> None:
    """Copies the files as those of a submission are, into the folder `home`."""
    home.mkdir()
    handle = os.open(home, os.O_RDONLY)
    with unpacked(found.files) as folder:
        assert folder is not None
        copy_tree(folder, handle, Limits(), None)
    os.close(handle)


@pytest.mark.parametrize(
    ("names", "taken", "why"),
    [
        ((b"caf\xe9", "café/menu.txt"), {"café"}, "menu.txt was left out: another file or folder"),
        ((b"caf\xe9/menu.txt", "café"), {"café"}, "menu.txt was left out: another file or folder"),
        ((b"caf\xe9.csv", "café.csv"), {"café.csv"}, "café.csv was left out: another file"),
        ((b"\xe9" * 250, "a.csv"), {"a.csv"}, "was left out: its name is too long."),
        ((b"\x80" * 90 + b"/x.csv", "a.csv"), {"a.csv"}, "was left out: its name is too long."),
    ],
)
def test_names_that_cannot_be_had_together_cost_a_file_and_no_more(
    tmp_path: Path, names: tuple[str | bytes, ...], taken: set[str], why: str
) -> None:
    put(tmp_path / "ada", "lstm.ipynb", *names)
    found = read_folder(tmp_path / "ada", "lstm")
    assert found.notebook == b"1"
    assert set(found.files) == taken
    assert len(found.notes) == 1
    assert why in found.notes[0]
    in_sandbox(found, tmp_path / "home")
    assert {str(p.relative_to(tmp_path / "home")) for p in (tmp_path / "home").rglob("*")} == taken


def test_all_that_is_taken_can_be_copied(tmp_path: Path) -> None:
    deep = "/".join("abcdefg"[: DEEPEST - 1])
    put(tmp_path / "ada", *(f"{k}/{deep}/data.csv" for k in range(MOST_FILES + 1)))
    found = read_folder(tmp_path / "ada", "lstm")
    assert len(found.files) == MOST_FILES
    assert found.notes == [f"There are more than {MOST_FILES} files; the others were left out."]
    assert MOST_FILES * (DEEPEST + 1) <= MOST_ENTRIES
    in_sandbox(found, tmp_path / "home")


@pytest.mark.parametrize("kind", [stat.S_IFSOCK, stat.S_IFIFO])
def test_a_socket_is_no_notebook_and_no_file(tmp_path: Path, kind: int) -> None:
    for name in ("lstm.ipynb", "data.csv"):
        os.mknod(tmp_path / name, kind | 0o600)
    notes = [f"{name} is not an ordinary file. Take it out." for name in ("lstm.ipynb", "data.csv")]
    assert read_folder(tmp_path, "lstm") == HandedIn(notes=notes)
    assert read_notebook(tmp_path / "lstm.ipynb") == HandedIn(notes=notes[:1])


def test_what_a_mac_keeps_is_no_notebook_and_no_file(tmp_path: Path) -> None:
    put(tmp_path, "my work.ipynb", "__MACOSX/._my work.ipynb", "._my work.ipynb", ".DS_Store")
    found = read_folder(tmp_path, "lstm")
    assert found.notebook == b"1"
    assert found.files == {}
    assert found.notes == ["The notebook is not at lstm.ipynb; my work.ipynb was taken."]


def test_of_several_notebooks_it_is_told_that_none_is_the_one(tmp_path: Path) -> None:
    put(tmp_path, "one.ipynb", "more/two.ipynb")
    (note,) = read_folder(tmp_path, "lstm").notes
    assert note.startswith("There are 2 notebooks, and none of them is lstm.ipynb: one.ipynb, two")


@pytest.mark.parametrize(
    "time",
    [
        "9" * 30 + "h",
        "10h36m28.5s sNaN 1e400",
        "1" * 190,
        "2026-11-01 10:00:00 " + "9" * 30,
        "\0" * 20,
        "::::",
        "1.1.1.1.1.1",
    ],
)
def test_an_odd_time_is_no_time(course: Course, tmp_path: Path, time: str) -> None:
    (tmp_path / "timestamp.txt").write_text(time)
    assert course.timestamp(tmp_path) is None
