"""Mistakes in `conv1d_text`, `max_over_time` and `receptive_field`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.convolutional_sections import FIELD, TIME

WINDOWS = "windows = sliding_window_view(x, K, axis=1)"
SUM = "y: np.ndarray = np.tensordot(windows, w, axes=((3, 2), (1, 2))) + b"
K = "K = w.shape[1]"


def summed(new: str) -> Edits:
    """The sum replaced."""
    return ((SUM, f"y = {new}"),)


def product(filters: str) -> str:
    """The sum of products with other filters."""
    return f"np.tensordot(windows, {filters}, axes=((3, 2), (1, 2)))"


TEXTS = (
    (
        "filter-reversed-in-time",
        summed(product("w[:, ::-1]") + " + b"),
        "The filters run backwards in time; they are taken as they are.",
        TIME,
    ),
    (
        "filter-reversed-in-the-inputs",
        summed(product("w[:, :, ::-1]") + " + b"),
        "The inputs of a step meet the weights in reversed order.",
        TIME,
    ),
    (
        "filter-flipped",
        summed(product("w[:, ::-1, ::-1]") + " + b"),
        "The filters are turned round, in time and in the inputs; they are taken as they are.",
        TIME,
    ),
    (
        "steps-and-inputs-exchanged",
        summed(product("w.reshape(w.shape[0], w.shape[2], K).transpose(0, 2, 1)") + " + b"),
        "The filters are read as (F, D, K), as torch has them; here they are (F, K, D).",
        TIME,
    ),
    ("bias-missing", summed(product("w")), "The bias is not added.", TIME),
    (
        "relu-applied",
        summed(f"np.maximum({product('w')} + b, 0)"),
        "Negative entries are cut to 0: an activation is applied. The exercise has none.",
        TIME,
    ),
    (
        "tanh-applied",
        summed(f"np.tanh({product('w')} + b)"),
        "The responses lie between −1 and 1: an activation is applied. The exercise has none.",
        TIME,
    ),
    (
        "mean-over-the-steps",
        summed(product("w") + " / K + b"),
        "The steps of a window are averaged; they are to be summed.",
        TIME,
    ),
    (
        "only-the-last-step-of-a-window",
        summed("np.tensordot(windows[..., -1], w[:, -1], axes=(2, 1)) + b"),
        "Only the last step of each window counts: the others are overwritten in a loop.",
        TIME,
    ),
    (
        "filters-before-time",
        summed(f"({product('w')} + b).transpose(0, 2, 1)"),
        "The result is (N, F, T − K + 1), as in torch; here the filters come last.",
        TIME,
    ),
    (
        "last-place-missing",
        ((WINDOWS, f"{WINDOWS}[:, :-1]"),),
        "The last place is missing: a filter of K steps has T − K + 1 places, not T − K.",
        TIME,
    ),
    (
        "windows-side-by-side",
        ((WINDOWS, f"{WINDOWS}[:, ::K]"),),
        "The windows lie side by side; they move by one step.",
        TIME,
    ),
    (
        "padded-on-the-left",
        ((K, f"{K}\n    x = np.pad(x, ((0, 0), (K - 1, 0), (0, 0)))"),),
        "Zeros are put before the text, so that the result is as long as the text. Here the "
        "filters stay inside.",
        TIME,
    ),
    (
        "padded-on-both-sides",
        ((K, f"{K}\n    x = np.pad(x, ((0, 0), ((K - 1) // 2, K // 2), (0, 0)))"),),
        "Zeros are put on both sides of the text, so that the result is as long as the text. "
        "Here the filters stay inside.",
        TIME,
    ),
    (
        "time-reversed",
        summed(f"({product('w')} + b)[:, ::-1]"),
        "The places come in reversed order.",
        TIME,
    ),
    (
        "single-precision",
        summed(
            product('w.astype("float32")').replace("windows", 'windows.astype("float32")', 1)
            + " + b"
        ),
        "The sums are computed in float32 and lose half the digits of their float64 inputs; look "
        "for a cast or for an array made with a dtype of its own.",
        TIME,
    ),
)

MAX = "strongest: np.ndarray = y.max(axis=1)"


def strongest(new: str) -> Edits:
    """The maximum replaced."""
    return ((MAX, f"strongest = {new}"),)


OVER_TIME = (
    (
        "mean-over-time",
        strongest("y.mean(axis=1)"),
        "It is the mean over the steps, in which one strong response drowns.",
        TIME,
    ),
    (
        "sum-over-time",
        strongest("y.sum(axis=1)"),
        "It is the sum over the steps; the maximum is wanted.",
        TIME,
    ),
    (
        "maximum-over-filters",
        strongest("y.max(axis=2)"),
        "The maximum is taken over the filters; time is the second axis.",
        TIME,
    ),
    (
        "maximum-over-the-batch",
        strongest("y.max(axis=0)"),
        "The maximum is taken over the samples; time is the second axis.",
        TIME,
    ),
    (
        "maximum-from-zero",
        strongest("np.maximum(y.max(axis=1), 0)"),
        "No maximum is below 0: the search starts from 0, or a ReLU is applied.",
        TIME,
    ),
    (
        "largest-size",
        strongest("np.abs(y).max(axis=1)"),
        "It is the largest absolute value; the sign counts.",
        TIME,
    ),
    ("last-step", strongest("y[:, -1]"), "It is the last step, not the strongest.", TIME),
    ("first-step", strongest("y[:, 0]"), "It is the first step, not the strongest.", TIME),
    (
        "step-of-the-maximum",
        strongest("y.argmax(axis=1)"),
        "It says when the strongest response was, not how strong.",
        TIME,
    ),
    (
        "time-axis-kept",
        strongest("y.max(axis=1, keepdims=True)"),
        "The axis of time is kept with length 1; the result is (N, F).",
        TIME,
    ),
    (
        "minimum-over-time",
        strongest("y.min(axis=1)"),
        "It is the weakest response of each filter.",
        TIME,
    ),
)

GROW = "r += d * (k - 1) * jump"
STEP = "jump *= s"
LOOP = "for k, s, d in layers:"

FIELDS = (
    (
        "own-stride-counted",
        ((f"{GROW}\n        {STEP}", f"{STEP}\n        {GROW}"),),
        "The stride of a layer widens its own view. It widens what the layers above it see.",
        FIELD,
    ),
    (
        "strides-ignored",
        ((STEP, "jump *= 1"),),
        "The strides are not used. After a stride of s, neighbours lie s inputs apart.",
        FIELD,
    ),
    (
        "strides-added",
        ((STEP, "jump += s"),),
        "The strides of the layers below are added; they multiply.",
        FIELD,
    ),
    (
        "last-stride-only",
        ((STEP, "jump = s"),),
        "Only the stride of the layer just below counts; those of all layers below multiply.",
        FIELD,
    ),
    (
        "dilation-ignored",
        ((GROW, "r += (k - 1) * jump"),),
        "The dilation is not used: a kernel with gaps reaches further than its k taps.",
        FIELD,
    ),
    (
        "dilation-carried-on",
        ((STEP, "jump *= s * d"),),
        "The dilation widens the view of the layers above like a stride. It leaves gaps between "
        "the taps of its own layer alone.",
        FIELD,
    ),
    (
        "dilation-of-every-tap",
        ((GROW, "r += (d * k - 1) * jump"),),
        "A dilated kernel is taken to reach over d·k entries. There is a gap between two taps, "
        "and none after the last.",
        FIELD,
    ),
    (
        "whole-kernel-added",
        ((GROW, "r += d * k * jump"),),
        "Each layer adds k; it adds k − 1, since one of the taps was there before.",
        FIELD,
    ),
    (
        "kernels-multiplied",
        ((GROW, "r *= k"),),
        "The sizes of the kernels are multiplied. Windows of neighbours overlap, so that the view "
        "grows by addition.",
        FIELD,
    ),
    (
        "starts-at-zero",
        (("r = 1\n    jump", "r = 0\n    jump"),),
        "It is one too small: an output without any layer sees one input.",
        FIELD,
    ),
    (
        "from-the-top",
        ((LOOP, "for k, s, d in reversed(layers):"),),
        "The layers are taken from the top; the list begins at the input.",
        FIELD,
    ),
    (
        "float-returned",
        (("return r", "return float(r)"),),
        "The result is a float. A count is a whole number.",
        FIELD,
    ),
)

MISTAKES: tuple[Mistake, ...] = (
    *catalogue("conv1d_text", TEXTS),
    *catalogue("max_over_time", OVER_TIME),
    *catalogue("receptive_field", FIELDS),
)
