"""What each platform gives comes to the right students, and nothing that was there is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.grader.grading.course import Course
from autograder.grader.platforms.collecting import Told
from autograder.grader.platforms.notes import noted
from autograder.grader.platforms.spreadsheet import TableError
from tests.grader.platforms.conftest import CANVAS, MOODLE

Collect = Callable[..., dict[str, Told]]
Packed = Callable[..., Path]
Work = Callable[[str], bytes]


def stands(course: Course, student: str) -> bytes | None:
    path = course.path("submitted", student, "lstm") / "lstm.ipynb"
    return path.read_bytes() if path.is_file() else None


def test_canvas(course: Course, collect: Collect, packed: Packed, work: Work) -> None:
    given = packed(
        "submissions",
        {
            "lovelaceada_77_1001_lstm.ipynb": work("old"),
            "lovelaceada_77_1002_lstm-1.ipynb": work("ada"),
            "lovelaceada_77_1003_helper-1.py": b"A = 1",
            "turingalan_LATE_78_1004_lstm-2.ipynb": work("alan"),
            "hoppergrace_79_1005_text.html": b"<p>I have written it here.</p>",
            "strangersue_99_1006_lstm.ipynb": work("sue"),
        },
    )
    told = collect(given, listed=CANVAS)
    assert stands(course, "ada") == work("ada")
    assert (course.path("submitted", "ada", "lstm") / "helper.py").read_bytes() == b"A = 1"
    assert told["lovelaceada_77_1001_lstm.ipynb"].became == "earlier"
    assert stands(course, "alan") == work("alan")
    late = told["turingalan_LATE_78_1004_lstm-2.ipynb"]
    assert late.late
    assert "marked as late" in late.says
    assert late.submitted is None
    assert not (course.path("submitted", "alan", "lstm") / "timestamp.txt").exists()
    assert told["hoppergrace_79_1005_text.html"].says == "There is no notebook with it."
    sue = told["strangersue_99_1006_lstm.ipynb"]
    assert (sue.became, sue.student) == ("left", "")
    assert "canvas 99" in sue.says
    assert noted(course, "lstm")["ada"].wrote == "lovelaceada_77_1002_lstm-1.ipynb"


@pytest.mark.parametrize("flat", [False, True])
def test_moodle(
    course: Course, collect: Collect, packed: Packed, work: Work, flat: bool, monkeypatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    __import__("time").tzset()
    between = "_" if flat else "_/"
    given = packed(
        "CS-LSTM-12",
        {
            f"Ada Lovelace_501_assignsubmission_file{between}my work.ipynb": work("ada"),
            f"Ada Lovelace_501_assignsubmission_file{between}data.csv": b"1,2",
            f"Alan Turing_502_assignsubmission_file{between}lstm.ipynb": work("alan"),
            "Alan Turing_502_assignsubmission_onlinetext_/onlinetext.html": b"<p>Hello</p>",
        },
    )
    told = collect(given, listed=MOODLE)
    assert stands(course, "ada@example.org") == work("ada")
    folder = course.path("submitted", "ada@example.org", "lstm")
    assert (folder / "data.csv").read_bytes() == b"1,2"
    assert (folder / "timestamp.txt").read_text() == "2026-12-01 21:30:00.000000 UTC\n"
    assert f"{course.timestamp(folder)}" == "2026-12-01 21:30:00"
    assert stands(course, "alan@example.org") == work("alan")
    text = told["Alan Turing_502_assignsubmission_onlinetext_/onlinetext.html"]
    assert (text.became, text.student) == ("left", "")
    folder = noted(course, "lstm")["ada@example.org"].wrote
    assert folder == "Ada Lovelace_501_assignsubmission_file_"


GRADESCOPE = """
submission_11:
  :submitters:
  - :name: Ada Lovelace
    :sid: '077'
    :email: ada@example.org
  :created_at: 2026-12-01 22:30:00.123456789 +01:00
submission_12:
  :submitters:
  - :name: Alan Turing
    :sid: 078
  - :name: Grace Hopper
    :sid: 079
  :created_at: 2026-12-01 20:00:00.000000000 Z
