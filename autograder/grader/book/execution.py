"""How the book's notebooks are run: which references, and when their outputs are out of date.

myst-nb keeps the outputs of a notebook until its own cells change. Here they also depend on
the references and on the checks, so the cache lies in a folder named after a digest of those.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util import logging

import autograder
from autograder.grader.book.substitute import REFERENCE

LOGGER = logging.getLogger(__name__)

PACKAGE = Path(autograder.__file__).parent

STAFF_ONLY = frozenset({"grader"})
"""What no page imports."""

PROFILE = """\
c = get_config()
c.IPKernelApp.extensions = ["autograder.grader.book.substitute"]
c.IPKernelApp.log_level = "ERROR"  # it warns of TCP, which myst-nb alone could change
"""


def setup(app: Any) -> None:
    """Connect to Sphinx."""
    # Before 800, where the environment is compared with that of the last build.
    app.connect("config-inited", _keep_outputs_by_digest, priority=100)
    app.connect("config-inited", _configure_kernels, priority=100)
    app.connect("source-read", _name_references)
    app.connect("doctree-read", _warn_of_wrong_checks)
    app.connect("build-finished", _remove_reports)


def solution(app: Any, docname: str) -> Path:
    """Where the references of a page are, if it is an assignment."""
    return Path(app.confdir) / "solutions" / docname.rpartition("/")[2] / "reference.py"


def assignments(app: Any) -> list[str]:
    """The pages that are assignments: those with references."""
    return sorted(name for name in app.env.found_docs if solution(app, name).is_file())


def digest(root: Path) -> str:
    """A digest of all that the outputs of the book in `root` depend on, but for its pages."""
    total = hashlib.sha256()
    for file in _inputs(root):
        total.update(file.name.encode() + b"\0" + file.read_bytes())
    return total.hexdigest()[:16]


def _inputs(root: Path) -> Iterator[Path]:
    for file in sorted(PACKAGE.rglob("*")):
        used = file.relative_to(PACKAGE).parts[0].removesuffix(".py") not in STAFF_ONLY
        if used and "__pycache__" not in file.parts and file.is_file():
            yield file
    yield from sorted((root / "solutions").glob("*/reference.py"))
    for file in sorted((root / "chapters").rglob("*")):
        if file.is_file() and file.suffix not in (".md", ".ipynb"):
            yield file


def _keep_outputs_by_digest(app: Any, config: Any) -> None:
    cache = _build(app) / ".jupyter_cache"
    current = cache / digest(Path(app.confdir))
    if cache.is_dir():
        for old in cache.iterdir():
            if old != current:
                shutil.rmtree(old)
    config.nb_execution_cache_path = str(current)
    config.nb_execution_show_tb = True


def _configure_kernels(app: Any, config: Any) -> None:
    """Give IPython a profile of the book's own: the reader's must not show in its pages."""
    profile = _build(app) / ".ipython" / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text(PROFILE, encoding="utf-8")
    os.environ["IPYTHONDIR"] = str(profile.parent)
    # TensorFlow tells of the processor, and torch's profiler of itself, on stderr, which would
    # stand in the page.
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "2", "KINETO_LOG_LEVEL": "99"}
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"


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
