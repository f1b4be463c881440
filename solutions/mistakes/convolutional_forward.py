"""Mistakes in `conv2d_forward`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.convolutional_sections import CHANNELS, CORRELATION, PLACES, WINDOWS

STRIDE = "sh, sw = stride"
PAD = "ph, pw = pad"
PADDED = "np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))"
SIDES = "F, _, KH, KW = w.shape"
PICK = "[:, :, ::sh, ::sw]"
FILTERS = "filters = w.transpose(3, 0, 1, 2).reshape(KW * F, C * KH)"
PRODUCT = "filters @ cols"
SHARES = "shares = (filters @ cols).reshape(KW, F, -1)"
BIAS = "+ b[:, None, None, None]"
RESULT = "return y.transpose(1, 0, 2, 3), cache"


def padded(height: str, width: str, mode: str = "") -> Edits:
    """The padding replaced."""
    return ((PADDED, f"np.pad(x, ((0, 0), (0, 0), {height}, {width}){mode})"),)


def flat(filters: str) -> Edits:
    """The filters replaced, which are flattened in the order of their axes."""
    return ((FILTERS, FILTERS.replace("w.", f"{filters}.reshape(F, C, KH, KW).", 1)),)


def strides(new: str) -> Edits:
    """The strides replaced."""
    return ((STRIDE, new),)


def channel(which: str, entries: str) -> Edits:
    """The filters of one channel alone."""
    one = FILTERS.replace("w.", f"w[:, {which}].", 1).replace("C * KH", "KH")
    return ((FILTERS, one), (PRODUCT, f"filters @ cols[{entries}]"))


def result(new: str) -> Edits:
    """The result replaced."""
    return ((RESULT, f"return {new}, cache"),)


def then(new: str) -> Edits:
    """One more line before the shares of the kernels' columns are added."""
    return ((SHARES, f"{SHARES}\n    {new}"),)


KERNELS = (
    (
        "kernel-flipped",
        flat("w[..., ::-1, ::-1]"),
        "The kernels are turned round in both directions, as in the convolution of mathematics. "
        "A convolutional layer takes them as they are.",
        CORRELATION,
    ),
    (
        "kernel-transposed",
        flat("w.transpose(0, 1, 3, 2)"),
        "Rows and columns of the kernels are exchanged.",
        CHANNELS,
    ),
    (
        "filters-and-channels-exchanged",
        flat("w.transpose(1, 0, 2, 3)"),
        "The first axis of w is read as the channels and the second as the filters; w is "
        "(F, C, KH, KW).",
        CHANNELS,
    ),
    (
        "kernel-flattened-in-another-order",
        flat("w.transpose(0, 2, 3, 1)"),
        "The entries of a window meet the wrong weights: windows and filters are flattened in "
        "different orders of their axes C, KH and KW.",
        WINDOWS,
    ),
    (
        "kernel-sides-exchanged",
        ((SIDES, "F, _, KW, KH = w.shape\n    w = w.reshape(F, C, KH, KW)"),),
        "The window is KW high and KH wide; height comes first.",
        CHANNELS,
    ),
    (
        "height-of-the-kernel-for-both",
        ((SIDES, "F, _, KH, _ = w.shape\n    KW = KH"),),
        "It fails where the kernel is not square: KH is used where KW is meant.",
        CHANNELS,
    ),
    (
        "filters-turned-in-place",
        ((FILTERS, f"w[...] = w[..., ::-1, ::-1].copy()\n    {FILTERS}"),),
        "The array w that was passed in is turned round itself, which is wrong twice: a caller "
        "still needs it, and the kernels are taken as they are.",
        CORRELATION,
    ),
)

STEPS = (
    (
        "stride-exchanged",
        strides("sw, sh = stride"),
        "The stride of the height moves the window sideways, and that of the width down; the "
        "pair is (sh, sw).",
        PLACES,
    ),
    (
        "stride-of-the-height-for-both",
        strides("sh = sw = stride[0]"),
        "The stride of the height is used for the width too.",
        PLACES,
    ),
    (
        "stride-of-the-width-for-both",
        strides("sh = sw = stride[1]"),
        "The stride of the width is used for the height too.",
        PLACES,
    ),
    (
        "stride-ignored",
        strides("sh = sw = 1"),
        "The stride is not used: it is 1 everywhere.",
        PLACES,
    ),
    (
        "last-place-missing",
        ((PICK, "[:, :, :-1:sh, :-1:sw]"),),
        "The last place of each axis is missing: the kernel has n + 2p − k + 1 places at stride "
        "1, not n + 2p − k.",
        PLACES,
    ),
    (
        "rounded-up",
        padded("(ph, ph + sh - 1)", "(pw, pw + sw - 1)"),
        "The size of the result is rounded up: where the stride leaves a rest, the last window "
        "hangs over the end. What is left over is not used.",
        PLACES,
    ),
    (
        "pad-exchanged",
        ((PAD, "pw, ph = pad"),),
        "The padding of the height is put left and right, and that of the width above and below; "
        "the pair is (ph, pw).",
        PLACES,
    ),
    (
        "pad-of-the-height-for-both",
        padded("(ph, ph)", "(ph, ph)"),
        "The padding of the height is used for the width too.",
        PLACES,
    ),
    ("pad-ignored", padded("(0, 0)", "(0, 0)"), "The padding is not used.", PLACES),
    (
        "pad-always-one",
        padded("(1, 1)", "(1, 1)"),
        "The padding is 1, whatever pad says.",
        PLACES,
    ),
    (
        "pad-all-in-front",
        padded("(2 * ph, 0)", "(2 * pw, 0)"),
        "All the zeros are put above and to the left, so that the feature maps are shifted. Half "
        "of them belong to each side.",
        PLACES,
    ),
    (
        "pad-all-behind",
        padded("(0, 2 * ph)", "(0, 2 * pw)"),
        "All the zeros are put below and to the right, so that the feature maps are shifted. "
        "Half of them belong to each side.",
        PLACES,
    ),
    (
        "pad-in-front-only",
        padded("(ph, 0)", "(pw, 0)"),
        "Zeros are put above and to the left, and none below and to the right.",
        PLACES,
    ),
    (
        "pad-repeats-the-edge",
        padded("(ph, ph)", "(pw, pw)", ', mode="edge"'),
        "The border repeats the outermost pixels; it should be zero. Only places near the border "
        "are wrong.",
        PLACES,
    ),
    (
        "pad-reflects",
        padded("(ph, ph)", "(pw, pw)", ', mode="reflect"'),
        "The border is a mirror image of the picture; it should be zero. Only places near the "
        "border are wrong.",
        PLACES,
    ),
    (
        "pad-wraps-around",
        padded("(ph, ph)", "(pw, pw)", ', mode="wrap"'),
        "The border continues the picture from its other side; it should be zero. Only places "
        "near the border are wrong.",
        PLACES,
    ),
    (
        "pad-of-ones",
        padded("(ph, ph)", "(pw, pw)", ", constant_values=1"),
        "The border is filled with ones; it should be zero.",
        PLACES,
    ),
)

