"""The data sets of the course, each with its card. Nothing is downloaded.

Digits: 1,797 images of handwritten digits, 8 × 8 pixels of 17 grey levels, with their labels.
They are the test set of the "Optical Recognition of Handwritten Digits" of Alpaydin and Kaynak
(1998, UCI Machine Learning Repository, CC BY 4.0), as scikit-learn's `load_digits` ships them:
43 people wrote on paper forms, and each 32 × 32 scan was reduced to 8 × 8 counts of ink. The
classes are nearly equal in number (174 to 183). The same writers appear in every random split.

Photographs: two colour images of 427 × 640 pixels that scikit-learn ships, "china" (a temple, by
danielbuechele) and "flower" (a dahlia, by vultilion), both published on Flickr under CC BY 2.0.

Prose of NumPy: what the docstrings of NumPy's public functions say in sentences, about 200,000
characters of technical English by many hands (BSD licence, as NumPy). Signatures, examples, tables
and formulas are left out, and every paragraph is kept once; many still resemble one another. The
text is that of the installed NumPy, and another version has another text.

Sunspots: the mean number of spots on the sun in each year from 1700 to 2008, 309 numbers, as
statsmodels ships them; from the National Geophysical Data Center, in the public domain. Early
counts are less certain than late ones. The numbers rise and fall in a cycle of about eleven years,
which is not regular.
"""

from __future__ import annotations

import inspect
import re
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograder.packages import imported


class Digits(NamedTuple):
    """Images of digits and their labels, in two parts that share no image.

    Attributes:
        x: images to learn from, one a row of 64 numbers from 0 to 1, (N, 64), float64.
        y: their labels, (N,), integers from 0 to 9.
        x_held: the images held out, (M, 64), float64.
        y_held: their labels, (M,).
    """

    x: NDArray[np.float64]
    y: NDArray[np.int64]
    x_held: NDArray[np.float64]
    y_held: NDArray[np.int64]


def digits(seed: int = 0, held_out: int = 360) -> Digits:
    """The digits of scikit-learn, divided by 16, split at random.

    Args:
        seed: decides which images are held out; the same for the same seed.
        held_out: how many, M; the other 1,797 − M are to learn from.
    """
    data: Any = imported("sklearn.datasets", "`digits`").load_digits()
    order = np.random.default_rng(seed).permutation(len(data.target))
    held, kept = order[:held_out], order[held_out:]
    x, y = data.data / 16, data.target.astype(np.int64)
    return Digits(x[kept], y[kept], x[held], y[held])


def photograph(name: str) -> NDArray[np.float64]:
    """A photograph in grey: brightness from 0 (black) to 1 (white), (427, 640), float64.

    Args:
        name: "china" or "flower".
    """
    datasets = imported("sklearn.datasets", "`photograph`")
    colours: Any = datasets.load_sample_image(f"{name}.jpg") / 255
    grey: NDArray[np.float64] = colours @ np.array([0.299, 0.587, 0.114])
    return grey


@cache
def prose() -> str:
    """Sentences from the docstrings of NumPy, in small letters, one paragraph a line.

    The order of the paragraphs is random, and always the same.
    """
    modules = (
        np,
        np.linalg,
        np.fft,
        np.random,
        np.ma,
        np.char,
        np.testing,
        np.polynomial.polynomial,
    )
    texts = {
        inspect.getdoc(getattr(module, name)) or ""
        for module in modules
        for name in dir(module)
        if not name.startswith("_") and callable(getattr(module, name))
    }
    found = set()
    for text in texts:
        # A docstring begins with sentences; of its sections, Notes alone is made of them.
        first, *sections = re.split(r"\n(?=[A-Z][A-Za-z ]+\n-{3,}\n)", text)
        notes = [part.split("\n", 2)[2] for part in sections if part.startswith("Notes\n")]
        for paragraph in "\n\n".join([first, *notes]).split("\n\n"):
            line = " ".join(paragraph.replace("`", "").split()).lower()
            # SciPy, once it is imported, adds a paragraph of its own to a docstring of NumPy.
            if SENTENCES.fullmatch(line) and "scipy_array_api" not in line:
                found.add(line)
    lines = sorted(found)
    order = np.random.default_rng(0).permutation(len(lines))
    return "".join(f"{lines[k]}\n" for k in order)


SENTENCES = re.compile(
    r"(?!.*(>>>|::|\.\. |:math:|\w+\(\w+, /))[a-z][a-z0-9 ,.;:'()=<>*/+\[\]_-]{59,}\."
)
"""A paragraph of plain sentences, sixty characters or more, that ends with a full stop."""


def sunspots() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The years from 1700 to 2008, (309,), and the mean number of sunspots in each, (309,)."""
    source = imported("statsmodels.datasets.sunspots", "`sunspots`")
    data: Any = source.load_pandas().data
    return data["YEAR"].to_numpy(np.int64), data["SUNACTIVITY"].to_numpy(np.float64)
