"""Mistakes in `lstm_backward`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.lstm_sequences_sections import BACKWARD

CALL = "lstm_step_backward(dhs[:, t] + dh, dc, caches[t])"
REVERSED = "for t in reversed(range(T)):"
SUMS = "(np.sum(p, axis=0) for p in zip(*shares, strict=True))"
RETURN = "return np.stack(dxs[::-1], axis=1), dh, dc, dWx, dWh, db"


def step(new: str) -> Edits:
    """What a step backward gets replaced."""
    return ((CALL, f"lstm_step_backward({new})"),)


def sums(new: str) -> Edits:
    """How the shares of the steps are put together replaced."""
    return ((SUMS, f"({new} for p in zip(*shares, strict=True))"),)


def returns(old: str, new: str) -> Edits:
    """A piece of what is returned replaced."""
    return ((RETURN, RETURN.replace(old, new)),)


CARRIED = (
    (
        "gradient-not-carried",
        step("dhs[:, t] + dhT * (t == T - 1), dcT * (t == T - 1), caches[t]"),
        "No gradient passes from a step to the one before it: dx at t depends on dhs at t alone.",
        BACKWARD,
    ),
    (
        "hidden-gradient-not-carried",
        step("dhs[:, t] + dhT * (t == T - 1), dc, caches[t]"),
        "The gradient of the hidden state does not pass from a step to the one before it; that of "
        "the cell state does.",
        BACKWARD,
    ),
    (
        "cell-gradient-not-carried",
        step("dhs[:, t] + dh, dcT * (t == T - 1), caches[t]"),
        "The gradient of the cell state does not pass from a step to the one before it. It is the "
        "road on which an LSTM remembers.",
        BACKWARD,
    ),
    (
        "cell-gradient-from-the-end-at-every-step",
        step("dhs[:, t] + dh, dcT, caches[t]"),
        "Every step gets dcT; from the second on, it should get what the later step hands back.",
        BACKWARD,
    ),
    (
        "states-exchanged",
        step("dc + 0 * dhs[:, t], dhs[:, t] + dh, caches[t]"),
        "A step backward gets its two gradients in exchanged order.",
        BACKWARD,
    ),
    (
        "carried-gradients-exchanged",
        (("dx_t, dh, dc, *share", "dx_t, dc, dh, *share"),),
        "The two gradients that a step hands back are taken in exchanged order.",
        BACKWARD,
    ),
    (
        "outputs-not-read",
        step("dh, dc, caches[t]"),
        "dhs is not used: only what arrives at the last states is carried back.",
        BACKWARD,
    ),
    (
        "last-output-alone",
        step("dhs[:, t] * (t == T - 1) + dh, dc, caches[t]"),
        "Of dhs only the last step is used; every hidden state may be read.",
        BACKWARD,
    ),
    (
        "outputs-read-by-the-cell-state",
        step("dhs[:, t] + dh, dc + dhs[:, t], caches[t]"),
        "dhs is also added to the gradient of the cell state. It belongs to the hidden state; the "
        "step finds the way from there.",
        BACKWARD,
    ),
    (
        "final-hidden-gradient-ignored",
        (("    dh = dhT\n", "    dh = 0 * dhT\n"),),
        "dhT is not used.",
        BACKWARD,
    ),
    (
        "final-cell-gradient-ignored",
        (("    dc = dcT\n", "    dc = 0 * dcT\n"),),
        "dcT is not used. With dcT = 0 it does not show.",
        BACKWARD,
    ),
    (
        "final-gradients-ignored",
        (("    dh = dhT\n", "    dh = 0 * dhT\n"), ("    dc = dcT\n", "    dc = 0 * dcT\n")),
        "Neither dhT nor dcT is used. With dhs = 0, all gradients are zero.",
        BACKWARD,
    ),
    (
        "final-gradients-exchanged",
        (("    dh = dhT\n", "    dh = dcT\n"), ("    dc = dcT\n", "    dc = dhT\n")),
        "dhT and dcT are exchanged.",
        BACKWARD,
    ),
    (
        "final-gradient-for-the-last-output",
        step("dhs[:, t] * (t < T - 1) + dh, dc, caches[t]"),
        "At the last step dhT stands in the place of dhs[:, -1]; the two add up.",
        BACKWARD,
    ),
    (
        "final-gradient-at-every-step",
        step("dhs[:, t] + dh + dhT * (t < T - 1), dc, caches[t]"),
        "dhT is added at every step; it belongs to the last state alone.",
        BACKWARD,
    ),
)

TIME = (
    (
        "loop-forward-in-time",
        ((REVERSED, "for t in range(T):"), ("dxs[::-1]", "dxs")),
        "The loop runs forward in time; a gradient comes from later steps, so that it has to run "
        "backward.",
        BACKWARD,
    ),
    (
        "caches-in-forward-order",
        (("caches[t]", "caches[T - 1 - t]"),),
        "Each step backward gets the cache of another step: they are read from their front.",
        BACKWARD,
    ),
    (
        "first-step-missing",
        ((REVERSED, "for t in reversed(range(min(1, T - 1), T)):"),),
        "The first step is left out on the way back.",
        BACKWARD,
    ),
    (
        "input-gradients-reversed",
        (("dxs[::-1]", "dxs"),),
        "dx is reversed in time: its first entry is that of the last step.",
        BACKWARD,
    ),
    (
        "time-first",
        (("np.stack(dxs[::-1], axis=1)", "np.stack(dxs[::-1])"),),
        "The axes of dx are exchanged: time comes first, and the batch should.",
        BACKWARD,
    ),
)

WEIGHTS = (
    (
        "weight-gradients-of-the-first-step",
        sums("p[-1]"),
        "The gradients of the weights are those of the first step alone: each step overwrites "
        "those of the one after it, where they add up.",
        BACKWARD,
    ),
    (
        "weight-gradients-of-the-last-step",
        sums("p[0]"),
        "The gradients of the weights are those of the last step alone; they add up over time.",
        BACKWARD,
    ),
    (
        "weight-gradients-averaged-over-time",
        sums("np.mean(p, axis=0)"),
        "The gradients of the weights are means over time; they are sums.",
        BACKWARD,
    ),
    (
        "weight-gradients-averaged-over-the-batch",
        sums("np.sum(p, axis=0) / len(dhs)"),
        "The gradients of the weights are divided by the size of the batch; the loss decides on "
        "that.",
        BACKWARD,
    ),
    (
        "bias-gradient-of-the-first-step",
        returns(" db", " shares[-1][2]"),
        "db is that of the first step alone, where the gradients of the weights are sums.",
        BACKWARD,
    ),
    (
        "initial-gradients-of-the-wrong-end",
        returns("dh, dc,", "dhT + dhs[:, -1], dcT,"),
        "dh0 and dc0 are the gradients that arrive at the last states; they have to be carried to "
        "the first.",
        BACKWARD,
    ),
    (
        "initial-gradients-exchanged",
        returns("dh, dc,", "dc, dh,"),
        "dh0 and dc0 are returned in exchanged order.",
        BACKWARD,
    ),
    (
        "initial-gradients-zero",
        returns("dh, dc,", "0 * dh, 0 * dc,"),
        "dh0 and dc0 are zero; the first step hands a gradient on like any other.",
        BACKWARD,
    ),
    (
        "dhs-changed-in-place",
        ((REVERSED, f"dhs[:, -1] += dhT\n    dh = 0 * dhT\n    {REVERSED}"),),
        "The values are right, but the array dhs that was passed in is overwritten, and a caller "
        "still needs it. Make a new array.",
        BACKWARD,
    ),
    (
        "caches-consumed",
        (("caches[t]", "caches.pop()"),),
        "The first call is right, and a second one with the same caches is not: they are used up.",
        BACKWARD,
    ),
)

MISTAKES: tuple[Mistake, ...] = catalogue("lstm_backward", (*CARRIED, *TIME, *WEIGHTS))
