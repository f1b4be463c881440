"""A released notebook in JupyterLab, as a student has it, and a page of the book, as an author."""

from __future__ import annotations

import difflib
import shutil
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page, expect

from autograder.checking.contents import section
from autograder.exercises import exercises
from autograder.grader import catalogue, references
from autograder.grader.release.solve import solved
from tests.browser.chromium import marks

pytestmark = marks

ROOT = Path(__file__).parents[2]
NAMES = [exercise.name for exercise in exercises("lstm")]
FIRST, *OTHERS = NAMES


def check_cell(page: Page, name: str) -> Locator:
    line = page.locator(".cm-content").get_by_text(f"check({name})", exact=True)
    return page.locator(".jp-CodeCell").filter(has=line)


def shown(page: Page, name: str) -> Locator:
    """What the check of an exercise shows."""
    return check_cell(page, name).locator(".autograder-check")


def open_notebook(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(".jp-Notebook .jp-CodeCell").first).to_be_visible(timeout=30_000)
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=30_000)


def menu(page: Page, name: str, item: str) -> None:
    page.get_by_role("menuitem", name=name, exact=True).click()
    page.get_by_role("menuitem", name=item, exact=True).click()


def run_all(page: Page) -> None:
    """Run All Cells, and wait until the last one has ended."""
    menu(page, "Run", "Run All Cells")
    count = page.locator(".jp-CodeCell").count()
    last = page.locator(".jp-CodeCell .jp-InputPrompt").last
    expect(last).to_have_text(f"[{count}]:", timeout=60_000)


def write(page: Page, name: str, source: str) -> None:
    """Replace what stands in an exercise's cell, run it, and run its check."""
    cell = page.locator(".jp-CodeCell", has_text=f"def {name}(")
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(source)
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")


def save(page: Page) -> None:
    page.keyboard.press("Control+S")
    expect(page.locator(".lm-TabBar-tab.jp-mod-current.jp-mod-dirty")).to_have_count(0)


def validate(page: Page) -> str:
    """What nbgrader's own button says, in its dialog."""
    page.get_by_text("Validate", exact=True).click()
    dialog = page.locator(".jp-Dialog", has_text="Validation Results")
    expect(dialog).to_be_visible(timeout=60_000)
    return dialog.inner_text()


def test_a_student_completes_checks_and_validates(serve, looker, made_once, tmp_path) -> None:
    folder = tmp_path / "ada"
    folder.mkdir()
    notebook = folder / "lstm.ipynb"
    shutil.copy(made_once / "release/lstm/lstm.ipynb", notebook)
    page = looker.page
    open_notebook(page, serve(folder)("lab/tree/lstm.ipynb"))

    run_all(page)
    for name in NAMES:
        expect(shown(page, name)).to_contain_text("not attempted yet")
    looker.picture("untouched")

    mistake = next(m for m in catalogue.entries("lstm") if m.exercise == FIRST)
    write(page, FIRST, references.cells(catalogue.text("lstm", mistake), NAMES)[FIRST])
    expect(shown(page, FIRST)).to_contain_text("not right yet")
    expect(shown(page, FIRST)).to_contain_text(mistake.mistake.says.replace("`", ""))
    expect(shown(page, FIRST)).to_contain_text(f"Read {section('lstm', mistake.mistake.read)}.")
    looker.picture("wrong")

    right = references.cells(references.text("lstm"), NAMES)[FIRST]
    write(page, FIRST, right)
    expect(shown(page, FIRST)).to_contain_text("correct")
    looker.picture("right")

    check_cell(page, FIRST).locator(".cm-content").click()
    page.keyboard.type("# mine")
    expect(check_cell(page, FIRST)).to_have_count(1)

    save(page)
    assert right in [cell.source for cell in nbformat.read(notebook, 4).cells]

    said = validate(page)
    looker.picture("validated")
    assert f"check({FIRST})" not in said
    for name in OTHERS:
        assert f"{name}: not attempted yet." in said
    assert "Traceback" not in said
    assert not looker.errors
    assert not looker.outside


def test_the_solved_notebook_runs_and_validates(serve, looker, tmp_path) -> None:
    (tmp_path / "lstm.ipynb").write_text(solved("lstm"), "utf-8")
    page = looker.page
    open_notebook(page, serve(tmp_path)("lab/tree/lstm.ipynb"))
    run_all(page)
    for name in NAMES:
        expect(shown(page, name)).to_contain_text("correct")
    expect(page.locator(".jp-RenderedText[data-mime-type*=error]")).to_have_count(0)
    looker.picture("solved")
    assert "Success! Your notebook passes all the tests." in validate(page)


def test_an_edit_of_a_page_changes_one_line_of_it(serve, looker, tmp_path) -> None:
    folder = tmp_path / "checkout"
    folder.mkdir()
    shutil.copy(ROOT / "jupytext.toml", folder)
    source = folder / "lstm.md"
    shutil.copy(ROOT / "chapters/gated/lstm.md", source)
    before = source.read_text("utf-8")
    page = looker.page
    page.goto(serve(folder)("lab"))
    entry = page.locator(".jp-DirListing-item", has_text="lstm.md")
    entry.click(button="right", timeout=30_000)
    page.locator(".lm-Menu-item", has_text="Open With").hover()
    page.locator(".lm-Menu-item", has_text="Jupytext Notebook").click()
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=30_000)

    cell = page.locator(".jp-MarkdownCell").first
    cell.locator("p").first.dblclick()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Take your time.")
    page.keyboard.press("Shift+Enter")
    looker.picture("edited")
    save(page)
    lines = difflib.ndiff(before.splitlines(), source.read_text("utf-8").splitlines())
    changed = [line for line in lines if line.startswith(("+ ", "- "))]
    assert len(changed) == 2, "\n".join(changed)
    assert changed[1].endswith(" Take your time.")
