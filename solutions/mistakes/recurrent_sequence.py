"""Mistakes in `rnn_forward`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.recurrent_sections import SHARED, UNROLLED

STEP = "rnn_step_forward(x[:, t], h, Wx, Wh, b)"
LOOP = "for t in range(T):"
RETURN = "return np.stack(hs, axis=1), caches"
APPEND = "        hs.append(h)"


def step(new: str) -> Edits:
    """The call of the step replaced."""
    return ((STEP, f"rnn_step_forward({new}, Wx, Wh, b)"),)


def states(new: str) -> Edits:
    """The states that are returned replaced."""
    return ((RETURN, f"return {new}, caches"),)


STATES = (
    (
        "state-not-carried",
        step("x[:, t], h0"),
        "Every step starts from h0: no step knows what came before it. From the second step on, "
        "another state is the starting point.",
        SHARED,
    ),
    (
        "zeros-at-every-step",
        step("x[:, t], np.zeros_like(h0)"),
        "Every step starts from a state of zeros: no step knows what came before it.",
        SHARED,
    ),
    (
        "h0-ignored",
        (("h = h0", "h = np.zeros_like(h0)"),),
        "The first step starts from zeros: h0 is not used.",
        UNROLLED,
    ),
    (
        "h0-of-the-first-row",
        (("h = h0", "h = h0 * 0 + h0[0]"),),
        "All sequences start from the h0 of the first one; each has its own.",
        UNROLLED,
    ),
    (
        "state-carried-over-rows",
        (
            (
                "    for t",
                "    for n in range(1, len(x)):\n        h = h.copy()\n"
                "        h[n] = h[n - 1] + x[n - 1, -1].sum()\n    for t",
            ),
        ),
        "The rows of the batch are not apart: a sequence starts from what another one has left.",
        UNROLLED,
    ),
    (
        "state-added-up",
        ((APPEND, f"        h = h + (hs[-1] if hs else h0)\n{APPEND}"),),
        "The states add up from step to step; each is what the step returns.",
        SHARED,
    ),
    (
        "h0-changed-in-place",
        ((APPEND, f"{APPEND}\n        h0[...] = h"),),
        "The values are right, but the array h0 that was passed in is overwritten, and a caller "
        "still needs it.",
        UNROLLED,
    ),
    (
        "weights-change-with-time",
        step("x[:, t] * (t + 1), h"),
        "A step depends on its number. The same weights and the same rule serve at every step.",
        SHARED,
    ),
)

TIME = (
    (
        "time-axis-first-in-x",
        ((LOOP, "for t in range(len(x)):"), ("forward(x[:, t]", "forward(x[t]")),
        "The inputs are read as (T, N, D): the first axis of x is taken for time, and a step gets "
        "one whole sequence in place of one step of all. In the course the batch comes first.",
    ),
    (
        "time-axis-first-in-hs",
        states("np.stack(hs, axis=0)"),
        "The outputs are (T, N, H): time comes first in hs. In the course the batch comes first.",
    ),
    (
        "time-axis-first",
        (
            (LOOP, "for t in range(len(x)):"),
            ("forward(x[:, t]", "forward(x[t]"),
            *states("np.stack(hs, axis=0)"),
        ),
        "The inputs are read as (T, N, D) and the outputs written as (T, N, H), time first "
        "(torch's default without batch_first). In the course the batch comes first.",
    ),
    (
        "outputs-reshaped",
        states("np.stack(hs, axis=0).reshape(*x.shape[:2], -1)"),
        "The shape of hs is right and its rows are mixed: a reshape does not exchange the axes of "
        "batch and time.",
    ),
    (
        "steps-counted-on-the-batch-axis",
        ((LOOP, "for t in range(len(x)):"),),
        "The number of steps is taken from the axis of the batch, N; time is another axis of x.",
    ),
    (
        "steps-counted-on-the-last-axis",
        ((LOOP, "for t in range(x.shape[2]):"),),
        "The number of steps is taken from the axis of the inputs, D; time is another axis of x.",
    ),
    (
        "sequence-reversed",
        ((LOOP, "for t in reversed(range(x.shape[1])):"),),
        "The sequence is read from its end: hs[:, 0] is the state after the last input.",
    ),
    (
        "time-runs-backward",
        (
            (LOOP, "for t in reversed(range(x.shape[1])):"),
            *states("np.stack(hs[::-1], axis=1)"),
        ),
        "The loop runs backward in time: an output depends on inputs that come after it.",
    ),
    (
        "outputs-reversed",
        states("np.stack(hs[::-1], axis=1)"),
        "The steps are right, but hs holds them in reversed order.",
    ),
    (
        "first-input-at-every-step",
        step("x[:, 0], h"),
        "Every step reads the first input.",
    ),
    (
        "last-input-at-every-step",
        step("x[:, -1], h"),
        "Every step reads the last input.",
    ),
    (
        "inputs-late-by-one",
        step("x[:, t - 1], h"),
        "Every step reads the input of the step before it, and the first step reads the last.",
    ),
    (
        "inputs-early-by-one",
        step("x[:, (t + 1) % x.shape[1]], h"),
        "Every step reads the input of the step after it.",
    ),
    (
        "only-the-first-input",
        step("x[:, t] * (t == 0), h"),
        "From the second step on the inputs are not read.",
    ),
    (
        "inputs-summed",
        step("x[:, : t + 1].sum(axis=1), h"),
        "Every step reads the sum of all inputs so far; it reads its own.",
    ),
)

OUTPUTS = (
    (
        "outputs-late-by-one",
        (
            ("        h, cache =", "        hs.append(h)\n        h, cache ="),
            (f"{APPEND}\n        caches", "        caches"),
        ),
        "hs is late by one: hs[:, 0] is h0, and the state after the last input is not in it.",
    ),
    (
        "h0-among-the-outputs",
        (("hs = []", "hs = [h0]"),),
        "hs has one entry too many: h0 stands before the states of the T steps.",
    ),
    (
        "last-state-at-every-step",
        states("np.stack([h] * x.shape[1], axis=1)"),
        "hs holds the last state at every step, as when one array is overwritten and kept T times.",
    ),
    (
        "states-averaged",
        states("np.cumsum(np.stack(hs, axis=1), axis=1) / np.arange(1, x.shape[1] + 1)[:, None]"),
        "hs holds the mean of the states so far; each step's own state is wanted.",
    ),
    (
        "single-precision",
        states('np.stack(hs, axis=1).astype("float32")'),
        "hs is float32 and loses half the digits; look for an array made with a dtype of its own.",
    ),
)

MISTAKES: tuple[Mistake, ...] = catalogue(
    "rnn_forward", (*STATES, *((*row, UNROLLED) for row in (*TIME, *OUTPUTS)))
)
