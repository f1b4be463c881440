"""One running sandbox with one kernel in it: start, signal, kill, and what is left: nothing.

A cold kernel is the process that bubblewrap starts. For a warm one bubblewrap starts `cat`, which
keeps the same sandbox open, and the process forked by the warm process moves in. From the hello
on there is no difference.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from autograder.grader.kernels import cgroup, sandbox
from autograder.grader.kernels.files import copy_tree
from autograder.grader.kernels.inside import channel
from autograder.grader.kernels.inside.limits import Limits
from autograder.grader.kernels.sandbox import SandboxError
from autograder.grader.kernels.usage import Usage, descendants, of_processes

_PATIENCE = 60.0  # seconds for the first import on a slow disk, not what a start takes
_SHUTDOWN = 10.0


@dataclass
class Kernel:
    """A process in its sandbox, as the grader holds it.

    Attributes:
        bwrap: bubblewrap's process outside, whose end is the sandbox's end.
        uid: the user that the kernel has to become, or None to stay what it is.
        ends: the sockets to the processes inside; open as long as the sandbox is to live.
        init: the first process inside; when it ends, so has every other.
        process: the kernel itself.
        pids: their numbers on this machine, of the first process and of the kernel.
        group: the kernel's control group, where one can be had.
        places: open directories: of the sockets, and the working directory.
        sockets: the kernel's sockets, open as files, by the port that each stands for.
    """

    bwrap: subprocess.Popen[bytes]
    uid: int | None
    ends: list[socket.socket] = field(default_factory=list)
    init: int = -1
    process: int = -1
    pids: tuple[int, ...] = ()
    group: cgroup.Group | None = None
    places: tuple[int, ...] = ()
    sockets: dict[int, int] = field(default_factory=dict)

    def alive(self) -> bool:
        """Whether the kernel's process runs."""
        return self.process >= 0 and not _ended(self.process, 0.0)

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel's process, and to no other that may bear its number."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.process, signum)

    def stop(self) -> None:
        """Begin to end the sandbox."""
        if self.init < 0:
            self.bwrap.kill()
            return
        # bubblewrap itself is left to see this and to end: killed before, it would leave the
        # first process inside to whoever collects the dead on this machine, often nobody.
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.init, signal.SIGKILL)

    def kill(self) -> None:
        """End every process of the sandbox; return when all are gone.

        Raises:
            SandboxError: a process would not end.
        """
        self.stop()
        try:
            self.bwrap.wait(_SHUTDOWN)
        except subprocess.TimeoutExpired as error:
            raise SandboxError("a sandbox did not end when it was killed") from error
        for handle in (self.init, self.process):
            if handle >= 0 and not _ended(handle, _SHUTDOWN):
                raise SandboxError("a process in a sandbox did not end when it was killed")

    def usage(self) -> Usage:
        """The processor time that its processes have had, and whether one would take more."""
        cpu = self.group.cpu() if self.group is not None else None
        pids = self.group.processes() if self.group is not None else descendants(*self.pids)
        return of_processes(pids, cpu)

    def out_of_memory(self) -> bool:
        """Whether the control group has killed one of the kernel's processes."""
        return self.group is not None and self.group.out_of_memory()

    def release(self) -> None:
        """Give back what the grader held: open files and the control group. Kill first."""
        for end in self.ends:
            end.close()
        if self.bwrap.stderr is not None:
            self.bwrap.stderr.close()
        for handle in (self.init, self.process, *self.places, *self.sockets.values()):
            if handle >= 0:
                os.close(handle)
        self.ends, self.init, self.process, self.places, self.sockets = [], -1, -1, (), {}
        if self.group is not None:
            self.group.remove()
            self.group = None


@dataclass(frozen=True)
class LaunchSpec:
    """What a kernel is to be.

    Attributes:
        bwrap: the path of bubblewrap.
        cgroups: where its control group is made, or None.
        connection: jupyter_client's connection information, `ip` being a path inside.
        limits: what it may use.
        environment: its environment variables, all of them.
        files: a folder to be copied into the working directory, or None.
        warm: the address of a warm process, or "" for a cold kernel.
    """

    bwrap: str
    cgroups: cgroup.Place | None
    connection: dict[str, Any]
    limits: Limits
    environment: dict[str, str]
    files: Path | None = None
    warm: str = ""


