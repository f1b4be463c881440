"""Mistakes in `gru_step_backward`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.gru_gates import ORDER, WRONG_ORDERS, listed
from solutions.mistakes.gru_sections import BACKWARD, PACKED, RESET, UPDATE

DH = "dh = dh_next * z + da_r @ Wh_r.T + da_z @ Wh_z.T + dh_n"
RETURN = "return dx, dh, dWx, dWh, dbx, dbh"
DWH = "np.concatenate([h.T @ da_r, h.T @ da_z, dWh_n], axis=1)"
DBH = "np.concatenate([da_r, da_z, dv_n], axis=1).sum(axis=0)"
DU = f"du = np.concatenate([{listed(ORDER, 'da_')}], axis=1)"


def dh(new: str) -> Edits:
    """The gradient of the old state replaced."""
    return ((DH, f"dh = {new}"),)


def line(old: str, new: str) -> Edits:
    """One piece of a line replaced."""
    return ((old, new),)


def packed_in(order: str) -> Edits:
    """All packed gradients in another order."""
    pieces = {"r": ("da_r", "h.T @ da_r", "da_r"), "z": ("da_z", "h.T @ da_z", "da_z")}
    pieces["n"] = ("da_n", "dWh_n", "dv_n")
    right, wrong = (
        [", ".join(pieces[part][k] for part in parts) for k in range(3)] for parts in (ORDER, order)
    )
    return (
        (
            f"du = np.concatenate([{right[0]}], axis=1)",
            f"du = np.concatenate([{wrong[0]}], axis=1)",
        ),
        (f"[{right[1]}]", f"[{wrong[1]}]"),
        (f"[{right[2]}], axis=1).sum", f"[{wrong[2]}], axis=1).sum"),
    )


ORDERS = tuple(
    (
        f"gate-order-{order}",
        packed_in(order),
        f"The gradients of the parts are put side by side in the order {listed(order)}, which is "
        "not the order in which the course packs them.",
        PACKED,
    )
    for order in WRONG_ORDERS
)

PATHS = (
    (
        "update-path-missing",
        dh("da_r @ Wh_r.T + da_z @ Wh_z.T + dh_n"),
        "dh lacks the direct path: with z near 1 the whole gradient should pass to the old "
        "state, and none does.",
        UPDATE,
    ),
    (
        "direct-path-alone",
        dh("dh_next * z"),
        "dh has the direct path alone; the old state also acts through the gates and the "
        "candidate.",
        BACKWARD,
    ),
    (
        "update-path-not-gated",
        dh("dh_next + da_r @ Wh_r.T + da_z @ Wh_z.T + dh_n"),
        "On its direct path to the old state the gradient does not pass the update gate.",
        UPDATE,
    ),
    (
        "update-path-through-the-other-share",
        dh("dh_next * (1 - z) + da_r @ Wh_r.T + da_z @ Wh_z.T + dh_n"),
        "On the direct path the gradient passes 1 − z, which is the share of the candidate.",
        UPDATE,
    ),
    (
        "reset-path-missing-in-dh",
        dh("dh_next * z + da_z @ Wh_z.T + dh_n"),
        "dh lacks the path through the reset gate.",
        BACKWARD,
    ),
    (
        "update-gate-path-missing-in-dh",
        dh("dh_next * z + da_r @ Wh_r.T + dh_n"),
        "dh lacks the path through the update gate's own pre-activation.",
        BACKWARD,
    ),
    (
        "candidate-path-missing-in-dh",
        dh("dh_next * z + da_r @ Wh_r.T + da_z @ Wh_z.T"),
        "dh lacks the path through the candidate.",
        BACKWARD,
    ),
    (
        "candidate-not-gated",
        line("dn = dh_next * (1 - z)", "dn = dh_next"),
        "The gradient of the candidate lacks the share with which it was mixed in.",
        UPDATE,
    ),
    (
        "candidate-gated-by-z",
        line("dn = dh_next * (1 - z)", "dn = dh_next * z"),
        "The gradient of the candidate passes z, which is the share of the old state.",
        UPDATE,
    ),
    (
        "update-gate-sign",
        line("(h - n)", "(n - h)"),
        "The gradient of the update gate has the wrong sign: more z means more of the old state.",
        UPDATE,
    ),
    (
        "update-gate-without-the-candidate",
        line("(h - n)", "h"),
        "The gradient of the update gate leaves out that z also takes from the candidate.",
        UPDATE,
    ),
    (
        "update-gate-without-the-old-state",
        line("(h - n)", "-n"),
        "The gradient of the update gate leaves out that z also gives to the old state.",
        UPDATE,
    ),
    (
        "update-gate-without-gradient",
        line("dz = dh_next * (h - n)", "dz = 0 * dh_next"),
        "The update gate gets no gradient.",
        UPDATE,
    ),
    (
        "reset-gate-without-gradient",
        line("da_r = dr * r * (1 - r)", "da_r = 0 * dr"),
        "The reset gate gets no gradient: its columns are zero.",
        RESET,
    ),
)

DERIVATIVES = (
    (
        "candidate-derivative-missing",
        line("da_n = dn * (1 - n**2)", "da_n = dn"),
        "The derivative of tanh is missing for the candidate.",
        BACKWARD,
    ),
    (
        "candidate-derivative-not-squared",
        line("(1 - n**2)", "(1 - n)"),
        "The derivative of tanh is wrong for the candidate: something in it should be squared.",
        BACKWARD,
    ),
    (
        "update-derivative-missing",
        line("da_z = dz * z * (1 - z)", "da_z = dz"),
        "The derivative of σ is missing for the update gate.",
        BACKWARD,
    ),
    (
        "reset-derivative-missing",
        line("da_r = dr * r * (1 - r)", "da_r = dr"),
        "The derivative of σ is missing for the reset gate.",
        BACKWARD,
    ),
    (
        "sigmoid-derivative-incomplete",
        (
            ("da_z = dz * z * (1 - z)", "da_z = dz * z"),
            ("da_r = dr * r * (1 - r)", "da_r = dr * r"),
        ),
        "The derivative of σ is incomplete in both gates: it has two factors.",
        BACKWARD,
    ),
)

RESETS = (
    (
        "reset-missing-after",
        line("dv_n = da_n * r", "dv_n = da_n"),
        "With the reset after the product, the gradient of the product lacks the reset gate.",
        RESET,
    ),
    (
        "reset-missing-in-dbh",
        line(DBH, "du.sum(axis=0)"),
        "dbh equals dbx also where the reset comes after the product; there bh_n stands behind "
        "the reset gate.",
        RESET,
    ),
    (
        "reset-sees-the-state-after",
        line("dr = da_n * v_n", "dr = da_n * h"),
        "With the reset after the product, the gradient of r is made with h; the gate multiplied "
        "the whole product.",
        RESET,
    ),
    (
        "reset-gradient-past-the-weights",
        line("dr = dp * h", "dr = da_n * h"),
        "With the reset before the product, the gradient of r has not passed Wh_n.",
        RESET,
    ),
    (
        "reset-missing-before",
        line("dh_n = dp * r", "dh_n = dp"),
        "With the reset before the product, the path through the candidate to h lacks the reset "
        "gate.",
        RESET,
    ),
    (
        "weights-see-the-state-without-reset",
        line("dWh_n = (r * h).T @ da_n", "dWh_n = h.T @ da_n"),
        "With the reset before the product, Wh_n multiplied r ⊙ h; its gradient is made with h.",
        RESET,
    ),
    (
        "always-as-if-reset-after",
        line("    if reset_after:", "    if True:"),
        "With reset_after=False the gradients are those of the other variant.",
        RESET,
    ),
    (
        "always-as-if-reset-before",
        line("    if reset_after:", "    if False:"),
        "With reset_after=True the gradients are those of the other variant.",
        RESET,
    ),
)

RESULTS = (
    (
        "dx-with-reshaped-weights",
        line("dx = du @ Wx.T", "dx = du @ Wx.reshape(Wx.shape[::-1])"),
        "dx has the right shape from a Wx whose entries are out of place: a reshape is not a "
        "transpose.",
        BACKWARD,
    ),
    (
        "dwx-transposed",
        line("dWx = x.T @ du", "dWx = du.T @ x"),
        "dWx is transposed; it has the shape of Wx.",
        BACKWARD,
    ),
    (
        "dwh-from-the-new-hidden-state",
        line(DWH, DWH.replace("h.T", "((1 - z) * n + z * h).T")),
        "dWh of the gates is made with the hidden state after the step; Wh multiplied the one "
        "before it.",
        BACKWARD,
    ),
    (
        "biases-averaged",
        (("dbx = du.sum(axis=0)", "dbx = du.mean(axis=0)"), (DBH, DBH.replace("sum", "mean"))),
        "dbx and dbh are means over the batch; they are sums. The loss decides on a mean.",
        BACKWARD,
    ),
    (
        "all-averaged",
        (
            ("x.T @ du", "x.T @ du / len(x)"),
            (f"{DWH}", f"{DWH} / len(x)"),
            ("dbx = du.sum(axis=0)", "dbx = du.mean(axis=0)"),
            (DBH, DBH.replace("sum", "mean")),
        ),
        "The gradients of the weights are means over the batch; they are sums. The loss decides "
        "on a mean.",
        BACKWARD,
    ),
    (
        "biases-exchanged",
        line(RETURN, "return dx, dh, dWx, dWh, dbh, dbx"),
        "dbx and dbh are returned in exchanged order.",
        BACKWARD,
    ),
    (
        "weight-gradients-exchanged",
        line(RETURN, "return dx, dh, dWh, dWx, dbx, dbh"),
        "dWx and dWh are returned in exchanged order.",
        BACKWARD,
    ),
    (
        "dh-next-changed-in-place",
        line(RETURN, f"dh_next += 1\n    {RETURN}"),
        "The values are right, but the array dh_next that was passed in is overwritten, and a "
        "caller still needs it. Make a new array.",
        BACKWARD,
    ),
    (
        "cache-changed",
        line("da_z = dz * z * (1 - z)", "z *= 1 - z\n    da_z = dz * z"),
        "Arrays in the cache are overwritten while they are still needed. Make new ones.",
        BACKWARD,
    ),
)

MISTAKES: tuple[Mistake, ...] = catalogue(
    "gru_step_backward", (*ORDERS, *PATHS, *DERIVATIVES, *RESETS, *RESULTS)
)
