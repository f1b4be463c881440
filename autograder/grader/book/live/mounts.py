"""The pages' side of the exercises: where each editor goes, and what the site serves for it.

Without a runtime a page is as it would be without this module.
"""

from __future__ import annotations

import html
import shutil
from functools import partial
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive

from autograder.exercises import Exercise, find
from autograder.grader import references
from autograder.grader.book.downloads import notebook_address, wheel_address
from autograder.grader.book.execution import solution
from autograder.grader.book.live import runtime
from autograder.packages import NAMES

STATIC = Path(__file__).parent / "static"
FOLDER = "live"
"""Where the runtime lies, seen from the root of the site."""

CHECKS = 1_800_000
"""What the wheel with the checks has, in bytes, about: it is made after the pages are read."""

HERE = """\
<div class="live" data-exercise="{name}" data-page="{page}" data-root="{root}"
 data-notebook="{notebook}" data-wheel="{wheel}" data-megabytes="{megabytes:.0f}"></div>
"""

ELSEWHERE = """\
<p class="live-elsewhere">This exercise works with {packages}; in a browser there is NumPy alone.
Complete it in <a href="{notebook}" download>the notebook</a>.</p>
"""


def setup(app: Any) -> None:
    """Connect to Sphinx."""
    app.add_directive("try-it", TryIt)
    folder = runtime.kept()
    app.connect("env-get-outdated", partial(_find_outdated, now=folder.name if folder else ""))
    if folder is None:
        return
    app.add_css_file("live.css")
    app.add_js_file("live.js", loading_method="defer")
    app.connect("config-inited", _serve_scripts)
    app.connect("doctree-read", partial(_mount, loads=_bytes(folder)))
    app.connect("build-finished", partial(_serve, folder=folder))


class TryIt(Directive):  # type: ignore[misc]
    """One exercise, named by its argument, to write and check on a page that is no assignment.

    Where it cannot be checked there, its stub stands alone, without the text of the directive.
    """

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """The text, the stub as the cell of an assignment would show it, and its editor."""
        env = self.state.document.settings.env
        folder, wheel = runtime.kept(), wheel_address(Path(env.app.confdir))
        exercise = find(self.arguments[0])
        if exercise is None or exercise.requires:
            raise self.error(f"{self.arguments[0]} is no exercise that is checked on a page.")
        stub = references.stub(exercise.assignment, exercise.name).rstrip()
        cell = nodes.container("", nodes.literal_block(stub, stub, language="python"))
        cell["classes"].append("cell")
        if folder is None or not wheel:
            return [cell]
        text = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, text)
        mount = _place(exercise, env.docname, wheel, _bytes(folder))
        return [*text.children, cell, nodes.raw("", mount, format="html")]


def _find_outdated(
    app: Any, env: Any, added: set[str], changed: set[str], removed: set[str], now: str
) -> set[str]:
    """All pages, where the runtime has come, gone or changed since they were read."""
    before, env.autograder_runtime = getattr(env, "autograder_runtime", None), now
    return env.found_docs - added if before != now else set()


def _serve_scripts(app: Any, config: Any) -> None:
    config.html_static_path.append(str(STATIC))


def _mount(app: Any, doctree: nodes.document, loads: int) -> None:
    """Put a place for the editor behind the cell of each exercise; `loads` is in bytes."""
    docname = app.env.docname
    wheel = wheel_address(Path(app.confdir))
    if not solution(app, docname).is_file() or not wheel:
        return
    for cell in list(doctree.findall(nodes.container)):
        about = cell.get("cell_metadata", {}).get("nbgrader", {})
        exercise = find(about.get("grade_id", ""))
        if cell.get("nb_element") == "cell_code" and about.get("solution") and exercise is not None:
            mount = nodes.raw("", _place(exercise, docname, wheel, loads), format="html")
            cell.parent.insert(cell.parent.index(cell) + 1, mount)


def _place(exercise: Exercise, docname: str, wheel: str, loads: int) -> str:
    root = "../" * docname.count("/")
    notebook = html.escape(root + notebook_address(exercise.assignment))
    if exercise.requires:
        packages = " and ".join(NAMES[package] for package in exercise.requires)
        return ELSEWHERE.format(packages=packages, notebook=notebook)
    return HERE.format(
        name=exercise.name,
        page=exercise.assignment,
        root=root,
        notebook=notebook,
        wheel=html.escape(root + wheel),
        megabytes=loads / 1e6,
    )


def _bytes(folder: Path) -> int:
    """What the first check loads; the editor is there before."""
    return CHECKS + sum(file.stat().st_size for file in (folder / "pyodide").iterdir())


def _serve(app: Any, exception: Exception | None, folder: Path) -> None:
    if exception is not None or app.builder.format != "html":
        return
    target = Path(app.outdir) / FOLDER
    shutil.copytree(folder, target, dirs_exist_ok=True)
    shutil.copy(STATIC / "worker.js", target)
