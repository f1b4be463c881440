"""In the student's kernel: run a program there and give the answers as text."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from autograder.exercises.program import run
from autograder.exercises.wire import decode_program, encode_answers


def respond(request: str, namespace: Mapping[str, Any]) -> str:
    """Run the program in `request` (base64) with the objects of `namespace`.

    Returns:
        The answers, encoded by `encode_answers` and base64.
    """
    program = decode_program(base64.b64decode(request))
    return base64.b64encode(encode_answers(run(program, namespace))).decode()
