"""The map of the course says what the pages say."""

from __future__ import annotations

import re

import pytest

from autograder.exercises import assignments, exercises
from autograder.grader.book.course_map import Page, chapters, drawing, needs, steps, words
from autograder.grader.checkout import ROOT
from autograder.grader.release.source import notebook

CHAPTERS = chapters(ROOT)


def page(time: str) -> Page:
    return Page("chapters/x/y", "Y", time, None, frozenset())


@pytest.mark.parametrize(
    ("time", "minutes"),
    [
        ("Three quarters of an hour: about ten minutes for the text, and 25 for the rest.", 45),
        ("About 20 minutes to read, 10 more to follow the code, and 15 for the questions.", 45),
        ("About 15 minutes for the text, and as long again for the code and the questions.", 30),
        ("About 10 minutes for the text, and as long again for the code. The questions take "
         "another quarter of an hour.", 35),
    ],
)  # fmt: skip
def test_minutes_are_read_from_the_words_of_a_page(time: str, minutes: int) -> None:
    assert page(time).minutes == minutes


def test_every_page_to_read_says_how_long_it_takes() -> None:
    lessons = [page for chapter in CHAPTERS for page in chapter.lessons]
    assert len(lessons) > 30
    for lesson in lessons:
        assert 15 <= lesson.minutes <= 75, lesson.place


def test_every_assignment_is_there_with_the_points_of_its_notebook() -> None:
    found = {
        page.place.split("/")[-1]: page.points
        for chapter in CHAPTERS
        for page in chapter.assignments
    }
    assert set(found) == set(assignments())
    for name in ("lstm", "cudnn_layers"):
        cells = [cell.metadata.get("nbgrader", {}) for cell in notebook(name).cells]
        assert found[name] == sum(about.get("points", 0) for about in cells)
        assert len(exercises(name)) <= found[name]


def test_nothing_builds_on_itself_and_no_arc_follows_from_two_others() -> None:
    needed, drawn = needs(CHAPTERS), steps(needs(CHAPTERS))
    assert ("recurrent", "gated") in drawn
    assert "feedforward" in needed["gated"]
    assert ("feedforward", "gated") not in drawn
    assert all(earlier in needed[later] for earlier, later in drawn)
    assert {later for _, later in drawn} == set(needed) - {"feedforward"}


def test_drawing_and_list_lead_to_every_chapter_and_every_assignment() -> None:
    drawn, told = drawing(CHAPTERS, "../../"), words(CHAPTERS, "../../")
    for chapter in CHAPTERS:
        address = f'href="../../{chapter.pages[0].place}.html"'
        assert address in drawn
        assert address in told
        for assignment in chapter.assignments:
            assert f'href="../../{assignment.place}.html"' in told
    assert drawn.count('class="step"') == len(steps(needs(CHAPTERS)))
    # No title runs out of the drawing: it has room for so many letters.
    titles = re.findall(r'<text x="\d+" y="\d+">([^<]+)</text>', drawn)
    assert len(titles) == len(CHAPTERS)
    assert max(map(len, titles)) <= 28


def test_the_first_page_says_how_long_all_of_it_takes() -> None:
    hours = sum(page.minutes for chapter in CHAPTERS for page in chapter.lessons) / 60
    text = (ROOT / "chapters" / "index.md").read_text(encoding="utf-8")
    assert f"To read all of it takes about {hours:.0f} hours" in text
