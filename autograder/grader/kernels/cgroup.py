"""Control groups: the only limit that counts a kernel and all its processes together.

Version 2 where its controllers are at hand, version 1 where memory and processes are there.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.grader.kernels.inside.limits import MIB, Limits

_PREFIX = "autograder"
_V1 = {"memory": "memory.limit_in_bytes", "pids": "pids.max"}
_V2 = {"memory": "memory.max", "pids": "pids.max"}
_UNLIMITED = ("cpu", "cpuacct")
"""Controllers without a limit of ours: groups get equal shares of the processors, however many
processes are in them, and the time that they had is counted."""


@dataclass(frozen=True)
class Place:
    """Where groups can be made: the folder of each controller."""

    version: int
    folders: Mapping[str, Path]

    @property
    def files(self) -> Mapping[str, str]:
        """The file that holds the limit of each controller."""
        return _V2 if self.version == 2 else _V1


@dataclass(frozen=True)
class Group:
    """The group of one kernel."""

    folders: tuple[Path, ...]

    def add(self, pid: int) -> None:
        """Put one process in; what it starts from then on is in too."""
        for folder in self.folders:
            (folder / "cgroup.procs").write_text(str(pid))

    def out_of_memory(self) -> bool:
        """Whether a process of the group was killed because the memory was used up."""
        for folder in self.folders:
            for name in ("memory.events", "memory.oom_control"):
                with contextlib.suppress(OSError):
                    words = (folder / name).read_text().split()
                    if int(dict(zip(words[::2], words[1::2], strict=True))["oom_kill"]):
                        return True
        return False

    def processes(self) -> list[int]:
        """The processes that are in the group now."""
        with contextlib.suppress(OSError):
            return [int(pid) for pid in (self.folders[0] / "cgroup.procs").read_text().split()]
        return []

    def cpu(self) -> float | None:
        """The seconds of processor time that its processes have had, those that ended included.

        None where nobody counts them.
        """
        for folder in self.folders:
            with contextlib.suppress(OSError):
                return int((folder / "cpuacct.usage").read_text()) / 1e9
            with contextlib.suppress(OSError, KeyError):
                words = (folder / "cpu.stat").read_text().split()
                return int(dict(zip(words[::2], words[1::2], strict=True))["usage_usec"]) / 1e6
        return None

    def remove(self) -> None:
        """Take the group away; its processes must have ended.

        Raises:
            OSError: a process is still there after a second.
        """
        for folder in self.folders:
            for last_time in (*[False] * 100, True):
                try:
                    folder.rmdir()
                    break
                except FileNotFoundError:
                    break
                except OSError:  # the system lets go of an ended process a little later
                    if last_time:
                        raise
                    time.sleep(0.01)


def find() -> Place | None:
    """Where this process may make groups that limit memory and processes, if anywhere."""
    for place in _candidates():
        _sweep(place)
        try:
            group = make(place, Limits())
        except OSError:
            continue
        group.remove()
        return place
    return None


def make(place: Place, limits: Limits) -> Group:
    """Make a group with these limits.

    Raises:
        OSError: this user may not, or the controllers are not there.
    """
    name = f"{_PREFIX}-{os.getpid()}-{secrets.token_hex(4)}"
    made: list[Path] = []
    amounts = {"memory": limits.memory + 64 * MIB, "pids": limits.processes}
    try:
        for controller, parent in place.folders.items():
            folder = parent / name
            if folder not in made:
                folder.mkdir()
                made.append(folder)
            if controller in _UNLIMITED:
                continue
            # Opened without creating: a file that is not there is a controller that is not.
            with open(folder / place.files[controller], "r+") as file:
                file.write(str(amounts[controller]))
        for folder in made:
            for extra in ("memory.swap.max", "memory.memsw.limit_in_bytes"):
                with contextlib.suppress(OSError), open(folder / extra, "r+") as file:
                    file.write("0" if "swap" in extra else str(amounts["memory"]))
    except OSError:
        Group(tuple(made)).remove()
        raise
    return Group(tuple(made))


def _sweep(place: Place) -> None:
    """Take away the groups of graders that were killed."""
    for folder in set(place.folders.values()):
        for group in folder.glob(f"{_PREFIX}-*-*"):
            if not Path("/proc", group.name.split("-")[1]).exists():
                with contextlib.suppress(OSError):
                    group.rmdir()


def _candidates() -> Iterator[Place]:
    mounts = _mounts()
    own = _own_groups()
    if "" in mounts:
        top = mounts[""]
        inner = top / own.get("", "/").lstrip("/")
        for folder in dict.fromkeys((inner, inner.parent, top)):
            if folder.is_relative_to(top):
                _delegate(folder)
                yield Place(2, {"memory": folder, "pids": folder})
    if {"memory", "pids"} <= mounts.keys():
        folders = {c: mounts[c] / own.get(c, "/").lstrip("/") for c in mounts if c}
        yield Place(1, folders)
        yield Place(1, {c: f for c, f in folders.items() if c not in _UNLIMITED})


def _delegate(folder: Path) -> None:
    """Let the children of `folder` have limits, where that is not so and this user may say it."""
    with contextlib.suppress(OSError):
        given = (folder / "cgroup.subtree_control").read_text().split()
        offered = (folder / "cgroup.controllers").read_text().split()
        for controller in ("memory", "pids", "cpu"):
            if controller in offered and controller not in given:
                (folder / "cgroup.subtree_control").write_text(f"+{controller}")


def _mounts() -> dict[str, Path]:
    """Where each controller is mounted; version 2 under the empty name."""
    found: dict[str, Path] = {}
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, place, kind, options, *_ = line.split()
        if kind == "cgroup2":
            found.setdefault("", Path(place))
        elif kind == "cgroup":
            for controller in {*_V1, *_UNLIMITED} & set(options.split(",")):
                found.setdefault(controller, Path(place))
    return found


def _own_groups() -> dict[str, str]:
    found = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            found[controller] = path
    return found
