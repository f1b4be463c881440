"""Mistakes in `sigmoid` and in the rectifier and the tanh, forward and backward."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.feedforward_sections import ACTIVATIONS, BACKPROPAGATION, SHAPES

SIGMOID = "return 0.5 * (1 + np.tanh(0.5 * x))"
RELU = "y = np.maximum(x, 0)"
TANH = "y = np.tanh(x)"
DX = "dx: np.ndarray = "
STALE = (
    "The gradients belong to an earlier call of the same shape: something is remembered between "
    "calls. Everything that a backward pass needs is in its own cache."
)
PRECISION = (
    "It is computed in float32 and loses half the digits of its float64 input; look for a cast "
    "or for an array made with a dtype of its own."
)
OVERWRITTEN = (
    "The values are right, but the array x that was passed in is overwritten, and a caller still "
    "needs it. Make a new array."
)
DY_OVERWRITTEN = (
    "The values are right, but the array dy that was passed in is overwritten, and a caller "
    "still needs it. Make a new array."
)

SIGMOIDS = (
    (
        "nan-far-to-the-right",
        "return np.exp(x) / (1 + np.exp(x))",
        "At x = 1000 it is nan: the exponential of a large number overflows, and infinity over "
        "infinity is no number. Only exponentials of negative numbers are safe.",
        ACTIVATIONS,
    ),
    (
        "sign-of-the-exponent",
        "return 1 / (1 + np.exp(np.minimum(x, 700)))",
        "It falls where it should rise: the sign in the exponent is wrong.",
        ACTIVATIONS,
    ),
    (
        "tanh",
        "return np.tanh(x)",
        "This is the tanh, which goes from −1 to 1. The sigmoid goes from 0 to 1.",
        ACTIVATIONS,
    ),
    (
        "too-steep",
        "return 0.5 * (1 + np.tanh(x))",
        "It is twice too steep: with the help of tanh, the argument has to be halved.",
        ACTIVATIONS,
    ),
    (
        "hard-sigmoid",
        "return np.clip(0.2 * x + 0.5, 0, 1)",
        "This is three straight lines, the so-called hard sigmoid, and not the logistic function.",
        ACTIVATIONS,
    ),
    (
        "derivative",
        "return 0.25 / np.cosh(np.clip(0.5 * x, -300, 300)) ** 2",
        "This is the derivative of the sigmoid.",
        ACTIVATIONS,
    ),
    (
        "argument-clipped",
        "return 0.5 * (1 + np.tanh(np.clip(0.5 * x, -4, 4)))",
        "Arguments beyond ±8 are clipped, so that it never comes near 0 or 1. Choose a formula "
        "that is stable instead.",
        ACTIVATIONS,
    ),
    (
        "rounded",
        "return np.round(0.5 * (1 + np.tanh(0.5 * x)), 6)",
        "The result is rounded; every later step would carry that error on.",
        ACTIVATIONS,
    ),
    (
        "over-the-sum",
        "e = np.exp(x - np.max(x))\n    return e / e.sum()",
        "The entries add up to 1: this is a softmax. Each entry of a sigmoid is by itself.",
        ACTIVATIONS,
    ),
    (
        "shape-of-a-number-lost",
        "return 0.5 * (1 + np.tanh(0.5 * np.atleast_1d(x)))",
        "An x of shape () comes back with the shape (1,). The result has the shape of x.",
        SHAPES,
    ),
    (
        "flattened",
        "return 0.5 * (1 + np.tanh(0.5 * x.ravel()))",
        "The result is flattened. It has the shape of x.",
        SHAPES,
    ),
    (
        "changed-in-place",
        "x *= 0.5\n    return 0.5 * (1 + np.tanh(x))",
        OVERWRITTEN,
        SHAPES,
    ),
    (
        "single-precision",
        'return 0.5 * (1 + np.tanh(0.5 * x.astype("float32")))',
        PRECISION,
        ACTIVATIONS,
    ),
)

RELUS = (
    ("not-rectified", "y = x + 0.0", "Negative numbers pass as they are."),
    (
        "absolute-value",
        "y = np.abs(x)",
        "Negative numbers come out positive: this is the absolute value.",
    ),
    ("the-negative-part", "y = np.minimum(x, 0)", "The negative part is kept, not the positive."),
    (
        "leaky",
        "y = np.maximum(x, 0.01 * x)",
        "Negative numbers leak through, a hundredth of each: this is the leaky rectifier.",
    ),
    (
        "capped-at-six",
        "y = np.clip(x, 0, 6)",
        "Numbers above 6 are cut off, as in ReLU6. The rectifier has no upper bound.",
    ),
    ("mask-returned", "y = (x > 0) * 1.0", "The result is 1 where x is positive; it should be x."),
    (
        "softplus",
        "y = np.logaddexp(0, x)",
        "This is softplus, a smooth curve that is nowhere 0.",
    ),
    (
        "shrunk",
        "y = np.maximum(x - 0.1, 0)",
        "The threshold is not at 0: positive numbers come out smaller than they went in.",
    ),
    (
        "threshold-not-zero",
        "y = np.where(x > 0.1, x, 0)",
        "Small positive numbers are set to 0 as well: the threshold is at 0.",
    ),
    ("squared", "y = np.maximum(x, 0) ** 2", "The positive part is squared."),
    (
        "by-row",
        "y = x * (x.sum(-1, keepdims=True) > 0) if x.ndim else np.maximum(x, 0)",
        "Whole rows are kept or dropped. Each entry is judged by its own sign.",
    ),
    (
        "changed-in-place",
        "x[x < 0] = 0\n    y = x.copy()",
        OVERWRITTEN,
    ),
    ("single-precision", 'y = np.maximum(x, 0).astype("float32")', PRECISION),
)

RELUS_BACK = (
    (
        "mask-from-the-upstream-gradient",
        "dy * (dy > 0)",
        "The zeros follow the sign of dy. What decides is whether x was positive in the forward "
        "pass.",
    ),
    (
        "both-masks",
        "dy * cache * (dy > 0)",
        "Negative gradients are set to 0 too. Where x was positive, dy passes with either sign.",
    ),
    (
        "mask-missing",
        "dy + 0.0",
        "All of dy passes, also where x was negative. Perhaps the cache holds an x that was "
        "overwritten?",
    ),
    ("mask-inverted", "dy * ~cache", "The mask is the wrong way round."),
    (
        "mask-alone",
        "cache * 1.0",
        "The result is the derivative of the rectifier alone; dy has no part in it.",
    ),
    (
        "leaky",
        "dy * np.where(cache, 1, 0.01)",
        "A hundredth of the gradient leaks through where x was negative.",
    ),
    ("sign", "-dy * cache", "The sign is wrong."),
    (
        "mean-over-the-batch",
        "dy * cache / (len(dy) if dy.ndim else 1)",
        "The gradient is divided by the number of samples. Whether the loss is a mean is the "
        "affair of the loss.",
    ),
    (
        "first-row-for-all",
        "dy * (cache[:1] if dy.ndim > 1 else cache)",
        "Every sample gets the mask of the first.",
    ),
)

TANHS = (
    (
        "nan-far-from-zero",
        "y = (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))",
        "At ±1000 it is nan: exponentials of large numbers overflow. NumPy has a tanh that does "
        "not.",
    ),
    (
        "sigmoid",
        "y = 0.5 * (1 + np.tanh(0.5 * x))",
        "This is the sigmoid, from 0 to 1. The tanh goes from −1 to 1.",
    ),
    (
        "half-the-argument",
        "y = np.tanh(0.5 * x)",
        "It is half as steep as it should be: tanh(x) = 2σ(2x) − 1, with a 2 in both places.",
    ),
    ("arctan", "y = np.arctan(x)", "This is the inverse of the tangent, and not the tanh."),
    ("hard-tanh", "y = np.clip(x, -1, 1)", "This is a straight line between −1 and 1."),
    ("softsign", "y = x / (1 + np.abs(x))", "This is softsign, which is nearly flat only far out."),
    (
        "derivative",
        "y = 1 - np.tanh(x) ** 2",
        "This is the derivative of the tanh.",
    ),
    (
        "argument-clipped",
        "y = np.tanh(np.clip(x, -3, 3))",
        "Arguments beyond ±3 are clipped, so that it never comes near ±1.",
    ),
    ("rectified", "y = np.tanh(np.maximum(x, 0))", "Negative numbers come out as 0."),
    ("changed-in-place", "np.tanh(x, out=x)\n    y = x.copy()", OVERWRITTEN),
    ("single-precision", 'y = np.tanh(x.astype("float32"))', PRECISION),
)

TANHS_BACK = (
    (
        "square-missing",
        "dy * (1 - cache)",
        "The derivative of the tanh is 1 − y², not 1 − y.",
    ),
    (
        "derivative-of-the-sigmoid",
        "dy * cache * (1 - cache)",
        "This is the rule of the sigmoid, y (1 − y).",
    ),
    (
        "tanh-twice",
        "dy * (1 - np.tanh(cache) ** 2)",
        "The tanh is taken of y, which already is a tanh.",
    ),
    ("sign-of-the-square", "dy * (1 + cache**2)", "The square is added where it is subtracted."),
    (
        "bracket-squared",
        "dy * (1 - cache) ** 2",
        "The bracket is squared; only y in it is.",
    ),
    (
        "upstream-missing",
        "1 - cache**2 + 0 * dy",
        "The result is the derivative of the tanh alone; dy has no part in it.",
    ),
    (
        "derivative-missing",
        "dy + 0 * cache",
        "dy passes as it is: the derivative of the tanh is missing.",
    ),
    ("square-alone", "dy * cache**2", "dy is multiplied by y² in place of 1 − y²."),
    ("sign", "dy * (cache**2 - 1)", "The sign is wrong."),
    (
        "mean-over-the-batch",
        "dy * (1 - cache**2) / (len(dy) if dy.ndim else 1)",
        "The gradient is divided by the number of samples. Whether the loss is a mean is the "
        "affair of the loss.",
    ),
)

BACKWARD = {
    "relu_backward": ("dx: np.ndarray = dy * cache", RELUS_BACK, "dy *= cache"),
    "tanh_backward": ("dx: np.ndarray = dy * (1 - cache**2)", TANHS_BACK, "dy *= 1 - cache**2"),
}


def backward_mistakes(exercise: str) -> tuple[Mistake, ...]:
    """Wrong expressions, and what goes wrong with memory in either backward pass."""
    right, wrong, in_place = BACKWARD[exercise]
    remembered = f"cache = {exercise}.__dict__.setdefault(str(dy.shape), cache)\n    {right}"
    rows = [(name, ((right, DX + new),), says, BACKPROPAGATION) for name, new, says in wrong]
    rows += [
        (
            "dy-changed-in-place",
            ((right, f"{in_place}\n    {DX}dy.copy()"),),
            DY_OVERWRITTEN,
            BACKPROPAGATION,
        ),
        ("cache-of-an-earlier-call", ((right, remembered),), STALE, BACKPROPAGATION),
        (
            "cache-changed",
            ((right, f"{right}\n    cache[...] = 0"),),
            "The first call is right, and a second call with the same cache is not: the cache is "
            "overwritten.",
            BACKPROPAGATION,
        ),
        (
            "half-precision",
            ((right, f'{right}\n    dx = dx.astype("float16")'),),
            "The gradient is float16 and has lost all but three of its digits.",
            BACKPROPAGATION,
        ),
    ]
    return catalogue(exercise, rows)


MISTAKES: tuple[Mistake, ...] = (
    *catalogue(
        "sigmoid", ((name, ((SIGMOID, new),), says, read) for name, new, says, read in SIGMOIDS)
    ),
    *catalogue(
        "relu_forward", ((name, ((RELU, new),), says, ACTIVATIONS) for name, new, says in RELUS)
    ),
    *backward_mistakes("relu_backward"),
    *catalogue(
        "tanh_forward", ((name, ((TANH, new),), says, ACTIVATIONS) for name, new, says in TANHS)
    ),
    *backward_mistakes("tanh_backward"),
)
