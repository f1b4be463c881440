"""What the extension does, seen on a small book.

A build takes ten seconds, so one book is built three times, and each of its builds shows several
things. What must not be there when they are shown has a book of its own.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from tests.grader.book.books import MINI, SOLUTION, Book, outside_addresses, text_files, write_mini

pytestmark = pytest.mark.slow

WRONG = {
    "warns": (
        "import warnings; warnings.warn('mind the step'); return 2 * x",
        "UserWarning: mind the step",
    ),
    "raises": ("raise ValueError(f'{x} is too many')", "ValueError: 7 is too many"),
    "raises-in-numpy": (
        "import numpy; return numpy.linalg.inv(numpy.zeros((2, 2)))",
        "Singular matrix",
    ),
}
"""By the name of a page: the body of a reference that goes wrong, and what its page shows."""


REPOSITORY = "https://github.com/somebody/cells"
LINKS = re.compile(r'class="btn[^"]*btn-source-([a-z]+)-button|>(Colab|Binder|JupyterHub)<')


@dataclass(frozen=True)
class Build:
    """A build that has ended.

    Attributes:
        done: how it ended, and what it said.
        root: where it was built.
        book: the site as it was then, whatever is built later.
        stray: the file that a notebook of an environment writes when it is run.
    """

    done: subprocess.CompletedProcess[str]
    root: Path
    book: Book
    stray: Path


class SmallBook:
    """A book of one exercise, with an environment that holds a notebook.

    Args:
        root: an empty folder.
        environments: the names under which the environment is seen in the book.
    """

    def __init__(self, root: Path, environments: tuple[str, ...]) -> None:
        (root / "book").mkdir()
        self.book = write_mini(root / "book")
        self._root, self._builds = root, 0
        cell = nbformat.v4.new_code_cell(f"open({str(self._stray)!r}, 'w').close()")
        (root / "environment").mkdir()
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), root / "environment" / "stray.ipynb")
        for name in environments:
            (self.book.root / name).symlink_to(root / "environment")

    def configure(self, old: str, new: str) -> None:
        """Replace a part of the configuration."""
        config = self.book.root / "_config.yml"
        text = config.read_text(encoding="utf-8")
        assert old in text
        config.write_text(text.replace(old, new), encoding="utf-8")

    def build(self) -> Build:
        """Build the book, and keep what the site is now."""
        done = self.book.build()
        self._builds += 1
        kept = Book(self._root / f"kept-{self._builds}")
        shutil.copytree(self.book.html, kept.html)
        return Build(done, self.book.root, kept, self._stray)

    @property
    def _stray(self) -> Path:
        return self._root / "was_run"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallBook:
    """A book in which nothing goes wrong, but for a warning of a reference."""
    small = SmallBook(tmp_path_factory.mktemp("small"), (".venv", "environment"))
    small.book.add("warns", *going_wrong("warns"))
    return small


@pytest.fixture(scope="module")
def first(small: SmallBook) -> Build:
    """Its first build."""
    return small.build()


@pytest.fixture(scope="module")
def second(small: SmallBook, first: Build) -> Build:
    """The build of a site and a repository with addresses, when every page is to be read again."""
    small.configure("title:", "html:\n  baseurl: https://example.org/course/\ntitle:")
    small.configure('url: ""', f"url: {REPOSITORY}")
    shutil.rmtree(small.book.root / "_build" / ".doctrees")
    return small.build()


@pytest.fixture(scope="module")
def third(small: SmallBook, second: Build) -> Build:
    """The build after a reference was changed; the check below its stub now fails."""
    small.book.set_reference("mini", SOLUTION.replace("x + x", "x + x + 1"))
    return small.build()


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The build of a book whose references go wrong, and whose patterns leave nothing out."""
    small = SmallBook(tmp_path_factory.mktemp("wrong"), (".venv",))
    for name in ("raises", "raises-in-numpy"):
        small.book.add(name, *going_wrong(name))
    small.configure('["chapters/**"]', '["**"]')
    small.configure("[.venv, _build]", "[_build]")
    return small.build()


def going_wrong(name: str) -> tuple[str, str]:
    """A page, and its reference; pages whose cells are alike would share their outputs."""
    page = MINI.replace("print(f", f"# {name}\nprint(f")
    return page, f"def double(x):\n    {WRONG[name][0]}\n"


def warnings(build: Build) -> list[str]:
    """What a build has warned of."""
    return re.findall(r"(?:WARNING|ERROR): (.*)", build.done.stderr)


def test_a_book_is_built_without_a_warning(first: Build) -> None:
    assert first.done.returncode == 0, first.done.stderr


def test_the_page_shows_the_stub_and_what_the_reference_gives(first: Build) -> None:
    assert "seven doubled is 14" in first.book.page("chapters/mini")
    assert "NotImplementedError" in first.book.page("chapters/mini")
    assert not [f for f, text in text_files(first.book.html).items() if "secret_sum" in text]


