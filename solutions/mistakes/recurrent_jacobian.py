"""Mistakes in `jacobian_norms`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.recurrent_sections import FADING

ZERO = "h = np.zeros(len(b))"
NEXT = "h = np.tanh(h @ Wh + b)"
STEP = "steps.append(Wh * (1 - h**2))"
EYE = "J = np.eye(len(b))"
PRODUCT = "J = steps[t] @ J"
NORM = "norms[t] = np.linalg.norm(J, 2)"
RETURN = "return norms"


def one_step(new: str) -> Edits:
    """The Jacobian of one step replaced."""
    return ((STEP, f"steps.append({new})"),)


def product(new: str) -> Edits:
    """The product replaced."""
    return ((PRODUCT, f"J = {new}"),)


def norm(new: str) -> Edits:
    """The norm replaced."""
    return ((NORM, f"norms[t] = {new}"),)


def returns(new: str) -> Edits:
    """The result replaced."""
    return ((RETURN, f"return {new}"),)


ROWS = (
    (
        "derivative-missing",
        one_step("Wh"),
        "The Jacobian of every step is Wh alone. The derivative of the tanh is missing, or it is 1 "
        "because the states stay at zero: is the bias added?",
    ),
    (
        "derivative-not-squared",
        one_step("Wh * (1 - h)"),
        "The derivative of the tanh is wrong: something in it should be squared.",
    ),
    (
        "derivative-on-the-wrong-side",
        one_step("Wh * (1 - h**2)[:, None]"),
        "The derivative of the tanh scales the rows of Wh. It belongs to the state that comes "
        "out of the step, which is along the columns.",
    ),
    (
        "derivative-of-the-old-state",
        ((NEXT, f"old = h\n        {NEXT}"), *one_step("Wh * (1 - old**2)")),
        "The derivative of the tanh is taken from the state before the step; it is written in "
        "terms of the result.",
    ),
    (
        "weights-transposed-in-the-step",
        ((NEXT, "h = np.tanh(h @ Wh.T + b)"),),
        "The states are made with Wh transposed. States are rows, and weights stand on the right.",
    ),
    (
        "weights-transposed-in-the-jacobian",
        one_step("Wh.T * (1 - h**2)"),
        "The Jacobian of a step is made with Wh transposed, where the derivative of the tanh "
        "stays in its columns.",
    ),
    (
        "starts-from-ones",
        ((ZERO, "h = np.ones(len(b))"),),
        "The first state is one of ones; it is zero.",
    ),
    (
        "starts-from-the-bias",
        ((ZERO, "h = np.tanh(b)"),),
        "The states are one step ahead: the first state is zero, and not the one after it.",
    ),
    (
        "state-not-carried",
        ((NEXT, "h = np.tanh(np.zeros(len(b)) @ Wh + b)"),),
        "Every step starts from zero: the states are all alike.",
    ),
    (
        "product-reversed",
        product("J @ steps[t]"),
        "The Jacobians of the steps are multiplied in the wrong order.",
    ),
    (
        "product-missing",
        product("steps[t]"),
        "Each norm is that of one step. From h_t to h_T it takes the product of all steps between.",
    ),
    (
        "same-step-each-time",
        product("steps[-1] @ J"),
        "The Jacobian of the last step is multiplied T − t times; each step has its own.",
    ),
    (
        "entries-multiplied",
        ((EYE, "J = np.ones((len(b), len(b)))"), *product("steps[t] * J")),
        "The Jacobians of the steps are multiplied entry by entry; a matrix product is meant.",
    ),
    (
        "jacobians-added",
        ((EYE, "J = np.zeros((len(b), len(b)))"), *product("steps[t] + J")),
        "The Jacobians of the steps are added; they are multiplied.",
    ),
    (
        "norms-multiplied",
        norm("np.prod([np.linalg.norm(step, 2) for step in steps[t:]])"),
        "The norms of the steps are multiplied. That is an upper bound: multiply the matrices "
        "first.",
    ),
    (
        "frobenius-norm",
        norm("np.linalg.norm(J)"),
        "The norm is the root of the sum of the squares; the largest singular value is meant.",
    ),
    (
        "largest-row-sum",
        norm("np.linalg.norm(J, np.inf)"),
        "The norm is the largest row sum; the largest singular value is meant.",
    ),
    (
        "largest-column-sum",
        norm("np.linalg.norm(J, 1)"),
        "The norm is the largest column sum; the largest singular value is meant.",
    ),
    (
        "spectral-radius",
        norm("np.abs(np.linalg.eigvals(J)).max()"),
        "The largest eigenvalue is taken; a matrix can stretch by more than that. The largest "
        "singular value is meant.",
    ),
    (
        "smallest-singular-value",
        norm("np.linalg.norm(J, -2)"),
        "The smallest singular value is taken; the largest is meant.",
    ),
    (
        "norm-squared",
        norm("np.linalg.norm(J, 2) ** 2"),
        "The norm is squared: it is the largest eigenvalue of J·Jᵀ, whose root is meant.",
    ),
    (
        "largest-entry",
        norm("np.abs(J).max()"),
        "The largest entry is taken; the largest singular value is meant.",
    ),
    (
        "norm-of-a-row-of-ones",
        norm("np.linalg.norm(np.ones(len(b)) @ J)"),
        "The Jacobian is measured on one vector; its norm is the most that it does to any.",
    ),
    (
        "logarithms",
        returns("np.log(norms)"),
        "The logarithms of the norms are returned.",
    ),
    (
        "order-reversed",
        returns("norms[::-1]"),
        "The order is reversed: norms[0] is for h_0, T steps back, and the last entry for one "
        "step.",
    ),
    (
        "one-entry-too-many",
        returns("np.append(norms, 1.0)"),
        "There is one entry too many: t goes from 0 to T − 1, and ∂h_T/∂h_T is not among them.",
    ),
    (
        "late-by-one",
        returns("np.append(norms[1:], 1.0)"),
        "norms[t] is that of t + 1: the last entry should span one step, and spans none.",
    ),
    (
        "whole-jacobian-alone",
        returns("norms[:1]"),
        "There is one norm, that of ∂h_T/∂h_0; one for each t is wanted.",
    ),
    (
        "weights-changed-in-place",
        ((NORM, f"{NORM}\n        Wh[...] = Wh * 0.5"),),
        "The array Wh that was passed in is changed.",
    ),
)

MISTAKES: tuple[Mistake, ...] = catalogue("jacobian_norms", ((*row, FADING) for row in ROWS))
