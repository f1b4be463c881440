"""Mistakes in `numerical_gradient`."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.feedforward_sections import CHECKING

ZEROS = "dx = np.zeros(x.shape)"
SET = "dx[index] = np.sum(dy * (f(x + e) - f(x - e))) / (2 * h)"
STEP = "e[index] = h"
LOOP = "for index in np.ndindex(x.shape):"

ROWS = (
    (
        "one-sided-forward",
        ((SET, "dx[index] = np.sum(dy * (f(x + e) - f(x + 0 * e))) / h"),),
        "The difference is one-sided, from x to x + h: its error falls with h, where that of a "
        "central difference falls with h².",
    ),
    (
        "one-sided-backward",
        ((SET, "dx[index] = np.sum(dy * (f(x + 0 * e) - f(x - e))) / h"),),
        "The difference is one-sided, from x − h to x: its error falls with h, where that of a "
        "central difference falls with h².",
    ),
    (
        "divided-by-h",
        ((SET, "dx[index] = np.sum(dy * (f(x + e) - f(x - e))) / h"),),
        "The two points are 2h apart, and the difference is divided by h.",
    ),
    (
        "not-divided",
        ((SET, "dx[index] = np.sum(dy * (f(x + e) - f(x - e)))"),),
        "The difference is not divided by the distance of the two points.",
    ),
    (
        "half-a-step",
        ((SET, "dx[index] = np.sum(dy * (f(x + e / 2) - f(x - e / 2))) / h"),),
        "The points are h/2 away on either side; they should be h away.",
    ),
    (
        "multiplied-by-h",
        ((SET, "dx[index] = np.sum(dy * (f(x + e) - f(x - e))) / 2 * h"),),
        "The difference is multiplied by h: a bracket is missing around 2h.",
    ),
    (
        "sign",
        ((SET, "dx[index] = np.sum(dy * (f(x - e) - f(x + e))) / (2 * h)"),),
        "The sign is wrong: the two points are exchanged.",
    ),
    (
        "sum-in-place-of-difference",
        ((SET, "dx[index] = np.sum(dy * (f(x + e) + f(x - e))) / (2 * h)"),),
        "The two values are added where they are subtracted.",
    ),
    (
        "upstream-ignored",
        ((SET, "dx[index] = np.sum(f(x + e) - f(x - e)) / (2 * h)"),),
        "dy has no part in the result: this is the gradient of the sum of the outputs.",
    ),
    (
        "upstream-of-the-same-place",
        ((SET, "d = dy * (f(x + e) - f(x - e))\n        dx[index] = np.ravel(d)[0] / (2 * h)"),),
        "Only the first output counts. An entry of x may move all of them: add them up.",
    ),
    (
        "mean-over-outputs",
        ((SET, "dx[index] = np.mean(dy * (f(x + e) - f(x - e))) / (2 * h)"),),
        "The outputs are averaged; their contributions add up.",
    ),
    (
        "step-ignored",
        ((STEP, "e[index] = h = 1e-5"),),
        "The argument h is not used: the step is always the same.",
    ),
    (
        "step-relative-to-x",
        ((STEP, "e[index] = h = h * max(1.0, abs(float(x[index])))"),),
        "The step grows with the entry of x; it is h for every entry.",
    ),
    (
        "step-halved-each-time",
        ((STEP, "e[index] = h\n        h = h / 2"),),
        "The step shrinks from entry to entry.",
    ),
    (
        "more-than-two-points",
        (
            (
                SET,
                "near, far = f(x + e) - f(x - e), f(x + 2 * e) - f(x - 2 * e)\n"
                "        dx[index] = np.sum(dy * (8 * near - far)) / (12 * h)",
            ),
        ),
        "Four points are used. That is more accurate, and not the central difference: with h = "
        "0.1 on a cubic its error is asked for.",
    ),
    (
        "all-entries-at-once",
        ((STEP, "e[...] = h"),),
        "All entries of x are moved together. Move one at a time.",
    ),
    (
        "whole-rows-at-once",
        ((STEP, "e[index[:1]] = h"),),
        "Whole rows of x are moved together. Move one entry at a time.",
    ),
    (
        "first-row-only",
        ((LOOP, "for index in np.ndindex(*x.shape[:-1], min(x.shape[-1:], default=0) and 1):"),),
        "Only the first entry of each row is differentiated, or nothing at all.",
    ),
    (
        "last-entry-missing",
        ((LOOP, "for index in list(np.ndindex(x.shape))[:-1]:"),),
        "The last entry of x is left out.",
    ),
    (
        "flattened",
        ((SET, f"{SET}\n    dx = dx.ravel()"),),
        "The result is flattened; it has the shape of x.",
    ),
    (
        "view-that-is-a-copy",
        (
            (
                ZEROS,
                "x = x.astype(np.float64)\n"
                "    flat = x.reshape(-1) if x.flags.c_contiguous else x.flatten()\n"
                "    dx = np.zeros(x.size)\n"
                "    for k in range(x.size):\n"
                "        old, d = flat[k], []\n"
                "        for step in (h, -h):\n"
                "            flat[k] = old + step\n"
                "            d.append(np.copy(f(x)))\n"
                "        flat[k] = old\n"
                "        dx[k] = np.sum(dy * (d[0] - d[1])) / (2 * h)\n"
                "    return dx.reshape(x.shape)",
            ),
        ),
        "It is 0 for an x that is not contiguous in C order: flattening made a copy there, and "
        "the entries that were moved were those of the copy.",
    ),
    (
        "integers-truncated",
        (
            (
                SET,
                SET.replace("x + e", "x + e.astype(x.dtype)").replace(
                    "x - e", "x - e.astype(x.dtype)"
                ),
            ),
        ),
        "For an x of integers the step is rounded to 0. Turn x into float64 first.",
    ),
    (
        "x-not-restored",
        ((SET, f"{SET}\n        x[index] += 1"),),
        "x is not what it was when the function returns. Restore every entry, or work on copies.",
    ),
    (
        "x-left-moved",
        (
            (
                SET,
                "x[...] = x + e\n        up = f(x * 1.0)\n        x[...] = x - 2 * e\n"
                "        dx[index] = np.sum(dy * (up - f(x * 1.0))) / (2 * h)",
            ),
        ),
        "Every entry stays where the second point was: x is not restored, and later entries are "
        "differentiated at another place.",
    ),
    (
        "single-precision-input",
        ((SET, SET.replace("f(x + e)", 'f((x + e).astype("float32"))')),),
        "f is given float32. The difference of two nearly equal numbers loses most of its seven "
        "digits.",
    ),
    (
        "single-precision-result",
        ((ZEROS, 'dx = np.zeros(x.shape, "float32")'),),
        "The result is float32; half of its digits are lost.",
    ),
    (
        "dtype-of-x",
        ((ZEROS, "dx = np.zeros_like(x)"),),
        "For an x of integers the gradient is rounded to integers too: `zeros_like` takes the "
        "dtype of x.",
    ),
    (
        "absolute-value",
        ((SET, SET.replace("np.sum(", "abs(np.sum(").replace("))) /", ")))) /")),),
        "The gradient has lost its sign.",
    ),
)

MISTAKES: tuple[Mistake, ...] = catalogue("numerical_gradient", ((*row, CHECKING) for row in ROWS))
