"""What the wheel knows of the chapters is made from them, and refused where it is unclear."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from autograder.checking.contents import FILE
from autograder.grader.release import contents
from autograder.grader.release.contents import FOLDER, Page, SectionError, place_of, text, write

LESSON = Page("a/index.html", "A", frozenset({"Sums", "Both"}))
OWN = Page("a/a.html", "Assignment: a", frozenset({"Yours", "Both"}))
OTHER = Page("b/index.html", "B", frozenset({"Yours", "Far, far away"}))
GROUPS = [[LESSON], [OWN], [OTHER]]


@pytest.fixture(scope="module")
def made() -> str:
    return text()


def test_what_the_wheel_knows_is_fresh(made: str) -> None:
    kept = (FOLDER / FILE).read_text(encoding="utf-8")
    assert kept == made, "Run `python -m autograder.grader.release.contents`."


def test_the_address_of_the_site_is_that_of_the_configuration(
    made: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "site", lambda root: "https://example.org/c")
    found = tomllib.loads(text())
    assert found.pop("site") == "https://example.org/c"
    before = tomllib.loads(made)
    before.pop("site")
    assert found == before


@pytest.mark.parametrize(
    ("title", "place"),
    [
        ("Sums", "a/index.html#sums"),
        ("Both", "a/index.html#both"),
        ("Yours", "a/a.html#yours"),
        ("Far, far away", "b/index.html#far-far-away"),
    ],
)
def test_a_section_stands_on_the_first_page_that_has_it(title: str, place: str) -> None:
    assert place_of(title, GROUPS) == place


def test_a_section_of_two_pages_that_may_be_meant_is_refused() -> None:
    with pytest.raises(SectionError, match=r"‘Yours’, which is a section of a/a\.html and of b/in"):
        place_of("Yours", [[LESSON], [OWN, OTHER]])


def test_a_section_that_there_is_not_is_refused() -> None:
    with pytest.raises(SectionError, match="‘Nowhere’, and no page that it may mean has such a"):
        place_of("Nowhere", GROUPS)


def test_the_file_is_written_only_where_it_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "FOLDER", tmp_path)
    monkeypatch.setattr(contents, "text", lambda: "site = ‘’\n")
    assert write()
    assert (tmp_path / FILE).read_text(encoding="utf-8") == "site = ‘’\n"
    assert not write()
