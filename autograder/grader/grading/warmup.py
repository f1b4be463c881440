"""What grading needs in any case, begun while the command itself is still being imported.

Two processes import torch, side by side with the grader: the one that forks its workers, and the
warm process that forks kernels. The sandbox is tried meanwhile. Where nothing is left to grade,
they are ended unused. Several classes in a row share both.
"""

from __future__ import annotations

import multiprocessing
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path
from threading import Thread

from autograder.grader.checkout import home
from autograder.grader.kernels.probe import probe
from autograder.grader.kernels.sandbox import SandboxError
from autograder.grader.kernels.warm import FRAMEWORKS, KERNEL, WarmProcess

IMPORTED = ["autograder.grader.grading.job", "torch"]
"""What a worker needs before it grades."""

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

_begun: list[tuple[list[str], WarmProcess]] = []
_shared: list[_Shared] = []


@dataclass
class _Shared:
    """The warm process of several classes, which is started for the first that needs it."""

    modules: list[str]
    process: WarmProcess | None = None


def begin(arguments: Sequence[str]) -> None:
    """Begin what `autograder grade` with these arguments needs, and return at once."""
    pages = _pages(arguments[0]) if arguments else []
    elsewhere = any(argument.startswith("--cluster") for argument in arguments)
    if not pages or elsewhere:
        return
    modules = preload_of(pages[0])
    workers(modules)
    if "--unsafe" not in arguments:
        Thread(target=_tried, daemon=True).start()
        with suppress(SandboxError):
            _begun.append((modules, WarmProcess(modules)))


def _tried() -> None:
    """Try the sandbox; who needs it tries again where that fails, and tells why."""
    with suppress(Exception):
        probe()


def workers(modules: Sequence[str] = ()) -> ForkServerContext:
    """The process that forks workers; it is started, where it does not run.

    Args:
        modules: what kernels need; Keras is imported for the references as well, if it is there.
    """
    # Workers share the cores, and only a process of one thread can be forked without fear.
    for variable in ONE_THREAD:
        os.environ.setdefault(variable, "1")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*IMPORTED, *(m for m in modules if m == "keras")])
    forkserver.ensure_running()
    return context


def warm(modules: list[str]) -> WarmProcess:
    """A warm process that imports `modules`: the one that is shared or was begun, if it does.

    Raises:
        SandboxError: where none can be had.
    """
    for shared in _shared:
        if set(modules) <= set(shared.modules):
            shared.process = shared.process or WarmProcess(shared.modules)
            return shared.process
    while _begun:
        imports, process = _begun.pop()
        if imports == modules:
            return process
        process.close()
    return WarmProcess(modules)


def release(process: WarmProcess) -> None:
    """End a warm process, unless others share it."""
    if all(process is not shared.process for shared in _shared):
        process.close()


@contextmanager
def sharing(assignments: Sequence[str]) -> Iterator[None]:
    """Let the classes of these assignments, graded one after another, have one warm process."""
    pages = [page for name in assignments for page in _pages(name)]
    shared = _Shared(list(dict.fromkeys(m for page in pages for m in preload_of(page))))
    _shared.append(shared)
    try:
        yield
    finally:
        _shared.remove(shared)
        if shared.process is not None:
            shared.process.close()


def _pages(assignment: str) -> list[Path]:
    return list(home(assignment).chapters.glob(f"*/{assignment}.md"))


def preload_of(page: Path) -> list[str]:
    """The same as `preload`, of the page of an assignment."""
    before_exercises, _, _ = page.read_text("utf-8").partition("raise NotImplementedError")
    return preload(page.stem, before_exercises)


def preload(assignment: str, setup: str) -> list[str]:
    """The modules that every kernel of an assignment needs whose first cells are `setup`."""
    imported = set(re.findall(r"^(?:import|from)\s+(\w+)", setup, re.MULTILINE))
    frameworks = [m for m in FRAMEWORKS if m.partition(".")[0] in imported]
    code = (home(assignment).exercises / assignment).glob("*.py")
    asked = "".join(file.read_text("utf-8") for file in code)
    if "torch.optim" not in asked:
        # Two seconds of imports, which are better spent on the first submissions.
        frameworks = [m for m in frameworks if m != "torch._dynamo"]
    own = ("autograder.exercises.respond", f"autograder.exercises.{assignment}", "autograder.check")
    return [*KERNEL, *frameworks, *own]
