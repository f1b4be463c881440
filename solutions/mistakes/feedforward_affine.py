"""Mistakes in `affine_forward` and `affine_backward`."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.feedforward_sections import AFFINE, BACKPROPAGATION, SHAPES

Y = "y = x.reshape(len(x), -1) @ W + b"
ROWS = "x.reshape(len(x), -1)"
DX = "dx = (dy @ W.T).reshape(x.shape)"
DW = "dW = x.reshape(len(x), -1).T @ dy"
DB = "db = dy.sum(axis=0)"
RETURN = "return dx, dW, db"

FORWARD = (
    ("bias-missing", f"y = {ROWS} @ W", "The bias is not added: y(0) should be b.", AFFINE),
    ("bias-subtracted", f"y = {ROWS} @ W - b", "The bias is subtracted.", AFFINE),
    ("bias-twice", f"y = {ROWS} @ W + 2 * b", "The bias is added twice.", AFFINE),
    (
        "bias-of-the-first-output",
        f"y = {ROWS} @ W + b[0]",
        "All outputs get the bias of the first.",
        SHAPES,
    ),
    (
        "bias-averaged",
        f"y = {ROWS} @ W + b / len(x)",
        "The bias is divided by the number of samples.",
        AFFINE,
    ),
    (
        "weights-transposed",
        f"y = {ROWS} @ W.T + b",
        "The product is taken with Wᵀ. The course stores W as (inputs, outputs), so that it is "
        "x @ W.",
        AFFINE,
    ),
    (
        "fortran-order",
        'y = x.reshape(len(x), -1, order="F") @ W + b',
        "The axes of a sample are laid out with the first axis fastest. In C order the last axis "
        "is.",
        SHAPES,
    ),
    (
        "batch-cut-wrongly",
        "y = x.reshape(-1, len(x)).T @ W + b",
        "The numbers of one sample come from several: the batch is the first axis, and "
        "reshape(-1, N) cuts it to pieces.",
        SHAPES,
    ),
    (
        "only-the-last-axis",
        "y = x @ W + b",
        "Only the last axis of a sample meets the weights. All its axes together have D numbers.",
        SHAPES,
    ),
    (
        "rectified",
        f"y = np.maximum({ROWS} @ W + b, 0)",
        "Negative outputs are set to 0: the activation is a layer of its own.",
        AFFINE,
    ),
    (
        "squashed",
        f"y = np.tanh({ROWS} @ W + b)",
        "The outputs are squashed by a tanh: the activation is a layer of its own.",
        AFFINE,
    ),
    (
        "mean-over-the-inputs",
        f"y = {ROWS} @ W / len(W) + b",
        "The product is divided by the number of inputs: it is a sum.",
        AFFINE,
    ),
    (
        "elementwise-product",
        f"y = ({ROWS} * W.sum(axis=1)).sum(axis=1, keepdims=True) + b",
        "All outputs get the same sum: the columns of W are added up.",
        AFFINE,
    ),
    ("result-transposed", f"y = ({ROWS} @ W + b).T", "The result is transposed.", SHAPES),
    (
        "flattened",
        f"y = ({ROWS} @ W + b).squeeze()",
        "Axes of length 1 are dropped from the result: its shape is (N, M) for every N and M.",
        SHAPES,
    ),
    (
        "bias-changed-in-place",
        f"b += ({ROWS} @ W)[-1] * 0 + 1\n    y = {ROWS} @ W + b",
        "The array b that was passed in is changed.",
        AFFINE,
    ),
    (
        "x-changed-in-place",
        "x.shape = (len(x), W.shape[0])\n    y = x @ W + b",
        "The array x that was passed in gets another shape. `reshape` gives a new array and "
        "leaves x alone.",
        SHAPES,
    ),
    (
        "single-precision",
        f'y = ({ROWS}.astype("float32") @ W.astype("float32") + b).astype("float32")',
        "It is computed in float32 and loses half the digits of its float64 inputs.",
        AFFINE,
    ),
)

BACKWARD = (
    ("db-mean", (DB, "db = dy.mean(axis=0)"), "db is a mean over the batch; it is a sum."),
    ("dw-mean", (DW, f"{DW} / len(x)"), "dW is a mean over the batch; it is a sum."),
    (
        "all-divided-by-n",
        (RETURN, "N = len(x)\n    return dx / N, dW / N, db / N"),
        "All three gradients are divided by N. The loss has done that, if it is a mean.",
    ),
    (
        "weights-divided-by-n",
        (RETURN, "return dx, dW / len(x), db / len(x)"),
        "dW and db are divided by N. The loss has done that, if it is a mean.",
    ),
    (
        "db-not-summed",
        (DB, "db = dy + 0"),
        "db has a row for each sample. The bias is one and the same for all: add the rows up.",
    ),
    (
        "db-with-an-extra-axis",
        (DB, "db = dy.sum(axis=0, keepdims=True)"),
        "db has the shape (1, M); a gradient has the shape of what it belongs to, (M,).",
    ),
    ("db-over-the-outputs", (DB, "db = dy.sum(axis=1)"), "db is summed over the outputs."),
    ("db-a-number", (DB, "db = dy.sum()"), "db is one number; each output has its own bias."),
    ("db-missing", (DB, "db = 0 * dy[0]"), "db is 0: the bias learns nothing."),
    ("db-of-one-sample", (DB, "db = dy[-1] + 0"), "db is the row of the last sample alone."),
    (
        "dw-of-one-sample",
        (DW, "dW = np.outer(x[-1], dy[-1])"),
        "dW comes from the last sample alone; the samples share W, and their gradients add up.",
    ),
    (
        "dw-transposed",
        (DW, "dW = dy.T @ x.reshape(len(x), -1)"),
        "dW is transposed: it has the shape of W, (D, M).",
    ),
    (
        "dw-in-fortran-order",
        (DW, 'dW = x.reshape(len(x), -1, order="F").T @ dy'),
        "The rows of dW are in the wrong order: x has to be flattened as in the forward pass.",
    ),
    (
        "dw-without-upstream",
        (DW, "dW = x.reshape(len(x), -1).T @ np.ones(dy.shape)"),
        "dW is what it would be if dy were all ones.",
    ),
    (
        "dx-without-transpose",
        (DX, "dx = (dy @ W).reshape(x.shape)"),
        "dx is made with W where Wᵀ is wanted.",
    ),
    (
        "dx-not-reshaped",
        (DX, "dx = dy @ W.T"),
        "dx has the shape (N, D); it has the shape of x, all its axes.",
    ),
    (
        "dx-in-fortran-order",
        (DX, 'dx = (dy @ W.T).reshape(x.shape, order="F")'),
        "The entries of dx are in the wrong places: x was flattened in C order.",
    ),
    ("dx-zero", (DX, "dx = np.zeros(x.shape)"), "dx is 0: no earlier layer would learn."),
    (
        "dx-divided-by-n",
        (DX, f"{DX} / len(x)"),
        "dx is divided by N. The loss has done that, if it is a mean.",
    ),
    (
        "dx-without-upstream",
        (DX, "dx = (np.ones(dy.shape) @ W.T).reshape(x.shape)"),
        "dx is what it would be if dy were all ones.",
    ),
    ("sign", (RETURN, "return -dx, -dW, -db"), "All signs are wrong: a step down comes later."),
    (
        "exchanged-order",
        (RETURN, "return dW, dx, db"),
        "dx and dW are returned in exchanged order.",
    ),
    (
        "weights-first",
        (RETURN, "return dW, db, dx"),
        "The order of the results is dx, dW, db.",
    ),
    (
        "weights-updated",
        (RETURN, "W -= 0.1 * dW\n    return dx, dW, db"),
        "The first call is right, and a second call with the same cache is not: W is changed. An "
        "optimiser takes the step, later.",
    ),
    (
        "dy-changed-in-place",
        (RETURN, "dy /= len(x)\n    return dx, dW, db"),
        "The values are right, but the array dy that was passed in is overwritten.",
    ),
    (
        "cache-of-an-earlier-call",
        (
            "x, W = cache",
            "key = str((cache[0].shape, dy.shape))\n"
            "    x, W = affine_backward.__dict__.setdefault(key, cache)",
        ),
        "The gradients belong to an earlier call of the same sizes: something is remembered "
        "between calls. Everything that a backward pass needs is in its own cache.",
    ),
    (
        "half-precision",
        (RETURN, 'return dx, dW.astype("float16"), db.astype("float16")'),
        "dW and db are float16 and have lost all but three of their digits.",
    ),
)

MISTAKES: tuple[Mistake, ...] = (
    *catalogue(
        "affine_forward", ((name, ((Y, new),), says, read) for name, new, says, read in FORWARD)
    ),
    *catalogue(
        "affine_backward",
        ((name, (edit,), says, BACKPROPAGATION) for name, edit, says in BACKWARD),
    ),
)
