"""Mistakes in `init_lstm`, `reorder_gates`, `bilstm` and `retention`."""

from __future__ import annotations

from solutions.mistakes import Edits, Mistake, catalogue
from solutions.mistakes.lstm_sequences_sections import BOTH, FIRST, LEFT, ORDER

BIAS = "b[H : 2 * H] = forget_bias"
WX = "Wx = rng.uniform(-bound, bound, (D, 4 * H))"
WH = "Wh = rng.uniform(-bound, bound, (H, 4 * H))"
CUT = "blocks = np.split(W, len(src), axis=-1)"
JOIN = "np.concatenate([blocks[src.index(gate)] for gate in dst], axis=-1)"
BACK = "lstm_forward(x[rows, turned], zeros, zeros, *backward_params)[0]"
SIDE = "np.concatenate([there, back[rows, turned]], axis=2)"
VALID = "hs * valid[:, :, None]"
TURNED = "np.where(valid, lengths[:, None] - 1 - steps, steps)"
SHARE = "sigmoid(np.asarray(forget_bias, dtype=float)) ** T"


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

BILSTM = (
    (
        "backward-starts-in-the-padding",
        ((TURNED, "np.broadcast_to(T - 1 - steps, (N, T))"),),
        "The backward direction starts at T − 1, so that it reads padding first; each sequence "
        "has its own last step.",
        BOTH,
    ),
    (
        "backward-off-by-one",
        ((TURNED, "np.where(valid, (lengths[:, None] - 2 - steps) % lengths[:, None], steps)"),),
        "The backward direction starts one step early: the last valid step is lengths − 1.",
        BOTH,
    ),
    (
        "backward-not-turned-back",
        ((SIDE, "np.concatenate([there, back], axis=2)"),),
        "The states of the backward direction are left in the order in which they were made: its "
        "first entry is about the last step.",
        BOTH,
    ),
    (
        "backward-reads-forward",
        (
            ("x[rows, turned], zeros", "x, zeros"),
            (SIDE, "np.concatenate([there, back], axis=2)"),
        ),
        "The second direction reads forward too: its states know nothing of later steps.",
        BOTH,
    ),
    (
        "backward-input-not-turned",
        (("x[rows, turned], zeros", "x, zeros"),),
        "The backward direction reads x from its front; its states are then turned all the same.",
        BOTH,
    ),
    (
        "backward-one-value-for-all-steps",
        (
            (
                SIDE,
                "np.concatenate([there, back[rows, lengths[:, None] - 1] + 0 * back], axis=2)",
            ),
        ),
        "The backward half is the same at every step: its last state stands for all.",
        BOTH,
    ),
    (
        "halves-exchanged",
        ((SIDE, "np.concatenate([back[rows, turned], there], axis=2)"),),
        "The halves are exchanged: the forward direction comes first.",
        BOTH,
    ),
    (
        "directions-interleaved",
        ((SIDE, "np.stack([there, back[rows, turned]], axis=3).reshape(N, T, -1)"),),
        "The two directions alternate in the last axis; each should have its own half.",
        BOTH,
    ),
    (
        "directions-added",
        ((SIDE, "there + back[rows, turned]"),),
        "The two directions are added; they stand side by side.",
        BOTH,
    ),
    (
        "joined-along-time",
        ((SIDE, "np.concatenate([there, back[rows, turned]], axis=1)"), (VALID, "hs")),
        "The two directions are joined along time; they stand side by side in the last axis.",
        BOTH,
    ),
    (
        "parameters-exchanged",
        (
            ("zeros, *forward_params)[0]", "zeros, *backward_params)[0]"),
            (
                "zeros, zeros, *backward_params)[0]\n    hs",
                "zeros, zeros, *forward_params)[0]\n    hs",
            ),
        ),
        "The parameters of the two directions are exchanged.",
        BOTH,
    ),
    (
        "forward-parameters-for-both",
        (("zeros, zeros, *backward_params)[0]", "zeros, zeros, *forward_params)[0]"),),
        "Both directions use the parameters of the forward one.",
        BOTH,
    ),
    (
        "padding-not-cleared",
        ((VALID, "hs"),),
        "The states at the padding are left as they come; they are 0 there.",
        BOTH,
    ),
    (
        "padding-cleared-in-one-half",
        (
            (SIDE, "np.concatenate([there, back[rows, turned] * valid[:, :, None]], axis=2)"),
            (VALID, "hs"),
        ),
        "The padding is 0 in the backward half alone.",
        BOTH,
    ),
    (
        "padding-one-step-late",
        (("valid = steps < lengths", "valid = steps <= lengths"), (TURNED, f"{TURNED} % T")),
        "The first step of the padding is taken for a valid one.",
        BOTH,
    ),
    (
        "last-valid-step-cleared",
        ((VALID, "hs * (steps < lengths[:, None] - 1)[:, :, None]"),),
        "The last valid step of each sequence is cleared too.",
        BOTH,
    ),
    (
        "states-carried-into-the-backward-direction",
        (
            (
                "there = lstm_forward(x, zeros, zeros, *forward_params)[0]",
                "there, h, c, _ = lstm_forward(x, zeros, zeros, *forward_params)",
            ),
            ("x[rows, turned], zeros, zeros", "x[rows, turned], h, c"),
        ),
        "The backward direction starts from the last states of the forward one; it starts from "
        "zeros.",
        BOTH,
    ),
    (
        "padding-changed-in-place",
        (
            (
                "    steps = np.arange(T)\n",
                "    steps = np.arange(T)\n    x[steps >= lengths[:, None]] = 0\n",
            ),
        ),
        "The values are right, but the padding in x is overwritten, and x is the caller's.",
        BOTH,
    ),
)

