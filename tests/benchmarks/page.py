"""What a check on the page costs a reader: time, processor and memory, beside a plain Python."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import psutil  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect, sync_playwright
from rich.table import Table

from autograder.grader import references
from autograder.grader.checkout import ROOT
from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.browser.conftest import serve_site
from tests.browser.test_live import LONG, PAGE, STEP, told, write

ROUNDS = 5
COLD, WARM, LATER = "first check", "first check, files kept", "every later check"
PLAIN = "python, the same check"

Cost = dict[str, float]
"""Seconds that a reader waits, seconds of the processor, and MiB that the browser has then."""


def processes() -> list[psutil.Process]:
    """Chromium's, all of which this process has started."""
    found = psutil.Process().children(recursive=True)
    return [process for process in found if "chrom" in process.name()]


def used() -> tuple[float, float]:
    """Seconds of the processor so far, and MiB now, each page that is shared counted once."""
    seconds = sum(sum(process.cpu_times()[:2]) for process in processes())
    mib = sum(process.memory_full_info().pss for process in processes()) / 2**20
    return seconds, mib


def cost(check: Callable[[], str]) -> Cost:
    before, _ = used()
    start = time.perf_counter()
    says = check()
    waited = time.perf_counter() - start
    after, mib = used()
    assert says.startswith(f"{STEP}: correct"), says
    return {"seconds": waited, "processor": after - before, "mib": mib}


def visit(page: Page, address: str, right: str) -> Cost:
    """The first check of a reader who has written a right answer."""
    page.set_default_timeout(LONG)
    page.goto(address + PAGE)
    page.wait_for_load_state("networkidle")
    write(page, STEP, right)
    return cost(lambda: told(page, STEP))


def in_a_browser(address: str, right: str) -> dict[str, Cost]:
    """A reader who was never here; the same one, later that day; and one who checks again."""
    expect.set_options(timeout=LONG)
    with (
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory() as profile,
        ExitStack() as closing,
    ):
        browser = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=ARGUMENTS
        )
        closing.callback(browser.close)
        costs = {}
        for name in (COLD, WARM):
            page = browser.new_page()
            costs[name] = visit(page, address, right)
            if name == WARM:
                costs[LATER] = cost(lambda page=page: told(page, STEP))  # type: ignore[misc]
            page.close()
    return costs


def in_python(right: str) -> Cost:
    """A process that imports NumPy and the checks, and makes the check once."""
    code = f"import numpy as np\nfrom autograder import check\n{right}\ncheck({STEP})"
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError("the check failed in a plain Python")
    waited = time.perf_counter() - start
    return {
        "seconds": waited,
        "processor": usage.ru_utime + usage.ru_stime,
        "mib": usage.ru_maxrss / 1024,
    }


def measure() -> tuple[Table, dict[str, Any]]:
    """Medians, and how many times longer than a plain Python each takes."""
    right = references.cells(references.text("recurrent"), [STEP])[STEP]
    rounds: list[dict[str, Cost]] = []
    with serve_site(ROOT / "_build" / "html") as address:
        for _ in range(ROUNDS):
            rounds.append({**in_a_browser(address, right), PLAIN: in_python(right)})
    costs = {
        name: {what: statistics.median(r[name][what] for r in rounds) for what in rounds[0][name]}
        for name in rounds[0]
    }
    table = Table("", "s", "times python", "s of the processor", "MiB", title="a check on a page")
    base = costs[PLAIN]["seconds"]
    for name, one in costs.items():
        seconds = one["seconds"]
        table.add_row(
            name,
            f"{seconds:.2f}",
            f"{seconds / base:.1f}",
            f"{one['processor']:.2f}",
            f"{one['mib']:.0f}",
        )
    return table, {"costs": costs, "rounds": ROUNDS}
