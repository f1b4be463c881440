"""Exercises on the page: written, checked, stopped, kept and taken along, without a network.

Chromium resolves no name here, so that what a check needs has to come from the site.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from autograder.grader import references
from autograder.grader.book.live import runtime
from autograder.grader.grading.notebook import Released
from tests.browser.chromium import ARGUMENTS, CHROMIUM, marks
from tests.browser.conftest import serve_site
from tests.grader.book.books import Book

pytestmark = [
    *marks,
    pytest.mark.skipif(
        runtime.kept() is None and not os.environ.get("CI"),
        reason="Python for the browser was not fetched; `make book` does that.",
    ),
]

ALONE = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
PAGE = "chapters/recurrent/recurrent.html"
STEP, BACK = "rnn_step_forward", "rnn_step_backward"
RIGHT = references.cells(references.text("recurrent"), [STEP, BACK])
LONG = 120_000
"""Milliseconds that Python may take to start on a busy machine."""


@pytest.fixture(scope="module")
def alone() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, ALONE])
        expect.set_options(timeout=LONG)
        yield started
        expect.set_options(timeout=None)
        started.close()


@pytest.fixture(scope="module")
def address(real_book: Book) -> Iterator[str]:
    with serve_site(real_book.html) as address:
        yield address


@pytest.fixture(scope="module")
def loaded() -> dict[str, int]:
    """What the reader's first check has loaded, in bytes by address."""
    return {}


@pytest.fixture(scope="module")
def reader(alone: Browser, address: str, loaded: dict[str, int]) -> Iterator[Page]:
    """A reader's page, on which Python was started once for all tests."""
    page = opened(alone)
    page.goto(address + PAGE)
    page.wait_for_load_state("networkidle")
    page.on("response", lambda response: loaded.update({response.url: len(response.body())}))
    write(page, STEP, RIGHT[STEP])
    told(page, STEP)
    yield page
    page.context.close()


def opened(browser: Browser, **options: Any) -> Page:
    """A page of a reader who was never here, with patience."""
    context = browser.new_context(**options)
    context.set_default_timeout(LONG)
    return context.new_page()


def place(page: Page, name: str) -> Any:
    return page.locator(f'.live[data-exercise="{name}"]')


def press(page: Page, name: str, label: str) -> None:
    place(page, name).get_by_role("button", name=label).click()


def write(page: Page, name: str, text: str) -> None:
    """Put a text into the editor of an exercise, as by pasting."""
    here = place(page, name)
    opens = here.get_by_role("button", name="Write it here")
    if opens.is_visible():
        opens.click()
    field = here.get_by_role("textbox")
    field.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def written(page: Page, name: str) -> Any:
    """All that stands in an editor, which itself draws the lines in view alone."""
    return place(page, name).locator(".live-printed")


def told(page: Page, name: str) -> str:
    """What a check says."""
    press(page, name, "Check it here")
    here = place(page, name)
    expect(here.locator(".live-told")).to_be_visible()
    return str(here.locator(".live-found").inner_text())


def test_nothing_is_loaded_before_the_reader_asks_for_it(alone: Browser, address: str) -> None:
    page = opened(alone)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address + PAGE)
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "/live/" in url or url.endswith((".whl", ".ipynb"))]
    press(page, STEP, "Write it here")
    expect(place(page, STEP).get_by_text("The first check loads")).to_be_visible()
    assert [url for url in asked if "/live/" in url] == [f"{address}live/editor.js"]
    page.context.close()


def test_all_that_a_check_loads_is_less_than_19_megabytes(
    reader: Page, loaded: dict[str, int], address: str
) -> None:
    assert all(url.startswith(address) for url in loaded)
    assert 16e6 < sum(loaded.values()) < 19e6
    said = int(str(place(reader, STEP).get_attribute("data-megabytes")))
    by_check = sum(size for url, size in loaded.items() if not url.endswith("editor.js"))
    assert abs(said - by_check / 1e6) < 0.6


def test_right_is_right_and_hides_what_the_page_had_to_show(reader: Page) -> None:
    write(reader, STEP, RIGHT[STEP])
    assert told(reader, STEP).startswith(f"{STEP}: correct")
    after = place(reader, STEP).locator("xpath=following-sibling::*[1]")
    assert after.locator("pre").first.inner_text().strip() == f"check({STEP})"
    expect(after.locator(".cell_output")).to_be_hidden()
    expect(place(reader, STEP).get_by_role("button", name="Check it here")).to_be_focused()
    write(reader, STEP, "x = 1")
    expect(place(reader, STEP).locator(".live-old")).to_be_visible()
    reader.emulate_media(media="print")
    assert written(reader, STEP).inner_text() == "x = 1"
    reader.emulate_media(media="screen")


