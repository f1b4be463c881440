"""What `grade --json` writes has the form that `autograder schema` prints."""

from __future__ import annotations

import json

import jsonschema
import msgspec
import pytest
from typer.testing import CliRunner

from autograder.grader.commands import app
from autograder.grader.grading.verdict import shown
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
