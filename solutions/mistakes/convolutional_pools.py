"""Mistakes in the pools."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.convolutional_sections import PLACES, POOLING

WINDOWS = "windows = sliding_window_view(x, size, axis=(2, 3))[:, :, ::sh, ::sw]"


def windows(image: str = "x", size: str = "size", pick: str = "[:, :, ::sh, ::sw]") -> Edits:
    """The windows replaced."""
    new = f"windows = sliding_window_view({image}, {size}, axis=(2, 3)){pick}"
    return ((WINDOWS, new),)


def hanging(fill: str) -> Edits:
    """Windows that hang over the end, where `fill` is."""
    sides = "((0, 0), (0, 0), (0, sh - 1), (0, sw - 1))"
    return windows(f"np.pad(x, {sides}, constant_values={fill})")


def moving(over: str) -> tuple[tuple[str, Edits, str, str], ...]:
    """Mistakes in where the windows are, for either pool."""
    return (
        (
            "size-as-stride",
            windows(pick="[:, :, :: size[0], :: size[1]]"),
            "The windows lie side by side, whatever the stride is: the size of the window is used "
            "as the stride.",
            POOLING,
        ),
        (
            "stride-exchanged",
            windows(pick="[:, :, ::sw, ::sh]"),
            "The stride of the height moves the window sideways, and that of the width down.",
            POOLING,
        ),
        (
            "stride-of-the-height-for-both",
            windows(pick="[:, :, ::sh, ::sh]"),
            "The stride of the height is used for the width too.",
            POOLING,
        ),
        (
            "stride-ignored",
            windows(pick=""),
            "The stride is not used: it is 1 everywhere.",
            POOLING,
        ),
        (
            "size-exchanged",
            windows(size="size[::-1]"),
            "The window is pw high and ph wide; height comes first.",
            POOLING,
        ),
        (
            "square-window",
            windows(size="(size[0], size[0])"),
            "The window is square: its height is used for its width too.",
            POOLING,
        ),
        (
            "rounded-up",
            hanging(over),
            "Where the stride leaves a rest, there is a window that hangs over the end. What is "
            "left over is not used.",
            PLACES,
        ),
        (
            "last-place-missing",
            windows(pick="[:, :, :-1:sh, :-1:sw]"),
            "The last place of each axis is missing: a window has n − k + 1 places at stride 1, "
            "not n − k.",
            PLACES,
        ),
    )


MAX = "y = flat.max(axis=-1)"


def largest(new: str) -> Edits:
    """The maximum replaced."""
    return ((MAX, f"y = {new}"),)


MAXIMA = (
    *moving("-np.inf"),
    (
        "maximum-from-zero",
        largest("np.maximum(flat.max(axis=-1), 0)"),
        "No maximum is below 0: the search starts from 0, and a window of negative entries has a "
        "negative maximum.",
        POOLING,
    ),
    (
        "mean-for-maximum",
        largest("flat.mean(axis=-1)"),
        "The windows are averaged; their maximum is wanted.",
        POOLING,
    ),
    (
        "minimum-for-maximum",
        largest("flat.min(axis=-1)"),
        "It is the minimum of each window.",
        POOLING,
    ),
    (
        "largest-size",
        largest("np.abs(flat).max(axis=-1)"),
        "It is the largest absolute value of each window; the sign counts.",
        POOLING,
    ),
    (
        "maximum-over-channels",
        largest("flat.max(axis=(1, 4))"),
        "The maximum is taken over the channels too. Every channel is pooled by itself.",
        POOLING,
    ),
    (
        "height-and-width-exchanged",
        largest("flat.max(axis=-1).transpose(0, 1, 3, 2)"),
        "Height and width of the result are exchanged.",
        POOLING,
    ),
    (
        "places-for-maxima",
        largest("flat.argmax(axis=-1)"),
        "The result says where in its window each maximum is, not what it is.",
        POOLING,
    ),
)

UNPACKED = "x, (_, pw), (sh, sw), place = cache"
U = "u = place // pw"
V = "v = place % pw"
ADD = "np.add.at(dx, (n, c, sh * i + u, sw * j + v), dy)"
LOOP = (
    "ph, pw = cache[1]\n"
    "    for a in range(ph):\n"
    "        for b in range(pw):\n"
    "            part = (slice(None),) * 2 + (slice(a, a + sh * Ho, sh), slice(b, b + sw * Wo, sw))"
    "\n"
)
TOP = "x[n, c, sh * i + u, sw * j + v]"
COUNTS = "sum((x[n, c, sh * i + a, sw * j + b] == top) for a in range(ph) for b in range(pw))"


def routed(new: str) -> Edits:
    """The routing of the gradient replaced."""
    return ((ADD, new),)


def chosen(numbers: str) -> Edits:
    """Another choice among equal maxima: the last in the order of `numbers`."""
    return routed(
        "ph, pw = cache[1]\n"
        f"    top = {TOP}\n"
        "    u, v = u.copy(), v.copy()\n"
        f"    for a, b in {numbers}:\n"
        "        equal = x[n, c, sh * i + a, sw * j + b] == top\n"
        "        u[equal], v[equal] = a, b\n"
        f"    {ADD}"
    )


MAXIMA_BACK = (
    (
        "all-equal-maxima",
        routed(f"{LOOP}            dx[part] += dy * (x[part] == {TOP})"),
        "Where several entries of a window are the maximum, each of them gets the whole "
        "gradient; only the first one does.",
        POOLING,
    ),
    (
        "equal-maxima-share",
        routed(
            f"{LOOP}"
            f"            top = {TOP}\n"
            f"            dx[part] += dy * (x[part] == top) / ({COUNTS})"
        ),
        "Where several entries of a window are the maximum, the gradient is shared among them; "
        "the first one gets all of it.",
        POOLING,
    ),
    (
        "last-maximum",
        chosen("np.ndindex(ph, pw)"),
        "Among equal maxima the last one gets the gradient; it is the first.",
        POOLING,
    ),
    (
        "first-maximum-by-columns",
        chosen("[(a, b) for b in reversed(range(pw)) for a in reversed(range(ph))]"),
        "Among equal maxima the window is searched column by column; it is searched row by row.",
        POOLING,
    ),
    (
        "overlaps-overwritten",
        routed("dx[n, c, sh * i + u, sw * j + v] = dy"),
        "An entry that is the maximum of several windows keeps the gradient of only one of them. "
        "With an array of places, += adds just once to a place that occurs twice.",
        POOLING,
    ),
    (
        "size-as-stride",
        ((UNPACKED, "x, (sh, pw), _, place = cache\n    sw = pw"),),
        "The gradients go to windows that lie side by side, whatever the stride is.",
        POOLING,
    ),
    (
        "stride-exchanged",
        ((UNPACKED, UNPACKED.replace("(sh, sw)", "(sw, sh)")),),
        "The stride of the height is used for the width, and that of the width for the height.",
        POOLING,
    ),
    (
        "stride-ignored",
        routed("np.add.at(dx, (n, c, i + u, j + v), dy)"),
        "The gradients are put where the windows would be at stride 1.",
        POOLING,
    ),
    (
        "height-of-the-window-for-its-width",
        ((UNPACKED, UNPACKED.replace("(_, pw)", "(pw, _)")),),
        "The place within the window is computed with its height in place of its width.",
        POOLING,
    ),
    (
        "row-and-column-exchanged",
        ((U, "u = place % pw"), (V, "v = place // pw")),
        "Row and column of the maximum within its window are exchanged.",
        POOLING,
    ),
    (
        "spread-over-the-window",
        routed(f"{LOOP}            dx[part] += dy / (ph * pw)"),
        "The gradient is spread over the window, as the mean would do; only the maximum gets it.",
        POOLING,
    ),
    (
        "given-to-the-whole-window",
        routed(f"{LOOP}            dx[part] += dy"),
        "Every entry of a window gets its gradient; only the maximum does.",
        POOLING,
    ),
    (
        "given-to-the-first-entry",
        ((U, "u = 0 * place"), (V, "v = 0 * place")),
        "The gradient goes to the top left entry of each window; it goes to the maximum.",
        POOLING,
    ),
    (
        "upstream-gradient-ignored",
        routed(ADD.replace(", dy)", ", 1.0)")),
        "A maximum gets 1 in place of the gradient that arrives.",
        POOLING,
    ),
    (
        "negative-maxima-dropped",
        routed(f"np.add.at(dx, (n, c, sh * i + u, sw * j + v), dy * ({TOP} > 0))"),
        "A maximum below 0 gets no gradient, as if a ReLU came before. The pool has none.",
        POOLING,
    ),
)

MEAN = "y = windows.mean(axis=(-2, -1))"


def mean(new: str) -> Edits:
    """The mean replaced."""
    return ((MEAN, f"y = {new}"),)


MEANS = (
    *moving("0"),
    (
        "not-divided",
        mean("windows.sum(axis=(-2, -1))"),
        "The windows are summed; divide by the number of entries.",
        POOLING,
    ),
    (
        "divided-by-the-square-of-the-height",
        mean("windows.sum(axis=(-2, -1)) / size[0] ** 2"),
        "The sum is divided by ph²; a window has ph · pw entries.",
        POOLING,
    ),
    (
        "maximum-for-mean",
        mean("windows.max(axis=(-2, -1))"),
        "It is the maximum of each window; the mean is wanted.",
        POOLING,
    ),
    (
        "mean-over-channels",
        mean("windows.mean(axis=(1, -2, -1))"),
        "The channels are averaged too. Every channel is pooled by itself.",
        POOLING,
    ),
)

SHARE = "share = dy / (ph * pw)"
SPREAD = "dx[:, :, u : u + sh * Ho : sh, v : v + sw * Wo : sw] += share"

MEANS_BACK = (
    (
        "not-divided",
        ((SHARE, "share = dy"),),
        "Every entry of a window gets its whole gradient; it gets a share of it.",
        POOLING,
    ),
    (
        "divided-by-the-square-of-the-height",
        ((SHARE, "share = dy / ph**2"),),
        "The share is 1/ph²; a window has ph · pw entries.",
        POOLING,
    ),
    (
        "overlaps-overwritten",
        ((SPREAD, SPREAD.replace("+=", "=")),),
        "An entry that lies in several windows keeps the share of only one of them; it gets the "
        "sum.",
        POOLING,
    ),
    (
        "stride-ignored",
        ((SPREAD, "dx[:, :, u : u + Ho, v : v + Wo] += share"),),
        "The shares are put where the windows would be at stride 1.",
        POOLING,
    ),
    (
        "stride-of-the-height-for-both",
        ((SPREAD, SPREAD.replace("sw", "sh")),),
        "The stride of the height is used for the width too.",
        POOLING,
    ),
    (
        "square-window",
        (("for v in range(pw):", "for v in range(ph):"),),
        "The shares are spread over a square window: its height is used for its width too.",
        POOLING,
    ),
    (
        "given-to-the-first-entry",
        (
            (
                "    for u in range(ph):\n        for v in range(pw):\n            " + SPREAD,
                "    dx[:, :, : sh * Ho : sh, : sw * Wo : sw] += dy",
            ),
        ),
        "The gradient goes to the top left entry of each window; every entry gets a share.",
        POOLING,
    ),
)

MISTAKES: tuple[Mistake, ...] = (
    *catalogue("maxpool2d_forward", MAXIMA),
    *catalogue("maxpool2d_backward", MAXIMA_BACK),
    *catalogue("avgpool2d_forward", MEANS),
    *catalogue("avgpool2d_backward", MEANS_BACK),
)
