"""The form of what `autograder grade --json` and `report --json` write, for who reads it."""

from __future__ import annotations

from typing import Any

import msgspec

from autograder.grader.grading.verdict import Verdict
from autograder.grader.report.findings import Report

DRAFT = {"$schema": "https://json-schema.org/draft/2020-12/schema"}


def of_grade() -> dict[str, Any]:
    """A JSON Schema of the verdicts, made from the type that is written, without the seed."""
    made = msgspec.json.schema(list[Verdict])
    verdict = made["$defs"]["Verdict"]
    del verdict["properties"]["seed"]
    verdict["required"].remove("seed")
    return {**DRAFT, **made}


def of_report() -> dict[str, Any]:
    """A JSON Schema of the report on a class."""
    return {**DRAFT, **msgspec.json.schema(Report)}
