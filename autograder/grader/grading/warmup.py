"""What grading needs in any case, begun while the command itself is still being imported.

Two processes import torch, side by side with the grader: the one that forks its workers, and the
warm process that forks kernels. The sandbox is tried meanwhile. Where nothing is left to grade,
they are ended unused.
"""

from __future__ import annotations

import multiprocessing
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from threading import Thread

from autograder.grader.checkout import CHAPTERS, PACKAGE
from autograder.grader.kernels.probe import probe
from autograder.grader.kernels.sandbox import SandboxError
from autograder.grader.kernels.warm import FRAMEWORKS, KERNEL, WarmProcess

IMPORTED = ["autograder.grader.grading.job", "torch"]
"""What a worker needs before it grades."""

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

_begun: list[tuple[list[str], WarmProcess]] = []


def begin(arguments: Sequence[str]) -> None:
    """Begin what `autograder grade` with these arguments needs, and return at once."""
    pages = list(CHAPTERS.glob(f"*/{arguments[0]}.md")) if arguments else []
    elsewhere = any(argument.startswith("--cluster") for argument in arguments)
    if not pages or elsewhere:
        return
    workers()
    if "--unsafe" not in arguments:
        Thread(target=_tried, daemon=True).start()
        before_exercises, _, _ = pages[0].read_text("utf-8").partition("raise NotImplementedError")
        modules = preload(arguments[0], before_exercises)
        with suppress(SandboxError):
            _begun.append((modules, WarmProcess(modules)))


def _tried() -> None:
    """Try the sandbox; who needs it tries again where that fails, and tells why."""
    with suppress(Exception):
        probe()


def workers() -> ForkServerContext:
    """The process that forks workers; it is started, where it does not run."""
    # Workers share the cores, and only a process of one thread can be forked without fear.
    for variable in ONE_THREAD:
        os.environ.setdefault(variable, "1")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(IMPORTED)
    forkserver.ensure_running()
    return context


def warm(modules: list[str]) -> WarmProcess:
    """A warm process that imports `modules`: the one that was begun, if it does.

    Raises:
        SandboxError: where none can be had.
    """
    while _begun:
        imports, process = _begun.pop()
        if imports == modules:
            return process
        process.close()
    return WarmProcess(modules)


def preload(assignment: str, setup: str) -> list[str]:
    """The modules that every kernel of an assignment needs whose first cells are `setup`."""
    imported = set(re.findall(r"^(?:import|from)\s+(\w+)", setup, re.MULTILINE))
    frameworks = [m for m in FRAMEWORKS if m.partition(".")[0] in imported]
    asked = "".join(p.read_text("utf-8") for p in (PACKAGE / "exercises" / assignment).glob("*.py"))
    if "torch.optim" not in asked:
        # Two seconds of imports, which are better spent on the first submissions.
        frameworks = [m for m in frameworks if m != "torch._dynamo"]
    own = ("autograder.exercises.respond", f"autograder.exercises.{assignment}", "autograder.check")
    return [*KERNEL, *frameworks, *own]
