"""How the book's notebooks are run: in which kernels, and with which references.

The kernels are forks of one process, which imports what the pages do: with imports of its own in
each of forty kernels, half of a build would be imports.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util import logging

from autograder.grader import manifest
from autograder.grader.book import kernel
from autograder.grader.book.forks import READY
from autograder.grader.book.substitute import REFERENCE

LOGGER = logging.getLogger(__name__)

PROFILE = """\
c = get_config()
c.IPKernelApp.extensions = ["autograder.grader.book.substitute"]
c.IPKernelApp.log_level = "ERROR"  # it warns of TCP, which myst-nb alone could change
"""

VARIABLES = {
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "KINETO_LOG_LEVEL": "99",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
"""TensorFlow tells of the processor, and torch's profiler of itself, on stderr, which would stand
in the page; the debugger warns in the output of a build."""


KERNEL = {
    "argv": [sys.executable, "-I", "-S", kernel.__file__, "-f", "{connection_file}"],
    "display_name": "Python 3",
    "language": "python",
}
"""The kernel `python3` of the book."""


def setup(app: Any) -> None:
    """Connect to Sphinx."""
    # Before 800, where the environment is compared with that of the last build.
    app.connect("config-inited", _show_tracebacks, priority=100)
    app.connect("config-inited", _configure_kernels, priority=100)
    app.connect("env-before-read-docs", _start_forks)
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
    own = _build(app) / ".jupyter"
    (own / "kernels" / "python3").mkdir(parents=True, exist_ok=True)
    (own / "kernels" / "python3" / "kernel.json").write_text(json.dumps(KERNEL), encoding="utf-8")
    others = os.environ.get("JUPYTER_PATH")
    os.environ["JUPYTER_PATH"] = f"{own}{os.pathsep}{others}" if others else str(own)


def _start_forks(app: Any, env: Any, docnames: list[str]) -> None:
    """Start what forks the kernels of the pages to be read, with what these import."""
    texts = [Path(env.doc2path(name)).read_text(encoding="utf-8") for name in docnames]
    modules = dict.fromkeys(module for text in texts for module in manifest.imports(text))
    if modules:
        stack = ExitStack()
        os.environ[kernel.ADDRESS] = stack.enter_context(forking(list(modules)))
        app.connect("build-finished", lambda app, exception: stack.close())


@contextmanager
def forking(modules: Sequence[str]) -> Iterator[str]:
    """A process that imports `modules` and forks kernels; its address."""
    folder = tempfile.TemporaryDirectory(prefix="autograder-")
    address = str(Path(folder.name) / "forks")
    with folder:
        # Only the child keeps the listening end: were it gone, nobody would wait for it.
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(address)
            listener.listen()
            program = [sys.executable, "-m", "autograder.grader.book.forks", str(listener.fileno())]
            forks = subprocess.Popen(  # noqa: S603 - the command is our own
                [*program, json.dumps(modules)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                pass_fds=[listener.fileno()],
                cwd="/",  # so that it imports what a kernel in the folder of a page would
            )
        try:
            # A kernel that is asked for is given a minute, in which no slow machine imports all.
            any(line.rstrip() == READY for line in forks.stdout or ())
            yield address
        finally:
            forks.communicate()


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
