"""The cards of the course in a browser: turned by mouse and keys, without scripts, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.chromium import marks
from tests.browser.conftest import serve_site
from tests.grader.book.books import Book

pytestmark = marks

PAGE = "chapters/cards/index.html"


@pytest.fixture(scope="module")
def address(real_book: Book) -> Iterator[str]:
    with serve_site(real_book.html) as address:
        yield f"{address}{PAGE}"


@pytest.fixture(scope="module")
def opened(browser: Any, address: str) -> Iterator[Any]:
    """The page, which takes a second to set its formulas."""
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    page.wait_for_function(
        "document.querySelectorAll('.math:not(:has(mjx-container))').length === 0"
    )
    yield page
    page.close()
    assert not errors


@pytest.fixture
def page(opened: Any, address: str) -> Any:
    """The page with all cards face up, on a laptop."""
    if opened.url != address:
        opened.go_back()
    opened.emulate_media(media="screen", color_scheme="light", reduced_motion="reduce")
    opened.set_viewport_size({"width": 1366, "height": 900})
    opened.evaluate("for (const card of document.querySelectorAll('details')) card.open = false")
    return opened


def sides(page: Any, number: int = 0) -> tuple[Any, Any]:
    """The front and the back of a card."""
    card = page.locator(".flashcard").nth(number)
    return card.locator("summary"), card.locator(".back")


def test_a_card_is_turned_by_mouse_and_keys_and_turned_back(page: Any) -> None:
    front, back = sides(page)
    assert not back.is_visible()
    front.click()
    assert back.is_visible()
    front.click()
    assert not back.is_visible()
    for key in ("Enter", "Space"):
        front.press(key)
        assert back.is_visible()
        front.press(key)
        assert not back.is_visible()
    # The next card is the next stop of the keyboard, and an open one's link comes before it.
    page.keyboard.press("Tab")
    assert sides(page, 1)[0].evaluate("front => front === document.activeElement")


def test_all_cards_are_turned_back_at_once(page: Any) -> None:
    for number in (0, 3):
        sides(page, number)[0].click()
    page.get_by_role("button", name="Turn all cards back").click()
    assert page.locator(".flashcard[open]").count() == 0


def test_a_card_leads_to_the_section_that_explains_it(page: Any) -> None:
    card = page.locator("#card-forget-gate")
    card.locator("summary").click()
    card.get_by_role("link", name="The forget gate").click()
    page.wait_for_url("**/chapters/gated/index.html#the-forget-gate")
    assert page.locator("#the-forget-gate h2").is_visible()


def test_a_deck_is_downloaded_with_as_many_cards_as_are_shown(page: Any) -> None:
    said = page.locator(".decks li", has_text="The lecture").inner_text()
    assert said == f"The lecture, {page.locator('.flashcard').count()} cards"
    with page.expect_download() as download:
        page.get_by_role("link", name="The lecture", exact=True).click()
    assert download.value.suggested_filename == "cells-to-cudnn-lecture.apkg"


def test_cards_turn_without_scripts_and_are_printed_whole(browser: Any, address: str) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(address)
    front, back = sides(page)
    front.click()
    assert back.is_visible()
    front.click()
    page.emulate_media(media="print")
    card = page.locator(".flashcard").nth(1)
    for _ in range(50):  # the page is laid out anew when the browser comes to it
        taller = card.bounding_box()["height"] > front.bounding_box()["height"] + 30
        if taller:
            break
        page.wait_for_timeout(100)
    assert taller
    page.close()


def test_paper_has_both_sides_and_no_button(page: Any) -> None:
    page.emulate_media(media="print")
    page.wait_for_function("document.querySelector('.flashcard').open")
    assert all(back.is_visible() for back in page.locator(".flashcard .back").all())
    assert not page.get_by_role("button", name="Turn all cards back").is_visible()


def test_a_card_moves_for_those_alone_who_do_not_mind(page: Any) -> None:
    sides(page)[0].click()
    for motion, moving in {"reduce": "none", "no-preference": "turn"}.items():
        page.emulate_media(reduced_motion=motion)
        card = page.locator(".flashcard").first
        assert card.evaluate("card => getComputedStyle(card).animationName") == moving


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_sides_are_accessible_and_fit_a_phone(page: Any, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(f"document.documentElement.dataset.theme === '{scheme}'")
    page.set_viewport_size({"width": 360, "height": 800})
    page.evaluate("for (const card of document.querySelectorAll('.flashcard')) card.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    too_wide = page.evaluate(
        """() => [...document.querySelectorAll(".flashcard .math")]
            .filter(formula => formula.scrollWidth > formula.clientWidth + 1)
            .map(formula => formula.closest(".flashcard").id)"""
    )
    assert not too_wide
    found = Axe().run(page).response["violations"]
    grave = [v for v in found if v["impact"] in ("serious", "critical")]
    assert not [(v["help"], [node["html"] for node in v["nodes"]]) for v in grave]
