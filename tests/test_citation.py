"""How to cite the course: the file for programs and the page say the same."""

from __future__ import annotations

import tomllib

import yaml

from autograder.grader.checkout import CHAPTERS, ROOT

CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def test_it_has_what_the_format_asks_for_and_nothing_else() -> None:
    assert CITATION["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(CITATION)
    known = {"type", "version", "date-released", "license", "keywords", "repository-code", "url"}
    assert set(CITATION) <= known | {"cff-version", "message", "title", "authors"}
    assert all(set(author) == {"name"} for author in CITATION["authors"])


def test_version_and_licence_are_those_of_the_distribution() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert CITATION["version"] == project["version"]
    assert CITATION["license"] == project["license"]


def test_the_page_says_it_in_words() -> None:
    text = (CHAPTERS / "about" / "beyond.md").read_text(encoding="utf-8")
    for part in ("title", "version"):
        assert CITATION[part] in text
    assert CITATION["authors"][0]["name"] in text
    assert str(CITATION["date-released"])[:4] in text
