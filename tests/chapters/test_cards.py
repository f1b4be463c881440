"""The lecture's cards: short, and each explained by a section that is there."""

from __future__ import annotations

import re
import tomllib
from itertools import groupby
from typing import Any

import pytest

from autograder.grader.checkout import CHAPTERS

FILE = CHAPTERS / "cards" / "lecture.toml"
CARDS: dict[str, dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))
WORDS = 75

every_card = pytest.mark.parametrize("name", CARDS)


def words(text: str) -> int:
    """How many words a side has, where a formula counts as one."""
    return len(re.sub(r"\$[^$]*\$", "formula", text).split())


@every_card
def test_a_card_is_short_on_both_sides(name: str) -> None:
    assert 3 <= words(CARDS[name]["front"]) <= 30
    assert 2 <= words(CARDS[name]["back"]) <= WORDS
    assert CARDS[name]["back"].count("$") % 2 == 0
    assert CARDS[name]["front"].strip().endswith((".", "?"))


@every_card
def test_the_section_that_explains_a_card_is_on_its_page(name: str) -> None:
    page = CHAPTERS / f"{CARDS[name]['page']}.md"
    lines = page.read_text(encoding="utf-8").splitlines()
    titles = [line.lstrip("#").strip() for line in lines if re.match("#{1,3} ", line)]
    assert titles.count(CARDS[name]["section"]) == 1


def test_names_will_do_in_an_address_and_chapters_stand_together() -> None:
    assert all(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name) for name in CARDS)
    chapters = [key for key, _ in groupby(about["page"].split("/")[0] for about in CARDS.values())]
    assert len(set(chapters)) == len(chapters)
    fronts = [about["front"] for about in CARDS.values()]
    assert len(set(fronts)) == len(fronts)
