"""From a fresh process in a sandbox to an ordinary ipykernel: what runs before a student's code.

The process says hello, with the two directories that the grader needs, waits for its orders,
confines itself, opens the kernel's sockets and says that it is ready. Until the orders come it
has one thread and has imported nothing that the sandbox does not need.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import tempfile
from typing import Any

from autograder.grader.kernels.inside import channel
from autograder.grader.kernels.inside.confine import confine
from autograder.grader.kernels.inside.limits import Limits

SOCKETS = "/run/kernel"
HOME = "/home/student"


def become_kernel(end: socket.socket) -> None:
    """Become the kernel that the grader at the other end of `end` asks for; never return.

    An error on the way is told to the grader, in a sentence, and ends the process.
    """
    status = 1
    try:
        _close_all_but(end.fileno())
        _introduce(end)
        orders = channel.receive(end).body
        os.setsid()
        os.chdir(HOME)
        os.environ.clear()
        os.environ.update(orders["environment"])
        tempfile.tempdir = None  # a warm process may have asked for its own
        confine(Limits(**orders["limits"]), orders["uid"])
        reseed()
        app = _kernel(orders["connection"])
        channel.send(end, {"ready": True})
        end.close()
        app.start()
        status = 0
    except BaseException as error:
        _tell(end, error)
    finally:
        os._exit(status)


def leave_out_debugger() -> None:
    """Make ipykernel do without debugpy: a graded kernel has no use for its 0.1 seconds."""
    sys.modules.setdefault("debugpy", None)  # type: ignore[arg-type] # what import refuses


def reseed() -> None:
    """Give this process random numbers of its own, in every library that is loaded."""
    import random

    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if "torch" in sys.modules:
        # torch.seed also looks for devices; on a GPU the numbers begin as in any new process.
        sys.modules["torch"].default_generator.seed()
    if "tensorflow" in sys.modules:
        # TensorFlow draws the seeds of its operations from this generator when it has none.
        sys.modules["tensorflow"].random.set_seed(random.getrandbits(31))


def _close_all_but(kept: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nowhere, standard)
    for number in sorted(int(name) for name in os.listdir("/proc/self/fd")):
        if number > 2 and number != kept:
            try:
                os.close(number)
            except OSError:
                continue  # the one that listed the directory


def _introduce(end: socket.socket) -> None:
    places = [os.open(place, os.O_PATH | os.O_DIRECTORY) for place in (SOCKETS, HOME)]
    channel.send(end, {"hello": os.getpid()}, places)
    for place in places:
        os.close(place)


def _kernel(connection: dict[str, Any]) -> Any:
    leave_out_debugger()
    from autograder.grader.kernels.inside import app

    return app.make(connection, SOCKETS)


def _tell(end: socket.socket, error: BaseException) -> None:
    try:
        channel.send(end, {"failed": f"{type(error).__name__}: {error}"[:2000]})
    except OSError:
        return  # the grader is gone, or has already heard that the kernel is ready


def main() -> None:
    """Become a kernel for the grader that holds the other end of standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end = socket.socket(fileno=os.dup(0))
    os.set_inheritable(end.fileno(), False)
    become_kernel(end)


if __name__ == "__main__":
    main()
