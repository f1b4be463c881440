"""Mistakes in `lstm_forward`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.lstm_sections import CAROUSEL, SEQUENCE

STEP = "lstm_step_forward(x[:, t], h, c, Wx, Wh, b)"
LOOP = "for t in range(T):"
RETURN = "return np.stack(hs, axis=1), h, c, caches"


def step(new: str) -> Edits:
    """The call of the step replaced."""
    return ((STEP, f"lstm_step_forward({new}, Wx, Wh, b)"),)


def returns(new: str) -> Edits:
    """The four results replaced."""
    return ((RETURN, f"return {new}, caches"),)


STATES = (
    (
        "states-not-carried",
        step("x[:, t], h0, c0"),
        "Every step starts from h0 and c0: no step knows what came before it. From the second "
        "step on, another pair of states is the starting point.",
        CAROUSEL,
    ),
    (
        "hidden-state-not-carried",
        step("x[:, t], h0, c"),
        "Every step sees h0 where it should see the hidden state that the step before it left.",
        SEQUENCE,
    ),
    (
        "cell-state-not-carried",
        step("x[:, t], h, c0"),
        "Every step starts from c0 where it should start from the cell state that the step "
        "before it left.",
        CAROUSEL,
    ),
    (
        "states-exchanged-in-the-step",
        step("x[:, t], c, h"),
        "The step gets its two states in exchanged order.",
        SEQUENCE,
    ),
    (
        "states-exchanged-between-steps",
        (("h, c, cache = lstm", "c, h, cache = lstm"),),
        "The two states that a step returns are taken in exchanged order.",
        SEQUENCE,
    ),
    (
        "cell-state-carried-for-both",
        step("x[:, t], h0 if t == 0 else c, c"),
        "From the second step on the cell state stands in for the hidden state too.",
        SEQUENCE,
    ),
    (
        "hidden-state-carried-for-both",
        step("x[:, t], h, c0 if t == 0 else h"),
        "From the second step on the hidden state stands in for the cell state too.",
        CAROUSEL,
    ),
    (
        "h0-ignored",
        (("h = h0", "h = np.zeros_like(h0)"),),
        "The first step starts from a hidden state of zeros: h0 is not used.",
        SEQUENCE,
    ),
    (
        "c0-ignored",
        (("c = c0", "c = np.zeros_like(c0)"),),
        "The first step starts from a cell state of zeros: c0 is not used.",
        SEQUENCE,
    ),
    (
        "initial-states-ignored",
        (("h = h0", "h = np.zeros_like(h0)"), ("c = c0", "c = np.zeros_like(c0)")),
        "The first step starts from zeros: neither h0 nor c0 is used.",
        SEQUENCE,
    ),
    (
        "c0-is-h0",
        (("c = c0", "c = h0"),),
        "The cell state starts from h0; it has a starting value of its own.",
        SEQUENCE,
    ),
    (
        "h0-is-c0",
        (("h = h0", "h = c0"),),
        "The hidden state starts from c0; it has a starting value of its own.",
        SEQUENCE,
    ),
    (
        "initial-states-exchanged",
        (("h = h0", "h = c0"), ("c = c0", "c = h0")),
        "The two initial states are exchanged: h0 is the hidden one, c0 the cell's.",
        SEQUENCE,
    ),
    (
        "state-carried-over-rows",
        (
            (
                "    for t",
                "    for n in range(1, len(x)):\n        h = h.copy()\n"
                "        h[n] = h[n - 1]\n    for t",
            ),
        ),
        "The rows of the batch are not apart: a sequence starts from the state of another one.",
        SEQUENCE,
    ),
    (
        "h0-changed-in-place",
        (("        hs.append(h)", "        hs.append(h)\n        h0[...] = h"),),
        "The values are right, but the array h0 that was passed in is overwritten, and a caller "
        "still needs it.",
        SEQUENCE,
    ),
    (
        "c0-changed-in-place",
        (("        hs.append(h)", "        hs.append(h)\n        c0[...] = c"),),
        "The values are right, but the array c0 that was passed in is overwritten, and a caller "
        "still needs it.",
        SEQUENCE,
    ),
)

TIME = (
    (
        "time-axis-first-in-x",
        (("T = x.shape[1]", "T = x.shape[0]"), ("forward(x[:, t]", "forward(x[t]")),
        "The inputs are read as (T, N, D): the first axis of x is taken for time, and a step "
        "gets one whole sequence in place of one step of all. In the course the batch comes "
        "first.",
        SEQUENCE,
    ),
    (
        "time-axis-first-in-hs",
        returns("np.stack(hs, axis=0), h, c"),
        "The outputs are (T, N, H): time comes first in hs. In the course the batch comes first.",
        SEQUENCE,
    ),
    (
        "time-axis-first",
        (
            ("T = x.shape[1]", "T = x.shape[0]"),
            ("forward(x[:, t]", "forward(x[t]"),
            *returns("np.stack(hs, axis=0), h, c"),
        ),
        "The inputs are read as (T, N, D) and the outputs written as (T, N, H), time first "
        "(torch's default without batch_first). In the course the batch comes first.",
        SEQUENCE,
    ),
    (
        "outputs-reshaped",
        returns("np.stack(hs, axis=0).reshape(x.shape[0], T, -1), h, c"),
        "The shape of hs is right and its rows are mixed: a reshape does not exchange the axes "
        "of batch and time.",
        SEQUENCE,
    ),
    (
        "steps-counted-on-the-last-axis",
        (("T = x.shape[1]", "T = x.shape[2]"),),
        "The number of steps is taken from the axis of the inputs, D; time is another axis of x.",
        SEQUENCE,
    ),
    (
        "steps-counted-on-the-batch-axis",
        (("T = x.shape[1]", "T = x.shape[0]"),),
        "The number of steps is taken from the axis of the batch, N; time is another axis of x.",
        SEQUENCE,
    ),
    (
        "last-step-missing",
        ((LOOP, "for t in range(T - 1):"),),
        "The last step is not made: the loop ends one step early.",
        SEQUENCE,
    ),
    (
        "first-step-missing",
        ((LOOP, "for t in range(1, T):"),),
        "The first step is not made: the loop starts at the second input.",
        SEQUENCE,
    ),
    (
        "sequence-reversed",
        ((LOOP, "for t in reversed(range(T)):"),),
        "The sequence is read from its end: hs[:, 0] is the state after the last input.",
        SEQUENCE,
    ),
    (
        "time-runs-backward",
        (
            (LOOP, "for t in reversed(range(T)):"),
            *returns("np.stack(hs[::-1], axis=1), h, c"),
        ),
        "The loop runs backward in time: an output depends on inputs that come after it.",
        SEQUENCE,
    ),
    (
        "outputs-reversed",
        returns("np.stack(hs[::-1], axis=1), h, c"),
        "The steps are right, but hs holds them in reversed order.",
        SEQUENCE,
    ),
    (
        "first-input-at-every-step",
        step("x[:, 0], h, c"),
        "Every step reads the first input.",
        SEQUENCE,
    ),
    (
        "last-input-at-every-step",
        step("x[:, -1], h, c"),
        "Every step reads the last input.",
        SEQUENCE,
    ),
    (
        "inputs-late-by-one",
        step("x[:, t - 1], h, c"),
        "Every step reads the input of the step before it, and the first step reads the last.",
        SEQUENCE,
    ),
    (
        "inputs-early-by-one",
        step("x[:, (t + 1) % T], h, c"),
        "Every step reads the input of the step after it.",
        SEQUENCE,
    ),
    (
        "only-the-first-input",
        step("x[:, t] * (t == 0), h, c"),
        "From the second step on the inputs are not read.",
        SEQUENCE,
    ),
)

OUTPUTS = (
    (
        "outputs-late-by-one",
        (
            ("        h, c, cache", "        hs.append(h)\n        h, c, cache"),
            ("        hs.append(h)\n        caches", "        caches"),
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
        returns("np.stack([h] * T, axis=1), h, c"),
        "hs holds the last state T times, as happens when one array is overwritten and stored "
        "again at every step.",
        SEQUENCE,
    ),
    (
        "only-the-last-output",
        returns("h, h, c"),
        "hs is the last hidden state alone; the states of all steps are asked for.",
        SEQUENCE,
    ),
    (
        "cell-states-as-outputs",
        (("hs.append(h)", "hs.append(c)"),),
        "hs holds the cell states; what a step shows is its hidden state.",
        SEQUENCE,
    ),
    (
        "outputs-in-single-precision",
        returns('np.stack(hs, axis=1).astype("float32"), h, c'),
        "hs is float32 and loses half the digits; look for an array made with a dtype of its own.",
        SEQUENCE,
    ),
    (
        "ht-of-the-first-step",
        returns("np.stack(hs, axis=1), hs[0], c"),
        "hT is the hidden state after the first step; the last one is asked for.",
        SEQUENCE,
    ),
    (
        "ht-of-the-step-before-the-last",
        returns("np.stack(hs, axis=1), [h0, *hs][-2], c"),
        "hT is the hidden state before the last step; the one after it is asked for.",
        SEQUENCE,
    ),
    (
        "ht-is-h0",
        returns("np.stack(hs, axis=1), h0, c"),
        "hT is h0: the state is not updated where it is returned from.",
        SEQUENCE,
    ),
    (
        "ht-is-ct",
        returns("np.stack(hs, axis=1), c, c"),
        "hT is the cell state; the hidden state comes first.",
        SEQUENCE,
    ),
    (
        "ht-is-the-mean",
        returns("np.stack(hs, axis=1), np.mean(hs, axis=0), c"),
        "hT is the mean of the hidden states over time; the last one is asked for.",
        SEQUENCE,
    ),
    (
        "ct-is-ht",
        returns("np.stack(hs, axis=1), h, h"),
        "cT is the hidden state; the cell state after the last step is asked for.",
        CAROUSEL,
    ),
    (
        "ct-is-c0",
        returns("np.stack(hs, axis=1), h, c0"),
        "cT is c0: the state is not updated where it is returned from.",
        CAROUSEL,
    ),
    (
        "ct-squashed",
        returns("np.stack(hs, axis=1), h, np.tanh(c)"),
        "cT is squashed; the cell state is asked for as it is carried on.",
        CAROUSEL,
    ),
    (
        "final-states-exchanged",
        returns("np.stack(hs, axis=1), c, h"),
        "The two final states are returned in exchanged order: hT comes first.",
        SEQUENCE,
    ),
)

MISTAKES: tuple[Mistake, ...] = catalogue("lstm_forward", (*STATES, *TIME, *OUTPUTS))
