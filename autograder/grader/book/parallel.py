"""Read the pages of the book, and so run them, in several processes.

Jupyter Book has no option for it, and two extensions that it brings have not said that they may be
used so, which Sphinx takes for a no. It is said here for them, after a look at the versions below:
one numbers sections when all pages have been read, the other changes what goes to LaTeX.
"""

from __future__ import annotations

import os
from typing import Any

MOST_KERNELS = 4
"""Pages that run at once, where there are as many cores: each holds a GiB and more."""

SAFE = {"sphinx_multitoc_numbering": "0.1.3", "sphinx_jupyterbook_latex": "1.0.0"}
"""The extensions that were looked at, in the version that was."""


def setup(app: Any) -> None:
    """Connect to Sphinx, before it looks what may be done side by side."""
    app.connect("config-inited", _read_on_all_cores)


def _read_on_all_cores(app: Any, config: Any) -> None:
    app.parallel = min(os.cpu_count() or 1, MOST_KERNELS)
    for name in SAFE:
        app.extensions[name].parallel_read_safe = True
