"""The site in a browser: accessible, quiet, in the light and in the dark, on any width."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.chromium import marks
from tests.browser.conftest import serve_site
from tests.grader.book.books import Book

pytestmark = marks

PAGES = (
    "chapters/index",
    "chapters/gated/index",
    "chapters/gated/lstm",
    "chapters/about/map",
    "chapters/about/start",
    "genindex",
    "search",
)


@pytest.fixture(scope="module")
def address(real_book: Book) -> Iterator[str]:
    with serve_site(real_book.html) as address:
        yield address


@pytest.fixture(params=["light", "dark"])
def page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    context = browser.new_context(color_scheme=request.param)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_quiet_and_complete(page: Any, address: str, name: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    said: list[str] = []
    asked: list[str] = []
    page.on(
        "console",
        lambda message: message.type in ("error", "warning") and said.append(message.text),
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}{name}.html")
    page.wait_for_load_state("networkidle")
    # Before axe, which asks for imported styles at addresses of its own.
    assert not said
    assert not [url for url in asked if not url.startswith((address, "data:"))]
    found = Axe().run(page).response["violations"]
    grave = [v for v in found if v["impact"] in ("serious", "critical")]
    assert not [(v["help"], [node["html"] for node in v["nodes"]]) for v in grave]


@pytest.mark.parametrize("width", [360, 900, 1366])
@pytest.mark.parametrize("name", [*PAGES, "chapters/layers/index"])
def test_a_page_fits_its_window(browser: Any, address: str, name: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(f"{address}{name}.html")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_formulas_are_set(page: Any, address: str) -> None:
    page.goto(f"{address}chapters/gated/index.html")
    page.wait_for_selector("mjx-container")


def test_the_line_that_installs_the_checks_has_whole_addresses(page: Any, address: str) -> None:
    page.goto(f"{address}chapters/gated/lstm.html")
    page.get_by_role("link", name="How to start").last.click()
    line = page.locator(".install-line pre").first.inner_text().strip()
    assert line.startswith(
        f'pip install "cells-to-cudnn[notebook] @ {address}wheels/cells_to_cudnn'
    )
    wheel, constraints = line.partition(" @ ")[2].split('" -c ')
    assert page.request.get(wheel).ok
    assert "torch==" in page.request.get(constraints).text()


def test_a_student_downloads_the_notebook(page: Any, address: str) -> None:
    page.goto(f"{address}chapters/gated/lstm.html")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the notebook").click()
    assert download.value.suggested_filename == "lstm.ipynb"


def test_the_search_finds_a_page(page: Any, address: str) -> None:
    page.goto(f"{address}search.html?q=The+forget+gate")
    first = page.locator("#search-results li a").first
    first.wait_for()
    assert first.get_attribute("href") == "chapters/gated/index.html#the-forget-gate"
