"""The form of what `autograder grade --json` writes, for the programs that read it."""

from __future__ import annotations

from typing import Any

import msgspec

from autograder.grader.grading.verdict import Verdict


def schema() -> dict[str, Any]:
    """A JSON Schema of the verdicts, made from the type that is written, without the seed."""
    made = msgspec.json.schema(list[Verdict])
    verdict = made["$defs"]["Verdict"]
    del verdict["properties"]["seed"]
    verdict["required"].remove("seed")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
