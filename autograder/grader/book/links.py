"""Links from a page to where it comes from and to where it runs, all from `repository.url`.

Without that address there are none. With it, every page has the theme's buttons to edit it and to
tell of a mistake, and every assignment has links that open its notebook elsewhere. These take the
notebook that the site serves, locked cells included, so they expect the built site on a branch of
that repository, `gh-pages`, as GitHub's pages are published; what an environment has to install
lies there, too. The theme's own launch buttons would open the page's Markdown file, and would serve
the notebook that the build has run in the place of the student's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml

from autograder.grader.book import versions
from autograder.grader.book.downloads import notebook_address, wheel_address
from autograder.grader.book.execution import assignments
from autograder.grader.release.handout import CONFIG

SITE = "gh-pages"
"""The branch with the built site."""

ENVIRONMENT = "binder/requirements.txt"
"""Where Binder looks for what to install."""

PYTHON = ("binder/runtime.txt", "python-3.11")
"""Where it looks for which Python, and what it reads there; by itself it takes an older one."""


def setup(app: Any) -> None:
    """Connect to Sphinx."""
    # Before the theme, which puts the address in its parts when the builder is there.
    app.connect("config-inited", _show_buttons, priority=100)
    # After the theme, which puts its buttons there at 501.
    app.connect("html-page-context", _offer_launch, priority=502)
    app.connect("build-finished", write_environment)


def repository(root: Path) -> dict[str, str]:
    """What `_config.yml` says of the repository: nothing, if it says no address."""
    settings = yaml.safe_load((root / CONFIG).read_text(encoding="utf-8"))
    said = {key: str(value or "") for key, value in (settings.get("repository") or {}).items()}
    return {**said, "url": said["url"].rstrip("/")} if said.get("url") else {}


def launches(said: dict[str, str], notebook: str) -> dict[str, str]:
    """Where a notebook of the site can be opened: an address for each service.

    Args:
        said: what is said of the repository.
        notebook: the notebook, seen from the root of the site.
    """
    host, owner, name = said["url"].removeprefix("https://").split("/")
    found = {}
    path = f"lab/tree/{notebook}"
    if host == "github.com":
        found["Colab"] = (
            f"https://colab.research.google.com/github/{owner}/{name}/blob/{SITE}/{notebook}"
        )
        found["Binder"] = f"https://mybinder.org/v2/gh/{owner}/{name}/{SITE}?urlpath={path}"
    elif host == "gitlab.com":
        found["Binder"] = f"https://mybinder.org/v2/gl/{owner}%2F{name}/{SITE}?urlpath={path}"
    if hub := said.get("jupyterhub", "").rstrip("/"):
        pulled = {"repo": said["url"], "branch": SITE, "urlpath": f"lab/tree/{name}/{notebook}"}
        found["JupyterHub"] = f"{hub}/hub/user-redirect/git-pull?{urlencode(pulled, safe='/')}"
    return found


def _show_buttons(app: Any, config: Any) -> None:
    if said := repository(Path(app.confdir)):
        config.html_theme_options |= {
            "repository_url": said["url"],
            "repository_branch": said.get("branch") or "main",
            "use_repository_button": True,
            "use_edit_page_button": True,
            "use_issues_button": True,
        }


def _offer_launch(app: Any, pagename: str, template: str, context: Any, doctree: Any) -> None:
    said = repository(Path(app.confdir))
    if not said or pagename not in assignments(app):
        return
    found = launches(said, notebook_address(pagename))
    buttons = [
        {"type": "link", "text": name, "tooltip": f"Open in {name}", "url": url}
        for name, url in found.items()
    ]
    if buttons:
        context["header_buttons"].append(
            {
                "type": "group",
                "tooltip": "Open the notebook elsewhere",
                "icon": "fas fa-rocket",
                "buttons": buttons,
                "label": "launch-buttons",
            }
        )


def write_environment(app: Any, exception: Exception | None) -> None:
    """Tell Binder to install the wheel of the site at the grader's versions, and its Python."""
    root = Path(app.confdir)
    if exception is not None or app.builder.format != "html" or not repository(root):
        return
    if wheel := wheel_address(root):
        target = Path(app.outdir) / ENVIRONMENT
        target.parent.mkdir(exist_ok=True)
        said = f"-c ../{versions.address(root)}\n./{wheel}[{','.join(versions.EXTRAS)}]\n"
        target.write_text(said, encoding="utf-8")
        place, python = PYTHON
        (Path(app.outdir) / place).write_text(f"{python}\n", encoding="utf-8")