def test_a_mistake_is_named_with_the_call_and_the_section(reader: Page, address: str) -> None:
    write(reader, STEP, RIGHT[STEP].replace("np.tanh(", "("))
    says = told(reader, STEP)
    assert says.startswith(f"{STEP}: not right yet")
    assert "tanh" in says
    assert "made with a right version" in says
    link = place(reader, STEP).locator(".live-told a").first.get_attribute("href")
    assert reader.request.get(str(link)).ok
    place(reader, STEP).get_by_text("A call that goes wrong").click()
    assert "12 of 12 differ" in place(reader, STEP).locator("details").inner_text()


def test_what_code_says_is_text_and_never_markup(reader: Page) -> None:
    write(reader, STEP, 'raise ValueError("<img src=x onerror=alert(1)> `<b>`")')
    assert "<img src=x" in told(reader, STEP)
    assert place(reader, STEP).locator(".live-found :is(img, b)").count() == 0


def test_a_loop_without_end_is_stopped_and_the_next_check_works(reader: Page) -> None:
    write(reader, STEP, "while True:\n    pass")
    press(reader, STEP, "Check it here")
    press(reader, STEP, "Stop")
    expect(place(reader, STEP).get_by_text("Stopped.")).to_be_visible()
    write(reader, STEP, RIGHT[STEP])
    assert told(reader, STEP).startswith(f"{STEP}: correct")


def test_a_cell_that_ends_python_is_told_and_the_next_check_works(reader: Page) -> None:
    write(reader, STEP, "a = []\nfor _ in range(100_000):\n    a = [a]\nprint(a)")
    press(reader, STEP, "Check it here")
    told_of = place(reader, STEP).get_by_text(
        re.compile("Python was ended by this cell|stops in line")
    )
    expect(told_of).to_be_visible()
    write(reader, STEP, RIGHT[STEP])
    assert told(reader, STEP).startswith(f"{STEP}: correct")


def test_what_is_written_in_one_tab_stands_in_the_other(alone: Browser, address: str) -> None:
    one = opened(alone)
    one.goto(address + PAGE)
    other = one.context.new_page()
    other.goto(f"{address}chapters/index.html")
    write(other, STEP, "written = 'elsewhere'")
    expect(written(one, STEP)).to_contain_text("elsewhere")
    one.context.close()


def test_hints_come_one_by_one(reader: Page) -> None:
    for number in (1, 2):
        press(reader, BACK, "Hint") if number > 1 else write(reader, BACK, "x = 1")
        if number == 1:
            press(reader, BACK, "Hint")
        expect(place(reader, BACK).get_by_text(f"hint {number} of")).to_be_visible()


def test_work_is_kept_taken_along_and_brought_back(
    alone: Browser, address: str, tmp_path: Path
) -> None:
    page = opened(alone)
    page.goto(address + PAGE)
    write(page, STEP, RIGHT[STEP])
    page.reload()
    expect(written(page, STEP)).to_contain_text("np.tanh")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the notebook with").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name == "recurrent.ipynb"
    expect(page.get_by_text("1 cell of yours is in the notebook")).to_be_visible()
    page.context.close()

    handed_in = nbformat.read(file, as_version=4)
    nbformat.validate(handed_in)
    released = nbformat.reads(page_text(alone, f"{address}notebooks/recurrent.ipynb"), as_version=4)
    changed = [
        own.metadata.nbgrader.grade_id
        for own, theirs in zip(handed_in.cells, released.cells, strict=True)
        if own != theirs
    ]
    assert changed == [STEP]
    sources = Released(released).read(nbformat.writes(handed_in).encode()).sources
    assert sources[STEP].strip() == RIGHT[STEP].strip()

    other = opened(alone)
    other.goto(address + PAGE)
    other.get_by_label("Bring back what stands in a notebook").set_input_files(file)
    expect(other.get_by_text("1 cell was brought back.")).to_be_visible()
    expect(written(other, STEP)).to_contain_text("np.tanh")
    write(other, STEP, "mine = 1")
    other.once("dialog", lambda dialog: dialog.dismiss())
    other.get_by_label("Bring back").set_input_files(file)
    expect(other.get_by_text("Nothing was changed.")).to_be_visible()
    expect(written(other, STEP)).to_contain_text("mine")
    odd = {"nbgrader": {"grade_id": STEP}}
    sources = [None, 7, [{"toString": 1}], [["nested"]]]
    cells = [{"metadata": odd, "source": source} for source in sources]
    other.get_by_label("Bring back").set_input_files(
        {
            "name": "odd.ipynb",
            "mimeType": "application/json",
            "buffer": json.dumps({"cells": [None, 3, *cells]}).encode(),
        }
    )
    expect(other.get_by_text("odd.ipynb has no cell of this assignment")).to_be_visible()
    other.get_by_label("Bring back").set_input_files(
        {"name": "no.ipynb", "mimeType": "application/json", "buffer": b"{"}
    )
    expect(other.get_by_text("no.ipynb could not be read as a notebook")).to_be_visible()
    other.on("dialog", lambda dialog: dialog.accept())
    press(other, STEP, "Start over")
    expect(written(other, STEP)).to_contain_text("NotImplementedError")
    other.context.close()


