"""The command line that builds a sandbox with bubblewrap, and what is seen inside it.

Inside there are the system's programs and libraries, the Python environment, the package
`autograder` without its grader, and the public half of an instructor's own folder, all read-only; a
working directory, `/tmp`, `/dev/shm` and a directory for sockets, in memory, of limited size, gone
with the sandbox; and nothing else. No file that the kernel writes ever lies on the machine's disk.
There is no network.

An ordinary user gets the namespaces through a user namespace. Root does not, because user 0 of
such a namespace is user 0 outside: there bubblewrap keeps the three capabilities by which the
process inside takes a user that the machine does not have, one for each kernel.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import autograder
from autograder import own
from autograder.grader.errors import CommandError
from autograder.grader.kernels.inside.become_kernel import HOME, SOCKETS
from autograder.grader.kernels.inside.limits import MIB, Limits

# The systemd project's list of users gives this range to nobody: 0x70000000 to 0x7fffffff.
_FIRST_UNUSED_USER = 0x70000000

_FROM_THE_SYSTEM = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime")
GRADER = Path(autograder.__file__).parent / "grader"
INSIDE = GRADER / "kernels" / "inside"
DEVICES = Path("/dev")
_PROCESSORS = "/sys/devices/system/cpu"  # torch asks here how many there are


class SandboxError(CommandError):
    """No sandbox can be had, or one could not be started; the message says what to do."""


@dataclass(frozen=True)
class Sandbox:
    """How to start one sandbox.

    Attributes:
        argv: the command, to be run with `environment`.
        environment: all that the processes inside find in theirs.
        files: open files that the command must inherit, to be closed when it has started.
        uid: the user that the kernel has to become, or None to stay what it is.
    """

    argv: list[str]
    environment: dict[str, str]
    files: tuple[int, ...]
    uid: int | None


def build(
    bwrap: str,
    command: list[str],
    limits: Limits,
) -> Sandbox:
    """A sandbox in which `command` runs.

    Args:
        bwrap: the path of bubblewrap.
        command: what to run inside.
        limits: how large the file systems in memory may grow, and whether there is a GPU.

    Raises:
        SandboxError: a directory that has to be seen inside would show the course's solutions.
    """
    uid = _FIRST_UNUSED_USER + secrets.randbelow(0x0FFFFFFF) if os.geteuid() == 0 else None
    files = []
    argv = [bwrap, "--die-with-parent", "--new-session", "--hostname", "kernel"]
    argv += ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-net"]
    argv += ["--unshare-cgroup-try", "--cap-drop", "ALL"]
    if uid is None:
        argv += ["--unshare-user"]
    else:
        for capability in ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"):
            argv += ["--cap-add", capability]
    argv += ["--proc", "/proc", "--dev", "/dev"]
    for device in gpu_devices() if limits.gpu else ():
        argv += ["--dev-bind", device, device]
    # Before the places that are seen: a checkout may lie below /tmp.
    for place, size in _private(limits).items():
        argv += ["--perms", "0777", "--size", str(size), "--tmpfs", place]
    places = visible()
    for folder in _above([*places, *_FROM_THE_SYSTEM, _PROCESSORS]):
        argv += ["--perms", "0755", "--dir", folder]
    argv += _system()
    for place in places:
        argv += ["--ro-bind", place, place]
    argv += _without_grader()
    for path, text in _faked(os.geteuid() if uid is None else uid).items():
        files.append(_readable(text))
        argv += ["--perms", "0444", "--ro-bind-data", str(files[-1]), path]
    argv += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/", "--", *command]
    return Sandbox(argv, variables(), tuple(files), uid)


def visible() -> list[str]:
    """The directories, beside the system's, that are seen inside.

    Raises:
        SandboxError: one of them holds the checkout, and with it the solutions.
    """
    package = Path(autograder.__file__).parent
    libraries = [p for p in sys.path if Path(p).name in ("site-packages", "dist-packages")]
    wanted = [sys.prefix, sys.exec_prefix, sys.base_prefix, *libraries]
    wanted.append(str(Path(sys.executable).resolve().parent.parent))
    places: list[str] = []
    for place in dict.fromkeys(form for p in wanted for form in (p, os.path.realpath(p))):
        installed = any(package.is_relative_to(library) for library in libraries)
        if package.is_relative_to(place) and not installed:
            raise SandboxError(
                f"the Python environment {place} contains the course's checkout, so a kernel "
                "that sees the one sees the other; make the environment in a folder of its own "
                "(.venv) and start again"
            )
        if Path(place).is_dir() and not Path(place).is_relative_to("/usr"):
            places.append(place)
    outermost = [p for p in places if not any(Path(p) != Path(q) and _within(p, q) for q in places)]
    if not any(_within(str(package), place) for place in outermost):
        outermost.append(str(package))
    return [*outermost, *_beside_the_course(outermost)]


def _beside_the_course(places: list[str]) -> list[str]:
    """What is seen of an instructor's own folder: its public half."""
    folder = own.folder()
    if folder is None:
        return []
    if seen := [place for place in ("/usr", *places) if _within(str(folder), place)]:
        raise SandboxError(
            f"your own assignments in {folder} lie within {seen[0]}, which kernels see, and with "
            "them their solutions; put the folder elsewhere and start again"
        )
    return [str(own.public(folder))]


