"""The loader of articles with highlights, on files in the published form."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from autograder.corpora import MissingDataError, news
from autograder.corpora.docstrings import Pair

TEXT = (
    "A dam broke in the night.\n\nNobody was hurt.\n\n"
    "@highlight\n\nDam breaks\n\n@highlight\n\nNo harm"
)
DAM = Pair("A dam broke in the night. Nobody was hurt.", "Dam breaks\nNo harm")


def put(folder: Path, part: str, paper: str, address: str, text: str) -> Path:
    """A story, and its address at the end of the list of a part."""
    name = hashlib.sha1(address.encode()).hexdigest()
    place = folder / paper / "stories" / f"{name}.story"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    listed = folder / "url_lists" / f"all_{part}.txt"
    listed.parent.mkdir(exist_ok=True)
    listed.open("a", encoding="utf-8").write(f"{address}\n")
    return place


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for n, (part, paper) in enumerate(
        [("train", "cnn"), ("train", "dailymail"), ("val", "cnn"), ("test", "dailymail")]
    ):
        begin = ["one", "two", "three", "four"][n]
        put(tmp_path, part, paper, f"news/{n}", f"Article {begin}.\n\n@highlight\n\nPoint {n}")
    return tmp_path


def test_the_parts_are_those_of_the_lists(folder: Path) -> None:
    put(folder, "test", "cnn", "news/dam", TEXT)
    found = news.load(folder)
    assert found.train == [Pair("Article one.", "Point 0"), Pair("Article two.", "Point 1")]
    assert found.dev == [Pair("Article three.", "Point 2")]
    assert found.test == [Pair("Article four.", "Point 3"), DAM]


def test_an_article_without_text_is_left_out(folder: Path) -> None:
    put(folder, "val", "cnn", "news/empty", "\n\n@highlight\n\nA point")
    assert len(news.load(folder).dev) == 1


def test_what_comes_again_in_a_later_part_is_not_learned(folder: Path) -> None:
    put(folder, "train", "cnn", "news/again", "ARTICLE -- four!\n\n@highlight\n\nAnother point")
    found = news.load(folder)
    assert len(found.train) == 2
    assert found.test == [Pair("Article four.", "Point 3")]


def test_a_list_that_is_missing_is_named(folder: Path) -> None:
    (folder / "url_lists" / "all_val.txt").unlink()
    with pytest.raises(MissingDataError, match=r"no list all_val\.txt in .*url_lists"):
        news.load(folder)


def test_a_story_that_is_missing_is_named(folder: Path) -> None:
    place = put(folder, "val", "cnn", "news/gone", TEXT)
    place.unlink()
    with pytest.raises(MissingDataError, match=f"news/gone of all_val.txt.* no {place.name}"):
        news.load(folder)


def test_a_file_of_another_form_is_named(folder: Path) -> None:
    place = put(folder, "val", "cnn", "news/odd", "An article without anything above it.")
    with pytest.raises(MissingDataError, match=re.escape(f"{place} has not the form")):
        news.load(folder)
