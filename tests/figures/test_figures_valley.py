"""The valley in which optimisers are compared: what turning it changes, and what it does not."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import torch

from autograder.figures import valley
from tests.drawings import texts

TURN = np.array([[Fraction(4, 5), Fraction(3, 5)], [Fraction(-3, 5), Fraction(4, 5)]])
"""A turn whose numbers are fractions, so that nothing is rounded."""

AXES = np.array([[Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)]])


def test_turning_changes_no_loss_of_descent_and_of_momentum_exactly() -> None:
    lr, mu = Fraction(19, 1000), Fraction(9, 10)
    for optimiser, settings in ((valley.sgd, [lr]), (valley.momentum, [lr, mu])):
        along, turned = (
            valley.descend(optimiser(*settings), directions, 100, 12)[1]
            for directions in (AXES, TURN)
        )
        assert all(isinstance(loss, Fraction) for loss in turned)
        assert along.tolist() == turned.tolist()


def test_turning_changes_the_loss_of_adam_at_the_first_step() -> None:
    losses = []
    for directions in (AXES, TURN):
        step = valley.adam(0.1)
        way, _ = valley.descend(step, directions.astype(float), 100, 1)
        start = directions.sum(axis=0)
        # As long as the rate in each parameter, whatever the gradient: here both go down.
        exact = start - Fraction(1, 10) * np.sign(directions.T @ [1, 100])
        np.testing.assert_allclose(way[1], exact.astype(float), rtol=1e-8)
        flat, steep = directions @ exact
        losses.append((flat**2 + 100 * steep**2) / 2)
    assert losses[0] == Fraction(101, 2) * Fraction(81, 100)
    assert losses[1] != losses[0]


def test_the_ways_are_those_of_torch() -> None:
    in_torch = {
        "SGD": lambda p, lr: torch.optim.SGD([p], lr),
        "momentum": lambda p, lr: torch.optim.SGD([p], lr, momentum=0.9),
        "Adam": lambda p, lr: torch.optim.Adam([p], lr),
    }
    directions = valley.turned(22.5)
    D = torch.from_numpy(directions)
    for name, (optimiser, lr) in valley.RATES.items():
        p = D.sum(dim=0).requires_grad_()
        theirs = in_torch[name](p, lr)
        for _ in range(100):
            theirs.zero_grad()
            flat, steep = D @ p
            ((flat**2 + 100 * steep**2) / 2).backward()
            theirs.step()
        way, losses = valley.descend(optimiser(lr), directions)
        np.testing.assert_allclose(way[-1], p.detach().numpy(), rtol=1e-9)
        assert len(way) == len(losses) == 101


def test_the_still_figure_ends_where_its_text_says() -> None:
    ends = {
        degrees: [
            valley.descend(optimiser(lr), valley.turned(degrees))[1][-1]
            for optimiser, lr in valley.RATES.values()
        ]
        for degrees in (0, 22.5)
    }
    np.testing.assert_allclose(ends[0], [0.011, 0.0013, 0.0004], rtol=0.1)
    np.testing.assert_allclose(ends[22.5], [0.011, 0.0013, 0.2], rtol=0.1)


def test_letters_can_be_read_on_a_phone() -> None:
    fig = valley.ways(22.5)
    shrunk = min(1.0, 328 / (fig.get_figwidth() * 72))
    assert min(text.get_fontsize() for text in texts(fig)) * shrunk >= 10
