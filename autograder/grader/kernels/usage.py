"""How much processor time processes have had, and whether one of them would take more."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

_TICK = 1 / os.sysconf("SC_CLK_TCK")
_STATE, _TIMES = 0, slice(11, 15)  # in /proc/<pid>/stat, behind the name


@dataclass(frozen=True)
class Usage:
    """What a kernel's processes have had.

    Attributes:
        cpu: seconds of processor time, all processes together.
        ready: whether one of their threads runs, or waits for nothing but a processor.
        complete: whether processes that have ended are counted too, and to the microsecond.
    """

    cpu: float
    ready: bool
    complete: bool = False


def of_processes(pids: Collection[int], cpu: float | None = None) -> Usage:
    """What these processes have had by now.

    Args:
        pids: the processes.
        cpu: their processor time, where something better than `/proc` has counted it: there,
            the time of those that ended is seen only where they were waited for.
    """
    complete = cpu is not None
    if cpu is None:
        cpu = sum(_TICK * sum(map(int, stat[_TIMES])) for pid in pids for stat in _stats(f"{pid}"))
    ready = any(
        stat[_STATE] == "R" for pid in pids for stat in _stats(*_threads(f"/proc/{pid}/task"))
    )
    return Usage(cpu, ready, complete)


def descendants(*roots: int) -> set[int]:
    """These processes, and all that were started below them."""
    found: set[int] = set()
    left = list(roots)
    while left:
        pid = left.pop()
        if pid not in found:
            found.add(pid)
            left += _children(pid)
    return found


def _children(pid: int) -> list[int]:
    """The children that the threads of a process have; none where the system does not say."""
    found: list[int] = []
    for thread in _threads(f"/proc/{pid}/task"):
        with contextlib.suppress(OSError):
            found += map(int, Path("/proc", thread, "children").read_text().split())
    return found


def _threads(folder: str) -> list[str]:
    with contextlib.suppress(OSError):
        return [f"{folder[len('/proc/') :]}/{thread}" for thread in os.listdir(folder)]
    return []


def _stats(*places: str) -> Iterator[list[str]]:
    """What stands behind the name in the `stat` of each; nothing where the process has ended."""
    for place in places:
        with contextlib.suppress(OSError):
            # A process may call itself what it likes, parentheses and line breaks too.
            said = Path("/proc", place, "stat").read_bytes().decode(errors="replace")
            yield said.rpartition(")")[2].split()