def gpu_devices() -> list[str]:
    """The device files of this machine's GPUs and of their driver, or none without a GPU."""
    devices = sorted(str(device) for device in DEVICES.glob("nvidia*"))
    return devices if any(device[-1].isdigit() for device in devices) else []


def variables(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a kernel: this list, and `more`; nothing of the grader's own."""
    return {
        "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
        "PYTHONPATH": str(Path(autograder.__file__).parent.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "HOME": HOME,
        "USER": "student",
        "LOGNAME": "student",
        "LANG": "C.UTF-8",
        "TMPDIR": "/tmp",  # noqa: S108 - the private one, inside
        # Not at home, where a submission's own files would be taken for these.
        "IPYTHONDIR": "/tmp/ipython",  # noqa: S108
        "MPLCONFIGDIR": "/tmp/matplotlib",  # noqa: S108
        # One thread a kernel: many kernels share the processors, and a parent with a second
        # thread cannot be forked.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
        **({own.VARIABLE: str(folder)} if (folder := own.folder()) else {}),
        **(more or {}),
    }


def _above(places: list[str]) -> list[str]:
    """The folders that lead to `places`, which bubblewrap by itself closes to other users."""
    folders = {str(folder) for place in places for folder in Path(place).parents}
    return sorted(folders - {"/"})


def _without_grader() -> Iterator[str]:
    """Of the grader nothing is seen but what runs inside; the wheel has none of it."""
    if GRADER.is_dir():
        yield from ("--perms", "0755", "--tmpfs", str(GRADER))
        yield from ("--perms", "0755", "--dir", str(INSIDE.parent))
        yield from ("--ro-bind", str(INSIDE), str(INSIDE), "--remount-ro", str(GRADER))


def _within(inner: str, outer: str) -> bool:
    return Path(inner).is_relative_to(outer)


def _system() -> Iterator[str]:
    yield from ("--ro-bind", "/usr", "/usr")
    for place in ("/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        if os.path.islink(place):
            yield from ("--symlink", os.readlink(place), place)
        elif os.path.isdir(place):
            yield from ("--ro-bind", place, place)
    for place in (*_FROM_THE_SYSTEM, _PROCESSORS):
        yield from ("--ro-bind-try", os.path.realpath(place), place)


def _faked(uid: int) -> dict[str, str]:
    return {
        "/etc/passwd": f"student:x:{uid}:{uid}:student:{HOME}:/bin/sh\n",
        "/etc/group": f"student:x:{uid}:\n",
        "/etc/hosts": "127.0.0.1 localhost kernel\n::1 localhost\n",
        "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    }


def _private(limits: Limits) -> dict[str, int]:
    return {
        HOME: limits.disk,
        "/tmp": limits.disk,  # noqa: S108
        "/dev/shm": limits.disk,  # noqa: S108
        SOCKETS: MIB,
    }


def _readable(text: str) -> int:
    reading, writing = os.pipe()
    os.write(writing, text.encode())
    os.close(writing)
    return reading
