"""A class graded by nbgrader as it comes, by otter, by us, and by the least that could be done.

All grade the same notebooks: the released assignment without its demonstrations, filled with the
reference and with other right styles. Ours runs with sandbox and judge on.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import nbformat
from rich.table import Table

from autograder.grader.grading.course import Course
from autograder.grader.grading.files import CONFIG
from autograder.grader.grading.notebook import Released
from autograder.grader.release.course import make_course, release
from autograder.grader.release.sample import sample
from autograder.grader.release.solve import grade_id_of
from tests.benchmarks import _otter, _parts

ASSIGNMENT = "lstm"
OURS, STOCK, FLOOR, PARTS = 100, 6, 100, 20
ROUNDS = 3

STOCK_CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "stock"
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
]
"""


def notebooks() -> list[bytes]:
    """The right submissions of the sample class, without the cells that are not graded."""
    found = []
    for student, data in sample(ASSIGNMENT).items():
        if student == "reference" or student.startswith("style-"):
            notebook = nbformat.reads(data.decode(), as_version=4)
            notebook.cells = [c for c in notebook.cells if grade_id_of(c)]
            found.append(nbformat.writes(notebook).encode())
    return found


def fill(course: Course, count: int, sources: list[bytes]) -> None:
    """Write a class of `count` students."""
    shutil.rmtree(course.root / "submitted", ignore_errors=True)
    for number in range(count):
        folder = course.path("submitted", f"s{number:03}", ASSIGNMENT)
        folder.mkdir(parents=True)
        (folder / f"{ASSIGNMENT}.ipynb").write_bytes(sources[number % len(sources)])


def timed(command: list[str], cwd: Path) -> tuple[float, float]:
    """The seconds that a command takes, and the most memory that one of its processes had, in MiB.

    Raises:
        RuntimeError: where it fails.
    """
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, cwd=cwd, stdout=log, stderr=log)
        _, status, used = os.wait4(process.pid, 0)
        log.seek(0)
        said = log.read()
    if status:
        raise RuntimeError(f"{' '.join(command)} failed:\n{said[-2000:]}")
    return time.perf_counter() - start, used.ru_maxrss / 1024


def ours(course: Course) -> tuple[float, float]:
    (course.root / ".autograder" / f"{ASSIGNMENT}.jsonl").unlink(missing_ok=True)
    shutil.rmtree(course.root / "autograded", ignore_errors=True)
    return regrade(course)


def regrade(course: Course) -> tuple[float, float]:
    return timed([sys.executable, "-m", "autograder.grader.cli", "grade", ASSIGNMENT], course.root)


def stock(root: Path) -> tuple[float, float]:
    return timed([sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT, "--force"], root)


def floor(sources: list[bytes]) -> float:
    """Fork a process that has imported torch, and execute the cells in it; two at a time."""
    start = time.perf_counter()
    code = "from tests.benchmarks.grading import fork_all; import sys; fork_all(sys.argv[1])"
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump([cells(sources[n % len(sources)]) for n in range(FLOOR)], file)
        file.flush()
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        subprocess.run([sys.executable, "-c", code, file.name], check=True, env=environment)
    return time.perf_counter() - start


def cells(notebook: bytes) -> list[str]:
    released = Released.parse(notebook.decode())
    return [c.source for c in released.cells if c.role != "check"]


def fork_all(path: str) -> None:
    """Execute each list of cells of the file in a fork of this process."""
    import torch  # noqa: F401 - imported once, before the forks

    work = json.loads(Path(path).read_text())
    context = multiprocessing.get_context("fork")
    running: list[Any] = []
    for sources in work:
        if len(running) == 2:
            running.pop(0).join()
        running.append(context.Process(target=execute, args=(sources,)))
        running[-1].start()
    for process in running:
        process.join()


def execute(sources: list[str]) -> None:
    """Execute cells in a namespace of their own, quietly."""
    names: dict[str, Any] = {}
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        for source in sources:
            exec(source, names)


def measure() -> tuple[Table, dict[str, Any]]:
    """Seconds a submission, and how many times quicker than nbgrader each is."""
    sources = notebooks()
    with tempfile.TemporaryDirectory() as folder:
        course = make_course(Path(folder) / "ours")
        release(course, ASSIGNMENT)
        plain = make_course(Path(folder) / "stock")
        (plain.root / CONFIG).write_text(STOCK_CONFIG)
        plain = Course(plain.root)
        release(plain, ASSIGNMENT)
        fill(plain, STOCK, sources)
        fill(course, OURS // 10, sources)
        _, small = ours(course)
        fill(course, OURS, sources)
        _, large = ours(course)
        # By turns, so that a machine that grows slower does so for all of them.
        ways: dict[str, Callable[[], float]] = {
            "nbgrader autograde": lambda: stock(plain.root)[0] / STOCK,
            "autograder grade": lambda: ours(course)[0] / OURS,
            "autograder grade, nothing changed": lambda: regrade(course)[0] / OURS,
            "the floor": lambda: floor(sources) / FLOOR,
        }
        runs = [{name: way() for name, way in ways.items()} for _ in range(ROUNDS)]
        seconds = {name: statistics.median(run[name] for run in runs) for name in ways}
        if _otter.program():
            each = _otter.seconds(ASSIGNMENT, sources[:STOCK], Path(folder) / "otter")
            seconds["otter run"] = statistics.median(each)
        again = make_course(Path(folder) / "parts")
        release(again, ASSIGNMENT)
        fill(again, PARTS, sources)
        parts = _parts.measure(again, ASSIGNMENT)
    base = seconds["nbgrader autograde"]
    table = Table("", "s a submission", "times nbgrader", "times the floor", title="a class")
    for name, value in seconds.items():
        ratio = value / seconds["the floor"]
        table.add_row(name, f"{value:.4f}", f"{base / value:.1f}", f"{ratio:.2f}")
    if not _otter.program():
        table.add_row("otter run", _otter.MISSING, "", "")
    for part, value in parts.items():
        table.add_row(f"of one at a time: {part}", f"{value:.4f}", "", "")
    memory = {"class_of_10": small, "class_of_100": large}
    return table, {"seconds": seconds, "parts": parts, "peak_memory_mib": memory}