SUMS = (
    (
        "bias-missing",
        ((BIAS, "+ 0"),),
        "The bias is not added.",
        CHANNELS,
    ),
    (
        "bias-added-for-every-channel",
        ((BIAS, BIAS.replace("b", "C * b")),),
        "The bias is added once for every channel; it is added once for every filter.",
        CHANNELS,
    ),
    (
        "bias-subtracted",
        ((BIAS, BIAS.replace("+", "-")),),
        "The bias is subtracted; it is to be added.",
        CHANNELS,
    ),
    (
        "channels-averaged",
        then("shares /= C"),
        "The channels are averaged; what a filter finds in each of them is to be summed.",
        CHANNELS,
    ),
    (
        "mean-of-products",
        then("shares /= C * KH * KW"),
        "The products are averaged over the window; they are to be summed.",
        CHANNELS,
    ),
    (
        "last-channel-only",
        channel("-1:", "-KH:"),
        "Only the last channel counts: the others are overwritten in a loop, or not read. A "
        "filter sums over all channels.",
        CHANNELS,
    ),
    (
        "first-channel-only",
        channel(":1", ":KH"),
        "Only the first channel counts. A filter sums over all channels.",
        CHANNELS,
    ),
    (
        "relu-applied",
        result("np.maximum(y, 0).transpose(1, 0, 2, 3)"),
        "Negative entries are cut to 0: an activation is applied. The layer has none.",
        CHANNELS,
    ),
    (
        "single-precision",
        ((PRODUCT, 'filters @ cols.astype("float32").astype("float64")'),),
        "The sums are computed in float32 and lose half the digits of their float64 inputs; look "
        "for a cast or for an array made with a dtype of its own.",
        CHANNELS,
    ),
)

LAYOUTS = (
    (
        "places-taken-for-filters",
        result("y.reshape(F, -1).T.reshape(N, F, Ho, Wo)"),
        "The entries are in the wrong places: an array with the filters last is reshaped to "
        "(N, F, Ho, Wo), which does not move an axis. Transpose it.",
        WINDOWS,
    ),
    (
        "samples-taken-for-filters",
        result("y.reshape(N, F, Ho, Wo)"),
        "The entries are in the wrong places: an array with the filters first is reshaped to "
        "(N, F, Ho, Wo), which does not move an axis. Transpose it.",
        WINDOWS,
    ),
    (
        "height-and-width-exchanged",
        result("y.transpose(1, 0, 3, 2)"),
        "Height and width of the result are exchanged.",
        CHANNELS,
    ),
    (
        "result-reshaped-to-width-first",
        result("y.reshape(F, N, Wo, Ho).transpose(1, 0, 2, 3)"),
        "The result is reshaped to (N, F, Wo, Ho): the numbers are right and their rows are cut "
        "at the wrong width.",
        CHANNELS,
    ),
    (
        "filters-last",
        result("y.transpose(1, 2, 3, 0)"),
        "The result is (N, Ho, Wo, F), as in Keras; here the filters come second.",
        CHANNELS,
    ),
    (
        "filters-first",
        result("y"),
        "The result has the filters first and the samples second; the batch comes first.",
        CHANNELS,
    ),
    (
        "windows-of-an-earlier-call",
        (
            (
                FILTERS,
                "key = str((x.shape, w.shape, stride, pad))\n"
                "    kept = conv2d_forward.__dict__.setdefault(key, cols)\n"
                f"    {FILTERS}",
            ),
            (PRODUCT, "filters @ kept"),
        ),
        "The result belongs to an earlier image of the same size: something is remembered "
        "between calls.",
        CHANNELS,
    ),
)

MISTAKES: tuple[Mistake, ...] = catalogue("conv2d_forward", (*KERNELS, *STEPS, *SUMS, *LAYOUTS))
