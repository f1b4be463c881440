"""Grades go into the platforms' own tables, and what they know a student by stays as it was."""

from __future__ import annotations

import csv
import io
import logging
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps.exportapp import ExportApp
from traitlets.config import Config

from autograder.grader.grading.course import Course
from autograder.grader.platforms.spreadsheet import harmless
from tests.grader.platforms.conftest import CANVAS, MOODLE

Export = Callable[..., list[dict[str, str]]]


@pytest.fixture
def export(one_entered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Export:
    """Gives students points in the gradebook, and exports them with nbgrader's own command."""
    shutil.copytree(one_entered, tmp_path / "course")
    course = Course(tmp_path / "course")
    monkeypatch.chdir(course.root)

    def run(
        platform: str,
        listed: str,
        scores: Mapping[str, float],
        late: Mapping[str, float] | None = None,
        **chosen: Any,
    ) -> list[dict[str, str]]:
        with Gradebook(course.directory.db_url, course.directory.course_id) as book:
            for student, score in scores.items():
                book.update_or_create_student(student)
                submission = book.update_or_create_submission("lstm", student)
                (notebook,) = submission.notebooks
                notebook.late_submission_penalty = (late or {}).get(student)
                for grade in notebook.grades:
                    grade.auto_score = grade.max_score * score
                    grade.needs_manual_grade = False
            book.db.commit()
        (tmp_path / "table.csv").write_text(listed, encoding="utf-8")
        name = f"{platform}Export"
        config = Config()
        config.ExportApp.plugin_class = f"autograder.grader.platforms.export.{name}"
        config.ExportPlugin.assignment = ["lstm"]
        config.ExportPlugin.to = str(tmp_path / "grades.csv")
        config[name] = Config(table=str(tmp_path / "table.csv"), **chosen)
        app = ExportApp(config=config)
        app.initialize([])
        app.start()
        text = (tmp_path / "grades.csv").read_text(encoding="utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    return run


def test_canvas(export: Export, caplog: pytest.LogCaptureFixture) -> None:
    rows = export("Canvas", CANVAS, {"ada": 1.0, "alan": 0.5}, late={"alan": 1.0})
    before = list(csv.DictReader(io.StringIO(CANVAS)))
    most = float(before[0]["lstm (4321)"])
    assert list(rows[0]) == [
        "Student", "ID", "SIS User ID", "SIS Login ID", "Section", "lstm (4321)"
    ]  # fmt: skip
    for row, was in zip(rows, before, strict=True):
        same = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
        assert {key: row[key] for key in same} == {key: was[key] for key in same}
    assert [row["lstm (4321)"] for row in rows] == ["12", f"{most:g}", f"{most / 2 - 1:g}", ""]


def test_moodle(export: Export) -> None:
    scores = {"ada@example.org": 1.0, "alan@example.org": 0.5}
    rows = export("Moodle", MOODLE, scores, late={"alan@example.org": 1.0})
    before = list(csv.DictReader(io.StringIO(MOODLE.lstrip("\ufeff"))))
    assert [row["Grade"] for row in rows] == ["12.00", "5.00", ""]
    assert rows[1]["Feedback comments"] == (
        "lstm: 6 of 12 points, of which 1 were taken off for being late."
    )
    for row, was in zip(rows, before, strict=True):
        for key in was.keys() - {"Grade", "Feedback comments"}:
            assert row[key] == was[key]


HOSTILE = ["=1+1", "@SUM(A1:A9)", "-2", "+49 1", "\t=1+1", " =cmd|' /C calc'!A0", "\uff1d1+1"]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_spreadsheet_obeys_a_name(export: Export, name: str) -> None:
    """The number by which the platform finds a student is as it was; the name is harmless."""
    listed = CANVAS.replace('"Lovelace, Ada"', f'"{name}"').replace(",ada,", f',"{name}",')
    rows = export("Canvas", listed, {name.strip(): 1.0, "alan": 1.0}, id="SIS Login ID")
    assert rows[1]["ID"] == "77"
    assert rows[1]["lstm (4321)"] == "12"
    assert rows[1]["Student"] == rows[1]["SIS Login ID"] == f"'{name}"
    listed = MOODLE.replace("Ada Lovelace", f'"{name}"')
    rows = export("Moodle", listed, {"ada@example.org": 1.0})
    assert rows[0]["Identifier"] == "Participant 501"
    assert rows[0]["Full name"] == f"'{name}"
    assert rows[1]["Full name"] == "Alan Turing"


def test_what_is_a_number_stays_one() -> None:
    assert harmless("-2", may_be_number=True) == "-2"
    assert harmless("-2") == "'-2"
    assert harmless("-") == "-"
    assert harmless("Ada") == "Ada"
    assert harmless("\r=1") == "'\r=1"


def test_a_column_that_is_not_there_is_asked_for(
    export: Export, caplog: pytest.LogCaptureFixture
) -> None:
    listed = CANVAS.replace("lstm (4321)", "Week 3 (4321)")
    with caplog.at_level(logging.CRITICAL), pytest.raises(SystemExit):
        export("Canvas", listed, {"ada": 1.0})
    rows = export("Canvas", listed, {"ada": 1.0}, column="Week 3 (4321)")
    assert rows[1]["Week 3 (4321)"] == "12"


def test_points_of_another_number_and_comments_of_people(export: Export) -> None:
    listed = MOODLE.replace("12.00", '"10,00"').replace("Yes,-,-,\n", "Yes,-,-,Well done\n", 1)
    rows = export("Moodle", listed, {"alan@example.org": 0.5})
    assert rows[1]["Grade"] == "6,00"
    assert rows[1]["Feedback comments"] == "Well done"