RETENTION = (
    (
        "steps-ignored",
        ((SHARE, "sigmoid(np.asarray(forget_bias, dtype=float))"),),
        "What is left after one step is returned, whatever T is.",
        LEFT,
    ),
    (
        "multiplied-by-the-steps",
        ((SHARE, "sigmoid(np.asarray(forget_bias, dtype=float)) * T"),),
        "The gate is multiplied by T. It acts T times: that is a power.",
        LEFT,
    ),
    (
        "one-step-too-many",
        ((SHARE, f"{SHARE} * sigmoid(np.asarray(forget_bias))"),),
        "The gate acts one time too often; after no step everything is left.",
        LEFT,
    ),
    (
        "one-step-too-few",
        ((SHARE, "sigmoid(np.asarray(forget_bias, dtype=float)) ** max(T - 1, 0)"),),
        "The gate acts one time too few.",
        LEFT,
    ),
    (
        "steps-inside-the-sigmoid",
        ((SHARE, "sigmoid(np.asarray(forget_bias, dtype=float) * T)"),),
        "The bias is multiplied by T before σ; each step has its own gate, and the gates multiply.",
        LEFT,
    ),
    (
        "bias-for-the-gate",
        ((SHARE, "np.asarray(forget_bias, dtype=float) ** T"),),
        "The bias itself is taken to the power; the gate is its σ.",
        LEFT,
    ),
    (
        "tanh-for-the-gate",
        ((SHARE, "np.tanh(np.asarray(forget_bias, dtype=float)) ** T"),),
        "The gate goes through tanh; it is a sigmoid.",
        LEFT,
    ),
    (
        "what-is-lost",
        ((SHARE, f"1 - {SHARE}"),),
        "The share that is lost is returned; what is left is asked for.",
        LEFT,
    ),
    (
        "inverted-gate",
        ((SHARE, SHARE.replace("np.asarray(", "-np.asarray(")),),
        "The gate is inverted: a positive forget bias keeps.",
        LEFT,
    ),
    (
        "summed",
        ((SHARE, f"np.sum({SHARE})"),),
        "The shares are added up to one number; each bias has its own.",
        LEFT,
    ),
    (
        "overflowing-sigmoid",
        (
            (
                SHARE,
                "(np.exp(np.asarray(forget_bias, dtype=float))"
                " / (1 + np.exp(np.asarray(forget_bias)))) ** T",
            ),
        ),
        "The share is nan where the bias is large: in your σ infinity is divided by infinity.",
        LEFT,
    ),
)

MISTAKES: tuple[Mistake, ...] = (
    *catalogue("init_lstm", INIT),
    *catalogue("reorder_gates", REORDER),
    *catalogue("bilstm", BILSTM),
    *catalogue("retention", RETENTION),
)
