"""Mistakes in `conv2d_backward`."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.convolutional_sections import BACKWARD, PLACES

CACHE = "(N, C, H, W), w, cols, (sh, sw), (ph, pw) = cache"
DB = "db = spread.sum(axis=1)"
DW = "dw = (shares @ cols.T).reshape(KW, F, C, KH).transpose(1, 2, 3, 0)"
ADD = "padded[:, :, u : u + sh * Ho : sh, v : v + sw * Wo : sw] += taps[:, u, v]"
DX = "dx = padded[:, :, ph : ph + H, pw : pw + W].transpose(1, 0, 2, 3)"
RETURN = "return dx, dw, db"


def dx(new: str) -> Edits:
    """What is cut out of the padded gradient replaced."""
    return ((DX, f"dx = {new}.transpose(1, 0, 2, 3)"),)


def by_taps(filters: str = "w", dy: str = "dy", first: Sequence[str] = (), add: str = ADD) -> Edits:
    """The padded gradient computed anew, as most people do: one entry of the kernel at a time.

    Args:
        filters: the filters that the gradient goes through.
        dy: the gradient that goes through them.
        first: the lines before.
        add: how the share of one entry is added.
    """
    lines = (
        *first,
        f"flat = {dy}.transpose(1, 0, 2, 3).reshape(-1, N * Ho * Wo)",
        f"taps = {filters}.reshape(-1, C * KH * KW).T @ flat",
        "taps = taps.reshape(C, KH, KW, N, Ho, Wo)",
        "padded = np.zeros((C, N, H + 2 * ph, W + 2 * pw))",
        "for u, v in np.ndindex(KH, KW):",
        f"    {add}",
        DX,
    )
    return ((DX, "\n    ".join(lines)),)


IMAGES = (
    (
        "kernel-flipped-in-dx",
        by_taps("w[..., ::-1, ::-1]"),
        "In dx every output hands its gradient to the wrong corner of its window: the kernel is "
        "turned round once too often, or not when it should be.",
        BACKWARD,
    ),
    (
        "kernel-transposed-in-dx",
        by_taps("w.transpose(0, 1, 3, 2)"),
        "In dx rows and columns of the kernels are exchanged.",
        BACKWARD,
    ),
    (
        "overlaps-overwritten",
        by_taps(add=ADD.replace("+=", "=")),
        "Where windows overlap, dx keeps what the last of them brings. A pixel that was used by "
        "several windows gets the sum of their gradients.",
        BACKWARD,
    ),
    (
        "stride-ignored-in-dx",
        by_taps(add="padded[:, :, u : u + Ho, v : v + Wo] += taps[:, u, v]"),
        "In dx the gradients are put side by side as if the stride were 1.",
        BACKWARD,
    ),
    (
        "stride-exchanged",
        by_taps(first=["sh, sw = sw, sh"]),
        "The stride of the height is used for the width, and that of the width for the height.",
        BACKWARD,
    ),
    (
        "stride-of-the-height-for-both",
        by_taps(first=["sw = sh"]),
        "The stride of the height is used for the width too.",
        BACKWARD,
    ),
    (
        "padding-not-removed",
        dx("padded"),
        "The shape of dx is that of the padded images; the gradient of the padding has to be cut "
        "off.",
        BACKWARD,
    ),
    (
        "padding-cut-at-the-end",
        dx("padded[:, :, :H, :W]"),
        "The gradient of the padding is cut off at the end only, so that dx is shifted.",
        BACKWARD,
    ),
    (
        "padding-of-one-removed",
        dx("padded[:, :, 1 : 1 + H, 1 : 1 + W]"),
        "A border of 1 is cut off dx, whatever the padding was.",
        BACKWARD,
    ),
    (
        "padding-removed-from-both-ends",
        dx("padded[:, :, ph:-ph, pw:-pw]"),
        "Without padding dx is empty: a slice that ends at −0 ends before it begins. Say where "
        "it ends by the size of the image.",
        PLACES,
    ),
    (
        "padding-exchanged",
        by_taps(first=["ph, pw = pw, ph"]),
        "The padding of the height is taken for that of the width, and the other way round.",
        BACKWARD,
    ),
    (
        "last-filter-only-in-dx",
        by_taps("w[-1:]", "dy[:, -1:]"),
        "The gradient of only the last filter arrives at dx. Every filter has read the images, "
        "and their gradients add up.",
        BACKWARD,
    ),
    (
        "filters-averaged-in-dx",
        by_taps("(w / F)"),
        "The gradients of the filters are averaged in dx; they are to be summed.",
        BACKWARD,
    ),
    (
        "border-zeroed",
        ((DX, f"{DX}\n    dx[:, :, -1] = 0"),),
        "The last row of dx is zero where it should not be: a loop ends one row too early.",
        BACKWARD,
    ),
)

WEIGHTS = (
    (
        "dw-flipped",
        ((DW, f"{DW}[..., ::-1, ::-1]"),),
        "The kernels of dw are turned round.",
        BACKWARD,
    ),
    (
        "dw-transposed",
        ((DW, f"{DW}.reshape(F, C, KW, KH).transpose(0, 1, 3, 2)"),),
        "The kernels of dw are filled column by column.",
        BACKWARD,
    ),
    (
        "dw-averaged-over-the-batch",
        ((DW, f"{DW} / N"),),
        "In dw the samples are averaged; they are to be summed. The loss decides about a mean.",
        BACKWARD,
    ),
    (
        "dw-averaged-over-places",
        ((DW, f"{DW} / (Ho * Wo)"),),
        "In dw the places are averaged; they share the weights, so that their gradients add up.",
        BACKWARD,
    ),
    (
        "dw-of-the-last-sample",
        (
            (
                DW,
                "last = slice(-Ho * (W + 2 * pw), None)\n    "
                + DW.replace("shares @ cols.T", "shares[:, last] @ cols[:, last].T"),
            ),
        ),
        "The gradient dw is that of the last sample alone: it is overwritten in a loop. The "
        "gradients of the samples add up.",
        BACKWARD,
    ),
    (
        "db-averaged-over-the-batch",
        ((DB, f"{DB} / N"),),
        "In db the samples are averaged; they are to be summed. The loss decides about a mean.",
        BACKWARD,
    ),
    (
        "db-averaged-over-places",
        ((DB, f"{DB} / (Ho * Wo)"),),
        "In db the places are averaged; the bias was added at each of them, so that their "
        "gradients add up.",
        BACKWARD,
    ),
    (
        "db-averaged",
        ((DB, "db = dy.mean(axis=(0, 2, 3))"),),
        "The gradient db is a mean over samples and places; it is their sum.",
        BACKWARD,
    ),
    (
        "db-of-each-sample",
        ((DB, "db = dy.sum(axis=(2, 3))"),),
        "The gradient db has a row for every sample: the sum over the batch is missing.",
        BACKWARD,
    ),
    (
        "db-summed-over-filters",
        ((DB, "db = dy.sum(axis=(0, 1, 2))"),),
        "In db the filters are summed and the columns kept. Every filter has its own bias.",
        BACKWARD,
    ),
    (
        "all-averaged-over-the-batch",
        ((RETURN, "return dx / N, dw / N, db / N"),),
        "All gradients are divided by the size of the batch. The loss decides about a mean, and "
        "its 1/N is in dy already.",
        BACKWARD,
    ),
)

RESULTS = (
    (
        "dx-and-dw-exchanged",
        ((RETURN, "return dw, dx, db"),),
        "The gradients dx and dw are returned in exchanged order.",
        BACKWARD,
    ),
    (
        "dw-and-db-exchanged",
        ((RETURN, "return dx, db, dw"),),
        "The gradients dw and db are returned in exchanged order.",
        BACKWARD,
    ),
    (
        "dy-changed-in-place",
        ((CACHE, f"{CACHE}\n    dy /= N"),),
        "The array dy that was passed in is divided by the size of the batch, which is wrong "
        "twice: a caller still needs it, and its 1/N, if any, is in it already.",
        BACKWARD,
    ),
    (
        "cache-of-an-earlier-call",
        (
            (
                CACHE,
                "cache = conv2d_backward.__dict__.setdefault(str(dy.shape), cache)\n    " + CACHE,
            ),
        ),
        "The gradients belong to an earlier convolution of the same size: something is "
        "remembered between calls. Everything that is needed is in the cache.",
        BACKWARD,
    ),
)

MISTAKES: tuple[Mistake, ...] = catalogue("conv2d_backward", (*IMAGES, *WEIGHTS, *RESULTS))