def test_a_second_build_runs_no_notebook(first: Build, second: Build) -> None:
    assert "Executing notebook" in first.done.stdout
    assert second.done.returncode == 0, second.done.stderr
    assert "Executing notebook" not in second.done.stdout
    assert "seven doubled is 14" in second.book.page("chapters/mini")


def test_a_changed_reference_changes_its_page_alone(third: Build) -> None:
    assert "seven doubled is 15" in third.book.page("chapters/mini")
    run = re.findall(r"(\S+)\.md: Executing notebook", third.done.stdout)
    assert [place.rpartition("/")[2] for place in run] == ["mini"]


def test_each_page_has_a_cache_of_its_own_and_old_outputs_are_swept(
    small: SmallBook, third: Build
) -> None:
    caches = sorted((small.book.root / "_build" / ".jupyter_cache").iterdir())
    names = [cache.name.rpartition("-")[0] for cache in caches if (cache / "executed").is_dir()]
    assert names == ["chapters-mini", "chapters-warns"]
    assert len(caches) == 2


def test_a_check_that_fails_with_the_reference_is_a_warning(third: Build) -> None:
    assert third.done.returncode != 0
    (told,) = warnings(third)
    assert told.startswith("A check fails with the reference of its exercise")


@pytest.mark.parametrize("name", WRONG)
def test_a_reference_that_goes_wrong_shows_no_path_and_no_line(
    first: Build, wrong: Build, name: str
) -> None:
    build = first if name == "warns" else wrong
    body, shown = WRONG[name]
    assert shown in build.book.text(f"chapters/{name}")
    paths = [str(build.root), f"solutions/{name}", "site-packages", "ipykernel_"]
    found = text_files(build.book.html)
    assert not [(f, h) for f, text in found.items() for h in (body, *paths) if h in text]


def test_notebooks_of_an_environment_are_not_run(first: Build, wrong: Build) -> None:
    """Jupyter Book would run them: seen by taking the patterns away."""
    assert not first.stray.exists()
    assert wrong.stray.exists()


def test_a_site_with_an_address_has_a_map(first: Build, second: Build) -> None:
    site_map = (second.book.html / "sitemap.xml").read_text(encoding="utf-8")
    assert "<loc>https://example.org/course/chapters/mini.html</loc>" in site_map
    assert not (first.book.html / "sitemap.xml").exists()


def links(build: Build, page: str) -> set[str]:
    """The links of a page to the repository, and to where its notebook runs."""
    return {button or service for button, service in LINKS.findall(build.book.page(page))}


def test_one_setting_shows_all_links_where_they_work(first: Build, second: Build) -> None:
    source = {"repository", "edit", "issues"}
    for page, shown in (("mini", source | {"Colab", "Binder"}), ("index", source)):
        assert links(first, f"chapters/{page}") == set()
        assert links(second, f"chapters/{page}") == shown
    page = second.book.page("chapters/mini")
    assert f"{REPOSITORY}/edit/main/chapters/mini.md" in page
    assert f"{REPOSITORY}/issues/new" in page
    assert "../_sources/../notebooks/mini.ipynb" in page, "still the student's notebook"
    assert not outside_addresses(second.book.html)


def test_the_notebook_to_download_has_stubs_and_no_outputs(first: Build) -> None:
    address = "../_sources/../notebooks/mini.ipynb"
    assert address in first.book.page("chapters/mini")
    notebook = json.loads(
        (first.book.html / "notebooks" / "mini.ipynb").read_text(encoding="utf-8")
    )
    nbformat.validate(notebook)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert "raise NotImplementedError" in "".join(code[0]["source"])
    assert not [cell for cell in code if cell["outputs"]]


def test_every_page_has_a_description_a_language_and_a_title(first: Build) -> None:
    for page in first.book.html.rglob("*.html"):
        if "_static" in page.parts:
            continue
        text = page.read_text(encoding="utf-8")
        assert re.search(r'<meta name="description" content="[^"]+">', text), page
        assert '<html lang="en"' in text, page
        assert re.search(r"<title>[^<]*From Cells to cuDNN</title>", text), page


def test_a_long_description_ends_with_a_word(first: Build) -> None:
    found = re.search(r'name="description" content="([^"]+)"', first.book.page("chapters/index"))
    assert found is not None
    assert len(found[1]) <= 160
    assert found[1].endswith("a whole word and with a mark…")


def test_mathjax_is_served_by_the_site(first: Build) -> None:
    assert 'src="../_static/mathjax/tex-mml-chtml.js' in first.book.page("chapters/mini")
    served = first.book.html / "_static" / "mathjax"
    assert (served / "tex-mml-chtml.js").is_file()
    assert list((served / "output" / "chtml" / "fonts" / "woff-v2").glob("*.woff"))


def test_no_script_style_font_or_picture_comes_from_elsewhere(first: Build) -> None:
    assert not outside_addresses(first.book.html)
