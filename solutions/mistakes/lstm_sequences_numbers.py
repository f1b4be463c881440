"""Mistakes in `init_lstm` and `reorder_gates`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.lstm_sequences_sections import FIRST, ORDER

BIAS = "b[H : 2 * H] = forget_bias"
WX = "Wx = rng.uniform(-bound, bound, (D, 4 * H))"
WH = "Wh = rng.uniform(-bound, bound, (H, 4 * H))"
CUT = "blocks = np.split(W, len(src), axis=-1)"
JOIN = "np.concatenate([blocks[src.index(gate)] for gate in dst], axis=-1)"


def bias(new: str) -> Edits:
    """Where the forget bias goes replaced."""
    return ((BIAS, new),)


def weights(wx: str, wh: str) -> Edits:
    """How the weights are drawn replaced."""
    return ((WX, f"Wx = {wx}"), (WH, f"Wh = {wh}"))


INIT = (
    (
        "forget-bias-missing",
        bias("pass"),
        "The bias of the forget gate is zero: the gate stands half open, and twenty steps leave "
        "a millionth.",
        FIRST,
    ),
    (
        "forget-bias-on-the-input-gate",
        bias("b[:H] = forget_bias"),
        "The forget bias is put on the input gate, which is the first; the forget gate is the "
        "second.",
        FIRST,
    ),
    (
        "forget-bias-on-the-candidate",
        bias("b[2 * H : 3 * H] = forget_bias"),
        "The forget bias is put on the candidate; the forget gate is the second of the four.",
        FIRST,
    ),
    (
        "forget-bias-on-the-output-gate",
        bias("b[3 * H :] = forget_bias"),
        "The forget bias is put on the output gate; the forget gate is the second of the four.",
        FIRST,
    ),
    (
        "forget-bias-on-every-gate",
        bias("b[:] = forget_bias"),
        "All four parts of the bias get the forget bias; only the forget gate should.",
        FIRST,
    ),
    (
        "forget-bias-always-one",
        bias("b[H : 2 * H] = 1"),
        "The bias of the forget gate is 1 whatever is asked for.",
        FIRST,
    ),
    (
        "forget-bias-doubled",
        bias("b[H : 2 * H] = 2 * forget_bias"),
        "The bias of the forget gate is twice what is asked for, as happens where it is put on "
        "both biases of a layer of torch.",
        FIRST,
    ),
    (
        "forget-bias-of-the-wrong-sign",
        bias("b[H : 2 * H] = -forget_bias"),
        "The bias of the forget gate has the wrong sign: a positive one opens the gate.",
        FIRST,
    ),
    (
        "forget-bias-of-one-unit",
        bias("b[H] = forget_bias"),
        "One unit gets the forget bias; all H of them have a forget gate.",
        FIRST,
    ),
    (
        "forget-gate-itself",
        bias("b[H : 2 * H] = sigmoid(np.asarray(forget_bias))"),
        "σ is applied to the forget bias already; the step will do that.",
        FIRST,
    ),
    (
        "bias-drawn",
        (("b = np.zeros(4 * H)", "b = rng.uniform(-bound, bound, 4 * H)"),),
        "The rest of the bias is random; it is 0.",
        FIRST,
    ),
    (
        "weights-zero",
        weights("np.zeros((D, 4 * H))", "np.zeros((H, 4 * H))"),
        "All weights are zero: all units are alike, and stay alike for ever.",
        FIRST,
    ),
    (
        "units-alike",
        weights(
            "np.repeat(rng.uniform(-bound, bound, (D, 4)), H, axis=1)",
            "np.repeat(rng.uniform(-bound, bound, (H, 4)), H, axis=1)",
        ),
        "All units of a gate have the same weights, and will stay alike for ever.",
        FIRST,
    ),
    (
        "mean-not-zero",
        weights("rng.uniform(0, bound, (D, 4 * H))", "rng.uniform(0, bound, (H, 4 * H))"),
        "The weights are all positive; their mean should be zero. (`rng.random` gives numbers "
        "from 0 to 1.)",
        FIRST,
    ),
    (
        "weights-too-large",
        weights("rng.normal(0, H, (D, 4 * H))", "rng.normal(0, H, (H, 4 * H))"),
        "The weights are so large that all gates saturate at once.",
        FIRST,
    ),
    (
        "weights-too-small",
        weights("rng.normal(0, 1e-5, (D, 4 * H))", "rng.normal(0, 1e-5, (H, 4 * H))"),
        "The weights are so small that the input is hardly heard.",
        FIRST,
    ),
    (
        "not-from-rng",
        weights("np.random.randn(D, 4 * H) / 5", "np.random.randn(H, 4 * H) / 5"),
        "The weights come from the global state of NumPy and not from the generator that is "
        "passed in.",
        FIRST,
    ),
    (
        "generator-made-anew",
        (
            (
                "bound = 1 / np.sqrt(H)",
                "bound = 1 / np.sqrt(H)\n    rng = np.random.default_rng(0)",
            ),
        ),
        "The generator is made anew in every call, so that every call draws the same numbers.",
        FIRST,
    ),
)

REORDER = (
    (
        "inverse-order",
        ((JOIN, "np.concatenate([blocks[dst.index(gate)] for gate in src], axis=-1)"),),
        "src and dst are exchanged: W is read as if it had the order dst. Where only two gates "
        "change places it does not show.",
        ORDER,
    ),
    (
        "nothing-reordered",
        ((JOIN, "np.concatenate(blocks, axis=-1)"),),
        "The gates come back in the order that they had.",
        ORDER,
    ),
    (
        "rows-reordered",
        (
            (CUT, "blocks = np.split(W, len(src))"),
            (JOIN, "np.concatenate([blocks[src.index(gate)] for gate in dst])"),
        ),
        "The rows are cut into gates; the gates lie along the last axis.",
        ORDER,
    ),
    (
        "four-gates-always",
        ((CUT, "blocks = np.split(W, 4, axis=-1)"),),
        "Four gates are taken for granted; a GRU has three. The letters of src say how many.",
        ORDER,
    ),
    (
        "letters-sorted",
        ((JOIN, "np.concatenate([blocks[sorted(src).index(gate)] for gate in dst], axis=-1)"),),
        "The order that W has is not read from src.",
        ORDER,
    ),
    (
        "order-reversed",
        ((JOIN, "np.concatenate([blocks[src.index(gate)] for gate in dst[::-1]], axis=-1)"),),
        "The gates come in the reverse of the order that is asked for.",
        ORDER,
    ),
    (
        "units-interleaved",
        (
            (CUT, "blocks = [W[..., k :: len(src)] for k in range(len(src))]"),
            (
                JOIN,
                "np.stack([blocks[src.index(gate)] for gate in dst], axis=-1).reshape(W.shape)",
            ),
        ),
        "Neighbouring columns are taken for the gates of one unit. All units of a gate lie side "
        "by side, one gate after the other.",
        ORDER,
    ),
    (
        "stacked-instead-of-joined",
        ((JOIN, "np.stack([blocks[src.index(gate)] for gate in dst], axis=-2)"),),
        "The gates are stacked along an axis of their own; they lie side by side in the last one.",
        ORDER,
    ),
    (
        "changed-in-place",
        ((f"return {JOIN}", f"W[...] = {JOIN}\n    return W"),),
        "The values are right, but the array that was passed in is overwritten.",
        ORDER,
    ),
)


MISTAKES: tuple[Mistake, ...] = (
    *catalogue("init_lstm", INIT),
    *catalogue("reorder_gates", REORDER),
)
