"""Links to the repository, and to where a notebook runs: all of them or none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.grader.book.links import launches, repository
from tests.grader.book.books import Book, outside_addresses, write_mini

ADDRESS = "https://github.com/somebody/cells"
NOTEBOOK = "notebooks/mini.ipynb"
BUTTONS = r'class="btn[^"]*btn-(source-[a-z]+-button)|>(Colab|Binder|JupyterHub)<'


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


@pytest.mark.slow
def test_one_setting_shows_all_links_where_they_work_and_none_while_it_is_empty(
    book: Book,
) -> None:
    book.build()
    for name in ("chapters/mini", "chapters/index"):
        assert not re.findall(BUTTONS, book.page(name))
    configure(book.root, ADDRESS)
    done = book.build()
    assert done.returncode == 0, done.stderr
    on_page = {a or b for a, b in re.findall(BUTTONS, book.page("chapters/mini"))}
    source = {"source-repository-button", "source-edit-button", "source-issues-button"}
    assert on_page == source | {"Colab", "Binder"}
    assert f"{ADDRESS}/edit/main/chapters/mini.md" in book.page("chapters/mini")
    assert f"{ADDRESS}/issues/new" in book.page("chapters/mini")
    assert {a or b for a, b in re.findall(BUTTONS, book.page("chapters/index"))} == source
    # What is offered is still the student's notebook, and nothing is fetched.
    assert "../_sources/../notebooks/mini.ipynb" in book.page("chapters/mini")
    assert (book.html / NOTEBOOK).is_file()
    assert not outside_addresses(book.html)
