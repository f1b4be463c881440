"""The warm process: it has imported what kernels need, and forks them; it never computes.

It is a program of its own, started afresh, so that it holds nothing of the grader's. A child
moves into a sandbox that bubblewrap has built for it, by the same command line as for a cold
kernel. A process namespace can only be born into: root chooses it for the child, and any other
user's child, which has the right to it only inside, forks once more.
"""

from __future__ import annotations

import ctypes
import fcntl
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
from typing import NoReturn

from autograder.grader.kernels.inside import channel
from autograder.grader.kernels.inside.become_kernel import become_kernel, leave_out_debugger

_APPLICATION = "autograder.grader.kernels.inside.app"
_PATIENCE = 10.0
_NEW_NS, _NEW_CGROUP, _NEW_UTS, _NEW_IPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
_NEW_USER, _NEW_PID, _NEW_NET = 0x10000000, 0x20000000, 0x40000000
_ALL_BUT_USER_AND_PID = _NEW_NS | _NEW_UTS | _NEW_IPC | _NEW_NET | _NEW_CGROUP
_GET_OWNING_USER_NAMESPACE = 0xB701
_SET_CHILD_SUBREAPER = 36


def main() -> None:
    """Import the modules named in the first argument, say "ready", and fork until told to stop.

    Standard input stays open as long as the process shall live; the listening socket is the file
    whose number is the second argument; on standard output go "ready" or a sentence.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    modules, listener = json.loads(sys.argv[1]), socket.socket(fileno=int(sys.argv[2]))
    said = os.dup(1)
    os.dup2(2, 1)  # what a module prints while it is imported is no message
    try:
        word = _imported(modules)
        if not _stopped():
            os.write(said, (word.replace("\n", " ") + "\n").encode())
            os.close(said)
            if word == "ready":
                _serve(listener)
    except BrokenPipeError:
        return  # nobody waits for the word
    finally:
        # The owner may have ended while this process imported, and then nobody else takes away
        # the folder, in which modules put what they like.
        shutil.rmtree(os.path.dirname(listener.getsockname()), ignore_errors=True)


def _imported(modules: list[str]) -> str:
    """Import the modules; "ready", or a sentence that says why no kernel can be forked."""
    try:
        leave_out_debugger()
        for name in modules:
            if _stopped():
                return "it was told to stop"
            importlib.import_module(name)
        if _APPLICATION in modules:
            sys.modules[_APPLICATION].ahead()
        return _unfit() or "ready"
    except Exception as error:
        return f"{type(error).__name__} while importing: {error}"


def _stopped() -> bool:
    """Whether the owner has closed standard input, on which it never writes."""
    return bool(select.select([0], [], [], 0)[0])


def _serve(listener: socket.socket) -> None:
    gc.collect()
    gc.freeze()  # a collection in a child would copy every page that it looks at
    # A kernel's process outlives the child that forked it, and comes back to this one to end.
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        readable, _, _ = select.select([listener.fileno(), 0], [], [])
        if 0 in readable:
            return
        try:
            end, _ = listener.accept()
            with end:
                _fork(end)
        except (OSError, EOFError, ValueError) as error:
            # One caller that is gone, or one moment without memory, is no reason to end.
            print(f"a kernel was not forked: {error}", file=sys.stderr)


def _fork(end: socket.socket) -> None:
    reason = _unfit()
    if reason:
        channel.send(end, {"failed": reason})
        return
    end.settimeout(_PATIENCE)
    (handle,) = channel.receive(end).files
    try:
        if os.geteuid() == 0:
            # It says where children are born, and each kernel's own comes before the next fork.
            _setns(handle, _NEW_PID)
        if os.fork() == 0:
            _move_in(end, handle)
    except OSError as error:
        channel.send(end, {"failed": f"the warm process could not fork: {error}"})
    finally:
        os.close(handle)


def _unfit() -> str:
    """Why this process may not fork, in a sentence, or ""."""
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        return f"the warm process has {threads} threads, and a fork of it could hang"
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        return "the warm process has initialised CUDA, which no fork of it could use"
    return ""


def _move_in(end: socket.socket, handle: int) -> NoReturn:
    try:
        if os.geteuid() == 0:
            _setns(handle, _ALL_BUT_USER_AND_PID)
        else:
            _join(handle)
            if os.fork() != 0:
                os._exit(0)
        os.close(handle)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        end.settimeout(None)
        become_kernel(end)
    except BaseException as error:
        channel.send(end, {"failed": f"the warm process could not move in: {error}"})
    finally:
        os._exit(0)


def _join(handle: int) -> None:
    """Enter the namespaces of the process `handle`, in the order in which rights are had."""
    pid = _number(handle)
    mounts = os.open(f"/proc/{pid}/ns/mnt", os.O_RDONLY)
    # bubblewrap nests two user namespaces: the outer one owns the others.
    outer = fcntl.ioctl(mounts, _GET_OWNING_USER_NAMESPACE)
    inner = os.open(f"/proc/{pid}/ns/user", os.O_RDONLY)
    nested = os.fstat(inner).st_ino != os.fstat(outer).st_ino
    _setns(outer, _NEW_USER)
    _setns(handle, _ALL_BUT_USER_AND_PID | _NEW_PID)
    if nested:
        _setns(inner, _NEW_USER)
    for file in (mounts, outer, inner):
        os.close(file)


def _number(handle: int) -> int:
    with open(f"/proc/self/fdinfo/{handle}") as lines:
        for line in lines:
            if line.startswith("Pid:"):
                return int(line.split()[1])
    raise OSError("the sandbox has ended")


def _setns(handle: int, kinds: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(handle, kinds) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"entering the sandbox was refused: {os.strerror(number)}")


if __name__ == "__main__":
    main()
