"""What the extension does, seen on a book with one exercise."""

from __future__ import annotations

import json
import re
import shutil

import nbformat
import pytest

from tests.grader.book.books import MINI, SOLUTION, Book, outside_addresses, text_files

pytestmark = pytest.mark.slow


def test_the_page_shows_the_stub_and_what_the_reference_gives(mini: Book) -> None:
    built = mini.build()
    assert built.returncode == 0, built.stderr
    assert "seven doubled is 14" in mini.page("chapters/mini")
    assert "NotImplementedError" in mini.page("chapters/mini")
    assert not [f for f, text in text_files(mini.html).items() if "secret_sum" in text]


def test_a_changed_reference_changes_the_page_and_sweeps_old_outputs(mini: Book) -> None:
    mini.build()
    changed = SOLUTION.replace("x + x", "x + x + 1")
    (mini.root / "solutions" / "mini.py").write_text(changed, encoding="utf-8")
    built = mini.build()
    assert built.returncode == 0, built.stderr
    assert "seven doubled is 15" in mini.page("chapters/mini")
    assert len(list((mini.root / "_build" / ".jupyter_cache").iterdir())) == 1


def test_a_second_build_runs_no_notebook(mini: Book) -> None:
    assert "Executing notebook" in mini.build().stdout
    shutil.rmtree(mini.root / "_build" / ".doctrees")
    again = mini.build()
    assert again.returncode == 0, again.stderr
    assert "Executing notebook" not in again.stdout
    assert "seven doubled is 14" in mini.page("chapters/mini")


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("import warnings; warnings.warn('mind the step')", "UserWarning: mind the step"),
        ("raise ValueError(f'{x} is too many')", "ValueError: 7 is too many"),
        ("import numpy; return numpy.linalg.inv(numpy.zeros((2, 2)))", "Singular matrix"),
    ],
    ids=["warns", "raises", "raises within numpy"],
)
def test_a_reference_that_goes_wrong_shows_no_path_and_no_line(
    mini: Book, body: str, shown: str
) -> None:
    (mini.root / "solutions" / "mini.py").write_text(f"def double(x):\n    {body}\n")
    mini.build()
    assert shown in mini.text("chapters/mini")
    hidden = [body, "solutions/mini.py", str(mini.root), "site-packages", "ipykernel_"]
    found = text_files(mini.html)
    assert not [(f, h) for f, text in found.items() for h in hidden if h in text]


def test_a_check_that_fails_with_the_reference_is_a_warning(mini: Book) -> None:
    wrong = '<div class="autograder-check autograder-wrong">no</div>'
    cell = f"```{{code-cell}} ipython3\nfrom IPython.display import HTML\nHTML('{wrong}')\n```\n"
    (mini.root / "chapters" / "mini.md").write_text(f"{MINI}\n{cell}", encoding="utf-8")
    built = mini.build()
    assert built.returncode != 0
    assert "A check fails with the reference of its exercise" in built.stderr


@pytest.mark.parametrize(
    ("folder", "anywhere"), [(".venv", False), ("environment", False), (".venv", True)]
)
def test_notebooks_of_an_environment_are_not_run(
    mini: Book, tmp_path_factory: pytest.TempPathFactory, folder: str, anywhere: bool
) -> None:
    """Jupyter Book would run them: seen by taking the patterns away."""
    environment = tmp_path_factory.mktemp("environment")
    marker = environment / "was_run"
    cell = nbformat.v4.new_code_cell(f"open({str(marker)!r}, 'w').close()")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), environment / "stray.ipynb")
    (mini.root / folder).symlink_to(environment)
    if anywhere:
        config = mini.root / "_config.yml"
        text = config.read_text(encoding="utf-8")
        text = text.replace('["chapters/**"]', '["**"]').replace("[.venv, _build]", "[_build]")
        config.write_text(text, encoding="utf-8")
    mini.build()
    assert marker.exists() is anywhere


def test_a_site_with_an_address_has_a_map(mini: Book) -> None:
    config = mini.root / "_config.yml"
    text = config.read_text(encoding="utf-8")
    config.write_text(f"{text}html:\n  baseurl: https://example.org/course/\n", encoding="utf-8")
    built = mini.build()
    assert built.returncode == 0, built.stderr
    site_map = (mini.html / "sitemap.xml").read_text(encoding="utf-8")
    assert "<loc>https://example.org/course/chapters/mini.html</loc>" in site_map


@pytest.fixture(scope="module")
def built(mini_once: Book) -> Book:
    result = mini_once.build()
    assert result.returncode == 0, result.stderr
    return mini_once


def test_the_notebook_to_download_has_stubs_and_no_outputs(built: Book) -> None:
    address = "../_sources/../notebooks/mini.ipynb"
    assert address in built.page("chapters/mini")
    notebook = json.loads((built.html / "notebooks" / "mini.ipynb").read_text(encoding="utf-8"))
    nbformat.validate(notebook)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert "raise NotImplementedError" in "".join(code[0]["source"])
    assert not [cell for cell in code if cell["outputs"]]


def test_every_page_has_a_description_a_language_and_a_title(built: Book) -> None:
    for page in built.html.rglob("*.html"):
        if "_static" in page.parts:
            continue
        text = page.read_text(encoding="utf-8")
        assert re.search(r'<meta name="description" content="[^"]+">', text), page
        assert '<html lang="en"' in text, page
        assert re.search(r"<title>[^<]*From Cells to cuDNN</title>", text), page


def test_a_long_description_ends_with_a_word(built: Book) -> None:
    found = re.search(r'name="description" content="([^"]+)"', built.page("chapters/index"))
    assert found is not None
    assert len(found[1]) <= 160
    assert found[1].endswith("a whole word and with a mark…")


def test_a_site_without_an_address_has_no_map(built: Book) -> None:
    assert not (built.html / "sitemap.xml").exists()


def test_mathjax_is_served_by_the_site(built: Book) -> None:
    assert 'src="../_static/mathjax/tex-mml-chtml.js' in built.page("chapters/mini")
    served = built.html / "_static" / "mathjax"
    assert (served / "tex-mml-chtml.js").is_file()
    assert list((served / "output" / "chtml" / "fonts" / "woff-v2").glob("*.woff"))


def test_no_script_style_font_or_picture_comes_from_elsewhere(built: Book) -> None:
    assert not outside_addresses(built.html)
