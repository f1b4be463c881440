"""ipykernel's application, without what costs each kernel and serves nobody.

In a fork, every page that is written to is copied first, and Python writes to an object by looking
at it. To visit all modules and all loggers would be about half of the pages of a kernel's start,
and to make the shell a fifth of the rest.
"""

from __future__ import annotations

import atexit
import logging
import os
import sys
import zlib
from typing import Any

from ipykernel.compiler import XCachingCompiler, get_tmp_directory
from ipykernel.iostream import OutStream
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from traitlets.config import Config

from autograder.grader.kernels.inside.no_debugger import list_no_modules


class Compiler(XCachingCompiler):
    """Names the files of cells."""

    def get_code_name(self, raw_code: str, code: str, number: int) -> str:
        """Name a cell by a hash that is not computed in Python, byte by byte, as ipykernel's is."""
        folder = get_tmp_directory()  # type: ignore[no-untyped-call]
        return f"{folder}{os.sep}{zlib.crc32(raw_code.encode())}.py"


class Shell(ZMQInteractiveShell):
    """The shell of a graded kernel."""

    _transformed: tuple[str, str] | None = None

    def transform_cell(self, raw_cell: str) -> str:
        """Transform a cell once: ipykernel asks before the shell does, with the same string."""
        if self._transformed is None or self._transformed[0] is not raw_cell:
            self._transformed = raw_cell, super().transform_cell(raw_cell)
            return self._transformed[1]
        (_, transformed), self._transformed = self._transformed, None
        return transformed


class Stream(OutStream):
    """What a student's code writes to."""

    def flush(self) -> None:
        """Wait for the thread that sends, where there is something to send."""
        if self._buffers:
            super().flush()  # type: ignore[no-untyped-call]


class KernelApp(IPKernelApp):
    """The application of a graded kernel."""

    def parse_command_line(self, argv: Any = None) -> None:
        """Parse nothing: nobody gives a command line."""

    def _configure_logging(self) -> None:
        """Log nothing: nobody reads it, and traitlets would set every logger anew, five times."""
        logging.getLogger(type(self).__name__).disabled = True

    def init_path(self) -> None:
        """Let what lies beside the notebook be imported, as in Jupyter: behind Python's own.

        IPython itself leaves it out where Python was started with -P, as here, so that no such
        file is imported before the kernel is there.
        """
        packages = ("site-packages", "dist-packages")
        found = (i for i, path in enumerate(sys.path) if os.path.basename(path) in packages)
        sys.path.insert(next(found, len(sys.path)), "")

    def init_shell(self) -> None:
        """Give the shell what it could not know when it was made ahead."""
        super().init_shell()  # type: ignore[no-untyped-call]
        shell: Any = self.shell
        shell.parent = shell.kernel = self.kernel
        shell.profile_dir = self.profile_dir
        shell.ipython_dir = self.ipython_dir
        shell.starting_dir = os.getcwd()

    def init_code(self) -> None:
        """Run nothing first, and note no modules for `%reset` to keep: it keeps them all."""
        shell: Any = self.shell
        shell.user_ns_hidden.update(shell.user_ns)
        shell._sys_modules_keys = sys.modules.keys()


def ahead() -> None:
    """Make the shell that this process, or each of its forks, has as a kernel."""
    if Shell.initialized():
        return
    list_no_modules()
    shell = Shell.instance(config=_config(), compiler_class=Compiler)
    shell.user_expressions({"an answer": "''"})  # which makes what answers need
    atexit.unregister(shell.atexit_operations)  # for kernels, which end without a word


def make(connection: dict[str, Any], folder: str) -> KernelApp:
    """The application, with its sockets open.

    Args:
        connection: jupyter_client's connection information.
        folder: where it keeps a file of it.
    """
    ahead()
    app: KernelApp = KernelApp.instance(config=_config())
    app.load_connection_info(connection)
    app.connection_file = f"{folder}/{os.path.basename(connection['ip'])}.json"
    app.initialize([])
    return app


def _config() -> Config:
    quiet = Config()
    quiet.HistoryManager.enabled = False
    quiet.IPKernelApp.log_level = "CRITICAL"  # else it prints how to connect
    quiet.IPKernelApp.outstream_class = f"{__name__}.Stream"
    quiet.IPythonKernel._execute_sleep = 0.0
    return quiet
