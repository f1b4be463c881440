"""Mistakes in `conv_output_size`, `cross_correlate2d` and `convolve2d`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.convolutional_sections import CORRELATION, PLACES

COUNT = "return (room - reach) // s + 1"
REACH = "reach = d * (k - 1) + 1"
ROOM = "room = n + 2 * p"

SIZES = (
    (
        "rounded-up",
        ((COUNT, "return -(-(room - reach) // s) + 1"),),
        "The division is rounded up. A place counts only if the whole kernel fits there; what is "
        "left over at the end is not used.",
        PLACES,
    ),
    (
        "rounded-to-nearest",
        ((COUNT, "return round((room - reach) / s) + 1"),),
        "The division is rounded to the nearest whole number, so that half a step counts as one. "
        "A place counts only if the whole kernel fits there.",
        PLACES,
    ),
    (
        "not-rounded",
        ((COUNT, "return (room - reach) / s + 1"),),
        "The division is not rounded, and gives a float. A count is a whole number.",
        PLACES,
    ),
    (
        "first-place-not-counted",
        ((COUNT, "return (room - reach) // s"),),
        "One place is missing: the steps are counted, and the place before the first step is not.",
        PLACES,
    ),
    (
        "first-place-inside-the-division",
        ((COUNT, "return (room - reach + 1) // s"),),
        "The 1 for the first place is added before the division, so that it is divided by the "
        "stride too. The sizes are right at stride 1 only.",
        PLACES,
    ),
    (
        "stride-ignored",
        ((COUNT, "return room - reach + 1"),),
        "The stride is not used: every place is counted, not every s-th.",
        PLACES,
    ),
    (
        "padding-on-one-side",
        ((ROOM, "room = n + p"),),
        "The padding is counted once. It is added at both ends of the axis.",
        PLACES,
    ),
    ("padding-ignored", ((ROOM, "room = n"),), "The padding is not counted.", PLACES),
    (
        "kernel-ignored",
        ((REACH, "reach = 1"),),
        "The size does not depend on the kernel: it is what “same” padding gives in Keras. Here "
        "the padding is what p says.",
        PLACES,
    ),
    (
        "dilation-ignored",
        ((REACH, "reach = k"),),
        "The dilation is not used: a kernel with gaps reaches further than its k taps.",
        PLACES,
    ),
    (
        "dilation-of-every-tap",
        ((REACH, "reach = d * k"),),
        "The dilated kernel is taken to reach over d·k entries. There is a gap between two taps, "
        "and none after the last.",
        PLACES,
    ),
    (
        "dilation-one-too-large",
        ((REACH, "reach = k + d * (k - 1)"),),
        "The dilation is counted as the number of entries that are left out between two taps. It "
        "is the step from one tap to the next: d = 1 leaves out none.",
        PLACES,
    ),
    (
        "large-kernel-accepted",
        (("if reach > room:", "if False:"),),
        "A kernel that does not fit gets a size of 0 or less, which would fail much later and "
        "far away. Raise a ValueError there.",
        PLACES,
    ),
    (
        "large-kernel-gives-zero",
        (
            (
                'raise ValueError(f"a kernel that reaches over {reach} entries does not fit into '
                '{room}")',
                "return 0",
            ),
        ),
        "A kernel that does not fit gets the size 0, which would fail much later and far away. "
        "Raise a ValueError there.",
        PLACES,
    ),
    (
        "exact-fit-refused",
        (("if reach > room:", "if reach >= room:"),),
        "A kernel that fits exactly is refused. It has one place.",
        PLACES,
    ),
)

WINDOWS = "windows = sliding_window_view(x, k.shape)"
SUM = "return np.tensordot(windows, k, axes=2)"


def sums(new: str) -> Edits:
    """The sum of products replaced."""
    return ((SUM, f"return {new}"),)


CORRELATIONS = (
    (
        "kernel-flipped",
        sums("np.tensordot(windows, k[::-1, ::-1], axes=2)"),
        "The kernel is turned round in both directions: that is the convolution of mathematics. "
        "A cross-correlation takes the kernel as it is.",
        CORRELATION,
    ),
    (
        "kernel-flipped-up-down",
        sums("np.tensordot(windows, k[::-1], axes=2)"),
        "The rows of the kernel are taken in reversed order.",
        CORRELATION,
    ),
    (
        "kernel-flipped-left-right",
        sums("np.tensordot(windows, k[:, ::-1], axes=2)"),
        "The columns of the kernel are taken in reversed order.",
        CORRELATION,
    ),
    (
        "kernel-transposed",
        ((WINDOWS, f"k = k.T\n    {WINDOWS}"),),
        "The rows and columns of the kernel are exchanged.",
        CORRELATION,
    ),
    (
        "height-of-the-kernel-for-both",
        ((WINDOWS, "windows = sliding_window_view(x, (k.shape[0], k.shape[0]))"),),
        "It fails where the kernel is not square: KH is used where KW is meant.",
        CORRELATION,
    ),
    (
        "last-place-missing",
        ((WINDOWS, f"{WINDOWS}[:-1, :-1]"),),
        "The last row and the last column of places are missing: there are H − KH + 1 places "
        "for the kernel, not H − KH.",
        PLACES,
    ),
    (
        "padded-to-the-same-size",
        (
            (
                WINDOWS,
                "sides = [((s - 1) // 2, s // 2) for s in k.shape]\n"
                "    windows = sliding_window_view(np.pad(x, sides), k.shape)",
            ),
        ),
        "The image is padded so that the result is as large as the image. Here the kernel stays "
        "inside the image.",
        PLACES,
    ),
    (
        "padded-to-the-full-size",
        (
            (
                WINDOWS,
                "sides = [(s - 1, s - 1) for s in k.shape]\n"
                "    windows = sliding_window_view(np.pad(x, sides), k.shape)",
            ),
        ),
        "The kernel also takes places where only part of it is on the image. Here it stays inside.",
        PLACES,
    ),
    (
        "mean-of-products",
        sums("np.tensordot(windows, k, axes=2) / k.size"),
        "The products are averaged; they are to be summed.",
        CORRELATION,
    ),
    (
        "kernel-normalised",
        sums("np.tensordot(windows, k, axes=2) / k.sum()"),
        "The result is divided by the sum of the kernel. That keeps the brightness of a blurred "
        "photograph; a cross-correlation does not do it.",
        CORRELATION,
    ),
    (
        "result-transposed",
        sums("np.tensordot(windows, k, axes=2).T"),
        "Rows and columns of the result are exchanged.",
        CORRELATION,
    ),
    (
        "single-precision",
        sums('np.tensordot(windows.astype("float32"), k.astype("float32"), axes=2)'),
        "The sums are computed in float32 and lose half the digits of their float64 inputs; look "
        "for a cast or for an array made with a dtype of its own.",
        CORRELATION,
    ),
)

TURNED = "return cross_correlate2d(x, k[::-1, ::-1])"


def turned(new: str) -> Edits:
    """The whole of `convolve2d` replaced."""
    return ((TURNED, new),)


TURNS = (
    (
        "kernel-not-flipped",
        turned("return cross_correlate2d(x, k)"),
        "It is the cross-correlation: the kernel is not turned round.",
        CORRELATION,
    ),
    (
        "kernel-flipped-up-down-only",
        turned("return cross_correlate2d(x, k[::-1])"),
        "Only the rows of the kernel are reversed; its columns are not.",
        CORRELATION,
    ),
    (
        "kernel-flipped-left-right-only",
        turned("return cross_correlate2d(x, k[:, ::-1])"),
        "Only the columns of the kernel are reversed; its rows are not.",
        CORRELATION,
    ),
    (
        "kernel-transposed",
        turned("return cross_correlate2d(x, k.T)"),
        "The kernel is transposed; it has to be turned round, which is something else.",
        CORRELATION,
    ),
    (
        "kernel-turned-by-a-quarter",
        turned("return cross_correlate2d(x, np.rot90(k))"),
        "The kernel is turned by 90 degrees; half a turn is meant.",
        CORRELATION,
    ),
    (
        "image-flipped",
        turned("return cross_correlate2d(x[::-1, ::-1], k)"),
        "The image is turned round in place of the kernel, and the result with it.",
        CORRELATION,
    ),
    (
        "kernel-and-image-flipped",
        turned("return cross_correlate2d(x[::-1, ::-1], k[::-1, ::-1])"),
        "Both the image and the kernel are turned round; only one of them has to be.",
        CORRELATION,
    ),
    (
        "kernel-changed-in-place",
        turned("k[...] = k[::-1, ::-1].copy()\n    return cross_correlate2d(x, k)"),
        "The values are right, but the array k that was passed in is turned round itself, and a "
        "caller still needs it. Make a new array, or a view.",
        CORRELATION,
    ),
    (
        "padded-to-the-full-size",
        turned(
            "sides = [(s - 1, s - 1) for s in k.shape]\n"
            "    return cross_correlate2d(np.pad(x, sides), k[::-1, ::-1])"
        ),
        "The kernel also takes places where only part of it is on the image. Here it stays inside.",
        PLACES,
    ),
    (
        "padded-to-the-same-size",
        turned(
            "sides = [((s - 1) // 2, s // 2) for s in k.shape]\n"
            "    return cross_correlate2d(np.pad(x, sides), k[::-1, ::-1])"
        ),
        "The image is padded so that the result is as large as the image. Here the kernel stays "
        "inside the image.",
        PLACES,
    ),
)

MISTAKES: tuple[Mistake, ...] = (
    *catalogue("conv_output_size", SIZES),
    *catalogue("cross_correlate2d", CORRELATIONS),
    *catalogue("convolve2d", TURNS),
)
