"""What a process gives up, for good, before it runs a line of a student's code.

It runs inside the namespaces that `sandbox` has made, and uses the standard library alone. Each
step raises where it fails, and the end is read back from the operating system: a process that is
not confined must not go on.
"""

from __future__ import annotations

import ctypes
import os
import resource
from pathlib import Path

from autograder.grader.kernels.inside import seccomp
from autograder.grader.kernels.inside.limits import Limits

_SET_DUMPABLE, _BOUNDING_DROP, _NO_NEW_PRIVILEGES, _AMBIENT = 4, 24, 38, 47
_CLEAR_ALL = 4
_CAPABILITY_VERSION_3 = 0x20080522


def confine(limits: Limits, uid: int | None) -> None:
    """Take the limits, the user `uid` (None: keep this one), no capability, no way back.

    Raises:
        OSError: a step was refused, or had no effect.
    """
    _limit(limits)
    _drop_bounding_set()
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    _drop_capabilities()
    _prctl(_NO_NEW_PRIVILEGES, 1)
    # A change of user hides /proc/self from its own process, which libraries read.
    _prctl(_SET_DUMPABLE, 1)
    seccomp.install()
    _verify()


def _limit(limits: Limits) -> None:
    fields = Path("/proc/self/statm").read_text().split()
    page = os.sysconf("SC_PAGE_SIZE")
    size, data = int(fields[0]) * page, int(fields[5]) * page
    space = limits.address_space
    wanted = {
        # A forked process begins with what its parent had loaded, which is not counted.
        resource.RLIMIT_DATA: data + limits.memory,
        resource.RLIMIT_AS: resource.RLIM_INFINITY if space is None else size + space,
        resource.RLIMIT_FSIZE: limits.file_size,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_NPROC: limits.processes,
        resource.RLIMIT_CPU: limits.cpu,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0 if space is not None else resource.RLIM_INFINITY,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_SIGPENDING: 1024,
    }
    for kind, amount in wanted.items():
        hard = resource.getrlimit(kind)[1]
        if hard != resource.RLIM_INFINITY:
            amount = hard if amount == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(kind, (amount, amount))


def _drop_bounding_set() -> None:
    if _status("CapEff") == 0 and _status("CapPrm") == 0:
        return  # nothing in the set can be gained: no new privileges follows
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    for capability in range(last + 1):
        _prctl(_BOUNDING_DROP, capability)


def _drop_capabilities() -> None:
    _prctl(_AMBIENT, _CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.capset(header, none) != 0:
        raise OSError(ctypes.get_errno(), "the capabilities could not be given up")


def _verify() -> None:
    for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        if _status(name) != 0:
            raise OSError(f"{name} is not empty")
    if _status("NoNewPrivs") != 1 or _status("Seccomp") != 2:
        raise OSError("new privileges or all system calls are still to be had")
    if 0 in os.getresuid() or 0 in os.getresgid():
        raise OSError("the process is still root")


def _status(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1], 16)
    raise OSError(f"/proc/self/status does not tell {name}")


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option} was refused")
