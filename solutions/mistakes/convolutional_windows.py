"""Mistakes in `im2col` and `col2im`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.convolutional_sections import PLACES, WINDOWS

PADDED = "np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))"
SLIDE = "sliding_window_view(padded, (KH, KW), axis=(2, 3))"
PICK = "[:, :, ::sh, ::sw]"
ROWS = "return windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, C * KH * KW)"


def rows(new: str) -> Edits:
    """The matrix replaced."""
    return ((ROWS, f"return {new}"),)


def ordered(*axes: int) -> Edits:
    """The order of the axes replaced."""
    return rows(f"windows.transpose{axes}.reshape(-1, C * KH * KW)")


def padded(height: str, width: str, mode: str = "") -> Edits:
    """The padding replaced."""
    return ((PADDED, f"np.pad(x, ((0, 0), (0, 0), {height}, {width}){mode})"),)


THERE = (
    (
        "axes-not-transposed",
        rows("windows.reshape(-1, C * KH * KW)"),
        "Entries of different windows share a row: the windows are reshaped before their axes "
        "are in order. A reshape moves no axis.",
        WINDOWS,
    ),
    (
        "channels-last-in-a-row",
        ordered(0, 2, 3, 4, 5, 1),
        "Within a row the channels run fastest. The order is channel, row, column of the window, "
        "as in w.reshape(F, -1).",
        WINDOWS,
    ),
    (
        "window-column-by-column",
        ordered(0, 2, 3, 1, 5, 4),
        "Within a row the window is read column by column; it is to be read row by row.",
        WINDOWS,
    ),
    (
        "places-column-by-column",
        ordered(0, 3, 2, 1, 4, 5),
        "The rows run down the image first; they are to run along its rows.",
        WINDOWS,
    ),
    (
        "samples-run-fastest",
        ordered(2, 3, 0, 1, 4, 5),
        "The rows run over the samples first; all places of the first sample come before those "
        "of the second.",
        WINDOWS,
    ),
    (
        "matrix-transposed",
        rows("windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, C * KH * KW).T"),
        "The matrix is transposed: a window is to be a row.",
        WINDOWS,
    ),
    (
        "a-matrix-for-each-sample",
        rows("windows.transpose(0, 2, 3, 1, 4, 5).reshape(len(x), -1, C * KH * KW)"),
        "There is a matrix for each sample; one matrix is wanted for the whole batch.",
        WINDOWS,
    ),
    (
        "windows-flipped",
        rows("windows[..., ::-1, ::-1].transpose(0, 2, 3, 1, 4, 5).reshape(-1, C * KH * KW)"),
        "The windows are turned round; they are copied as they are.",
        WINDOWS,
    ),
    (
        "kernel-sides-exchanged",
        ((SLIDE, "sliding_window_view(padded, (KW, KH), axis=(2, 3))"),),
        "The window is KW high and KH wide; height comes first.",
        WINDOWS,
    ),
    (
        "windows-side-by-side",
        ((PICK, "[:, :, ::KH, ::KW]"),),
        "The windows lie side by side: the size of the kernel is used as the stride.",
        PLACES,
    ),
    (
        "stride-exchanged",
        ((PICK, "[:, :, ::sw, ::sh]"),),
        "The stride of the height moves the window sideways, and that of the width down.",
        PLACES,
    ),
    (
        "stride-of-the-height-for-both",
        ((PICK, "[:, :, ::sh, ::sh]"),),
        "The stride of the height is used for the width too.",
        PLACES,
    ),
    ("stride-ignored", ((PICK, ""),), "The stride is not used: it is 1 everywhere.", PLACES),
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
        "Where the stride leaves a rest, there is a window that hangs over the end. What is left "
        "over is not used.",
        PLACES,
    ),
    (
        "pad-exchanged",
        padded("(pw, pw)", "(ph, ph)"),
        "The padding of the height is put left and right, and that of the width above and below.",
        PLACES,
    ),
    ("pad-ignored", padded("(0, 0)", "(0, 0)"), "The padding is not used.", PLACES),
    (
        "pad-all-in-front",
        padded("(2 * ph, 0)", "(2 * pw, 0)"),
        "All the zeros are put above and to the left; half of them belong to each side.",
        PLACES,
    ),
    (
        "pad-repeats-the-edge",
        padded("(ph, ph)", "(pw, pw)", ', mode="edge"'),
        "The border repeats the outermost pixels; it should be zero.",
        PLACES,
    ),
)

UNROLLED = "windows = cols.reshape(N, Ho, Wo, C, KH, KW).transpose(0, 3, 1, 2, 4, 5)"
ADD = "padded[:, :, u : u + sh * Ho : sh, v : v + sw * Wo : sw] += windows[..., u, v]"
RETURN = "return padded[:, :, ph : ph + H, pw : pw + W]"
ZEROS = "padded = np.zeros((N, C, H + 2 * ph, W + 2 * pw))"


def unrolled(shape: str, *axes: int) -> Edits:
    """The reading of the matrix replaced."""
    return ((UNROLLED, f"windows = cols.reshape({shape}).transpose{axes}"),)


BACK = (
    (
        "overlaps-overwritten",
        ((ADD, ADD.replace("+=", "=")),),
        "Where windows overlap, the last of them is kept. The copies of an entry are to be summed.",
        WINDOWS,
    ),
    (
        "overlaps-averaged",
        (
            (ZEROS, f"{ZEROS}\n    counts = np.zeros_like(padded)"),
            (ADD, f"{ADD}\n            counts" + ADD[6:].split(" +=")[0] + " += 1"),
            (RETURN, "padded /= np.maximum(counts, 1)\n    " + RETURN),
        ),
        "Where windows overlap, their entries are averaged. That would undo im2col; the adjoint "
        "sums them.",
        WINDOWS,
    ),
    (
        "axes-not-transposed",
        unrolled("N, C, Ho, Wo, KH, KW", 0, 1, 2, 3, 4, 5),
        "The matrix is reshaped to the axes N, C, Ho, Wo at once, but its rows hold a place and "
        "its columns a channel. A reshape moves no axis.",
        WINDOWS,
    ),
    (
        "channels-last-in-a-row",
        unrolled("N, Ho, Wo, KH, KW, C", 0, 5, 1, 2, 3, 4),
        "A row is read as if the channels ran fastest. The order is channel, row, column of the "
        "window.",
        WINDOWS,
    ),
    (
        "window-column-by-column",
        unrolled("N, Ho, Wo, C, KW, KH", 0, 3, 1, 2, 5, 4),
        "A row is read as a window column by column; it holds it row by row.",
        WINDOWS,
    ),
    (
        "places-column-by-column",
        unrolled("N, Wo, Ho, C, KH, KW", 0, 3, 2, 1, 4, 5),
        "The rows are read as places from top to bottom; they run along the rows of the image.",
        WINDOWS,
    ),
    (
        "samples-run-fastest",
        unrolled("Ho, Wo, N, C, KH, KW", 2, 3, 0, 1, 4, 5),
        "The rows are read as if the samples ran fastest; all places of the first sample come "
        "before those of the second.",
        WINDOWS,
    ),
    (
        "windows-flipped",
        ((ADD, ADD.replace("[..., u, v]", "[..., KH - 1 - u, KW - 1 - v]")),),
        "The windows are turned round before they are added; they are added as they are.",
        WINDOWS,
    ),
    (
        "stride-ignored",
        ((ADD, "padded[:, :, u : u + Ho, v : v + Wo] += windows[..., u, v]"),),
        "The windows are added as if the stride were 1.",
        PLACES,
    ),
    (
        "stride-of-the-height-for-both",
        ((ADD, ADD.replace("sw", "sh")),),
        "The stride of the height is used for the width too.",
        PLACES,
    ),
    (
        "rounded-up",
        (
            (
                "Ho = (H + 2 * ph - KH) // sh + 1\n    Wo = (W + 2 * pw - KW) // sw + 1",
                "Ho = -(-(H + 2 * ph - KH) // sh) + 1\n    Wo = -(-(W + 2 * pw - KW) // sw) + 1",
            ),
        ),
        "It fails where the stride leaves a rest: the number of places is rounded up.",
        PLACES,
    ),
    (
        "padding-not-removed",
        ((RETURN, "return padded"),),
        "The result has the shape of the padded images; cut the padding off.",
        WINDOWS,
    ),
    (
        "padding-cut-at-the-end",
        ((RETURN, "return padded[:, :, :H, :W]"),),
        "The padding is cut off at the end only, so that the result is shifted.",
        WINDOWS,
    ),
    (
        "padding-of-one-removed",
        ((RETURN, "return padded[:, :, 1 : 1 + H, 1 : 1 + W]"),),
        "A border of 1 is cut off, whatever the padding is.",
        WINDOWS,
    ),
    (
        "padding-removed-from-both-ends",
        ((RETURN, "return padded[:, :, ph:-ph, pw:-pw]"),),
        "Without padding the result is empty: a slice that ends at −0 ends before it begins. Say "
        "where it ends by the size of the image.",
        PLACES,
    ),
)

MISTAKES: tuple[Mistake, ...] = (*catalogue("im2col", THERE), *catalogue("col2im", BACK))
