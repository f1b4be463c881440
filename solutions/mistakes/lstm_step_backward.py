"""Mistakes in `lstm_step_backward`."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.lstm_chain_rule import CELL_STATE, DERIVATIVES, GATES, TOTAL
from solutions.mistakes.lstm_gates import ORDER, WRONG_ORDERS, exchanged, listed
from solutions.mistakes.lstm_products import PRODUCTS
from solutions.mistakes.lstm_sections import BACKWARD, PACKED

RETURN = "return dx, dh, dc, dWx, dWh, db"


def order_says(order: str) -> str:
    """The sentence for gradients that are packed in a wrong order."""
    if pair := exchanged(order):
        return (
            f"The gradients of the gates {pair} are exchanged where the four are put side by side."
        )
    return (
        f"The gradients of the gates are put side by side in the order {listed(order)}, which "
        "is not the order in which the course packs the gates."
    )


ORDERS = tuple(
    (
        f"gate-order-{order}",
        ((f"[{listed(ORDER, 'da_')}]", f"[{listed(order, 'da_')}]"),),
        order_says(order),
        PACKED,
    )
    for order in WRONG_ORDERS
)

RESULTS = (
    (
        "state-gradients-exchanged",
        ((RETURN, "return dx, dc, dh, dWx, dWh, db"),),
        "dh and dc are returned in exchanged order.",
        BACKWARD,
    ),
    (
        "weight-gradients-exchanged",
        ((RETURN, "return dx, dh, dc, dWh, dWx, db"),),
        "dWx and dWh are returned in exchanged order.",
        BACKWARD,
    ),
    (
        "dx-and-dh-exchanged",
        ((RETURN, "return dh, dx, dc, dWx, dWh, db"),),
        "dx and dh are returned in exchanged order.",
        BACKWARD,
    ),
    (
        "dh-next-changed-in-place",
        (("do = dh_next * tanh_c", "dh_next *= tanh_c\n    do = dh_next"),),
        "The values are right, but the array dh_next that was passed in is overwritten, and a "
        "caller still needs it. Make a new array.",
        BACKWARD,
    ),
    (
        "dc-next-changed-in-place",
        ((TOTAL, "dc_next += dh_next * o * (1 - tanh_c**2)\n    dc_total = dc_next"),),
        "The values are right, but the array dc_next that was passed in is overwritten, and a "
        "caller still needs it. Make a new array.",
        BACKWARD,
    ),
    (
        "cache-changed",
        ((DERIVATIVES["o"], "o *= 1 - o\n    da_o = do * o"),),
        "The first call is right, and a second call with the same cache is not: arrays in the "
        "cache are overwritten. Make new ones.",
        BACKWARD,
    ),
    (
        "cache-of-an-earlier-call",
        (
            (
                "    x, h, c, Wx",
                "    cache = lstm_step_backward.__dict__.setdefault(str(dh_next.shape), cache)\n"
                "    x, h, c, Wx",
            ),
        ),
        "The gradients belong to an earlier step of the same sizes: something is remembered "
        "between calls. Everything that a step needs is in its own cache.",
        BACKWARD,
    ),
)

MISTAKES: tuple[Mistake, ...] = catalogue(
    "lstm_step_backward", (*ORDERS, *CELL_STATE, *GATES, *PRODUCTS, *RESULTS)
)
