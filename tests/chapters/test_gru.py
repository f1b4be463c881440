"""The assignment on the GRU: every number it states."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from autograder.grader.release.source import page as page_of
from solutions.gru.reference import count_params, gru_step_backward, gru_step_forward
from tests.chapters.pages import (
    Ran,
    run_solved,
)

ASSIGNMENT = page_of("gru")


@pytest.fixture(scope="module")
def solved() -> Ran:
    return run_solved("gru")


# What the page states.


def test_every_comparison_holds(solved: tuple[dict[str, Any], str]) -> None:
    printed = solved[1]
    for line in (
        "reset after, against torch in float64:  within 1e-12: True",
        "reset before, against Keras in float32: within 1e-5:  True",
        "moved by a change of the input at step 3: 0 0 0 1 1 1",
        "six gradients, largest relative error below 1e-12: True",
        "weights as they are: the same step: False",
        "weights converted:   the same step: True",
        "the cell in a loop equals torch.nn.GRU within 1e-6",
        "your cell in Keras equals torch.nn.GRU within 1e-6",
    ):
        assert line in printed
    assert printed.count("as Keras counts: True") == 4


def test_the_gradient_travels_as_far_as_the_caption_says(
    solved: tuple[dict[str, Any], str],
) -> None:
    none, one, three = (solved[0]["gradient_sizes"](bias)[-1] for bias in (0.0, 1.0, 3.0))
    assert 0.5e-11 < none < 2e-11
    assert 3e-6 < one < 5e-6
    assert 0.2 < three < 0.25
    assert 3 < solved[0]["gradient_sizes"](3.0)[0] < 5


def test_frameworks_start_the_update_gate_as_the_page_says(
    solved: tuple[dict[str, Any], str],
) -> None:
    for line in (
        "torch, update biases between ±1/√H: True",
        "Keras, update biases: [0.]",
        "GRUBlockCell: `b_ru` - constant_initializer(1.0) `b_c` - constant_initializer(0.0)",
    ):
        assert line in solved[1]
    assert r"h = (1-u) \circ c + u \circ h_prev" in solved[0]["said"]
    assert round(1 / (1 + np.exp(-1.0)), 2) == 0.73


def test_the_variants_part_as_the_caption_says(solved: tuple[dict[str, Any], str]) -> None:
    apart = solved[0]["apart"]
    assert apart[0] == 0
    assert (apart[4:] > 0.05).all()
    assert (apart < 0.08).all()


def test_the_counts_of_the_caption_are_right() -> None:
    counts = [
        count_params(kind, 128, 256, True, after)
        for kind, after in (("rnn", False), ("gru", False), ("gru", True), ("lstm", False))
    ]
    assert counts == [98_560, 295_680, 296_448, 394_240]
    assert np.isclose(counts[2] / counts[3], 3 / 4, atol=0.01)


# The backward pass, read as it is written.

AXIOMS = (
    (r"\\(?:qquad|quad|,|;|left|right|bigl|bigr)", " "),
    (r"\\underbrace\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}_\{\\text\{[^}]*\}\}", r"\1"),
    (r"\\text\{(\w+)\}", r"\1"),
    (r"W_\{h(\w)\}", r"Wh_\1"),
    (r"b_\{h(\w)\}", r"bh_\1"),
    (r"W_x", "Wx"),
    (r"b_x", "bx"),
    (r"(\w+)\^\\top (d\w+)", r"\1.T @ \2"),
    (r"(d\w+) +(Wh_\w|Wx)\^\\top", r"\1 @ \2.T"),
    (r"\\odot", "*"),
)


def statements(math: str) -> list[str]:
    """The equations of a formula as statements of Python."""
    for pattern, replacement in AXIOMS:
        math = re.sub(pattern, replacement, math)
    found = [" ".join(part.split()).rstrip(" .") for part in re.split(r",(?!\w)", math)]
    return [re.sub(r"\[ ?(\w+) (\w+) (\w+) ?\]", r"hstack([\1, \2, \3])", s) for s in found if s]


def written(reset_after: bool) -> list[str]:
    """What the page says of one variant of the backward pass, line by line, in its order."""
    text = ASSIGNMENT.read_text(encoding="utf-8")
    section = text.split("## The step backward\n")[1].split("**What to expect.**")[0]
    found: list[str] = []
    for line in re.split(
        r"\n(?=\$\$\n)|\n\n|\n(?=\|)", section.replace("\n$$\n\nand ", "\n$$\n\n")
    ):
        if line.startswith("$$\n"):
            found += [s for s in statements(line.strip("$\n")) if s.startswith("d")]
        elif line.startswith(("| to the", "What belongs", "$db_x$")):
            told = line.split("|")[2 if reset_after else 3] if line.startswith("|") else line
            for a, b in re.findall(
                r"\$(d\w+(?:_\{\w+\})?)\$ is the sum of the rows of \$(\w+)\$", told
            ):
                found += [f"{statements(a)[0]} = {b}.sum(axis=0)"]
            for a, b, c, d in re.findall(
                r"\$(db\S+)\$ and \$(db\S+)\$ are the sums of the rows of \$(\w+)\$ and \$(\w+)\$",
                told,
            ):
                found += [
                    f"{statements(a)[0]} = {c}.sum(axis=0)",
                    f"{statements(b)[0]} = {d}.sum(axis=0)",
                ]
            found += [s for m in re.findall(r"\$(d[^$]* = [^$]*)\$", told) for s in statements(m)]
    return found


@pytest.mark.parametrize("reset_after", [True, False])
def test_the_backward_pass_as_it_is_written_gives_the_gradients(reset_after: bool) -> None:
    rng = np.random.default_rng(0)
    N, D, H = 4, 3, 5
    x, h, dh_next = (rng.standard_normal((N, size)) for size in (D, H, H))
    Wx, Wh = rng.standard_normal((D, 3 * H)), rng.standard_normal((H, 3 * H))
    bx, bh = rng.standard_normal((2, 3 * H))
    _, cache = gru_step_forward(x, h, Wx, Wh, bx, bh, reset_after)
    wanted = gru_step_backward(dh_next, cache)

    of_h = dict(zip(("Wh_r", "Wh_z", "Wh_n"), np.split(Wh, 3, axis=1), strict=True))
    r, z, n = cache[4:7]
    q, p = h @ of_h["Wh_n"] + bh[2 * H :], r * h
    names = {"x": x, "h": h, "Wx": Wx, "dh_next": dh_next, "r": r, "z": z, "n": n, "q": q, "p": p}
    names |= {**of_h, "hstack": np.hstack}
    for line in written(reset_after):
        exec(line, names)
    names["dWh"] = np.hstack([names[f"dWh_{part}"] for part in "rzn"])
    names["dbh"] = np.hstack([names[f"dbh_{part}"] for part in "rzn"])
    for name, right in zip(("dx", "dh", "dWx", "dWh", "dbx", "dbh"), wanted, strict=True):
        np.testing.assert_allclose(names[name], right, rtol=1e-12, atol=1e-12, err_msg=name)
    assert np.allclose(names["dbx"], names["dbh"]) is not reset_after
