"""The data sets: split without overlap, scaled, and the same for the same seed."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np

from autograder.data import digits
from autograder.grader.checkout import ROOT


def test_every_digit_is_in_one_part_of_the_split() -> None:
    x, y, x_held, y_held = digits(seed=3, held_out=200)
    assert x.shape == (1597, 64)
    assert x_held.shape == (200, 64)
    assert y.shape == (1597,)
    assert y_held.shape == (200,)
    assert len(np.unique(np.vstack([x, x_held]), axis=0)) == 1797


def test_pixels_are_from_0_to_1_and_labels_from_0_to_9() -> None:
    x, y, *_ = digits()
    assert x.dtype == np.float64
    assert (x.min(), x.max()) == (0, 1)
    assert set(y) == set(range(10))
    assert y.dtype == np.int64


def test_a_seed_decides_the_split() -> None:
    np.testing.assert_array_equal(digits(1).x_held, digits(1).x_held)
    assert np.any(digits(1).x_held != digits(2).x_held)


def test_the_prose_does_not_depend_on_what_was_imported_before() -> None:
    """SciPy adds to a docstring of NumPy, by which every number of a letter model would change."""
    says = "from autograder.data import prose; print(len(prose()))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    lengths = {
        subprocess.check_output([sys.executable, "-c", first + says], env=environment)
        for first in ("", "import scipy.stats, sklearn; ")
    }
    assert len(lengths) == 1
