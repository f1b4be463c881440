"""What `grade --json` and `report --json` write has the form that `autograder schema` prints."""

from __future__ import annotations

import json

import jsonschema
import msgspec
import pytest
from typer.testing import CliRunner

from autograder.grader.commands import app
from autograder.grader.grading.standing import UNGRADED, Standing
from autograder.grader.grading.summary import summarise
from autograder.grader.grading.verdict import Graded, shown
from tests.grader.grading.verdicts import verdict


def test_verdicts_fit_the_schema_and_other_things_do_not() -> None:
    schema = json.loads(CliRunner().invoke(app, ["schema"]).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    written = json.loads(msgspec.json.encode([shown(verdict("lstm_step_forward", 3.0, 3.0))]))
    jsonschema.validate(written, schema)
    assert "seed" not in written[0]
    for change in ({"points": "3"}, {"status": "perfect"}, {"student": None}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate([written[0] | change], schema)


def test_a_report_fits_its_schema_and_other_things_do_not() -> None:
    schema = json.loads(CliRunner().invoke(app, ["schema", "report"]).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    verdicts = [
        verdict("lstm_step_forward", 3.0, 3.0),
        verdict("lstm_forward", 0.0, 2.0, "wrong", "gate-order"),
    ]
    graded = Graded(key="", student="ada", verdicts=verdicts, notebook="")
    standings = [Standing("bob", None, UNGRADED), Standing("ada", graded)]
    written = json.loads(msgspec.json.encode(summarise("lstm", standings)))
    jsonschema.validate(written, schema)
    assert [one["student"] for one in written["students"]] == ["ada", "bob"]
    assert written["students"][0]["points"] == 3.0
    assert written["students"][1]["points"] is None
    assert written["students"][1]["note"] == UNGRADED
    assert written["exercises"][1]["mistakes"] == {"gate-order": 1}
    for change in ({"assignment": None}, {"students": [{}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(written | change, schema)
