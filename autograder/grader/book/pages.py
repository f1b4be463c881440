"""What the extension adds to the pages: how to start, points, a description, a map of the site."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive

from autograder.grader.book import versions
from autograder.grader.book.downloads import notebook_address, wheel_address
from autograder.grader.book.execution import assignments, solution
from autograder.grader.book.formulas import text as text_of
from autograder.grader.release.handout import points_of, worth

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"
SCRIPTS = ("course.js", "sidebars.js", "printing.js", "search.js")
DESCRIPTION_LENGTH = 160

START = "chapters/about/start"
"""The page that says what to install, and how to hand in."""

INSTALL = """\
<div class="install-line highlight-shell notranslate"><div class="highlight"><pre>\
pip install "cells-to-cudnn[{extra}] @ <span data-address="{wheel}">{wheel}</span>" \
-c <span data-address="{versions}">{versions}</span>
</pre></div></div>
"""

ENTRANCE = """\
<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="{title}">
<meta http-equiv="refresh" content="0; url={first}">
<title>{title}</title>
</head>
<body><main><h1><a href="{first}">{title}</a></h1></main></body>
</html>
"""


def setup(app: Any) -> None:
    """Connect to Sphinx."""
    app.add_directive("install-checks", InstallChecks)
    app.add_css_file("course.css")
    for script in SCRIPTS:
        app.add_js_file(script, loading_method="defer")
    app.connect("config-inited", _use_own_files)
    app.connect("doctree-read", _show_how_to_start)
    app.connect("doctree-read", _say_points)
    app.connect("write-started", _leave_numbers_to_headings)
    app.connect("html-page-context", _offer_notebook)
    app.connect("html-page-context", _describe)
    app.connect("build-finished", _write_entrance)
    app.connect("build-finished", _map_site)


class InstallChecks(Directive):  # type: ignore[misc]
    """The line that installs the wheel of this site; `course.js` completes its addresses.

    Its argument is the extra that is installed with it.
    """

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make the line for the page where the directive stands."""
        env = self.state.document.settings.env
        root, up = Path(env.app.confdir), _up(env.docname)
        wheel = html.escape(up + wheel_address(root))
        served = html.escape(up + versions.address(root))
        line = INSTALL.format(extra=self.arguments[0], wheel=wheel, versions=served)
        return [nodes.raw("", line, format="html")]


def description(doctree: nodes.document) -> str:
    """The first sentences of a page, for those who find it in a list of results."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section):
            text = text_of(paragraph)
            if len(text) <= DESCRIPTION_LENGTH:
                return text
            return text[: DESCRIPTION_LENGTH - 1].rpartition(" ")[0] + "…"
    return ""


def _use_own_files(app: Any, config: Any) -> None:
    config.html_static_path.append(str(STATIC))
    config.templates_path.insert(0, str(TEMPLATES))
    config.html_favicon = config.html_logo = str(STATIC / "favicon.svg")
    config.html_theme_options["logo"] = {"text": config.html_title}


def _show_how_to_start(app: Any, doctree: nodes.document) -> None:
    docname = app.env.docname
    if not solution(app, docname).is_file():
        return
    start = nodes.container(classes=["start-here"])
    link = f'<a href="{_up(docname)}{notebook_address(docname)}" download>Download the notebook</a>'
    says = f"{link} and complete it in JupyterLab."
    if START in app.env.found_docs:
        how = f'<a href="{_up(docname)}{START}.html">How to start</a>'
        says += f" {how} says how to install what it needs, and how to hand it in."
    start += nodes.raw("", f"<p>{says}</p>", format="html")
    title = next(doctree.findall(nodes.title))
    title.parent.insert(title.parent.index(title) + 1, start)


def _say_points(app: Any, doctree: nodes.document) -> None:
    """Say above the cell of each exercise what it is worth, as the notebook does."""
    if not solution(app, app.env.docname).is_file():
        return
    cells = [
        (cell, about)
        for cell in doctree.findall(nodes.container)
        if cell.get("nb_element") == "cell_code"
        and (about := cell.get("cell_metadata", {}).get("nbgrader"))
    ]
    points = points_of(about for _, about in cells)
    for cell, about in cells:
        if about.get("solution") and about["grade_id"] in points:
            says = nodes.paragraph("", "", nodes.emphasis(text=worth(points[about["grade_id"]])))
            cell.parent.insert(cell.parent.index(cell), says)


def _leave_numbers_to_headings(app: Any, builder: Any) -> None:
    """Name a page without its number in the search, which looks for headings, and in tabs."""
    for name, title in app.env.longtitles.items():
        app.env.longtitles[name] = title.deepcopy()
        app.env.longtitles[name].attributes.pop("secnumber", None)


def _offer_notebook(app: Any, pagename: str, template: str, context: Any, doctree: Any) -> None:
    """Put the student's notebook behind the theme's button for downloads."""
    if pagename in assignments(app):
        context["ipynb_source"] = f"../{notebook_address(pagename)}"


def _describe(app: Any, pagename: str, template: str, context: Any, doctree: Any) -> None:
    text = (description(doctree) if doctree else "") or app.config.html_title
    tag = f'<meta name="description" content="{html.escape(text)}">'
    context["metatags"] = f"{context.get('metatags', '')}\n{tag}"


def _write_entrance(app: Any, exception: Exception | None) -> None:
    """Lead from the root of the site to the first page; a bare redirect has no title."""
    if exception is not None or app.builder.format != "html":
        return
    entrance = ENTRANCE.format(
        language=app.config.language,
        title=html.escape(app.config.html_title),
        first=f"{app.config.root_doc}.html",
    )
    (Path(app.outdir) / "index.html").write_text(entrance, encoding="utf-8")


def _map_site(app: Any, exception: Exception | None) -> None:
    """Write a sitemap, where the address of the site is known."""
    base = app.config.html_baseurl
    if exception is not None or not base or app.builder.format != "html":
        return
    urls = "".join(
        f"<url><loc>{html.escape(base.rstrip('/'))}/{name}.html</loc></url>\n"
        for name in sorted(app.env.found_docs)
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    text = f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="{space}">\n{urls}</urlset>\n'
    (Path(app.outdir) / "sitemap.xml").write_text(text, encoding="utf-8")


def _up(docname: str) -> str:
    return "../" * docname.count("/")
