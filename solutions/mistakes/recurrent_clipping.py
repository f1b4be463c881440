"""Mistakes in `clip_grad_norm`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.recurrent_sections import CLIPPING

NORM = "norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))"
SCALE = "scale = max_norm / norm if norm > max_norm else 1.0"
RETURN = "return [g * scale for g in grads], norm"


def norm(new: str) -> Edits:
    """The norm replaced."""
    return ((NORM, f"norm = float({new})"),)


def scale(new: str) -> Edits:
    """The scale replaced."""
    return ((SCALE, f"scale = {new}"),)


def returns(new: str) -> Edits:
    """The results replaced."""
    return ((RETURN, f"return {new}"),)


def each(length: str) -> str:
    """Each array clipped by a length of its own."""
    return f"[g * min(1.0, max_norm / max({length}, 1e-300)) for g in grads]"


NORMS = (
    (
        "root-missing",
        norm("sum(np.sum(g**2) for g in grads)"),
        "The norm is the sum of the squares: its root is missing.",
    ),
    (
        "norms-added",
        norm("sum(np.sqrt(np.sum(g**2)) for g in grads)"),
        "The norms of the arrays are added. Their squares add up, and the root comes last.",
    ),
    (
        "largest-of-the-norms",
        norm("max(np.sqrt(np.sum(g**2)) for g in grads)"),
        "The norm is that of the longest array. All arrays together are one vector.",
    ),
    (
        "norm-of-the-last-array",
        norm("np.sqrt(np.sum(grads[-1] ** 2))"),
        "The norm is that of the last array alone.",
    ),
    (
        "norm-of-the-first-array",
        norm("np.sqrt(np.sum(grads[0] ** 2))"),
        "The norm is that of the first array alone.",
    ),
    (
        "sum-of-absolute-values",
        norm("sum(np.sum(np.abs(g)) for g in grads)"),
        "The norm is the sum of the absolute values; the Euclidean one is meant.",
    ),
    (
        "largest-entry",
        norm("max(np.max(np.abs(g)) for g in grads)"),
        "The norm is the largest entry; the Euclidean one is meant.",
    ),
    (
        "mean-of-squares",
        norm("np.sqrt(sum(np.sum(g**2) for g in grads) / sum(g.size for g in grads))"),
        "The norm is the root of the mean of the squares; it is the root of their sum.",
    ),
    (
        "mean-of-the-arrays",
        norm("np.sqrt(sum(np.sum(g**2) for g in grads) / len(grads))"),
        "The squares are averaged over the arrays; they add up.",
    ),
    (
        "spectral-norm",
        norm(
            "np.sqrt(sum(np.linalg.norm(np.atleast_2d(g), 2) ** 2 if g.ndim < 3 else "
            "np.sum(g**2) for g in grads))"
        ),
        "Matrices are measured by their largest singular value; all entries count.",
    ),
)

SCALES = (
    (
        "always-scaled",
        scale("max_norm / norm if norm > 0 else 1.0"),
        "Gradients that are short enough are made longer. They stay as they are.",
    ),
    (
        "zero-divided",
        scale("min(max_norm / np.float64(norm), max_norm / np.float64(norm) * 0 + 1)"),
        "It is nan for gradients of zeros: the norm is divided by unasked.",
    ),
    (
        "never-scaled",
        scale("1.0"),
        "Nothing is clipped.",
    ),
    (
        "clipped-to-length-one",
        scale("1 / norm if norm > max_norm else 1.0"),
        "What is too long is scaled to the norm 1; it keeps the norm that is allowed.",
    ),
    (
        "ratio-upside-down",
        scale("norm / max_norm if norm > max_norm else 1.0"),
        "What is too long is made longer: the ratio is upside down.",
    ),
    (
        "compared-the-wrong-way",
        scale("max_norm / norm if 0 < norm < max_norm else 1.0"),
        "What is short is scaled, and what is too long is not: the comparison is the wrong way "
        "round.",
    ),
    (
        "scaled-by-the-root",
        scale("np.sqrt(max_norm / norm) if norm > max_norm else 1.0"),
        "The scale is the root of the ratio of the norms.",
    ),
    (
        "one-added-to-the-norm",
        scale("max_norm / (norm + 1) if norm > max_norm else 1.0"),
        "The scale is too small: something is added to the norm that does not belong there.",
    ),
    (
        "set-to-zero",
        scale("0.0 if norm > max_norm else 1.0"),
        "What is too long is dropped; it is shortened.",
    ),
    (
        "long-from-one-on",
        scale("max_norm / norm if norm > max(max_norm, 1) else 1.0"),
        "Norms below 1 are never clipped, whatever norm is allowed.",
    ),
)

ARRAYS = (
    (
        "entries-clipped",
        returns("[np.clip(g, -max_norm, max_norm) for g in grads], norm"),
        "Each entry is clipped by itself, which changes the direction of the gradient. All are "
        "scaled alike.",
    ),
    (
        "each-array-by-itself",
        returns(f"{each('np.sqrt(np.sum(g**2))')}, norm"),
        "Each array is clipped by its own norm, which changes the direction of the whole. All are "
        "scaled alike.",
    ),
    (
        "only-the-first-array",
        returns("[grads[0] * scale, *grads[1:]], norm"),
        "Only the first array is scaled.",
    ),
    (
        "only-the-last-array",
        returns("[*grads[:-1], grads[-1] * scale], norm"),
        "Only the last array is scaled.",
    ),
    (
        "norm-after-clipping",
        returns("[g * scale for g in grads], norm * scale"),
        "The norm that is returned is that after clipping; the one before says how long the "
        "gradient was.",
    ),
    (
        "scale-returned",
        returns("[g * scale for g in grads], scale"),
        "The second result is the scale; the norm is wanted.",
    ),
    (
        "results-exchanged",
        returns("norm, [g * scale for g in grads]"),
        "The results are in exchanged order: the clipped arrays come first.",
    ),
    (
        "grads-changed-in-place",
        returns("[np.multiply(g, scale, out=g) for g in grads], norm"),
        "The values are right, but the arrays that were passed in are overwritten. Make new ones.",
    ),
    (
        "arrays-flattened",
        returns("[g.ravel() * scale for g in grads], norm"),
        "The arrays have lost their shapes.",
    ),
    (
        "one-long-vector",
        returns("[np.concatenate([g.ravel() for g in grads]) * scale], norm"),
        "The result is one long vector; a list of arrays of the same shapes is wanted.",
    ),
    (
        "single-precision",
        returns('[(g * scale).astype("float32") for g in grads], norm'),
        "The clipped arrays are float32 and have lost half their digits.",
    ),
)

MISTAKES: tuple[Mistake, ...] = catalogue(
    "clip_grad_norm", ((*row, CLIPPING) for row in (*NORMS, *SCALES, *ARRAYS))
)
