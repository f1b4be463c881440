"""Figures that move: by keys, read out, without scripts, on paper, on a phone."""

from __future__ import annotations

import os
from typing import Any

import pytest

from autograder.grader.book.interactive import mounts, scripts
from tests.browser.chromium import marks

pytestmark = [
    *marks,
    pytest.mark.skipif(
        scripts.kept() is None and not os.environ.get("CI"),
        reason="The figures' scripts were not bundled; `make book` does that.",
    ),
]

THEME = """:root { --pst-color-background: #fff; --pst-color-surface: #f3f4f5;
--pst-color-text-base: #222832; --pst-color-text-muted: #48566b; --pst-color-primary: #0a7d91;
--pst-font-family-base: sans-serif; }"""
PAGE = """<!DOCTYPE html><html lang="en" data-theme="light"><head><title>A figure</title>
<meta name="viewport" content="width=device-width"><style>{theme} {style}</style></head>
<body><main class="bd-content"><h1>A figure</h1><figure><div class="output"><img alt="still"
src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="300"></div>
<div class="interactive" data-figure="{name}"></div><figcaption>A caption.</figcaption></figure>
</main><script>{script}</script></body></html>"""

FIRST_SAYS = {
    "lstm-step": "This step: c next = −0.9, h next = −0.6447.",
    "fading-gradient": "20 steps back, 3.9·10⁻⁴ and 1.9·10⁻³ are left.",
    "beam-search": "Step 1: 2 continuations compete. Kept: A (0.6), B (0.4).",
    "sliding-window": "Place 1 of 3: the taps meet the entries 1, 2 and 3; left over at the end: "
    "the entry 8.",
    "turned-valley": "the loss is: SGD 1.1·10⁻², momentum 1.3·10⁻³ and Adam 2.2·10⁻¹.",
}
"""By the name of a figure, a part of what it says before it is moved."""

every_figure = pytest.mark.parametrize("name", scripts.names())


def shown(browser: Any, name: str, **options: Any) -> Any:
    """A page with one figure."""
    folder = scripts.kept()
    assert folder is not None
    page = browser.new_page(**{"viewport": {"width": 360, "height": 900}, **options})
    page.set_content(
        PAGE.format(
            theme=THEME,
            style=(mounts.STATIC / "interactive.css").read_text("utf-8"),
            name=name,
            script=(folder / scripts.FOLDER / f"{name}.js").read_text("utf-8"),
        )
    )
    return page


def says(page: Any) -> str:
    return str(page.locator(".interactive output").inner_text())


