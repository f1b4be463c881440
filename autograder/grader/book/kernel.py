"""The command that Jupyter starts for a kernel of the book, which is a fork of another process.

It is run by its path and imports next to nothing. It lives as long as the kernel does, which ends
with it, and passes signals on. Where nobody forks, it becomes a kernel itself.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys

ADDRESS = "AUTOGRADER_BOOK_FORKS"
"""The environment variable with the address of who forks."""


def main() -> None:
    """Ask for a kernel with the arguments that Jupyter gives."""
    arguments = ["ipykernel_launcher", *sys.argv[1:]]
    end = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    asked = {"arguments": arguments, "folder": os.getcwd(), "environment": dict(os.environ)}
    try:
        end.connect(os.environ.get(ADDRESS, ""))
        socket.send_fds(end, [json.dumps(asked).encode()], [0, 1, 2])
        kernel = int(end.recv(32))
    except (OSError, ValueError):
        os.execv(sys.executable, [sys.executable, "-m", *arguments])  # noqa: S606 - our own command
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.kill(kernel, number))
    end.recv(1)  # nothing is sent: the kernel has ended


if __name__ == "__main__":
    main()
