"""Mistakes in `rnn_backward`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.recurrent_sections import THROUGH_TIME, UNROLLED

START = "dh = dhT"
LOOP = "for t in reversed(range(len(caches))):"
STEP = "rnn_step_backward(dhs[:, t] + dh, caches[t])"
STACK = "dx = np.stack(dxs[::-1], axis=1)"
RETURN = "return dx, dh, dWx, dWh, db"
SUMS = ("dWx = dWx + dWx_t", "dWh = dWh + dWh_t", "db = db + db_t")


def step(new: str, cache: str = "caches[t]") -> Edits:
    """The call of the step replaced."""
    return ((STEP, f"rnn_step_backward({new}, {cache})"),)


def every_sum(new: str) -> Edits:
    """The three sums over time replaced; `{d}` stands for the gradient."""
    return tuple((old, new.format(d=old.split(" ")[0])) for old in SUMS)


CARRIED = (
    (
        "no-gradient-carried",
        step("dhs[:, t] + (dhT if t == dhs.shape[1] - 1 else 0)"),
        "No gradient passes from a step to the one before it: each dx depends on its own dhs "
        "alone. What the step returns as dh is a part of what arrives one step earlier.",
    ),
    (
        "dhs-ignored",
        step("dh"),
        "dhs is not used: only the gradient of the last state is carried back.",
    ),
    (
        "only-the-last-of-dhs",
        step("(dhs[:, t] if t == dhs.shape[1] - 1 else 0) + dh"),
        "Of dhs only the last step is used. The loss may see the state of every step.",
    ),
    (
        "dht-ignored",
        ((START, "dh = np.zeros_like(dhT)"),),
        "dhT is not used: with dhs = 0 all gradients are zero.",
    ),
    (
        "dht-instead-of-the-last-of-dhs",
        step("(dhs[:, t] if t < dhs.shape[1] - 1 else 0) + dh"),
        "At the last step dhT stands in for dhs; the two add up.",
    ),
    (
        "dht-twice",
        ((START, "dh = 2 * dhT"),),
        "dhT counts twice.",
    ),
    (
        "dht-at-every-step",
        step("dhs[:, t] + dh + (dhT if t < dhs.shape[1] - 1 else 0)"),
        "dhT is added at every step; it belongs to the last one.",
    ),
    (
        "dht-at-the-first-step",
        (
            (START, "dh = np.zeros_like(dhT)"),
            *step("dhs[:, t] + dh + (dhT if t == 0 else 0)"),
        ),
        "dhT is added at the first step; it belongs to the last one.",
    ),
    (
        "dhs-subtracted",
        step("dh - dhs[:, t]"),
        "dhs is subtracted from what is carried; the two add up.",
    ),
    (
        "dhs-late-by-one",
        step("dhs[:, t - 1] + dh"),
        "Each step gets the gradient of the state before it: dhs is late by one.",
    ),
    (
        "gradients-summed-before-the-step",
        step("dhs[:, t:].sum(axis=1) + dh"),
        "Each step gets the gradients of all later states as they are, beside the carried one. "
        "They reach it through the steps between.",
    ),
    (
        "carried-past-the-step",
        (
            ("dx_t, dh, dWx_t", "dx_t, dh_t, dWx_t"),
            ("        dxs.", "        dh = dh + dh_t\n        dxs."),
        ),
        "What is carried is added up over the steps, and never leaves. After each step what it "
        "returned takes the place of what arrived.",
    ),
    (
        "dhs-past-the-step",
        (("        dxs.", "        dh = dh + dhs[:, t]\n        dxs."),),
        "dhs is passed to the step, and beside it to the step before as well.",
    ),
)

TIME = (
    (
        "runs-forward-in-time",
        (
            (LOOP, "for t in range(dhs.shape[1]):"),
            (STACK, "dx = np.stack(dxs, axis=1)"),
        ),
        "The loop runs forward in time. The gradient starts at the last step and goes back.",
    ),
    (
        "dx-reversed",
        ((STACK, "dx = np.stack(dxs, axis=1)"),),
        "dx is in reversed order: the loop meets the last step first.",
    ),
    (
        "dx-time-axis-first",
        ((STACK, "dx = np.stack(dxs[::-1], axis=0)"),),
        "dx is (T, N, D): time comes first. In the course the batch comes first.",
    ),
    (
        "dx-reshaped",
        ((STACK, "dx = np.stack(dxs[::-1], axis=0).reshape(len(dhT), len(dxs), -1)"),),
        "The shape of dx is right and its rows are mixed: a reshape does not exchange the axes of "
        "batch and time.",
    ),
    (
        "dx-of-the-first-step-alone",
        ((STACK, "dx = np.stack([dx_t] * len(dxs), axis=1)"),),
        "dx is that of the first step at every step.",
    ),
    (
        "first-step-left-out",
        (
            (LOOP, "for t in reversed(range(1, dhs.shape[1])):"),
            (STACK, "dx = np.stack([*dxs, np.zeros(caches[0][0].shape)][::-1], axis=1)"),
        ),
        "The first step is left out: the loop ends one step too late in time.",
    ),
    (
        "last-step-left-out",
        (
            (LOOP, "for t in reversed(range(dhs.shape[1] - 1)):"),
            (STACK, "dx = np.stack([np.zeros(caches[0][0].shape), *dxs][::-1], axis=1)"),
        ),
        "The last step is left out: the loop begins one step too early in time.",
    ),
    (
        "cut-off-after-one-step",
        step("dhs[:, t] + (dh if t >= dhs.shape[1] - 2 else 0)"),
        "The gradient is cut off after one step back. That is a truncation, which another "
        "exercise asks for.",
    ),
)

PARAMETERS = (
    (
        "only-the-first-step",
        every_sum("{d} = {d}_t"),
        "dWx, dWh and db are those of the first step alone: each turn of the loop overwrites "
        "them. The weights serve at every step, and their gradients add up.",
    ),
    (
        "only-the-last-step",
        every_sum("{d} = {d} + {d}_t * (t == dhs.shape[1] - 1)"),
        "dWx, dWh and db are those of the last step alone. The weights serve at every step, and "
        "their gradients add up.",
    ),
    (
        "dwh-overwritten",
        (("dWh = dWh + dWh_t", "dWh = dWh_t"),),
        "dWh is that of the first step alone: it is overwritten, where dWx and db add up.",
    ),
    (
        "dwx-overwritten",
        (("dWx = dWx + dWx_t", "dWx = dWx_t"),),
        "dWx is that of the first step alone: it is overwritten, where dWh and db add up.",
    ),
    (
        "db-overwritten",
        (("db = db + db_t", "db = db_t"),),
        "db is that of the first step alone: it is overwritten, where dWx and dWh add up.",
    ),
    (
        "averaged-over-time",
        every_sum("{d} = {d} + {d}_t / dhs.shape[1]"),
        "dWx, dWh and db are means over the steps. The gradients of shared weights add up; the "
        "loss says whether to average.",
    ),
    (
        "averaged-over-the-batch",
        every_sum("{d} = {d} + {d}_t / len(dhs)"),
        "dWx, dWh and db are divided by the number of sequences. The loss says whether to average.",
    ),
    (
        "bias-gradient-once",
        (("db = db + db_t", "db = db + db_t / dhs.shape[1]"),),
        "db is a mean over the steps, where dWx and dWh add up.",
    ),
)

CACHES = (
    (
        "old-states-overwritten",
        step("dhs[:, t] + dh", "(caches[t][0], caches[-1][1], *caches[t][2:])"),
        "dWh is made with the same state at every step, as when one array is overwritten and kept "
        "T times; all else is right.",
    ),
    (
        "one-state-in-all-caches",
        (
            (START, "last = caches[-1][-1]\n    dh = dhT"),
            *step("dhs[:, t] + dh", "(caches[t][0], last, *caches[t][2:4], last)"),
        ),
        "All caches hold the last state, as when one array is overwritten and kept T times. The "
        "forward pass looks right all the same. Let each step make a new array.",
    ),
    (
        "last-cache-at-every-step",
        step("dhs[:, t] + dh", "caches[-1]"),
        "Every step uses the cache of the last one; each has its own.",
    ),
    (
        "first-cache-at-every-step",
        step("dhs[:, t] + dh", "caches[0]"),
        "Every step uses the cache of the first one; each has its own.",
    ),
    (
        "caches-in-reversed-order",
        step("dhs[:, t] + dh", "caches[len(caches) - 1 - t]"),
        "The caches are used in reversed order.",
    ),
    (
        "caches-used-up",
        step("dhs[:, t] + dh", "caches.pop()"),
        "The first call is right, and a second call with the same caches is not: they are used up.",
    ),
    (
        "dhs-changed-in-place",
        ((START, "dhs[:, -1] += dhT\n    dh = 0 * dhT"),),
        "The values are right, but the array dhs that was passed in is changed, and a caller "
        "still needs it.",
    ),
)

RESULTS = (
    (
        "dh0-of-one-step-later",
        (
            ("dx_t, dh, dWx_t", "last, (dx_t, dh, dWx_t"),
            (", db_t = rnn", ", db_t) = dh, rnn"),
            (RETURN, "return dx, last, dWx, dWh, db"),
        ),
        "dh0 is the gradient that arrives at the first step from later ones; the first step is "
        "still to be passed.",
    ),
    (
        "dh0-zero",
        ((RETURN, "return dx, 0 * dh, dWx, dWh, db"),),
        "dh0 is zero. The first state is an argument, and has a gradient.",
    ),
    (
        "dht-for-dh0",
        ((RETURN, "return dx, dhT, dWx, dWh, db"),),
        "dhT is returned as dh0.",
    ),
    (
        "weight-gradients-exchanged",
        ((RETURN, "return dx, dh, dWh, dWx, db"),),
        "dWx and dWh are returned in exchanged order.",
    ),
)

MISTAKES: tuple[Mistake, ...] = (
    *catalogue("rnn_backward", ((*row, THROUGH_TIME) for row in (*CARRIED, *TIME))),
    *catalogue("rnn_backward", ((*row, UNROLLED) for row in (*PARAMETERS, *CACHES))),
    *catalogue("rnn_backward", ((*row, THROUGH_TIME) for row in RESULTS)),
)
