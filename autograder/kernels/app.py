"""ipykernel's application, without what costs each fork of the warm process and serves nobody.

In a fork, every page that is written to is copied first, and Python writes to an object by looking
at it. To visit all modules and all loggers would be about half of the pages of a kernel's start.
"""

from __future__ import annotations

import logging
import os
import sys
from types import ModuleType
from typing import Any

from ipykernel import ipkernel
from ipykernel.kernelapp import IPKernelApp
from traitlets.config import Config


class _NoModules(ModuleType):
    """The module `sys`, but that nothing seems to be imported."""

    modules: dict[str, ModuleType] = {}  # noqa: RUF012 - as in `sys`

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


# It lists the files of all modules for a debugger, which is not here.
vars(ipkernel)["sys"] = _NoModules("sys")


class KernelApp(IPKernelApp):
    """The application of a graded kernel."""

    def parse_command_line(self, argv: Any = None) -> None:
        """Parse nothing: nobody gives a command line."""

    def _configure_logging(self) -> None:
        """Log nothing: nobody reads it, and traitlets would set every logger anew, five times."""
        logging.getLogger(type(self).__name__).disabled = True

    def init_code(self) -> None:
        """Run nothing first, and note no modules for `%reset` to keep: it keeps them all."""
        shell: Any = self.shell
        shell.user_ns_hidden.update(shell.user_ns)
        shell._sys_modules_keys = sys.modules.keys()


def make(connection: dict[str, Any], folder: str) -> KernelApp:
    """The application, with its sockets open.

    Args:
        connection: jupyter_client's connection information.
        folder: where it keeps a file of it.
    """
    quiet = Config()
    quiet.HistoryManager.enabled = False
    quiet.IPKernelApp.log_level = "CRITICAL"  # else it prints how to connect
    app: KernelApp = KernelApp.instance(config=quiet)
    app.load_connection_info(connection)
    app.connection_file = f"{folder}/{os.path.basename(connection['ip'])}.json"
    app.initialize([])
    return app
