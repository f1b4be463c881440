"""A record of an experiment: its numbers, and when, on what and with which versions it was run."""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from autograder.grader.checkout import CHAPTERS
from autograder.grader.grading.files import write_atomically


def write(
    chapter: str,
    name: str,
    numbers: Mapping[str, Any],
    packages: Sequence[str] = ("numpy", "torch"),
) -> Path:
    """Write `chapters/<chapter>/results/<name>.json` and return its path."""
    folder = CHAPTERS / chapter / "results"
    folder.mkdir(exist_ok=True)
    record = {
        "date": date.today().isoformat(),
        "hardware": hardware(),
        "versions": {package: version(package) for package in packages},
        "python": platform.python_version(),
        **numbers,
    }
    path = folder / f"{name}.json"
    write_atomically(path, f"{tidy(json.dumps(record, indent=1))}\n".encode())
    return path


def tidy(text: str) -> str:
    """The JSON `text` with every list of plain values on one line."""
    plain = re.compile(r"\[[^\[\]{}]*\]")
    return plain.sub(lambda values: re.sub(r"\s*\n\s*", " ", values[0]), text)


def hardware() -> dict[str, str | int]:
    """What the numbers were measured on."""
    processor = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        processor = next((x.split(": ")[1] for x in lines if x.startswith("model name")), processor)
    return {"processor": processor, "cores": len(os.sched_getaffinity(0))}
