"""The process that forks the kernels of the book: each page would import the frameworks again.

A program of its own. What it imports is what the pages to be run do, as far as it can; what it
cannot, the page says in its own words.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import threading
import traceback
from typing import NoReturn

READY = "All is imported."
"""The line that is printed then."""

KERNEL = ("ipykernel.kernelapp", "ipykernel.debugger", "autograder.grader.book.substitute")


def main() -> None:
    """Listen, import, say so on standard output, and fork until standard input is closed.

    The first argument is the number of the listening socket, the second a list of modules, as
    JSON. Who asks for a kernel sends its arguments and environment, with where it prints.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.socket(fileno=int(sys.argv[1]))
    # IPython would set it before anything is imported, and matplotlib looks at it only then.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    for module in (*KERNEL, *json.loads(sys.argv[2])):
        if _stopped():
            return
        with contextlib.suppress(Exception):
            importlib.import_module(module)
    gc.collect()
    gc.freeze()  # a collection in a child would copy every page that it looks at
    print(READY, flush=True)
    os.dup2(2, 1)
    while True:
        readable, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in readable:
            return
        end, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            _become(end)
        end.close()


def _stopped() -> bool:
    return bool(select.select([sys.stdin], [], [], 0)[0])


def _become(end: socket.socket) -> NoReturn:
    """Run a kernel in this process, until it is told to end or who asked for it has."""
    code = 1
    try:
        data, files, _, _ = socket.recv_fds(end, 2**20, 3)
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        asked = json.loads(data)
        os.environ.clear()
        os.environ.update(asked["environment"])
        os.chdir(asked["folder"])
        # Without a parent, ipykernel prints how to connect to it.
        sys.argv = [*asked["arguments"], f"--IPKernelApp.parent_handle={os.getppid()}"]
        del sys.path[0]  # where this program was started; IPython adds the folder of the page
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        end.send(str(os.getpid()).encode())
        threading.Thread(target=_end_with, args=(end,), daemon=True).start()
        from ipykernel.kernelapp import launch_new_instance

        launch_new_instance()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        traceback.print_exc()  # into the output of the build: a kernel that is gone says nothing
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        os._exit(code)


def _end_with(end: socket.socket) -> None:
    end.recv(1)
    os._exit(1)


if __name__ == "__main__":
    main()
