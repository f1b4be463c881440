"""The form of what `autograder grade --json` writes, for the programs that read it."""

from __future__ import annotations

from typing import Any

import msgspec

from autograder.grader.grading.verdict import Verdict


def schema() -> dict[str, Any]:
    """A JSON Schema of the verdicts, made from the very types that are written."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **msgspec.json.schema(list[Verdict]),
    }
