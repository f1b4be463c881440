"""How the book's notebooks are run: in which kernels, and with which references."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util import logging

from autograder.grader.book.substitute import REFERENCE

LOGGER = logging.getLogger(__name__)

PROFILE = """\
c = get_config()
c.IPKernelApp.extensions = ["autograder.grader.book.substitute"]
c.IPKernelApp.log_level = "ERROR"  # it warns of TCP, which myst-nb alone could change
"""

VARIABLES = {"TF_CPP_MIN_LOG_LEVEL": "2", "KINETO_LOG_LEVEL": "99", "TF_ENABLE_ONEDNN_OPTS": "0"}
"""TensorFlow tells of the processor, and torch's profiler of itself, on stderr, which would stand
in the page."""


def setup(app: Any) -> None:
    """Connect to Sphinx."""
    # Before 800, where the environment is compared with that of the last build.
    app.connect("config-inited", _show_tracebacks, priority=100)
    app.connect("config-inited", _configure_kernels, priority=100)
    app.connect("source-read", _name_references)
    app.connect("doctree-read", _warn_of_wrong_checks)
    app.connect("build-finished", _remove_reports)


def solution(app: Any, docname: str) -> Path:
    """Where the references of a page are, if it is an assignment."""
    return reference(Path(app.confdir), docname.rpartition("/")[2])


def reference(root: Path, assignment: str) -> Path:
    """Where the references of an assignment of the book in `root` are."""
    return root / "solutions" / assignment / "reference.py"


def assignments(app: Any) -> list[str]:
    """The pages that are assignments: those with references."""
    return sorted(name for name in app.env.found_docs if solution(app, name).is_file())


def _show_tracebacks(app: Any, config: Any) -> None:
    config.nb_execution_show_tb = True


def _configure_kernels(app: Any, config: Any) -> None:
    """Give IPython a profile of the book's own: the reader's must not show in its pages."""
    profile = _build(app) / ".ipython" / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text(PROFILE, encoding="utf-8")
    os.environ |= {**VARIABLES, "IPYTHONDIR": str(profile.parent)}


def _name_references(app: Any, docname: str, source: list[str]) -> None:
    os.environ[REFERENCE] = str(solution(app, docname))


def _warn_of_wrong_checks(app: Any, doctree: nodes.document) -> None:
    if any(
        '"autograder-check autograder-wrong"' in raw.astext() for raw in doctree.findall(nodes.raw)
    ):
        LOGGER.warning(
            "A check fails with the reference of its exercise, and the page shows that. "
            "Compare solutions/ with autograder/exercises/.",
            location=app.env.docname,
            type="autograder",
        )


def _remove_reports(app: Any, exception: Exception | None) -> None:
    """Keep the tracebacks of notebooks that failed in the log, out of what is served."""
    shutil.rmtree(Path(app.outdir) / "reports", ignore_errors=True)


def _build(app: Any) -> Path:
    return Path(app.outdir).parent
