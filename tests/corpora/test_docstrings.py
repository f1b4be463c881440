"""Docstrings, read from files that are written for this, and those of what is installed."""

from __future__ import annotations

from pathlib import Path

import numpy
import pytest

from autograder.corpora import MissingDataError, docstrings
from autograder.corpora.docstrings import Pair, distinct, pair, pairs, plain, split
from autograder.corpora.sentences import digest, key

TEXT = "It reads every row of the :class:`~a.Table`, and adds up what ``n`` of them have."
SOURCE = f'''
class Table:
    """Rows with
    equal *names*.

    {TEXT}

    And more.
    """

    def sum(self):
        """The sum.

        {TEXT}
        """

    def mean(self):
        """The mean of a row.

        Parameters
        ----------
        x : what is added up, one by one by one by one
        """
'''


def test_the_first_line_is_paired_with_the_paragraph_after_it(tmp_path: Path) -> None:
    for name in ("a.py", "b.py", "tests/c.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(SOURCE, encoding="utf-8")
    text = "It reads every row of the a.Table, and adds up what n of them have."
    assert docstrings.load([tmp_path]) == [Pair(text, "Rows with equal names.")]


@pytest.mark.parametrize("begins", [">>> f(x)", ".. note::", ":param x:", "- one", "1. one"])
def test_what_is_no_prose_is_left_out(begins: str) -> None:
    assert pair(f"Add up all rows.\n\n{begins} {TEXT}") is None
    assert pair(f"Add up all rows.\n\n{TEXT}") is not None
    assert pair(f"Rows.\n\n{TEXT}") is None
    assert pair("Add up all rows.") is None
    assert list(pairs("print 'old'")) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see :func:`numpy.sum` and :ref:`here <there>`", "see numpy.sum and here"),
        ("`a link <https://x.org>`_ or ``code``", "a link or code"),
        ("an **array**\n  of *n* rows [1]_", "an array of n rows"),
        ("x * y", "x * y"),
    ],
)
def test_markup_is_stripped(text: str, found: str) -> None:
    assert plain(text) == found


def many(number: int) -> list[Pair]:
    """Pairs of which every third has a near-duplicate, in the summary or in the text."""
    found = []
    for n in range(number):
        name = "".join(chr(97 + int(digit)) for digit in str(n))
        long = f"{name} {'x' * 80}"
        found.append(Pair(long, f"Add {name}."))
        if n % 3 == 0:
            found.append(Pair(f"other {name}", f"add {name}"))
        if n % 3 == 1:
            found.append(Pair(f"{long} and more", f"Put {name}."))
    return found


def test_nearly_equal_pairs_are_one_and_no_part_has_what_another_has() -> None:
    assert len(distinct(many(90))) == 90
    found = split(many(300), held=40)
    assert [len(part) for part in found] == [220, 40, 40]
    sides = [{key(p.summary) for p in part} | {key(p.text)[:80] for p in part} for part in found]
    assert not sides[2] & (sides[0] | sides[1])
    assert split(many(300), held=40) == found
    assert digest(found.test) != digest(split(many(300), held=40, seed=1).test)


def test_missing_packages_are_told(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match=r"no docstrings in .*pip install"):
        docstrings.load([tmp_path])


def test_numpy_says_much_in_two_parts() -> None:
    found = docstrings.load([Path(numpy.__file__).parent])
    assert len(found) > 300
    assert not [p for p in found if "``" in p.text or ":func:" in p.text]
