"""What the site serves beside its pages: assignments as notebooks, the wheel, MathJax."""

from __future__ import annotations

import importlib.resources
import shutil
import tomllib
from pathlib import Path
from typing import Any

import nbformat

from autograder.grader.book.execution import assignments
from autograder.grader.release.source import read

MATHJAX_PACKAGE = "sphinx-mathjax-offline"
MATHJAX = (
    "tex-mml-chtml.js",
    "a11y",
    "input/tex/extensions",
    "output/chtml/fonts/woff-v2",
    "sre",
)
"""The component that Sphinx asks for, its fonts, and what it may load on demand."""


def setup(app: Any) -> None:
    """Connect to Sphinx."""
    app.connect("config-inited", _use_own_mathjax)
    app.connect("build-finished", _write)


def notebook_address(docname: str) -> str:
    """Where the notebook of an assignment lies, seen from the root of the site."""
    return f"notebooks/{docname.rpartition('/')[2]}.ipynb"


def wheel_address(root: Path) -> str:
    """Where the wheel lies, seen from the root of the site, or "" for a book without one."""
    if not (root / "pyproject.toml").is_file():
        return ""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name = project["name"].replace("-", "_")
    return f"wheels/{name}-{project['version']}-py3-none-any.whl"


def _use_own_mathjax(app: Any, config: Any) -> None:
    config.mathjax_path = "mathjax/tex-mml-chtml.js"


def _write(app: Any, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    for docname in assignments(app):
        target = out / notebook_address(docname)
        target.parent.mkdir(exist_ok=True)
        nbformat.write(_released(Path(app.env.doc2path(docname))), target)
    _copy_mathjax(out / "_static" / "mathjax")
    if address := wheel_address(Path(app.confdir)):
        _build_wheel(Path(app.confdir), (out / address).parent)


def _released(page: Path) -> Any:
    """The notebook of a page as nbgrader hands it out, with locked cells and checksums."""
    from nbgrader.preprocessors import ComputeChecksums, LockCells

    notebook = read(page)
    for step in (LockCells(), ComputeChecksums()):
        notebook, _ = step.preprocess(notebook, {})
    return notebook


def _copy_mathjax(target: Path) -> None:
    source = Path(str(importlib.resources.files(MATHJAX_PACKAGE))) / "static" / "mathjax"
    for name in MATHJAX:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, dirs_exist_ok=True)
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / name, target / name)


def _build_wheel(root: Path, target: Path) -> None:
    from hatchling.builders.wheel import WheelBuilder

    shutil.rmtree(target, ignore_errors=True)
    for _ in WheelBuilder(str(root)).build(directory=str(target)):
        pass
