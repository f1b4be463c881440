"""A small site in a browser, read on a phone, a tablet and a laptop, in the dark and on paper."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.browser.chromium import marks
from tests.browser.conftest import serve_site
from tests.grader.book.books import MINI, SOLUTION, Book, write_mini

pytestmark = marks

WIDTHS = (360, 900, 1366)
LESSON = "chapters/lesson"
CONTENTS = """\
format: jb-book
root: chapters/index
parts:
  - numbered: 1
    chapters:
      - file: chapters/first
      - file: chapters/lesson
        sections:
          - file: chapters/mini
"""

FIGURE = """
```{figure} ../picture.svg
:name: fig-twice
:alt: A square.

A square.
```
"""
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9"/></svg>'


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A book of two chapters, the second with a lesson and an assignment."""
    book = write_mini(tmp_path_factory.mktemp("reading"))
    book.add("mini", MINI + FIGURE, SOLUTION)
    (book.root / "chapters" / "first.md").write_text("# Gates forget\n\nSomething about gates.\n")
    shutil.copy(Path(__file__).with_name("lesson.md"), book.root / "chapters")
    (book.root / "picture.svg").write_text(SQUARE)
    (book.root / "_toc.yml").write_text(CONTENTS)
    done = book.build()
    assert done.returncode == 0, done.stderr
    return book


