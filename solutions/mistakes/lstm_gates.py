"""Mistakes in the gates of an LSTM cell, the same in the NumPy step and in the torch cell.

`exercise` is the definition to edit, `module` what it calls tanh and exp from ("np" or
"torch"), and `sigmoid` what it calls the logistic function.
"""

from __future__ import annotations

from itertools import permutations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.lstm_sections import (
    CAROUSEL,
    FORGET,
    FORWARD,
    INPUT,
    OUTPUT,
    PACKED,
)

ORDER = "ifgo"
WRONG_ORDERS = tuple("".join(p) for p in permutations(ORDER) if "".join(p) != ORDER)
ORDERS_ELSEWHERE = {"ifog": " (CS231n packs them so)"}


def listed(order: str, prefix: str = "") -> str:
    """The letters of `order` as a list in words: "i, f, g, o"."""
    return ", ".join(prefix + gate for gate in order)


def exchanged(order: str) -> str:
    """The two gates that `order` exchanges, "i and f", or "" where it moves more than two."""
    moved = [gate for gate, place in zip(order, ORDER, strict=True) if gate != place]
    return " and ".join(sorted(moved, key=ORDER.index)) if len(moved) == 2 else ""


def order_mistakes(exercise: str) -> tuple[Mistake, ...]:
    """The 23 wrong orders of the four gates."""

    def says(order: str) -> str:
        if pair := exchanged(order):
            return (
                f"The gates {pair} are exchanged: their columns in Wx, Wh and b{_known(order)}, "
                "or their places in the equations."
            )
        return (
            f"The columns of Wx, Wh and b are taken in the order {listed(order)}, which is not "
            "the order in which the course packs the gates."
        )

    right = listed(ORDER, "a_") + " = "
    return catalogue(
        exercise,
        (
            (f"gate-order-{order}", ((right, listed(order, "a_") + " = "),), says(order), PACKED)
            for order in WRONG_ORDERS
        ),
    )


def _known(order: str) -> str:
    return ORDERS_ELSEWHERE.get(order, "")


def pre_activation_mistakes(
    exercise: str, sigmoid: str, own: str, split: str
) -> tuple[Mistake, ...]:
    """Mistakes before the gates open.

    `own` stands before Wx, Wh and b; `split` cuts the pre-activations into the four gates.
    """
    Wx, Wh, b = f"{own}Wx", f"{own}Wh", f"{own}b"
    return catalogue(
        exercise,
        (
            (
                "bias-missing",
                ((f" + {b}\n", "\n"),),
                "The bias is missing from the pre-activations: with x = 0 and h = 0 the answer "
                "is as if b were 0.",
                FORWARD,
            ),
            (
                "bias-doubled",
                ((f" + {b}\n", f" + 2 * {b}\n"),),
                "The bias counts twice in the pre-activations. The course has one bias, not one "
                "for x and another for h as torch's own layers have.",
                FORWARD,
            ),
            (
                "bias-subtracted",
                ((f" + {b}\n", f" - {b}\n"),),
                "The bias enters the pre-activations with the wrong sign.",
                FORWARD,
            ),
            (
                "hidden-state-ignored",
                ((f" + h @ {Wh}", ""),),
                "The gates do not depend on h: the pre-activations lack the part that comes from "
                "the hidden state.",
                FORWARD,
            ),
            (
                "input-ignored",
                ((f"x @ {Wx} + ", ""),),
                "The gates do not depend on x: the pre-activations lack the part that comes from "
                "the input.",
                FORWARD,
            ),
            (
                "cell-state-in-pre-activations",
                ((f"h @ {Wh}", f"c @ {Wh}"),),
                "The pre-activations are made from the cell state c where the hidden state h is "
                "meant.",
                CAROUSEL,
            ),
            (
                "weights-exchanged",
                ((f"x @ {Wx} + h @ {Wh}", f"x @ {Wh} + h @ {Wx}"),),
                "Wx and Wh are exchanged: each belongs to the array that its name ends with. "
                "Where D = H the shapes do not show it.",
                FORWARD,
            ),
            (
                "input-weights-transposed",
                ((f"x @ {Wx}", f"x @ {Wx}.T"),),
                "Wx is transposed before the product. Its rows are the inputs already, as the "
                "course's row vectors want.",
                FORWARD,
            ),
            (
                "input-weights-reshaped",
                ((f"x @ {Wx}", f"x @ {Wx}.reshape({Wx}.shape[::-1]).T"),),
                "The entries of Wx are out of place: a reshape is not a transpose, and neither "
                "is needed here.",
                FORWARD,
            ),
            (
                "hidden-weights-reshaped",
                ((f"h @ {Wh}", f"h @ {Wh}.reshape({Wh}.shape[::-1]).T"),),
                "The entries of Wh are out of place: a reshape is not a transpose, and neither "
                "is needed here.",
                FORWARD,
            ),
            (
                "gates-interleaved",
                ((split, "(a[:, k::4] for k in range(4))"),),
                "The four gates of a unit are taken from neighbouring columns. In the course all "
                "units of a gate lie side by side, one gate after the other.",
                PACKED,
            ),
            (
                "forget-bias-added",
                ((f"{sigmoid}(a_f)", f"{sigmoid}(a_f + 1)"),),
                "The forget gate is opened by an additional 1 at every step. A forget bias is "
                "where b starts; it is not added again in the step.",
                FORGET,
            ),
            (
                "forget-bias-added-twice",
                ((f"{sigmoid}(a_f)", f"{sigmoid}(a_f + 2)"),),
                "The forget gate is opened by an additional 2 at every step. A forget bias is "
                "where b starts, and there is one bias, not two.",
                FORGET,
            ),
            (
                "forget-bias-on-input-gate",
                ((f"{sigmoid}(a_i)", f"{sigmoid}(a_i + 1)"),),
                "The input gate is opened by an additional 1 at every step, as if a forget bias "
                "had gone to the wrong gate; none is added in the step.",
                INPUT,
            ),
            (
                "peepholes",
                (
                    (f"{sigmoid}(a_i)", f"{sigmoid}(a_i + c)"),
                    (f"{sigmoid}(a_f)", f"{sigmoid}(a_f + c)"),
                ),
                "The input and forget gate look at the cell state (peepholes, Gers and "
                "Schmidhuber 2000). In this cell the gates see x and h alone.",
                CAROUSEL,
            ),
            (
                "peephole-of-output-gate",
                ((f"{sigmoid}(a_o)", f"{sigmoid}(a_o + c)"),),
                "The output gate looks at the cell state (a peephole). In this cell the gates "
                "see x and h alone.",
                OUTPUT,
            ),
        ),
    )


