"""Mistakes in `gru_forward` and `gru_backward`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.gru_sections import RESET, SEQUENCE

STEP = "gru_step_forward(x[:, t], h, Wx, Wh, bx, bh, reset_after)"
LOOP = "for t in range(T):"
STACK = "np.stack(hs, axis=1)"
BACK = "dx_t, dh, *share = gru_step_backward(dhs[:, t] + dh, caches[t])"
REVERSED = "for t in reversed(range(T)):"
SUMS = "(np.sum(p, axis=0) for p in zip(*shares, strict=True))"
RETURN = "return np.stack(dxs[::-1], axis=1), dh, dWx, dWh, dbx, dbh"


def step(new: str) -> Edits:
    """The input and the state of a step replaced."""
    return (("gru_step_forward(x[:, t], h,", f"gru_step_forward({new},"),)


def returns(new: str) -> Edits:
    """The hidden states that are returned replaced."""
    return ((STACK, new),)


def back(new: str) -> Edits:
    """The gradient that a step backward gets replaced."""
    return (("dhs[:, t] + dh, caches[t]", new),)


def sums(new: str) -> Edits:
    """How the shares of the steps are put together replaced."""
    return ((SUMS, f"({new} for p in zip(*shares, strict=True))"),)


FORWARD = (
    (
        "state-not-carried",
        step("x[:, t], h0"),
        "Every step starts from h0: no step knows what came before it.",
        SEQUENCE,
    ),
    (
        "h0-ignored",
        (("    h = h0\n", "    h = np.zeros_like(h0)\n"),),
        "The first step starts from zeros: h0 is not used.",
        SEQUENCE,
    ),
    (
        "state-carried-over-rows",
        (
            (
                "    for t",
                "    for k in range(1, len(x)):\n        h = h.copy()\n"
                "        h[k] = h[k - 1]\n    for t",
            ),
        ),
        "The rows of the batch are not apart: a sequence starts from the state of another one.",
        SEQUENCE,
    ),
    (
        "h0-changed-in-place",
        (("        hs.append(h)", "        hs.append(h)\n        h0[...] = h"),),
        "The values are right, but the array h0 that was passed in is overwritten, and a caller "
        "still needs it. Make a new array.",
        SEQUENCE,
    ),
    (
        "steps-counted-on-the-batch-axis",
        (("T = x.shape[1]", "T = x.shape[0]"),),
        "The number of steps is taken from the axis of the batch; time is another axis of x.",
        SEQUENCE,
    ),
    (
        "last-step-missing",
        ((LOOP, "for t in range(max(1, T - 1)):"),),
        "The last step is not made: the loop ends one step early.",
        SEQUENCE,
    ),
    (
        "sequence-reversed",
        ((LOOP, "for t in reversed(range(T)):"),),
        "The sequence is read from its end: hs[:, 0] is the state after the last input.",
        SEQUENCE,
    ),
    (
        "outputs-reversed",
        returns("np.stack(hs[::-1], axis=1)"),
        "The steps are right, but hs holds them in reversed order.",
        SEQUENCE,
    ),
    (
        "first-input-at-every-step",
        step("x[:, 0], h"),
        "Every step reads the first input.",
        SEQUENCE,
    ),
    (
        "inputs-late-by-one",
        step("x[:, t - 1], h"),
        "Every step reads the input of the step before it, and the first step reads the last.",
        SEQUENCE,
    ),
    (
        "time-first",
        returns("np.stack(hs)"),
        "The axes of hs are exchanged: time comes first, and the batch should.",
        SEQUENCE,
    ),
    (
        "outputs-late-by-one",
        (
            (
                "        hs.append(h)\n",
                "        hs.append(h0 if t == 0 else kept)\n        kept = h\n",
            ),
        ),
        "hs is late by one: hs[:, 0] is h0, and the state after the last input is not in it.",
        SEQUENCE,
    ),
    (
        "h0-among-the-outputs",
        (("hs = []", "hs = [h0]"),),
        "hs has one entry too many: h0 stands before the states of the T steps.",
        SEQUENCE,
    ),
    (
        "last-state-at-every-step",
        returns("np.stack([h] * T, axis=1)"),
        "hs holds the last state T times, as happens when one array is overwritten and stored "
        "again at every step.",
        SEQUENCE,
    ),
    (
        "only-the-last-output",
        returns("h"),
        "hs is the last hidden state alone; the states of all steps are asked for.",
        SEQUENCE,
    ),
    (
        "always-reset-after",
        ((STEP, STEP.replace("reset_after", "True")),),
        "With reset_after=False the steps are those of the other variant: pass it on.",
        RESET,
    ),
    (
        "always-reset-before",
        ((STEP, STEP.replace("reset_after", "False")),),
        "With reset_after=True the steps are those of the other variant: pass it on.",
        RESET,
    ),
    (
        "outputs-in-single-precision",
        returns('np.stack(hs, axis=1).astype("float32")'),
        "hs is float32 and loses half the digits; look for an array made with a dtype of its own.",
        SEQUENCE,
    ),
)

BACKWARD = (
    (
        "gradient-not-carried",
        back("dhs[:, t] + dhT * (t == T - 1), caches[t]"),
        "No gradient passes from a step to the one before it: dx at t depends on dhs at t alone.",
        SEQUENCE,
    ),
    (
        "outputs-not-read",
        back("dh, caches[t]"),
        "dhs is not used: only the gradient of the last state is carried back.",
        SEQUENCE,
    ),
    (
        "last-output-alone",
        back("dhs[:, t] * (t == T - 1) + dh, caches[t]"),
        "Of dhs only the last step is used; every hidden state may be read.",
        SEQUENCE,
    ),
    (
        "final-gradient-ignored",
        (("    dh = dhT\n", "    dh = 0 * dhT\n"),),
        "dhT is not used. With dhs zero, all gradients are zero.",
        SEQUENCE,
    ),
    (
        "final-gradient-for-the-last-output",
        back("(dhs[:, t] * (t < T - 1) + dh), caches[t]"),
        "At the last step dhT stands in the place of dhs[:, -1]; the two add up.",
        SEQUENCE,
    ),
    (
        "final-gradient-at-every-step",
        back("dhs[:, t] + dh + dhT * (t < T - 1), caches[t]"),
        "dhT is added at every step; it belongs to the last state alone.",
        SEQUENCE,
    ),
    (
        "carried-gradient-doubled",
        back("dhs[:, t] + (1 + (t < T - 1)) * dh, caches[t]"),
        "The gradient that a step carries to the one before it counts twice.",
        SEQUENCE,
    ),
    (
        "loop-forward-in-time",
        ((REVERSED, "for t in range(T):"), ("dxs[::-1]", "dxs")),
        "The loop runs forward in time; a gradient comes from later steps, so that it has to run "
        "backward.",
        SEQUENCE,
    ),
    (
        "caches-in-forward-order",
        (("caches[t]", "caches[T - 1 - t]"),),
        "Each step backward gets the cache of another step: the caches are read from their front.",
        SEQUENCE,
    ),
    (
        "input-gradients-reversed",
        (("dxs[::-1]", "dxs"),),
        "dx is reversed in time: the first entry is that of the last step.",
        SEQUENCE,
    ),
    (
        "weight-gradients-of-the-first-step",
        sums("p[-1]"),
        "The gradients of the weights are those of the first step alone: each step overwrites "
        "those of the one after it, where they add up.",
        SEQUENCE,
    ),
    (
        "weight-gradients-of-the-last-step",
        sums("p[0]"),
        "The gradients of the weights are those of the last step alone; they add up over time.",
        SEQUENCE,
    ),
    (
        "weight-gradients-averaged-over-time",
        sums("np.mean(p, axis=0)"),
        "The gradients of the weights are means over time; they are sums.",
        SEQUENCE,
    ),
    (
        "weight-gradients-averaged-over-the-batch",
        sums("np.sum(p, axis=0) / len(dhs)"),
        "The gradients of the weights are divided by the size of the batch; the loss decides "
        "on that.",
        SEQUENCE,
    ),
    (
        "dh0-of-the-wrong-end",
        ((RETURN, RETURN.replace(" dh,", " dhT + dhs[:, -1],")),),
        "dh0 is the gradient that arrives at the last state; it has to be carried to the first.",
        SEQUENCE,
    ),
    (
        "dh0-zero",
        ((RETURN, RETURN.replace(" dh,", " 0 * dh,")),),
        "dh0 is zero; the first step hands a gradient on like any other.",
        SEQUENCE,
    ),
    (
        "time-first",
        (("np.stack(dxs[::-1], axis=1)", "np.stack(dxs[::-1])"),),
        "The axes of dx are exchanged: time comes first, and the batch should.",
        SEQUENCE,
    ),
    (
        "biases-exchanged",
        ((RETURN, RETURN.replace("dbx, dbh", "dbh, dbx")),),
        "dbx and dbh are returned in exchanged order.",
        SEQUENCE,
    ),
    (
        "caches-consumed",
        (("caches[t]", "caches.pop()"),),
        "The first call is right, and a second one with the same caches is not: they are used up.",
        SEQUENCE,
    ),
)

MISTAKES: tuple[Mistake, ...] = (
    *catalogue("gru_forward", FORWARD),
    *catalogue("gru_backward", BACKWARD),
)