@every_figure
def test_a_figure_is_drawn_accessible_and_fits_a_phone(browser: Any, name: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = shown(browser, name)
    assert FIRST_SAYS[name] in says(page)
    assert not page.get_by_alt_text("still").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    sizes = [box.bounding_box() for box in page.locator("input, button").all()]
    assert min(size["height"] for size in sizes) >= 44
    found = Axe().run(page).response["violations"]
    assert not [(v["help"], [node["html"] for node in v["nodes"]]) for v in found]
    page.emulate_media(media="print")
    assert page.get_by_alt_text("still").is_visible()
    assert not page.locator(".interactive").is_visible()
    page.close()


@every_figure
def test_without_scripts_the_figure_stands_still(browser: Any, name: str) -> None:
    page = shown(browser, name, java_script_enabled=False)
    assert page.get_by_alt_text("still").is_visible()
    assert not page.locator(".interactive").is_visible()
    page.close()


def test_the_lstm_is_moved_by_keys_and_taken_to_a_unit_of_the_table(browser: Any) -> None:
    page = shown(browser, "lstm-step", reduced_motion="reduce")
    page.get_by_label("Input gate i").press("Home")
    assert page.get_by_label("Input gate i").get_attribute("aria-valuetext") == "0"
    assert "c next = −0.5, h next = −0.4159" in says(page)
    assert page.evaluate("document.getAnimations().length") == 0
    page.get_by_role("button", name="Unit 3").press("Enter")
    assert page.get_by_label("Candidate g").get_attribute("aria-valuetext") == "0.9"
    assert "c next = 0.86, h next = 0.3481" in says(page)
    assert "c next = 0.86" in page.get_by_role("img").first.get_attribute("aria-label")
    page.close()


def test_the_gradient_is_read_off_where_the_keys_say(browser: Any) -> None:
    page = shown(browser, "fading-gradient")
    page.get_by_label("Forget bias").press("End")
    assert "0.675 in the simple network and by 1 in the LSTM" in says(page)
    page.get_by_role("slider", name="Steps back").press("Home")
    assert "1 step back, 6.8·10⁻¹ and 1.0" in says(page)
    page.close()


def test_a_beam_is_taken_forward_and_back_and_made_narrower(browser: Any) -> None:
    page = shown(browser, "beam-search")
    further = page.get_by_role("button", name="Next step")
    for _ in range(3):
        further.press("Enter")
    assert further.is_disabled()
    assert "Finished: B C D EOS (0.324)." in says(page)
    page.get_by_label("Beam width").press("ArrowLeft")
    assert "Kept: A A A A (0.0094)." in says(page)
    for _ in range(4):
        page.get_by_role("button", name="Back").click()
    assert page.locator(".hypothesis").count() == 1
    page.close()


def test_the_window_goes_from_place_to_place_and_says_where_there_is_none(browser: Any) -> None:
    page = shown(browser, "sliding-window")
    place, formula = page.get_by_role("slider", name="Place"), page.locator(".formula")
    place.press("End")
    assert "Place 3 of 3: the taps meet the entries 5, 6 and 7;" in says(page)
    page.get_by_label("Padding p").press("ArrowRight")
    assert "left over at the end: 1 zero of the padding" in says(page)
    assert "⌊(8 + 2·1 − 1·(3 − 1) − 1) / 2⌋ + 1 = ⌊7 / 2⌋ + 1 = 4" in formula.inner_text()
    page.get_by_role("button", name="Dilation 2").press("Enter")
    assert page.locator(".entry.made").count() == 1
    assert "No tap meets the entries 1, 3, 5 and 7 at any place." in says(page)
    page.get_by_role("button", name="No place").click()
    text = "There is no place: the kernel reaches over 7 entries, and the axis has 6."
    assert says(page) == text
    assert formula.inner_text().endswith("= ⌊−1 / 1⌋ + 1 = 0")
    assert place.is_disabled()
    assert text in page.get_by_role("img").get_attribute("aria-label")
    page.close()


def test_turning_the_valley_changes_adams_loss_alone(browser: Any) -> None:
    page = shown(browser, "turned-valley", reduced_motion="reduce")
    others = "SGD 1.1·10⁻², momentum 1.3·10⁻³"
    turn = page.get_by_role("slider", name="Turned by")
    turn.press("Home")
    assert says(page).count(f"{others} and Adam 4.4·10⁻⁴.") == 2
    turn.press("ArrowRight")
    assert says(page).startswith(f"Turned by 2.5°, after 100 steps, the loss is: {others}")
    assert says(page).count("Adam 4.4·10⁻⁴.") == 1
    assert "Turned by 2.5°" in page.get_by_role("img").get_attribute("aria-label")
    page.close()


def test_the_valley_throws_out_what_is_too_fast_until_the_best_rates_are_asked_for(
    browser: Any,
) -> None:
    page = shown(browser, "turned-valley")
    page.get_by_role("slider", name="Rate of SGD").press("End")
    assert "SGD thrown out, momentum" in says(page)
    page.get_by_role("button", name="Best rates for this valley").press("Enter")
    rates = [
        page.get_by_role("slider", name=f"Rate of {name}").get_attribute("aria-valuetext")
        for name in ("SGD", "momentum", "Adam")
    ]
    assert rates == ["0.019", "0.0033", "0.38"]
    page.get_by_role("button", name="Rates of the page").click()
    assert FIRST_SAYS["turned-valley"] in says(page)
    page.get_by_role("slider", name="Steps").press("Home")
    assert "after 0 steps, the loss is: SGD 5.1·10¹, momentum 5.1·10¹" in says(page)
    page.close()
