"""The pages' side of the figures that move: a place for each, and the script that fills it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util import logging

from autograder.grader.book.interactive import scripts

LOGGER = logging.getLogger(__name__)
STATIC = Path(__file__).parent / "static"
KEY = "interactive"
"""In the metadata of a cell and of a page, and the class of the place for the script."""


def setup(app: Any) -> None:
    """Connect to Sphinx."""
    folder = scripts.kept()
    if folder is None:
        return
    app.add_css_file("interactive.css")
    app.connect("config-inited", lambda _, config: _serve(config, folder))
    app.connect("doctree-read", _mount)
    app.connect("html-page-context", _load)


def _serve(config: Any, folder: Path) -> None:
    config.html_static_path += [str(STATIC), str(folder)]


def _mount(app: Any, doctree: nodes.document) -> None:
    """Put a place for the script into each figure that names one, above its caption."""
    names = []
    for cell in doctree.findall(nodes.container):
        name = cell.get("cell_metadata", {}).get(KEY)
        if cell.get("nb_element") != "cell_code" or name is None:
            continue
        figure = next(cell.findall(nodes.figure), None)
        if figure is None or name not in scripts.names():
            LOGGER.warning(
                "The cell that is to be interactive as ‘%s’ %s.",
                name,
                "shows no figure" if figure is None else "names no script that there is",
                location=cell,
                type="autograder",
            )
            continue
        place = nodes.raw("", f'<div class="{KEY}" data-figure="{name}"></div>', format="html")
        figure.insert(figure.first_child_matching_class(nodes.caption) or len(figure), place)
        names.append(name)
    if names:
        app.env.metadata[app.env.docname][KEY] = names


def _load(app: Any, pagename: str, template: str, context: Any, doctree: Any) -> None:
    for name in app.env.metadata[pagename].get(KEY, ()):
        app.add_js_file(f"{scripts.FOLDER}/{name}.js", loading_method="defer")