"""


def test_gradescope(course: Course, collect: Collect, packed: Packed, work: Work) -> None:
    given = packed(
        "export",
        {
            "assignment_5_export/submission_metadata.yml": GRADESCOPE.encode(),
            "assignment_5_export/submission_11/lstm.ipynb": work("ada"),
            "assignment_5_export/submission_12/group.ipynb": work("both"),
            "assignment_5_export/submission_13/lstm.ipynb": work("nobody"),
        },
    )
    listed = "First Name,Last Name,SID,Email\nAda,Lovelace,077,\nAlan,Turing,078,\nG,Hopper,079,\n"
    told = collect(given, listed=listed)
    assert stands(course, "077") == work("ada")
    assert stands(course, "078") == stands(course, "079") == work("both")
    when = course.path("submitted", "077", "lstm") / "timestamp.txt"
    assert when.read_text().startswith("2026-12-01 21:30:00.123456 UTC")
    assert told["assignment_5_export/submission_13/lstm.ipynb"].became == "left"


def test_plain_files(
    course: Course, collect: Collect, packed: Packed, work: Work, tmp_path
) -> None:
    top = tmp_path / "given"
    for name, who in {
        "ada.ipynb": "ada",
        "alan_lstm.ipynb": "alan",
        "grace/lstm (1).ipynb": "grace",
        "sue/lstm/lstm.ipynb": "sue",
    }.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(work(who))
    (top / "grace" / "timestamp.txt").write_text("2026-12-01 10:00:00 UTC")
    packed("given/edsger", {"lstm.ipynb": work("edsger"), "helper.py": b"B = 2"})
    told = collect(top)
    assert {(one.became, one.says) for one in told.values()} == {("collected", "")}
    for student in ("ada", "alan", "grace", "sue", "edsger"):
        assert stands(course, student) == work(student)
    assert f"{course.timestamp(course.path('submitted', 'grace', 'lstm'))}" == "2026-12-01 10:00:00"
    assert (course.path("submitted", "edsger", "lstm") / "helper.py").exists()


def test_a_name_in_other_capitals_later_is_no_second_student(
    course: Course, collect: Collect, packed: Packed, work: Work
) -> None:
    collect(packed("first", {"ada.ipynb": work("first")}))
    told = collect(packed("second", {"Ada.ipynb": work("second"), "bob.ipynb": work("bob")}))
    assert told["Ada.ipynb"].became == "left"
    assert told["Ada.ipynb"].says.startswith("Ada and ada differ only in capitals")
    assert told["bob.ipynb"].became == "collected"
    assert stands(course, "ada") == work("first")


def test_again_changes_nothing_and_a_newer_one_keeps_the_older(
    course: Course, collect: Collect, packed: Packed, work: Work
) -> None:
    name = "lovelaceada_77_{}_lstm.ipynb"
    first = packed("first", {name.format(1001): work("first")})
    second = packed("second", {name.format(2001): work("second")})
    assert collect(first, listed=CANVAS)[name.format(1001)].became == "collected"
    before = (course.path("submitted", "ada", "lstm") / "lstm.ipynb").stat()
    assert collect(first, listed=CANVAS)[name.format(1001)].became == "unchanged"
    assert (course.path("submitted", "ada", "lstm") / "lstm.ipynb").stat() == before
    assert collect(second, listed=CANVAS)[name.format(2001)].became == "replaced"
    kept = course.kept / "replaced" / "lstm" / "ada" / "1" / "lstm.ipynb"
    assert kept.read_bytes() == work("first")
    assert stands(course, "ada") == work("second")
    # The older download once more does not bring the older work back.
    assert collect(first, listed=CANVAS)[name.format(1001)].became == "earlier"
    both = collect(second, first, listed=CANVAS)
    assert [both[name.format(n)].became for n in (1001, 2001)] == ["earlier", "unchanged"]
    assert stands(course, "ada") == work("second")
    assert not list(course.path("submitted", "ada", "lstm").parent.glob(".collecting*"))


def test_what_the_staff_changed_stays(
    course: Course, collect: Collect, packed: Packed, work: Work
) -> None:
    given = packed("class", {"ada.ipynb": work("ada")})
    collect(given)
    folder = course.path("submitted", "ada", "lstm")
    (folder / "lstm.ipynb").write_bytes(work("mended"))
    (folder / "timestamp.txt").write_text("2026-12-01 09:00:00 UTC")
    assert "changed since" in collect(given)["ada.ipynb"].says
    assert stands(course, "ada") == work("mended")


def test_work_that_no_command_of_ours_put_there_is_kept(
    course: Course, collect: Collect, packed: Packed, work: Work
) -> None:
    folder = course.path("submitted", "ada", "lstm")
    folder.mkdir(parents=True)
    (folder / "lstm.ipynb").write_bytes(work("fetched"))
    (folder / "timestamp.txt").write_text("2026-12-01 09:00:00 UTC")
    told = collect(packed("class", {"ada.ipynb": work("newer")}))
    assert told["ada.ipynb"].became == "replaced"
    kept = course.kept / "replaced" / "lstm" / "ada" / "1"
    assert (kept / "lstm.ipynb").read_bytes() == work("fetched")
    assert (kept / "timestamp.txt").read_text().startswith("2026")


def test_zip_times_only_where_one_says_so(
    course: Course, collect: Collect, packed: Packed, work: Work
) -> None:
    given = packed("class", {"ada.ipynb": work("ada")})
    assert collect(given)["ada.ipynb"].submitted is None
    assert collect(given, zip_times=True)["ada.ipynb"].submitted is not None
    assert course.timestamp(course.path("submitted", "ada", "lstm")) is not None


def test_a_notebook_that_is_none_comes_to_a_person(
    course: Course, collect: Collect, packed: Packed, work: Work
) -> None:
    other = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []})
    told = collect(packed("class", {"ada.ipynb": b"\xffno JSON", "alan.ipynb": other.encode()}))
    assert told["ada.ipynb"].became == told["alan.ipynb"].became == "collected"
    assert "A person has to look at it" in told["ada.ipynb"].says
    assert "none of the cells of lstm" in told["alan.ipynb"].says


def test_who_is_unknown_is_left_where_the_class_is_known(
    course: Course, collect: Collect, packed: Packed, work: Work
) -> None:
    given = packed("class", {"ada.ipynb": work("ada"), "Eve.ipynb": work("eve")})
    told = collect(given, listed="id,first_name,last_name\nada,Ada,Lovelace\n")
    assert told["ada.ipynb"].became == "collected"
    assert "--new-students" in told["Eve.ipynb"].says
    told = collect(given, listed="id\nada\n", new=True)
    assert told["Eve.ipynb"].student == "Eve"
    assert told["ada.ipynb"].became == "unchanged"


def test_a_list_without_the_names_of_the_course_is_read_by_addresses(
    course: Course, collect: Collect, packed: Packed, work: Work
) -> None:
    with course.gradebook() as gradebook:
        known = gradebook._gradebook
        known.add_student("ada", email="Ada@example.org")
        known.add_student("alan", email="alan@example.org")
    given = packed(
        "CS-LSTM-12",
        {
            "Ada Lovelace_501_assignsubmission_file_/lstm.ipynb": work("ada"),
            "Grace Hopper_503_assignsubmission_file_/lstm.ipynb": work("grace"),
        },
    )
    told = collect(given, listed=MOODLE)
    assert stands(course, "ada") == work("ada")
    assert told["Grace Hopper_503_assignsubmission_file_/lstm.ipynb"].became == "left"
    assert not course.path("submitted", "ada@example.org", "lstm").exists()


def test_a_list_in_which_nobody_of_the_course_stands_is_refused(
    course: Course, collect: Collect, packed: Packed, work: Work
) -> None:
    """As after a gradebook was lost, which had the addresses: else all would be there twice."""
    with course.gradebook() as gradebook:
        gradebook._gradebook.add_student("ada")
    given = packed("x", {"Ada Lovelace_501_assignsubmission_file_/lstm.ipynb": work("ada")})
    with pytest.raises(TableError, match="nbgrader db student import"):
        collect(given, listed=MOODLE)
    assert not course.path("submitted", "ada@example.org", "lstm").exists()
