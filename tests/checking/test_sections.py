"""What the wheel knows of the chapters: the points, and the page of every section it names."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autograder.checking import contents
from autograder.checking.contents import elsewhere, points, section
from autograder.checking.hints import hints
from autograder.checking.show import Note, Section, Shown
from autograder.exercises import assignments, exercises
from autograder.grader import catalogue
from autograder.grader.checkout import CHAPTERS, ROOT
from autograder.grader.judge import speed
from autograder.grader.release.source import page
from tests.chapters.pages import graded, titles

SITE = "https://example.org/c"
POOLING = "chapters/convolutional/pooling.html#pooling"

every_assignment = pytest.mark.parametrize("assignment", assignments())


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wheel that knows the address of its site."""
    known = {**contents._known("lstm"), "site": SITE}
    monkeypatch.setattr(contents, "_known", lambda assignment: known)


@cache
def sections_by_page() -> dict[str, list[str]]:
    """The titles of the sections of every page, by the title of the page."""
    pages = list(CHAPTERS.rglob("*.md"))
    found = {_title(path): titles(path) for path in pages}
    assert len(found) == len(pages), "a title stands for one page alone"
    return found


def _title(path: Path) -> str:
    title = re.search(r"^# (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert title is not None
    return title[1]


def told(assignment: str) -> set[str]:
    """The sections that verdicts on an assignment name."""
    found = {entry.mistake.read for entry in catalogue.entries(assignment)}
    return found | ({speed.READ} if any(e.speed for e in exercises(assignment)) else set())


@every_assignment
def test_every_section_that_a_mistake_names_is_on_the_page_that_is_named(assignment: str) -> None:
    for title in told(assignment):
        found = section(assignment, title)
        assert found is not None
        assert title[1:-1] in sections_by_page()[found.page]


@every_assignment
def test_a_mistake_sends_to_its_own_chapter_and_there_to_the_lesson_first(assignment: str) -> None:
    own = page(assignment)
    completed = {_title(page(name)) for name in assignments()}
    chapter = {_title(path) for path in own.parent.glob("*.md")}
    for title in told(assignment):
        found = section(assignment, title)
        assert found is not None
        having = {one for one in chapter if title[1:-1] in sections_by_page()[one]}
        assert found.page in having
        assert found.page not in completed or having <= completed


def test_a_title_of_two_chapters_leads_to_the_right_one() -> None:
    for assignment in ("lstm", "lstm_sequences"):
        found = section(assignment, "‘One step forward’")
        assert found == Section("‘One step forward’", "Assignment: build an LSTM")


def test_a_section_that_the_book_no_longer_has_is_told_by_its_title() -> None:
    assert section("lstm", "‘Of last year’") == Section("‘Of last year’")
    assert section("no_assignment", "‘Pooling’") == Section("‘Pooling’")
    assert str(Section("‘Of last year’")) == "‘Of last year’"
    assert section("lstm", "") is None


@every_assignment
def test_the_points_are_those_of_the_checks(assignment: str) -> None:
    cells = graded(page(assignment))
    assert list(points(assignment).items()) == [
        (exercise.name, cells[f"check-{exercise.name}"].metadata["nbgrader"]["points"])
        for exercise in exercises(assignment)
    ]
    assert points("no_assignment") == {}


@every_assignment
def test_a_hint_says_where_a_section_is_that_is_not_in_the_notebook(assignment: str) -> None:
    own = set(titles(page(assignment)))
    for ladder in hints(assignment).values():
        for hint in ladder:
            named = dict.fromkeys(re.findall(r"‘([^’]+)’", hint))
            found = elsewhere(assignment, hint)
            assert [one.title for one in found] == [f"‘{t}’" for t in named if t not in own]
            assert all(one.title[1:-1] in sections_by_page()[one.page] for one in found)


def test_without_a_site_the_page_is_told_by_its_title() -> None:
    read = section("convolutional", "‘Pooling’")
    says = "Read ‘Pooling’ on the page ‘Pooling, text, and how far a network sees’."
    shown = Shown("maxpool2d_forward", "wrong", "It is wrong.", read)
    assert repr(shown) == f"maxpool2d_forward: not right yet. It is wrong. {says}"
    assert f"<p>{says}</p>" in shown._repr_html_()
    assert "<a " not in shown._repr_html_()


def test_with_a_site_the_section_is_a_link(site: None) -> None:
    read = section("convolutional", "‘Pooling’")
    shown = Shown("maxpool2d_forward", "wrong", "It is wrong.", read)
    where = "on the page ‘Pooling, text, and how far a network sees’"
    assert repr(shown).endswith(f"Read ‘Pooling’ {where} ({SITE}/{POOLING}).")
    link = f'<a href="{SITE}/{POOLING}">‘Pooling’</a>'
    assert f"<p>Read {link} {where}.</p>" in shown._repr_html_()


def test_what_a_hint_names_is_found_as_well(site: None) -> None:
    note = Note("conv2d", "hint 1 of 3", "See ‘Pooling’.", elsewhere("convolutional", "‘Pooling’"))
    where = "on the page ‘Pooling, text, and how far a network sees’"
    assert repr(note) == (
        f"conv2d: hint 1 of 3. See ‘Pooling’. You find ‘Pooling’ {where} ({SITE}/{POOLING})."
    )
    assert f'<p>You find <a href="{SITE}/{POOLING}">‘Pooling’</a> {where}.</p>' in (
        note._repr_html_()
    )


def test_a_title_is_escaped() -> None:
    html = Section("‘<b>’", "A & B", 'https://example.org/"').as_html()
    assert html == ('<a href="https://example.org/&quot;">‘&lt;b&gt;’</a> on the page ‘A &amp; B’')


def test_there_is_a_page_at_every_place() -> None:
    known: dict[str, Any] = contents._known("lstm")
    for assignment in assignments():
        for place in (known[assignment]["mistakes"] | known[assignment]["hints"]).values():
            path, _, anchor = place.partition("#")
            assert (ROOT / path).with_suffix(".md").is_file()
            assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", anchor)
