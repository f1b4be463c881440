"""Mistakes in `sequence_cross_entropy`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.recurrent_sections import LOSS

VALID = "valid = mask.astype(np.float64)"
TOTAL = "total = max(valid.sum(), 1.0)"
SHIFT = "shifted = z - z.max(axis=2, keepdims=True)"
LOG_P = "log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))"
LOSSES = "losses = -np.take_along_axis(log_p, y[..., None], axis=2)[..., 0]"
MEAN = "loss = float((valid * losses).sum() / total)"
ONE_HOT = "one_hot = np.arange(z.shape[2]) == y[..., None]"
DZ = "dz = (np.exp(log_p) - one_hot) * valid[..., None] / total"


def total(new: str) -> Edits:
    """What the sums are divided by replaced."""
    return ((TOTAL, f"total = {new}"),)


def slope(new: str) -> Edits:
    """The gradient replaced."""
    return ((DZ, f"dz = {new} / total"),)


MASKS = (
    (
        "padding-counted",
        ((VALID, "valid = np.ones(y.shape)"),),
        "The mask changes nothing: padding counts like words.",
    ),
    (
        "mean-over-padding-too",
        total("valid.size"),
        "The sum is right and divided by N·T, padding included. It is divided by the number of "
        "valid places.",
    ),
    (
        "mask-not-in-the-gradient",
        slope("(np.exp(log_p) - one_hot)"),
        "The loss heeds the mask and the gradient does not: dz is not 0 at padding.",
    ),
    (
        "mask-not-in-the-loss",
        ((MEAN, "loss = float(losses.sum() / total)"),),
        "The gradient heeds the mask and the loss does not.",
    ),
    (
        "mask-inverted",
        ((VALID, "valid = 1.0 - mask.astype(np.float64)"),),
        "The mask is the wrong way round: 1 is for places that count.",
    ),
    (
        "logits-masked",
        (
            (SHIFT, f"z = z * valid[..., None]\n    {SHIFT}"),
            (MEAN, "loss = float(losses.sum() / total)"),
            *slope("(np.exp(log_p) - one_hot)"),
        ),
        "The logits at padding are set to 0; padding still counts, as a guess among V words.",
    ),
    (
        "mask-of-bool-fails",
        ((VALID, "valid = -(-mask)"),),
        "It fails for a mask of bool. Turn it into numbers first.",
    ),
    (
        "cut-at-the-first-gap",
        ((VALID, "valid = np.cumprod(mask.astype(np.float64), axis=1)"),),
        "Everything after the first masked place of a sequence is left out. The mask may have "
        "holes.",
    ),
    (
        "word-zero-taken-for-padding",
        ((VALID, "valid = mask.astype(np.float64) * (y != 0)"),),
        "Places where the word is 0 are left out. What counts is said by the mask alone.",
    ),
)

MEANS = (
    (
        "mean-of-means",
        (
            (TOTAL, "total = np.maximum(valid.sum(axis=1, keepdims=True), 1.0) * len(z)"),
            (MEAN, "loss = float((valid * losses / total).sum())"),
            (DZ, DZ.replace("/ total", "/ total[..., None]")),
        ),
        "The loss is the mean of the means of the sequences, so that words of short ones weigh "
        "more. All valid places of the batch weigh alike.",
    ),
    (
        "sum-for-mean",
        total("1.0"),
        "Loss and gradient are sums; they are divided by the number of valid places.",
    ),
    (
        "divided-by-the-sequences",
        total("len(z)"),
        "The sum is divided by the number of sequences; it is the number of valid places.",
    ),
    (
        "divided-by-the-steps",
        total("z.shape[1]"),
        "The sum is divided by the number of steps; it is the number of valid places.",
    ),
    (
        "divided-by-the-words-of-the-table",
        total("max(valid.sum(), 1.0) * z.shape[2]"),
        "The mean is taken over all logits; it is taken over places.",
    ),
    (
        "gradient-not-divided",
        ((DZ, DZ.replace(" / total", "")),),
        "The loss is a mean and its gradient is not: the factor one over the number of valid "
        "places is missing in dz.",
    ),
    (
        "gradient-divided-twice",
        ((DZ, DZ.replace("/ total", "/ total**2")),),
        "dz is divided by the number of valid places twice.",
    ),
    (
        "loss-not-divided",
        ((MEAN, "loss = float((valid * losses).sum())"),),
        "The gradient is that of a mean, and the loss is a sum.",
    ),
)

VALUES = (
    (
        "softmax-without-shift",
        ((SHIFT, "shifted = z"),),
        "It is nan or infinite for logits of 1000: exponentials overflow. The softmax does not "
        "change when all logits of a place are shifted; use that.",
    ),
    (
        "shift-of-the-whole-batch",
        ((SHIFT, "shifted = z - z.max()"),),
        "One maximum is taken for the whole batch, so that places far below it are lost. Each "
        "place has its own maximum.",
    ),
    (
        "log-of-a-rounded-softmax",
        (
            (
                LOG_P,
                "e = np.exp(shifted)\n    log_p = np.log(e / e.sum(axis=2, keepdims=True))",
            ),
        ),
        "The loss is infinite where a probability is rounded to 0: the logarithm is taken of the "
        "softmax. Take the logarithm on paper first.",
    ),
    (
        "small-number-in-the-logarithm",
        (
            (
                LOG_P,
                "e = np.exp(shifted)\n    log_p = np.log(e / e.sum(axis=2, keepdims=True) + 1e-7)",
            ),
        ),
        "A small number is added inside the logarithm. It hides log 0, and makes all values a "
        "little wrong and those of confident mistakes very wrong.",
    ),
    (
        "logits-clipped",
        ((SHIFT, "shifted = np.clip(z, -30, 30)"),),
        "Large logits are clipped, which gives finite and wrong numbers.",
    ),
    (
        "softmax-over-time",
        ((SHIFT, SHIFT.replace("axis=2", "axis=1")), (LOG_P, LOG_P.replace("axis=2", "axis=1"))),
        "The softmax is taken along time. The words are along the last axis.",
    ),
    (
        "softmax-over-the-batch",
        ((SHIFT, SHIFT.replace("axis=2", "axis=0")), (LOG_P, LOG_P.replace("axis=2", "axis=0"))),
        "The softmax is taken along the batch. The words are along the last axis.",
    ),
    (
        "softmax-over-everything",
        ((LOG_P, "log_p = shifted - np.log(np.exp(shifted).sum())"),),
        "The exponentials of the whole batch are added up. Each place has its own sum.",
    ),
    (
        "softmax-twice",
        (
            (
                SHIFT,
                "e = np.exp(z - z.max(axis=2, keepdims=True))\n"
                "    z = e / e.sum(axis=2, keepdims=True)\n"
                f"    {SHIFT}",
            ),
        ),
        "The softmax is taken twice, so that no word can be told apart well.",
    ),
    (
        "sign-of-the-loss",
        ((LOSSES, LOSSES.replace("= -np", "= np")),),
        "The loss is negative.",
    ),
    (
        "log-base-two",
        ((MEAN, "loss = float((valid * losses).sum() / total / np.log(2))"),),
        "The loss is in bits: a logarithm to the base 2. The natural logarithm is meant.",
    ),
    (
        "perplexity-for-loss",
        ((MEAN, "loss = float(np.exp((valid * losses).sum() / total))"),),
        "The loss is the perplexity, its exponential.",
    ),
    (
        "words-shifted-inside",
        ((LOSSES, f"y = np.roll(y, -1, axis=1)\n    {LOSSES}"),),
        "The words are shifted by one step inside. They are the right ones already; whoever "
        "calls has shifted them.",
    ),
    (
        "axes-of-the-words-exchanged",
        ((LOSSES, f"y = y.reshape(y.shape[::-1]).T\n    {LOSSES}"),),
        "The words are read time first. In the course the batch comes first.",
    ),
    (
        "last-step-alone",
        ((VALID, f"{VALID}\n    valid = valid * (np.arange(z.shape[1]) == z.shape[1] - 1)"),),
        "Only the last step counts; every valid one does.",
    ),
)

GRADIENTS = (
    (
        "label-not-subtracted",
        slope("np.exp(log_p) * valid[..., None]"),
        "dz is the softmax alone. At each place dz should add up to 0: something is missing at "
        "the word that is right.",
    ),
    (
        "label-added",
        slope("(np.exp(log_p) + one_hot) * valid[..., None]"),
        "At the word that is right 1 is added where it is subtracted.",
    ),
    (
        "gradient-sign",
        slope("(one_hot - np.exp(log_p)) * valid[..., None]"),
        "The sign of dz is wrong: it points downhill.",
    ),
    (
        "gradient-at-the-label-alone",
        slope("(np.exp(log_p) - 1) * one_hot * valid[..., None]"),
        "Only the logit of the right word has a gradient; all logits of a place do.",
    ),
    (
        "predicted-word-for-label",
        ((ONE_HOT, "one_hot = np.arange(z.shape[2]) == z.argmax(axis=2)[..., None]"),),
        "1 is subtracted at the largest logit in place of the right word, so that the model is "
        "told that it is always right.",
    ),
    (
        "derivative-of-softmax-again",
        slope("(np.exp(log_p) - one_hot) * np.exp(log_p) * (1 - np.exp(log_p)) * valid[..., None]"),
        "The derivative p (1 − p) is multiplied in once more. It cancels in softmax and "
        "cross-entropy together.",
    ),
    (
        "probabilities-for-gradient",
        ((DZ, "dz = np.exp(log_p)"),),
        "The second result is the softmax; the gradient dz is wanted.",
    ),
    (
        "logits-changed-in-place",
        ((SHIFT, "z -= z.max(axis=2, keepdims=True)\n    shifted = z"),),
        "The values are right, but the array z that was passed in is overwritten. Make a new one.",
    ),
    (
        "single-precision",
        ((SHIFT, f'z = z.astype("float32")\n    {SHIFT}'),),
        "It is computed in float32 and loses half the digits of its float64 inputs.",
    ),
)

MISTAKES: tuple[Mistake, ...] = catalogue(
    "sequence_cross_entropy", ((*row, LOSS) for row in (*MASKS, *MEANS, *VALUES, *GRADIENTS))
)
