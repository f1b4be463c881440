"""The figure that moves: still at first, stopped at will, and still for those who ask for it."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.figures import moving
from tests.browser.chromium import marks

pytestmark = marks

PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>A window</title></head>
<body><main><h1>A window</h1>{moving.sliding()._repr_html_()}</main></body></html>"""
STATES = "[...new Set(document.getAnimations().map(a => a.playState))]"


def test_the_window_stands_still_until_it_is_told_to_slide_and_can_be_stopped(browser: Any) -> None:
    page = browser.new_page()
    page.set_content(PAGE)
    assert page.evaluate(STATES) == ["paused"]
    box = page.get_by_label("Let the window slide")
    box.check()
    assert page.evaluate(STATES) == ["running"]
    box.uncheck()
    assert page.evaluate(STATES) == ["paused"]
    page.close()


def test_each_place_shows_its_own_sum_and_all_outputs_so_far(browser: Any) -> None:
    page = browser.new_page()
    page.set_content(PAGE)
    for place in range(9):
        now = 1000 * moving.SECONDS * place + 100
        seen = page.evaluate(
            """now => {
                document.getAnimations().forEach(a => { a.currentTime = now; });
                const seen = g => getComputedStyle(g).opacity === "1";
                const shown = kind => [...document.querySelectorAll(`g[class*="${kind}-"]`)]
                    .flatMap((g, m) => seen(g) ? [m] : []);
                return [shown("made"), shown("sum")];
            }""",
            now,
        )
        assert seen == [list(range(place + 1)), [place]]
    page.close()


def test_nothing_moves_for_those_who_ask_for_no_motion(browser: Any) -> None:
    page = browser.new_page(reduced_motion="reduce")
    page.set_content(PAGE)
    assert page.evaluate("document.getAnimations().length") == 0
    assert not page.get_by_label("Let the window slide").is_visible()
    assert page.get_by_text("stands still").is_visible()
    page.close()


@pytest.mark.parametrize("width", [320, 1200])
def test_the_drawing_needs_no_script_and_fits_its_window(browser: Any, width: int) -> None:
    page = browser.new_page(java_script_enabled=False, viewport={"width": width, "height": 900})
    page.set_content(PAGE)
    drawing = page.get_by_role("img", name=moving.ALT)
    box = drawing.bounding_box()
    assert box["width"] > 250
    assert box["x"] + box["width"] <= width
    assert page.get_by_label("Let the window slide").is_visible()
    page.close()


def test_the_drawing_is_accessible(browser: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page()
    page.set_content(PAGE)
    found = Axe().run(page).response["violations"]
    grave = [v for v in found if v["impact"] in ("serious", "critical")]
    assert not [(v["help"], [node["html"] for node in v["nodes"]]) for v in grave]
    page.close()
