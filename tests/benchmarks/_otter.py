"""Otter on the same notebooks: its tests ask the course's public checks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.exercises import exercises

MISSING = (
    "not measured: no otter is here. Install otter-grader and this course in an environment of "
    "their own, and name its program: OTTER=/path/to/otter make bench"
)
ROOT = Path(__file__).parents[2]
TEST = '''OK_FORMAT = True

test = {{
    "name": "{name}",
    "points": 1,
    "suites": [{{"cases": [{{"code": """>>> from autograder.checking.examine import examine
>>> from autograder.exercises import find
>>> examine(find("{name}"), {name}).status
'correct'
"""}}]}}],
}}
'''


def program() -> str:
    """The path of otter, or ""."""
    return os.environ.get("OTTER") or shutil.which("otter") or ""


def seconds(assignment: str, notebooks: Sequence[bytes], folder: Path) -> list[float]:
    """What `otter run` takes for each of the notebooks.

    Raises:
        RuntimeError: where it fails, or finds a right notebook wrong.
    """
    tests = folder / "tests"
    tests.mkdir(parents=True)
    names = [exercise.name for exercise in exercises(assignment)]
    for name in names:
        (tests / f"{name}.py").write_text(TEST.format(name=name))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    nothing = ("--no-config", "--no-requirements", "--no-environment")
    _run(["generate", "-t", "tests", "-o", "autograder.zip", *nothing], folder, environment)
    taken = []
    for number, notebook in enumerate(notebooks):
        (folder / f"{number}.ipynb").write_bytes(notebook)
        out = f"out{number}"
        (folder / out).mkdir()
        start = time.perf_counter()
        _run(["run", "-a", "autograder.zip", "-o", out, f"{number}.ipynb"], folder, environment)
        taken.append(time.perf_counter() - start)
        found = json.loads((folder / out / "results.json").read_text())["tests"]
        if sum(test.get("score", 0) for test in found) != len(names):
            raise RuntimeError(f"otter finds fault with a right notebook: {found}")
    return taken


def _run(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        [program(), *words], cwd=folder, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(
            f"otter {' '.join(words)} failed:\n{(done.stdout + done.stderr)[-2000:]}"
        )
