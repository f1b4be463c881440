"""News articles and the highlights that editors set above them, from a folder that is named.

Card. *Source*: Hermann and others (2015), "Teaching Machines to Read and Comprehend", NIPS; the
articles of CNN and the Daily Mail are published as one file each, `cnn/stories/NAME.story` and
`dailymail/stories/NAME.story`, whose name is the SHA-1 of the address of the article. See, Liu and
Manning (2017) took them for summaries; which article is in which part stands in the lists of
addresses `url_lists/all_train.txt`, `all_val.txt` and `all_test.txt` that come with their code.
*Licence*: the texts belong to the two publishers, and the course does not hand them out. *Size*:
287,227, 13,368 and 11,490 articles of some 780 words, with 3 or 4 highlights of together some 56;
in 114 files the text is missing, and these are left out. *Summaries*: written by editors, one line
each, often without a full stop. *What is offensive or wrong in it*: crimes, accidents and gossip,
with the names of people who live; a highlight may say what the article does not; the articles begin
with what matters, so that the first three sentences are a strong rule. An article that begins like
one of a later part is left out here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from autograder.corpora import MissingDataError
from autograder.corpora.docstrings import BEGINNING, Pair, Split
from autograder.corpora.sentences import key

LISTS = ("all_train.txt", "all_val.txt", "all_test.txt")
PAPERS = ("cnn", "dailymail")
MARK = "@highlight"


def load(folder: Path) -> Split:
    """The articles of the three parts; a summary is one highlight a line.

    What is nearly equal to an article of a later part is left out of the earlier ones.

    Args:
        folder: where `url_lists` and the stories of both papers are.

    Raises:
        MissingDataError: where a list or a story is not there, or has another form.
    """
    found: list[list[Pair]] = []
    known: set[str] = set()
    for name in reversed(LISTS):
        part = [pair for pair in _part(folder, name) if _begins(pair) not in known]
        known |= {_begins(pair) for pair in part}
        found.append(part)
    test, dev, train = found
    return Split(train, dev, test)


def story(text: str) -> Pair | None:
    """The article of a file and its highlights; nothing where the article is missing.

    Raises:
        ValueError: where there is no highlight.
    """
    article, *highlights = (" ".join(part.split()) for part in text.split(MARK))
    if not any(highlights):
        raise ValueError("There is no highlight.")
    return Pair(article, "\n".join(filter(None, highlights))) if article else None


def _part(folder: Path, name: str) -> Iterator[Pair]:
    file = folder / "url_lists" / name
    if not file.is_file():
        raise MissingDataError(
            f"There is no list {name} in {file.parent}. The articles of CNN and the Daily Mail are "
            f"read from a folder with {', '.join(LISTS)} in `url_lists`, and the stories in "
            f"{' and '.join(f'`{paper}/stories`' for paper in PAPERS)}."
        )
    for address in file.read_text(encoding="utf-8").split():
        named = f"{hashlib.sha1(address.encode(), usedforsecurity=False).hexdigest()}.story"
        places = [folder / paper / "stories" / named for paper in PAPERS]
        place = next((place for place in places if place.is_file()), None)
        if place is None:
            raise MissingDataError(
                f"The article {address} of {name} is missing: there is no {named} in "
                f"{' or '.join(str(place.parent) for place in places)}."
            )
        try:
            pair = story(place.read_text(encoding="utf-8"))
        except ValueError as reason:
            raise MissingDataError(
                f"{place} has not the form of a story, an article and behind it lines "
                f"{MARK}, each followed by a highlight. {reason}"
            ) from None
        if pair:
            yield pair


def _begins(pair: Pair) -> str:
    return key(pair.text)[:BEGINNING]
