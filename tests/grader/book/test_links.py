"""Links to the repository and to where a notebook runs; `test_small_book.py` sees them on pages."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.grader.book.downloads import wheel_address
from autograder.grader.book.links import (
    ENVIRONMENT,
    PYTHON,
    launches,
    repository,
    write_environment,
)
from autograder.grader.checkout import ROOT
from tests.grader.book.books import Book, write_mini

ADDRESS = "https://github.com/somebody/cells"
NOTEBOOK = "notebooks/mini.ipynb"


def configure(root: Path, url: str, hub: str = "") -> None:
    """Set the address of the repository, and of a hub."""
    config = root / "_config.yml"
    text = config.read_text(encoding="utf-8")
    assert 'url: ""' in text
    text = text.replace('url: ""', f'url: "{url}"').replace(
        'jupyterhub: ""', f'jupyterhub: "{hub}"'
    )
    config.write_text(text, encoding="utf-8")


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return write_mini(tmp_path)


def test_without_an_address_nothing_is_said(book: Book) -> None:
    assert repository(book.root) == {}
    configure(book.root, "", "https://hub.example.org")
    assert repository(book.root) == {}


def test_a_notebook_is_opened_from_the_branch_with_the_site(book: Book) -> None:
    configure(book.root, f"{ADDRESS}/", "https://hub.example.org/")
    found = launches(repository(book.root), NOTEBOOK)
    assert found == {
        "Colab": "https://colab.research.google.com/github/somebody/cells/blob/gh-pages/"
        + NOTEBOOK,
        "Binder": f"https://mybinder.org/v2/gh/somebody/cells/gh-pages?urlpath=lab/tree/{NOTEBOOK}",
        "JupyterHub": "https://hub.example.org/hub/user-redirect/git-pull"
        "?repo=https%3A//github.com/somebody/cells&branch=gh-pages"
        f"&urlpath=lab/tree/cells/{NOTEBOOK}",
    }


def test_each_host_has_the_services_that_read_it() -> None:
    assert set(launches({"url": "https://gitlab.com/somebody/cells"}, NOTEBOOK)) == {"Binder"}
    assert not launches({"url": "https://bitbucket.org/somebody/cells"}, NOTEBOOK)


def test_binder_installs_the_wheel_of_the_site(book: Book) -> None:
    shutil.copy(ROOT / "pyproject.toml", book.root)
    app = SimpleNamespace(
        confdir=str(book.root), outdir=str(book.root), builder=SimpleNamespace(format="html")
    )
    write_environment(app, None)
    assert not (book.root / ENVIRONMENT).exists()
    configure(book.root, ADDRESS)
    write_environment(app, None)
    lines = (book.root / ENVIRONMENT).read_text(encoding="utf-8").splitlines()
    assert lines == ["-c ../wheels/constraints.txt", f"./{wheel_address(ROOT)}[notebook,keras]"]
    place, python = PYTHON
    assert (book.root / place).read_text(encoding="utf-8") == f"{python}\n"
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert asked["requires-python"] == f">={python.removeprefix('python-')}"
