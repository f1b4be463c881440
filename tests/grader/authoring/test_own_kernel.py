"""A student's code looks for the solutions of an instructor's own folder, and finds none."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from pathlib import Path

import pytest

from autograder.grader import folder
from autograder.grader.kernels.probe import probe
from autograder.grader.kernels.warm import WarmProcess
from tests.grader.kernels.conftest import Kernels

LOOK = """
import os, pathlib
from autograder.exercises import find
print(find("leaky_step").assignment)
top = pathlib.Path({top!r})
print(sorted(os.listdir(top)))
seen = [p for root in (top.parent, pathlib.Path("/proc/self/cwd"), pathlib.Path("/home"))
        for p in root.rglob("*") if p.name in ("reference.py", "mistakes.diff", "decay.md")]
print(seen)
for path in ("solutions/decay/reference.py", "exercises/../solutions/decay/mistakes.diff",
             "chapters/decay/decay.md"):
    try:
        print(len((top / path).read_text()))
    except OSError as error:
        print(type(error).__name__)
try:
    (top / "exercises" / "decay" / "leaky_step.py").write_text("")
except OSError as error:
    print(type(error).__name__)
try:
    import autograder.grader.references
except ImportError:
    print("no references")
"""


@pytest.mark.skipif(bool(probe().refusal), reason="needs a sandbox")
@pytest.mark.parametrize("warm", [False, True], ids=["cold", "warm"])
def test_of_the_folder_a_student_finds_the_public_half(own: Path, warm: bool) -> None:
    folder.use(own)
    process = WarmProcess(["numpy", "autograder.exercises.decay"]) if warm else nullcontext()
    with process as running:

        async def once() -> str:
            async with Kernels(running).start() as kernel:
                return await kernel.tell(LOOK.format(top=str(own)))

        told = asyncio.run(once()).splitlines()
    assert told == [
        "decay",
        "['exercises']",
        "[]",
        "FileNotFoundError",
        "FileNotFoundError",
        "FileNotFoundError",
        "OSError",
        "no references",
    ]