def launch(orders: LaunchSpec) -> Kernel:
    """Start a sandbox; `finish` makes the kernel in it.

    bubblewrap dies with the thread that calls this, so it has to be one that lasts.
    """
    inside = [sys.executable, "-P", "-m", "autograder.grader.kernels.inside.become_kernel"]
    command = ["/usr/bin/cat"] if orders.warm else inside
    built = sandbox.build(orders.bwrap, command, orders.limits)
    ours, theirs = channel.pair()
    ours.settimeout(_PATIENCE)
    try:
        bwrap = subprocess.Popen(  # noqa: S603 - the command is our own
            built.argv,
            env=built.environment,
            pass_fds=built.files,
            stdin=theirs.fileno(),
            stdout=theirs.fileno() if orders.warm else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
    finally:
        theirs.close()
        for file in built.files:
            os.close(file)
    return Kernel(bwrap, built.uid, [ours])


def finish(kernel: Kernel, orders: LaunchSpec, ports: Sequence[int]) -> int:
    """Make the kernel in a sandbox that `launch` has started; return when its sockets are open.

    Args:
        kernel: what `launch` gave.
        orders: what the kernel is to be.
        ports: the numbers with which the names of its sockets end.

    Returns:
        An open directory in which the sockets are, which belongs to `kernel`.

    Raises:
        SandboxError: the kernel could not be made; the message says why. The caller kills.
    """
    try:
        end = _move_in(kernel, orders.warm) if orders.warm else kernel.ends[0]
        hello = _answer(end, "hello")
        kernel.places = hello.files
        kernel.process = os.pidfd_open(hello.pid)
        kernel.pids += (hello.pid,)
        if not orders.warm:
            kernel.init = os.pidfd_open(_parent(hello.pid))
            kernel.pids += (_parent(hello.pid),)
        if orders.cgroups is not None:
            kernel.group = cgroup.make(orders.cgroups, orders.limits)
            kernel.group.add(hello.pid)
        sockets, home = hello.files
        if orders.files is not None:
            copy_tree(orders.files, home, orders.limits, kernel.uid)
        body = {
            "connection": orders.connection,
            "limits": asdict(orders.limits),
            "environment": orders.environment,
            "uid": kernel.uid,
        }
        channel.send(end, body)
        _answer(end, "ready")
        # Before a line of the student's code runs, which may put anything in their places.
        for port in ports:
            name = f"{os.path.basename(orders.connection['ip'])}-{port}"
            kernel.sockets[port] = _open_socket(sockets, name)
    except TimeoutError as error:
        raise SandboxError(f"a kernel was not ready after {_PATIENCE:.0f} seconds") from error
    except (EOFError, OSError, ValueError) as error:
        raise SandboxError(f"a kernel could not be started: {_why(kernel, error)}") from error
    return sockets


def _move_in(kernel: Kernel, warm: str) -> socket.socket:
    keeper = kernel.ends[0]
    channel.send(keeper, {})
    pid = channel.receive(keeper).pid  # `cat` gives it back when the sandbox is complete
    kernel.init = os.pidfd_open(_parent(pid))
    kernel.pids += (_parent(pid),)
    handle = os.pidfd_open(pid)
    try:
        end = channel.open_socket()
        kernel.ends.append(end)
        end.settimeout(_PATIENCE)
        end.connect(warm)
        channel.send(end, {"join": True}, [handle])
    finally:
        os.close(handle)
    return end


def _answer(end: socket.socket, wanted: str) -> channel.Packet:
    packet = channel.receive(end)
    if wanted not in packet.body:
        raise ValueError(str(packet.body.get("failed", "it gave an answer nobody asked for")))
    return packet


def _open_socket(folder: int, name: str) -> int:
    """A socket in an open directory, itself opened as a file: no link is followed then or later."""
    handle = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    if not stat.S_ISSOCK(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(f"{name} is not a socket")
    return handle


def _why(kernel: Kernel, error: Exception) -> str:
    kernel.stop()
    said = cast("IO[bytes]", kernel.bwrap.stderr).read(4096).decode(errors="replace").strip()
    return said or str(error)


def _parent(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("PPid:"):
            return int(line.split()[1])
    raise OSError(f"/proc/{pid}/status does not tell the parent")


def _ended(handle: int, timeout: float) -> bool:
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(1000 * timeout))
