"""Sentences of film and product reviews, each with a mean rating of its valence.

Card. *Source*: the archive `hutto_ICWSM_2014.tar.gz` in the source distribution of vaderSentiment
3.3.2, by C. J. Hutto and E. Gilbert (2014); the film sentences come from a collection of Pang and
Lee, the product sentences from one of Hu and Liu. *Licence*: MIT, as the package. *Size*: 10,605
sentences of film reviews and 3,708 of product reviews; the archive has editorials and tweets as
well, which are not read here. *Labels*: each sentence was rated by twenty people from −4 to 4, and
the mean stands beside it. Above 0.5 is `positive`, below −0.5 `negative`, else `neutral`: 48, 5 and
47 % of the film sentences, 47, 21 and 33 % of the others. *Split*: by document where it is known,
which it is of products, and with nearly equal sentences joined. *What is wrong with it*: valence is
no emotion. Sentences stand without those around them. The film sentences were chosen for having an
opinion, so that few are neutral, and a mean of ratings calls a dispute neutral too. They are
published judgements of named works and people, some of them scornful.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from autograder.corpora import MissingDataError

ARCHIVE = Path("vaderSentiment-3.3.2", "additional_resources", "hutto_ICWSM_2014.tar.gz")
FILES = {"film": "movieReviewSnippets", "product": "amazonReviewSnippets"}
CLASSES = ("negative", "neutral", "positive")
APART = 0.5
"""A mean rating up to this size is neutral."""

FETCH = "`python -m autograder.corpora.fetch FOLDER` fetches it."


class Rated(NamedTuple):
    """A sentence.

    Attributes:
        text: the sentence.
        valence: the mean of its ratings, from −4 to 4.
        source: "film" or "product".
        document: where it stood, such as "product 12"; "" where that is not known.
    """

    text: str
    valence: float
    source: str
    document: str

    @property
    def label(self) -> str:
        """One of `CLASSES`."""
        return CLASSES[1 + (self.valence > APART) - (self.valence < -APART)]


def load(folder: Path, sources: Sequence[str] = tuple(FILES)) -> list[Rated]:
    """The sentences of these sources, in the order of the files.

    Args:
        folder: where the source distribution was unpacked.
        sources: some of "film" and "product".

    Raises:
        MissingDataError: where the archive is not there.
    """
    place = folder / ARCHIVE
    if not place.is_file():
        raise MissingDataError(f"There is no {ARCHIVE} in {folder}. {FETCH}")
    with tarfile.open(place) as archive:
        return [
            rated
            for source in sources
            for rated in _read(archive, f"hutto_ICWSM_2014/{FILES[source]}_GroundTruth.txt", source)
        ]


def _read(archive: tarfile.TarFile, name: str, source: str) -> Iterator[Rated]:
    try:
        file = archive.extractfile(name)
    except KeyError:
        file = None
    if file is None:
        raise MissingDataError(f"The archive has no {name}. {FETCH}")
    for number, line in enumerate(io.TextIOWrapper(file, "utf-8", newline="\n"), start=1):
        fields = line.rstrip("\r\n").split("\t")
        try:
            mark, valence, text = fields
            rated = float(valence)
        except ValueError:
            raise MissingDataError(
                f"Line {number} of {name} has not the form: mark, rating and text, with tabs."
            ) from None
        document, _, within = mark.partition("_")
        yield Rated(text.strip(), rated, source, f"{source} {document}" if within else "")
