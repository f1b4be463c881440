"""Mistakes in `convert_update_convention`, `equal_when_reset` and `count_params`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.gru_sections import COUNT, RESET, UPDATE

SIGN = "sign[H : 2 * H] = -1"
CONVERTED = "return Wx * sign, Wh * sign, bx * sign, bh * sign"
AGREE = "agree = (x, h, Wx, alone, bx, bh)"
DIFFER = "differ = (x, h, Wx, mixed, bx, bh)"
PARTS = '{"rnn": 1, "lstm": 4, "gru": 3}'
COUNTED = "g * (D * H + H * H)"


def signed(new: str) -> Edits:
    """The columns that change their sign replaced."""
    return ((SIGN, new),)


def converted(new: str) -> Edits:
    """The results replaced."""
    return ((CONVERTED, f"return {new}"),)


CONVERT = (
    ("nothing-changed", signed("pass"), "The weights come back as they were.", UPDATE),
    (
        "reset-part-negated",
        signed("sign[:H] = -1"),
        "The part of the reset gate changes its sign; the update gate is the second.",
        UPDATE,
    ),
    (
        "candidate-part-negated",
        signed("sign[2 * H :] = -1"),
        "The part of the candidate changes its sign; the update gate is the second.",
        UPDATE,
    ),
    (
        "all-parts-negated",
        signed("sign[:] = -1"),
        "All parts change their sign; only that of the update gate should.",
        UPDATE,
    ),
    (
        "both-gates-negated",
        signed("sign[: 2 * H] = -1"),
        "The parts of both gates change their sign; only that of the update gate should.",
        UPDATE,
    ),
    (
        "other-parts-negated",
        signed("sign[:] = -1\n    sign[H : 2 * H] = 1"),
        "The parts of r and n change their sign, and the one of the update gate does not.",
        UPDATE,
    ),
    (
        "one-minus-the-weights",
        converted("*(np.where(sign < 0, 1 - a, a) for a in params),"),
        "The weights of the update gate become one minus themselves. It is the gate that becomes "
        "1 − z; think of what σ does to a change of sign.",
        UPDATE,
    ),
    (
        "biases-left",
        converted("Wx * sign, Wh * sign, bx * 1, bh * 1"),
        "The biases are left as they were; they are part of the pre-activation too.",
        UPDATE,
    ),
    (
        "hidden-bias-left",
        converted("Wx * sign, Wh * sign, bx * sign, bh * 1"),
        "The bias bh is left as it was; there are two biases in the pre-activation.",
        UPDATE,
    ),
    (
        "hidden-weights-left",
        converted("Wx * sign, Wh * 1, bx * sign, bh * 1"),
        "Only what stands beside x changes its sign; what comes from h is part of the "
        "pre-activation too.",
        UPDATE,
    ),
    (
        "weights-left",
        converted("Wx * 1, Wh * 1, bx * sign, bh * sign"),
        "Only the biases change their sign.",
        UPDATE,
    ),
    (
        "changed-in-place",
        (
            (
                CONVERTED,
                "for a in params:\n        a *= sign\n    return Wx, Wh, bx, bh",
            ),
        ),
        "The values are right, but the weights that were passed in are overwritten.",
        UPDATE,
    ),
)

EQUAL = (
    (
        "agree-differs",
        ((AGREE, AGREE.replace("alone", "mixed")),),
        "The first choice has to make the two variants equal. Where the reset gate multiplies each "
        "entry by its own number, when does it not matter whether the sum over the units comes "
        "before or after?",
        RESET,
    ),
    (
        "differ-agrees",
        ((DIFFER, DIFFER.replace("mixed", "alone")),),
        "The second choice makes the two variants equal as well; it should tell them apart.",
        RESET,
    ),
    (
        "differ-hardly",
        ((DIFFER, DIFFER.replace("mixed", "0.02 * mixed")),),
        "The second choice tells the variants apart, but hardly. Reset gates that are far from "
        "one another, a small z and larger weights in Wh_n make the difference visible.",
        RESET,
    ),
    (
        "hidden-state-zero",
        ((AGREE, AGREE.replace("x, h,", "x, 0 * h,")),),
        "With h near zero there is nothing to reset. That is true, and not what is asked.",
        RESET,
    ),
    (
        "candidate-weights-zero",
        ((AGREE, AGREE.replace("alone", "0 * alone")),),
        "With Wh_n near zero the candidate does not hear the old state at all. That is true, and "
        "not what is asked.",
        RESET,
    ),
    (
        "reset-gate-open",
        ((AGREE, AGREE.replace("bx, bh", "bx + 50, bh")),),
        "With all reset gates open nothing is reset. That is true, and not what is asked.",
        RESET,
    ),
)

COUNTS = (
    (
        "second-bias-missing",
        (("biases = 2 if", "biases = 1 if"),),
        "A GRU that resets after the product has a second bias, and it is not counted.",
        COUNT,
    ),
    (
        "second-bias-in-both-variants",
        (('kind == "gru" and reset_after', 'kind == "gru"'),),
        "A GRU that resets before the product has one bias in Keras; two are counted.",
        COUNT,
    ),
    (
        "second-bias-for-all-kinds",
        (('kind == "gru" and reset_after', "reset_after"),),
        "A second bias is counted for every kind; only a GRU has it, and only with reset_after.",
        COUNT,
    ),
    (
        "two-biases-as-torch",
        (('2 if kind == "gru" and reset_after else 1', "2"),),
        "Two biases are counted for every layer, as torch has them; Keras has one, but for a GRU "
        "with reset_after.",
        COUNT,
    ),
    (
        "variants-exchanged",
        (("and reset_after", "and not reset_after"),),
        "The second bias is counted for the variant that does not have it.",
        COUNT,
    ),
    (
        "bias-always-counted",
        (("if bias else 0", "if True else 0"),),
        "Biases are counted also where there are none.",
        COUNT,
    ),
    (
        "bias-never-counted",
        (("if bias else 0", "if False else 0"),),
        "Biases are not counted.",
        COUNT,
    ),
    (
        "bias-of-one-part",
        (("biases * g * H", "biases * H"),),
        "A bias has an entry for every unit of every part; those of one part are counted.",
        COUNT,
    ),
    (
        "hidden-weights-missing",
        ((COUNTED, "g * (D * H)"),),
        "The weights of the hidden state are not counted.",
        COUNT,
    ),
    (
        "input-weights-missing",
        ((COUNTED, "g * (H * H)"),),
        "The weights of the input are not counted.",
        COUNT,
    ),
    (
        "hidden-weights-of-one-part",
        ((COUNTED, "g * D * H + H * H"),),
        "Of the weights of the hidden state only one part is counted.",
        COUNT,
    ),
    (
        "gru-of-four-parts",
        ((PARTS, PARTS.replace("3", "4")),),
        "A GRU is counted with four parts; it has one gate fewer than an LSTM.",
        COUNT,
    ),
    (
        "gru-of-two-parts",
        ((PARTS, PARTS.replace("3", "2")),),
        "A GRU is counted with two parts: its candidate has weights too.",
        COUNT,
    ),
    (
        "lstm-of-three-parts",
        ((PARTS, PARTS.replace("4", "3")),),
        "An LSTM is counted with three parts: its candidate has weights too.",
        COUNT,
    ),
    (
        "float-for-a-count",
        ((f"return {COUNTED}", f"return 1.0 * {COUNTED}"),),
        "A float is returned; a count is an int.",
        COUNT,
    ),
)

MISTAKES: tuple[Mistake, ...] = (
    *catalogue("convert_update_convention", CONVERT),
    *catalogue("equal_when_reset", EQUAL),
    *catalogue("count_params", COUNTS),
)