def activation_mistakes(exercise: str, module: str, sigmoid: str) -> tuple[Mistake, ...]:
    """Mistakes in what the gates and the candidate go through."""
    gates = {"i": ("input", INPUT), "f": ("forget", FORGET), "o": ("output", OUTPUT)}

    def all_gates(new: str) -> Edits:
        return tuple((f"{sigmoid}(a_{k})", new.format(a=f"a_{k}")) for k in gates)

    def candidate(new: str) -> Edits:
        return ((f"{module}.tanh(a_g)", new),)

    one_gate = [
        row
        for gate, (name, section) in gates.items()
        for row in (
            (
                f"tanh-{name}-gate",
                ((f"{sigmoid}(a_{gate})", f"{module}.tanh(a_{gate})"),),
                f"The {name} gate can be negative: it goes through tanh. A gate is a share "
                "between 0 and 1.",
                section,
            ),
            (
                f"linear-{name}-gate",
                ((f"{sigmoid}(a_{gate})", f"a_{gate}"),),
                f"The {name} gate is its bare pre-activation: nothing keeps it between 0 and 1.",
                section,
            ),
            (
                f"inverted-{name}-gate",
                ((f"{sigmoid}(a_{gate})", f"1 - {sigmoid}(a_{gate})"),),
                f"The {name} gate is inverted: it shuts where it should open.",
                section,
            ),
        )
    ]
    return catalogue(
        exercise,
        (
            *one_gate,
            (
                "tanh-gates",
                all_gates(f"{module}.tanh({{a}})"),
                "All three gates go through tanh and can be negative. A gate is a share between "
                "0 and 1; only the candidate may have a sign.",
                FORGET,
            ),
            (
                "linear-gates",
                all_gates("{a}"),
                "The three gates are bare pre-activations: nothing keeps them between 0 and 1.",
                FORGET,
            ),
            (
                "inverted-gates",
                all_gates(f"{sigmoid}(-{{a}})"),
                "All three gates are inverted: a sign in the exponent of σ is wrong.",
                FORGET,
            ),
            (
                "hard-sigmoid",
                all_gates("(0.2 * {a} + 0.5).clip(0, 1)"),
                "The gates use a hard sigmoid, straight between two corners (old Keras did so). "
                "The logistic function is meant.",
                FORGET,
            ),
            (
                "overflowing-sigmoid",
                all_gates(f"{module}.exp({{a}}) / (1 + {module}.exp({{a}}))"),
                "A gate is nan where its pre-activation is large and positive: in your σ an "
                "exponential overflows and infinity is divided by infinity.",
                FORWARD,
            ),
            (
                "overflowing-tanh",
                candidate(
                    f"({module}.exp(a_g) - {module}.exp(-a_g))"
                    f" / ({module}.exp(a_g) + {module}.exp(-a_g))"
                ),
                "The candidate is nan where its pre-activation is large: a tanh written with "
                "exponentials overflows; the library has one that does not.",
                FORWARD,
            ),
            (
                "sigmoid-candidate",
                candidate(f"{sigmoid}(a_g)"),
                "The candidate goes through σ and is never negative, so that nothing written can "
                "lower the cell state. It is no gate: which function goes from −1 to 1?",
                INPUT,
            ),
            (
                "linear-candidate",
                candidate("a_g"),
                "The candidate is its bare pre-activation: nothing keeps it between −1 and 1.",
                INPUT,
            ),
            (
                "relu-candidate",
                candidate("a_g * (a_g > 0)"),
                "The candidate is cut off at 0 as by a ReLU, so that nothing written can lower "
                "the cell state; it should go from −1 to 1.",
                INPUT,
            ),
        ),
    )
