"""What `grade --json` and `report --json` write has the form that `autograder schema` prints."""

from __future__ import annotations

import json

import jsonschema
import msgspec
import pytest
from typer.testing import CliRunner

from autograder.grader.commands import app
from autograder.grader.grading.journal import Journal
from autograder.grader.grading.notebook import Released
from autograder.grader.grading.standing import UNGRADED, Standing
from autograder.grader.grading.verdict import Graded, shown
from autograder.grader.release.source import text
from autograder.grader.report import schema
from autograder.grader.report.findings import Class, find
from tests.grader.grading.verdicts import verdict


def test_verdicts_fit_the_schema_and_other_things_do_not() -> None:
    form = json.loads(CliRunner().invoke(app, ["schema"]).stdout)
    jsonschema.Draft202012Validator.check_schema(form)
    written = json.loads(msgspec.json.encode([shown(verdict("lstm_step_forward", 3.0, 3.0))]))
    jsonschema.validate(written, form)
    assert "seed" not in written[0]
    for change in ({"points": "3"}, {"status": "perfect"}, {"student": None}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate([written[0] | change], form)


def test_a_report_fits_its_schema_and_other_things_do_not() -> None:
    form = json.loads(CliRunner().invoke(app, ["schema", "report"]).stdout)
    jsonschema.Draft202012Validator.check_schema(form)
    verdicts = [
        verdict("lstm_step_forward", 3.0, 3.0),
        verdict("lstm_forward", 0.0, 2.0, "wrong", "gate-order"),
    ]
    graded = Graded(key="", student="ada", verdicts=verdicts, notebook=text("lstm"))
    standings = [Standing("bob", None, UNGRADED), Standing("ada", graded)]
    released = Released.parse(text("lstm"))
    report, _ = find(Class("lstm", released, standings, Journal(None)))
    written = json.loads(msgspec.json.encode(report))
    jsonschema.validate(written, form)
    assert [one["student"] for one in written["students"]] == ["ada", "bob"]
    assert written["students"][0]["points"] == 3.0
    assert written["students"][1]["points"] is None
    assert written["students"][1]["note"] == UNGRADED
    assert written["exercises"][1]["mistakes"] == {"gate-order": 1}
    assert written["attention"] == [{"student": "bob", "cell": "", "why": UNGRADED}]
    for change in ({"assignment": None}, {"students": [{}]}, {"alike": [{}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(written | change, form)


def test_what_was_written_before_there_were_items_and_pairs_still_fits() -> None:
    """Programs that read a report of November 2026 read one of today, and the other way round."""
    exercise = {"exercise": "f", "right": 1, "graded": 2, "mistakes": {"gate-order": 1}}
    student = {"student": "ada", "points": 3.0, "max_points": 4.0, "penalty": 0.0}
    student |= {"exercises": {"f": "correct"}, "note": ""}
    before = {"assignment": "lstm", "exercises": [exercise], "students": [student]}
    jsonschema.validate(before, schema.of_report())
