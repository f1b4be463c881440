"""Mistakes in `softmax_cross_entropy`."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.feedforward_sections import BACKPROPAGATION, LOSS

SHIFT = "shifted = z - z.max(axis=1, keepdims=True)"
LOG_P = "log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))"
COUNTS = "counts = np.ones(len(z)) if mask is None else mask.astype(np.float64)"
LOSSES = "losses = -counts * log_p[rows, y]"
SOFTMAX = "dz = np.exp(log_p)"
LABEL = "dz[rows, y] -= 1"
MASKED = "dz *= counts[:, None]"
NONE = "return losses, dz"
DIVISOR = 'divisor = max(counts.sum(), 1.0) if reduction == "mean" else 1.0'
TOTAL = "loss: float = losses.sum() / divisor"
RETURN = "return loss, dz / divisor"
REFUSE = (
    'if reduction not in ("mean", "sum", "none"):\n'
    """        raise ValueError(f'reduction is "mean", "sum" or "none", not {reduction!r}')\n"""
)

STABILITY = (
    (
        "softmax-without-shift",
        ((SHIFT, "shifted = z"),),
        "It is nan or infinite for logits of 1000: exponentials overflow. The softmax does not "
        "change when a row of logits is shifted as a whole; use that.",
        LOSS,
    ),
    (
        "log-of-a-rounded-softmax",
        (
            (
                LOG_P,
                "e = np.exp(shifted)\n    log_p = np.log(e / e.sum(axis=1, keepdims=True))",
            ),
        ),
        "The loss is infinite where a probability is rounded to 0: the logarithm is taken of the "
        "softmax. Take the logarithm on paper first.",
        LOSS,
    ),
    (
        "small-number-in-the-logarithm",
        (
            (
                LOG_P,
                "e = np.exp(shifted)\n    log_p = np.log(e / e.sum(axis=1, keepdims=True) + 1e-8)",
            ),
        ),
        "A small number is added inside the logarithm. It hides log 0, and makes all values a "
        "little wrong and those of confident mistakes very wrong.",
        LOSS,
    ),
    (
        "shift-of-the-whole-batch",
        ((SHIFT, "shifted = z - z.max()"),),
        "One maximum is taken for the whole batch, so that rows far below it are lost: their "
        "exponentials are all 0. Each row has its own maximum.",
        LOSS,
    ),
    (
        "logits-clipped",
        ((SHIFT, "shifted = np.clip(z, -30, 30)"),),
        "Large logits are clipped, which gives finite and wrong numbers.",
        LOSS,
    ),
)

SOFTMAXES = (
    (
        "softmax-on-the-wrong-axis",
        (
            (LOG_P, LOG_P.replace("axis=1", "axis=0")),
            (SHIFT, SHIFT.replace("axis=1", "axis=0")),
        ),
        "The softmax adds up to 1 down each column. Classes are along the rows: axis 1.",
        LOSS,
    ),
    (
        "softmax-over-everything",
        ((LOG_P, "log_p = shifted - np.log(np.exp(shifted).sum())"),),
        "The exponentials of the whole batch are added up. Each row has its own sum.",
        LOSS,
    ),
    (
        "softmax-twice",
        (
            (
                SHIFT,
                "e = np.exp(z - z.max(axis=1, keepdims=True))\n"
                "    z = e / e.sum(axis=1, keepdims=True)\n"
                f"    {SHIFT}",
            ),
        ),
        "The softmax is taken twice. The loss can then not fall below log(1 + (C − 1)/e), and "
        "learning is slow.",
        LOSS,
    ),
    (
        "softmin",
        ((SHIFT, "shifted = z.min(axis=1, keepdims=True) - z"),),
        "The largest logit gets the smallest probability: a sign is wrong in the exponent.",
        LOSS,
    ),
    (
        "log-base-two",
        ((LOSSES, f"{LOSSES} / np.log(2)"),),
        "The loss is in bits: a logarithm to the base 2. The natural logarithm is meant.",
        LOSS,
    ),
    (
        "sigmoid-cross-entropy",
        (
            (LOG_P, "log_p = -np.logaddexp(0, -z)"),
            (SHIFT, "shifted = z"),
        ),
        "Each class has a sigmoid of its own, so that the probabilities of a row do not add up "
        "to 1.",
        LOSS,
    ),
)

VALUES = (
    ("sign-of-the-loss", ((LOSSES, "losses = counts * log_p[rows, y]"),), "The loss is negative."),
    (
        "all-classes-in-the-loss",
        ((LOSSES, "losses = -counts * log_p.mean(axis=1)"),),
        "The loss takes all classes; only the probability of the label counts.",
    ),
    (
        "probability-without-logarithm",
        ((LOSSES, "losses = counts * (1 - np.exp(log_p[rows, y]))"),),
        "The loss is one minus the probability of the label; the logarithm is missing.",
    ),
    (
        "label-of-the-first-row",
        ((LOSSES, "losses = -counts * log_p[rows, y[0]]"),),
        "Every row is measured at the label of the first.",
    ),
    (
        "logit-for-probability",
        ((LOSSES, "losses = -counts * z[rows, y]"),),
        "The loss is the logit of the label; it wants the logarithm of the softmax.",
    ),
)

GRADIENTS = (
    (
        "label-not-subtracted",
        ((LABEL, "rows = rows + 0"),),
        "dz is the softmax alone. The rows of dz should add up to 0: something is missing at the "
        "label.",
    ),
    (
        "label-added",
        ((LABEL, "dz[rows, y] += 1"),),
        "At the label 1 is added where it is subtracted.",
    ),
    (
        "subtracted-everywhere",
        ((LABEL, "dz -= 1"),),
        "1 is subtracted in every column; only that of the label is meant.",
    ),
    (
        "subtracted-in-whole-columns",
        ((LABEL, "dz[:, y] -= 1"),),
        "1 is subtracted in whole columns: the index says every row and every label, where row n "
        "has label n alone.",
    ),
    (
        "index-exchanged",
        ((LABEL, "dz[y % len(z), rows % z.shape[1]] -= 1"),),
        "Row and column of the label are exchanged.",
    ),
    (
        "predicted-class-for-label",
        ((LABEL, "dz[rows, z.argmax(axis=1)] -= 1"),),
        "1 is subtracted at the largest logit in place of the label, so that the network is told "
        "that it is always right.",
    ),
    (
        "gradient-sign",
        ((SOFTMAX, "dz = -np.exp(log_p)"), (LABEL, "dz[rows, y] += 1")),
        "The sign of dz is wrong: it points downhill.",
    ),
    (
        "gradient-at-the-label-alone",
        ((SOFTMAX, "dz = np.exp(log_p) * (np.arange(z.shape[1]) == y[:, None])"),),
        "Only the entry of the label has a gradient; all logits of a row do.",
    ),
    (
        "derivative-of-softmax-again",
        ((MASKED, "dz *= counts[:, None] * np.exp(log_p) * (1 - np.exp(log_p))"),),
        "The derivative p (1 − p) is multiplied in once more. It cancels in softmax and "
        "cross-entropy together.",
    ),
)

SCALES = (
    (
        "mean-in-place-of-sum",
        ((DIVISOR, "divisor = max(counts.sum(), 1.0)"),),
        'The reduction "sum" divides too. The ratio is the number of rows.',
    ),
    (
        "sum-in-place-of-mean",
        ((DIVISOR, "divisor = 1.0"),),
        'The reduction "mean" does not divide. The ratio is the number of rows.',
    ),
    (
        "gradient-not-divided",
        ((RETURN, "return loss, dz"),),
        "The loss is a mean and its gradient is not: the factor 1/N is missing in dz.",
    ),
    (
        "gradient-divided-twice",
        ((RETURN, "return loss, dz / divisor**2"),),
        "dz is divided by N twice.",
    ),
    (
        "gradient-divided-by-the-classes",
        ((RETURN, "return loss, dz / divisor / z.shape[1]"),),
        "dz is divided by the number of classes too.",
    ),
    (
        "divided-by-everything",
        ((DIVISOR, DIVISOR.replace("counts.sum(), 1.0)", "counts.sum(), 1.0) * z.shape[1]")),),
        "The mean is taken over all entries of z. It is a mean over rows.",
    ),
    (
        "gradient-divided-with-none",
        ((NONE, "return losses, dz / len(z)"),),
        'With the reduction "none" dz is divided by N; it is the gradient of the sum.',
    ),
    (
        "loss-summed-with-none",
        ((NONE, "return losses.sum(), dz"),),
        'With the reduction "none" the losses are added up; one a row is wanted.',
    ),
    (
        "loss-a-column",
        ((NONE, "return losses[:, None], dz"),),
        'With the reduction "none" the losses have the shape (N, 1) in place of (N,).',
    ),
    (
        "unknown-reduction-taken",
        ((REFUSE, "if False:\n        pass\n"),),
        "A reduction that there is not is taken without a word. Raise a ValueError.",
    ),
)

MASKS = (
    (
        "mask-ignored",
        ((COUNTS, "counts = np.ones(len(z))"),),
        "The mask changes nothing: masked rows count in loss and gradient.",
    ),
    (
        "mask-not-in-the-divisor",
        ((DIVISOR, 'divisor = len(z) if reduction == "mean" else 1.0'),),
        "The mean divides by N, masked rows included. It divides by the rows that count.",
    ),
    (
        "mask-not-in-the-gradient",
        ((MASKED, "dz *= 1"),),
        "The loss heeds the mask and the gradient does not: masked rows of dz are not 0.",
    ),
    (
        "mask-not-in-the-loss",
        ((LOSSES, "losses = -log_p[rows, y]"),),
        "The gradient heeds the mask and the loss does not.",
    ),
    (
        "mask-inverted",
        ((COUNTS, "counts = np.ones(len(z)) if mask is None else 1.0 - mask"),),
        "The mask is the wrong way round: 1 is for rows that count.",
    ),
    (
        "mask-times-logits",
        (
            (SHIFT, f"z = z * counts[:, None]\n    {SHIFT}"),
            (LOSSES, "losses = -log_p[rows, y]"),
            (MASKED, "dz *= 1"),
        ),
        "The logits of masked rows are set to 0; they still count, as a guess among C classes.",
    ),
    (
        "mask-of-bool-fails",
        ((COUNTS, "counts = np.ones(len(z)) if mask is None else -(-mask)"),),
        "It fails for a mask of bool. Turn it into numbers first.",
    ),
    (
        "masked-rows-dropped",
        ((NONE, "return losses[counts > 0], dz"),),
        'With the reduction "none" masked rows are left out; they have the loss 0.',
    ),
)

MEMORY = (
    (
        "logits-changed-in-place",
        ((SHIFT, "z -= z.max(axis=1, keepdims=True)\n    shifted = z"),),
        "The values are right, but the array z that was passed in is overwritten. Make a new one.",
    ),
    (
        "single-precision",
        ((SHIFT, f'z = z.astype("float32")\n    {SHIFT}'),),
        "It is computed in float32 and loses half the digits of its float64 inputs.",
    ),
    (
        "probabilities-for-gradient",
        ((RETURN, "return loss, np.exp(log_p)"), (NONE, "return losses, np.exp(log_p)")),
        "The second result is the softmax; the gradient dz is wanted.",
    ),
)

MISTAKES: tuple[Mistake, ...] = (
    *catalogue("softmax_cross_entropy", (*STABILITY, *SOFTMAXES)),
    *catalogue("softmax_cross_entropy", ((*row, LOSS) for row in (*VALUES, *SCALES, *MASKS))),
    *catalogue("softmax_cross_entropy", ((*row, BACKPROPAGATION) for row in GRADIENTS)),
    *catalogue("softmax_cross_entropy", ((*row, LOSS) for row in MEMORY)),
)
