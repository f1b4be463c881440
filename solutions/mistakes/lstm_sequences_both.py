"""Mistakes in `bilstm` and `retention`."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.lstm_sequences_sections import BOTH, LEFT

SIDE = "np.concatenate([there, back[rows, turned]], axis=2)"
VALID = "hs * valid[:, :, None]"
TURNED = "np.where(valid, lengths[:, None] - 1 - steps, steps)"
SHARE = "sigmoid(np.asarray(forget_bias, dtype=float)) ** T"

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
        "last-direction-for-both",
        ((SIDE, "back[rows, turned]"),),
        "Only the backward direction is returned, as by someone who takes h_n[-1] of torch for "
        "the whole. That is the last direction; the forward one is the other half.",
        BOTH,
    ),
    (
        "reshaped-for-transposed",
        ((SIDE, "np.stack([there, back[rows, turned]]).reshape(N, T, -1)"),),
        "The two directions are stacked in front of the batch and then reshaped, which mixes "
        "sequences and steps: view and reshape move no axis. Transpose first, or concatenate.",
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
    *catalogue("bilstm", BILSTM),
    *catalogue("retention", RETENTION),
)