@pytest.fixture(scope="module")
def address(book: Book) -> Iterator[str]:
    with serve_site(book.html) as address:
        yield address


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=WIDTHS)
def page(browser: Any, address: str, scheme: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """The lesson, in a window of each width."""
    context = browser.new_context(
        viewport={"width": request.param, "height": 800}, color_scheme=scheme, has_touch=True
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    _open(page, f"{address}{LESSON}.html")
    yield page
    context.close()
    assert not errors


def _open(page: Any, address: str) -> None:
    page.goto(address)
    page.wait_for_function(
        "document.querySelectorAll('.math:not(:has(mjx-container))').length === 0"
    )


def _sidebar(page: Any, name: str) -> Any:
    """A sidebar, where it is now: beside the page, or in the dialog over it."""
    return page.locator(f".bd-sidebar-{name}")


def _press(page: Any, button: Any, how: str) -> None:
    if how == "touch":
        button.tap()
    elif how == "mouse":
        button.click()
    else:
        button.focus()
        page.keyboard.press("Enter")


def _assert_open(button: Any, sidebar: Any, is_open: bool) -> None:
    sidebar.wait_for(state="visible" if is_open else "hidden")
    assert button.get_attribute("aria-expanded") == str(is_open).lower()


def _has_focus(button: Any) -> bool:
    return bool(button.evaluate("button => button === document.activeElement"))


@pytest.mark.parametrize("name", ["primary", "secondary"])
def test_a_sidebar_is_opened_and_closed(page: Any, name: str) -> None:
    button, sidebar = page.locator(f".{name}-toggle"), _sidebar(page, name)
    assert button.count() == 1
    width = page.viewport_size["width"]
    if name == "secondary" and width >= 1200:
        assert sidebar.is_visible()
        assert not button.is_visible()
        return
    for how in ("mouse", "touch", "keyboard"):
        if width >= 992:
            _press(page, button, how)
            _assert_open(button, sidebar, False)
            assert _has_focus(button)
            _press(page, button, how)
            _assert_open(button, sidebar, True)
            assert _has_focus(button)
            continue
        _press(page, button, how)
        _assert_open(button, sidebar, True)
        # The drawer comes in from the side; all of it is to be reached.
        page.wait_for_timeout(400)
        box = sidebar.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        if how == "keyboard":
            page.keyboard.press("Escape")
        else:
            _press(page, page.get_by_role("button", name="Close", exact=True), how)
        _assert_open(button, sidebar, False)
        assert _has_focus(button)


def test_a_link_in_a_drawer_shows_what_it_leads_to(page: Any) -> None:
    if page.viewport_size["width"] >= 1200:
        pytest.skip("There is no drawer of the page's contents.")
    page.locator(".secondary-toggle").tap()
    _sidebar(page, "secondary").get_by_role("link", name="The forget gate").tap()
    _sidebar(page, "secondary").wait_for(state="hidden")
    assert page.url.endswith("#the-forget-gate")
    page.wait_for_timeout(300)
    assert 0 <= page.locator("#the-forget-gate h2").bounding_box()["y"] < 400


def test_the_page_does_not_scroll_sideways_and_cuts_nothing(page: Any) -> None:
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".bd-article *")].filter(element =>
            !element.closest("mjx-container") && element.scrollWidth > element.clientWidth + 1
            && ["hidden", "clip"].includes(getComputedStyle(element).overflowX))
            .map(element => element.outerHTML)"""
    )
    assert not cut


def test_paper_has_everything_and_nothing_to_press(page: Any, scheme: str) -> None:
    page.emulate_media(media="print", color_scheme=scheme)
    page.wait_for_function("document.documentElement.dataset.theme === 'light'")
    answer = page.get_by_text("seven eighths")
    answer.wait_for(state="visible")
    shown = page.evaluate(
        """() => {
            const seen = [...document.querySelectorAll("body *")].filter(e => e.checkVisibility());
            const name = element => `${element.tagName} ${element.className}`;
            const style = element => getComputedStyle(element);
            const boxed = element => style(element).backgroundColor !== "rgba(0, 0, 0, 0)"
                || parseFloat(style(element).borderTopWidth) > 0;
            return {
                empty: seen.filter(e => boxed(e) && e.offsetHeight > 8 && !e.innerText.trim()
                    && !e.querySelector("img, svg, mjx-container")
                    && !e.closest("svg, mjx-container") && e.tagName !== "IMG").map(name),
                cut: seen.filter(e => e.matches("pre, table, .math, .sd-card-body, mjx-container")
                    && e.scrollWidth > e.clientWidth + 1
                    && style(e).overflowX !== "visible").map(name),
                pressed: seen.filter(e => e.matches("button, input, nav a.prev-next")).map(name),
                beside: seen.filter(e => e.matches(".bd-sidebar, .bd-header-article")).map(name),
                hidden: seen.filter(e => e.matches("summary")
                    && /Show|Hide/.test(e.innerText)).map(name),
            };
        }"""
    )
    assert shown == {kind: [] for kind in shown}
    ink = page.locator("#the-forget-gate > p").first.evaluate("p => getComputedStyle(p).color")
    assert max(int(part) for part in ink[4:-1].split(",")) < 80
    page.emulate_media(media="screen", color_scheme=scheme)
    page.wait_for_function(f"document.documentElement.dataset.theme === '{scheme}'")
    answer.wait_for(state="hidden")


def test_a_figure_is_dark_on_a_dark_page_and_light_on_a_light_one(page: Any, scheme: str) -> None:
    picture = page.locator("#fig-kept img")
    other = {"light": "dark", "dark": "light"}[scheme]
    for theme in (scheme, other):  # the reader's choice counts, not that of the reader's machine
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        page.wait_for_timeout(100)
        image = Image.open(io.BytesIO(picture.screenshot())).convert("L")
        ground = image.getpixel((4, image.height - 4))
        assert isinstance(ground, int)
        darkest, lightest = image.getextrema()
        if theme == "dark":
            assert ground < 40
            assert lightest > 150
        else:
            assert ground > 240
            assert darkest < 110


@pytest.mark.parametrize(("page", "scheme"), [(900, "light")], indirect=True)
def test_a_search_for_a_heading_finds_it_first_and_shows_no_tex(page: Any, address: str) -> None:
    """What is found hangs neither on the width nor on the colours."""
    for words, first in [
        ("The forget gate", "Keeping and forgetting > The forget gate"),
        ("forget gate", "Keeping and forgetting > The forget gate"),
        ("gates forget", "Gates forget"),
        ("Keeping and forgetting", "Keeping and forgetting"),
    ]:
        _open(page, f"{address}search.html?q={words.replace(' ', '+')}")
        results = page.locator("#search-results li")
        assert results.first.locator("a").inner_text() == first
        results.first.locator(".context").wait_for()
    _open(page, f"{address}search.html?q=decides")
    page.locator("#search-results .context").first.wait_for()
    said = page.inner_text("#search-results")
    assert "σ(x) = 1/(1 + e^" in said
    assert "\\" not in said
    assert "{" not in said


def test_figures_are_numbered_by_chapter(book: Book) -> None:
    lesson, assignment = book.text(LESSON), book.text("chapters/mini")
    assert "It decides what is kept (Fig. 2.1)" in lesson
    assert "Fig. 2.1 What is kept of a value." in lesson
    assert "Fig. 2.2 A square." in assignment


def test_there_is_no_empty_index(book: Book) -> None:
    assert not (book.html / "genindex.html").exists()
    assert "genindex" not in book.page(LESSON)
