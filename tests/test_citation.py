"""How to cite the course, and under which licences it stands: all places say the same."""

from __future__ import annotations

import re
import tomllib

import yaml

from autograder.grader.checkout import CHAPTERS, ROOT

CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_it_has_what_the_format_asks_for_and_nothing_else() -> None:
    assert CITATION["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(CITATION)
    known = {"type", "version", "date-released", "license", "keywords", "repository-code", "url"}
    assert set(CITATION) <= known | {"cff-version", "message", "title", "authors"}
    assert all(set(author) == {"name"} for author in CITATION["authors"])


def test_version_and_licence_are_those_of_the_distribution() -> None:
    assert CITATION["version"] == PROJECT["version"]
    assert CITATION["license"] == PROJECT["license"]


def test_the_page_says_it_in_words() -> None:
    text = (CHAPTERS / "about" / "beyond.md").read_text(encoding="utf-8")
    for part in ("title", "version"):
        assert CITATION[part] in text
    assert CITATION["authors"][0]["name"] in text
    assert str(CITATION["date-released"])[:4] in text


def test_the_newest_entry_of_the_changelog_is_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.findall(r"^## \[(.+)\] - (.+)$", text, re.MULTILINE)[0]
    assert newest == (CITATION["version"], CITATION["date-released"])


def test_code_and_text_have_each_their_licence_wherever_one_is_named() -> None:
    assert PROJECT["license"] == "BSD-3-Clause"
    assert PROJECT["license-files"] == ["LICENSE"]
    code, text = (
        path.read_text(encoding="utf-8") for path in (ROOT / "LICENSE", CHAPTERS / "LICENSE")
    )
    assert code.startswith("BSD 3-Clause License")
    assert "creativecommons.org/licenses/by/4.0/legalcode" in text
    assert all(CITATION["authors"][0]["name"] in licence for licence in (code, text))
    for place in (ROOT / "_config.yml", ROOT / "README.md", CHAPTERS / "about" / "beyond.md"):
        said = place.read_text(encoding="utf-8")
        assert "CC BY 4.0" in said, place
        assert "BSD 3-Clause" in said, place