def page_text(browser: Browser, address: str) -> str:
    context = browser.new_context()
    text = context.request.get(address).text()
    context.close()
    return text


def test_the_keyboard_can_leave_the_editor(alone: Browser, address: str) -> None:
    page = opened(alone)
    page.goto(address + PAGE)
    press(page, STEP, "Write it here")
    expect(place(page, STEP).get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(place(page, STEP).get_by_role("button", name="Check it here")).to_be_focused()
    page.context.close()


def test_where_the_editor_cannot_be_loaded_there_is_a_field(alone: Browser, address: str) -> None:
    page = opened(alone)
    page.route("**/live/editor.js", lambda route: route.abort())
    page.goto(address + PAGE)
    press(page, STEP, "Write it here")
    field = place(page, STEP).get_by_label(f"Your {STEP}")
    assert field.evaluate("field => field.tagName") == "TEXTAREA"
    assert "NotImplementedError" in field.input_value()
    page.context.close()


def test_where_python_cannot_be_loaded_a_sentence_says_so(alone: Browser, address: str) -> None:
    page = opened(alone)
    page.route("**/pyodide.mjs", lambda route: route.abort())
    page.goto(address + PAGE)
    press(page, STEP, "Write it here")
    press(page, STEP, "Check it here")
    says = place(page, STEP).get_by_text("Python could not be started")
    expect(says).to_be_visible()
    page.context.close()


def test_a_page_from_a_folder_says_how_to_serve_it(alone: Browser, real_book: Book) -> None:
    page = opened(alone)
    page.goto((real_book.html / PAGE).as_uri())
    assert "python -m http.server" in place(page, STEP).inner_text()
    assert page.get_by_role("button", name="Write it here").count() == 0
    page.context.close()


def test_an_exercise_in_a_framework_sends_to_the_notebook(alone: Browser, address: str) -> None:
    page = opened(alone)
    page.goto(f"{address}chapters/gated/lstm.html")
    says = page.locator(".live-elsewhere")
    assert re.match("This exercise works with PyTorch; in a browser", says.inner_text())
    names = [one.get_attribute("data-exercise") for one in page.locator(".live").all()]
    assert names == ["lstm_step_forward", "lstm_step_backward", "lstm_forward"]
    page.context.close()


@pytest.mark.parametrize(("scheme", "place_of"), [("light", "chapters/index.html"), ("dark", PAGE)])
def test_an_editor_and_what_is_found_are_accessible_and_fit(
    alone: Browser, address: str, scheme: Any, place_of: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(alone, color_scheme=scheme, viewport={"width": 360, "height": 800})
    page.goto(address + place_of)
    write(page, STEP, RIGHT[STEP].replace("np.tanh(", "("))
    told(page, STEP)
    place(page, STEP).get_by_text("A call that goes wrong").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    found = Axe().run(page).response["violations"]
    grave = [v for v in found if v["impact"] in ("serious", "critical")]
    assert not [(v["help"], [node["html"] for node in v["nodes"]]) for v in grave]
    page.context.close()


def test_the_notebook_of_the_site_is_the_released_one(alone: Browser, address: str) -> None:
    notebook = json.loads(page_text(alone, f"{address}notebooks/recurrent.ipynb"))
    about = [
        cell["metadata"]["nbgrader"] for cell in notebook["cells"] if "nbgrader" in cell["metadata"]
    ]
    assert all(one["checksum"] for one in about)
    assert all(one["locked"] or one["solution"] for one in about)
