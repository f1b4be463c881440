"""The grader's versions for those who install what the course needs: constraints for pip.

Served beside the wheel, they name what the wheel asks for by itself, at the versions of
`constraints.txt`. What these ask for in turn is left to pip, which knows the student's system.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from docutils import nodes
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograder.grader.book.downloads import wheel_address

FILE = "constraints.txt"
"""The grader's, in the checkout; the students' has the same name, beside the wheel."""

EXTRAS = ("notebook", "keras")
"""What a student may install with the wheel."""

SAME = {"tensorflow": "tensorflow-cpu"}
"""What other systems have in the place of a package of the grader's, in the same version."""


def setup(app: Any) -> None:
    """Connect to Sphinx."""
    app.add_role("pinned", _pinned)
    app.connect("build-finished", _write)


def address(root: Path) -> str:
    """Where the constraints lie, seen from the root of the site, or "" for a book without."""
    wheel = wheel_address(root)
    return f"{wheel.rpartition('/')[0]}/{FILE}" if wheel else ""


def pins(root: Path) -> dict[str, str]:
    """The version of each package that a student installs by name."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = list(project["dependencies"])
    for extra in EXTRAS:
        asked += project["optional-dependencies"][extra]
    lines = (root / FILE).read_text(encoding="utf-8").splitlines()
    graded = dict(line.split("==") for line in lines if "==" in line)
    versions: dict[str, str] = {
        canonicalize_name(name): version for name, version in graded.items()
    }
    names = dict.fromkeys(canonicalize_name(Requirement(text).name) for text in asked)
    return {name: versions[canonicalize_name(SAME.get(name, name))] for name in names}


def _pinned(
    name: str, rawtext: str, text: str, lineno: int, inliner: Any, *_: Any
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """``{pinned}`torch` `` is the package at its version, as pip is told."""
    root = Path(inliner.document.settings.env.app.confdir)
    said = f"{text}=={pins(root)[text]}"
    return [nodes.literal(rawtext, said)], []


def _write(app: Any, exception: Exception | None) -> None:
    root = Path(app.confdir)
    if exception is not None or app.builder.format != "html" or not address(root):
        return
    lines = [f"{name}=={version}\n" for name, version in sorted(pins(root).items())]
    says = "# The versions with which the class is graded.\n"
    (Path(app.outdir) / address(root)).write_text("".join([says, *lines]), encoding="utf-8")
