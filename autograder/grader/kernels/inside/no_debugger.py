"""A kernel without what ipykernel prepares for a debugger, which it gives no way to turn off.

For a debugger, each kernel lists the files of all modules that are imported. In a fork this copies
the pages of all those modules, and nobody debugs here. So ipykernel is shown a module `sys` that
has imported nothing. This leans on what ipykernel does inside, and was tried on one version of it.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from ipykernel import ipkernel

TRIED = "7.4.0"
"""The version of ipykernel."""


class _NoModules(ModuleType):
    """The module `sys`, but that nothing seems to be imported."""

    modules: dict[str, ModuleType] = {}  # noqa: RUF012 - as in `sys`

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


def list_no_modules() -> None:
    """Let the kernels of this process list no modules when they are made."""
    vars(ipkernel)["sys"] = _NoModules("sys")
