"""Mistakes in one step of a GRU, the same in NumPy, in torch and in Keras.

A `Dialect` says how the lines of the step are written in each of the three.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.gru_sections import PACKED, RESET, STEP, UPDATE

ORDER = "rzn"
WRONG_ORDERS = tuple("".join(p) for p in permutations(ORDER) if "".join(p) != ORDER)
ELSEWHERE = {"zrn": " (Keras packs them so)"}
AFTER = "m = r * v_n if"
BEFORE = "else (r * h) @ Wh_n + bh_n"
V = "v_n = h @ Wh_n + bh_n\n"
MIXED = "(1 - z) * n + z * h\n"


@dataclass(frozen=True)
class Dialect:
    """How a step is written: its functions, and what stands before the weights.

    Attributes:
        exercise: the definition to edit.
        module: where tanh and the exponential come from, as in "np".
        sigmoid: what the logistic function is called.
        own: what stands before Wx, Wh, bx and bh.
        x: what the input is called.
    """

    exercise: str
    module: str
    sigmoid: str
    own: str = ""
    x: str = "x"

    def gate(self, letter: str) -> str:
        """The line of the gate `letter`."""
        sums = f"u_{letter} + h @ Wh_{letter} + bh_{letter}"
        return f"{letter} = {self.sigmoid}({sums})"

    def gates(self, new: str) -> Edits:
        """Both gates replaced; `{a}` stands for the pre-activation."""
        return tuple(
            (self.gate(k), f"{k} = " + new.format(a=f"(u_{k} + h @ Wh_{k} + bh_{k})")) for k in "rz"
        )

    def candidate(self, new: str) -> Edits:
        """The candidate replaced."""
        return ((f"    n = {self.module}.tanh(u_n + m)\n", f"    n = {new}\n"),)


def listed(order: str, prefix: str = "") -> str:
    """The letters of `order` as a list in words: "r, z, n"."""
    return ", ".join(prefix + part for part in order)


def order_says(order: str) -> str:
    """The sentence for parts that are taken in a wrong order."""
    return (
        f"The parts of the weights and biases are taken in the order {listed(order)}"
        f"{ELSEWHERE.get(order, '')}, which is not the order in which the course packs them."
    )


def order_mistakes(dialect: Dialect) -> tuple[Mistake, ...]:
    """The five wrong orders of the three parts, in all the arrays alike."""
    return catalogue(
        dialect.exercise,
        (
            (
                f"gate-order-{order}",
                tuple((f"{listed(ORDER, p)} =", f"{listed(order, p)} =") for p in PREFIXES),
                order_says(order),
                PACKED,
            )
            for order in WRONG_ORDERS
        ),
    )


PREFIXES = ("u_", "Wh_", "bh_")


def reset_mistakes(dialect: Dialect) -> tuple[Mistake, ...]:
    """Mistakes in what the reset gate acts on, and in the bias beside it."""
    flag = f"{dialect.own}reset_after else"
    return catalogue(
        dialect.exercise,
        (
            (
                "always-reset-before",
                ((AFTER, "m = (r * h) @ Wh_n + bh_n if"),),
                "With reset_after=True the reset gate still acts on h, before the product.",
                RESET,
            ),
            (
                "always-reset-after",
                ((BEFORE, "else r * v_n"),),
                "With reset_after=False the reset gate still acts on the product, after it.",
                RESET,
            ),
            (
                "variants-exchanged",
                ((f"if {flag}", f"if not {flag}"),),
                "The two variants are exchanged: reset_after=True means after the product.",
                RESET,
            ),
            (
                "hidden-bias-outside-the-reset",
                ((AFTER, "m = r * (v_n - bh_n) + bh_n if"),),
                "With reset_after=True the bias bh of the candidate stands outside the reset "
                "gate; it belongs to the product that the gate multiplies.",
                RESET,
            ),
            (
                "hidden-bias-inside-the-reset",
                ((BEFORE, "else (r * h) @ Wh_n + r * bh_n"),),
                "With reset_after=False the bias bh of the candidate is multiplied by the reset "
                "gate; there the gate acts on h alone.",
                RESET,
            ),
            (
                "reset-over-the-whole-candidate",
                ((AFTER, "m = r * (u_n + v_n) - u_n if"),),
                "With reset_after=True the reset gate also multiplies what comes from x. It says "
                "how much of the old state is heard, not of the input.",
                RESET,
            ),
            (
                "reset-missing",
                ((AFTER, "m = v_n if"), (BEFORE, "else v_n")),
                "The reset gate is not used: the candidate hears the whole old state.",
                STEP,
            ),
            (
                "reset-inverted",
                ((AFTER, "m = (1 - r) * v_n if"), (BEFORE, "else ((1 - r) * h) @ Wh_n + bh_n")),
                "The reset gate is inverted: it silences the old state where it should let it in.",
                STEP,
            ),
            (
                "update-gate-for-reset",
                ((AFTER, "m = z * v_n if"), (BEFORE, "else (z * h) @ Wh_n + bh_n")),
                "The candidate is reset by the update gate; it has a gate of its own.",
                STEP,
            ),
            (
                "old-state-missing-in-candidate",
                ((AFTER, "m = 0 * v_n if"), (BEFORE, "else 0 * v_n")),
                "The candidate is made from x alone, as if r were always 0.",
                STEP,
            ),
        ),
    )


def update_mistakes(dialect: Dialect) -> tuple[Mistake, ...]:
    """Mistakes in how the old state and the candidate are mixed."""

    def mixed(new: str) -> Edits:
        return ((MIXED, f"{new}\n"),)

    return catalogue(
        dialect.exercise,
        (
            (
                "update-gate-inverted",
                mixed("z * n + (1 - z) * h"),
                "The update gate is inverted. Here z is the share of the old state that is kept; "
                "some papers call that share 1 − z.",
                UPDATE,
            ),
            (
                "old-state-kept-whole",
                mixed("(1 - z) * n + h"),
                "The old state is kept whole: no gate decides how much of it stays.",
                UPDATE,
            ),
            (
                "candidate-taken-whole",
                mixed("n + z * h"),
                "The candidate enters whole: what is kept and what is new should be shares of "
                "one whole.",
                UPDATE,
            ),
            (
                "old-state-lost",
                mixed("(1 - z) * n"),
                "Nothing of the old state is kept beside the candidate.",
                UPDATE,
            ),
            (
                "candidate-not-used",
                mixed("z * h"),
                "Nothing new enters: the state can only fade.",
                UPDATE,
            ),
            (
                "update-gate-not-used",
                mixed("n + 0 * z"),
                "The next state is the candidate itself; the update gate is not used.",
                UPDATE,
            ),
            (
                "mixed-by-the-reset-gate",
                mixed("(1 - r) * n + r * h"),
                "The reset gate mixes the old state and the candidate; another gate does that.",
                UPDATE,
            ),
            (
                "reset-state-kept",
                mixed("(1 - z) * n + z * (r * h)"),
                "What is kept of the old state is also reset. The reset gate acts inside the "
                "candidate alone.",
                UPDATE,
            ),
            (
                "state-squashed-again",
                mixed(f"{dialect.module}.tanh((1 - z) * n + z * h)"),
                "The mixed state goes through tanh once more, so that nothing can be carried far.",
                UPDATE,
            ),
        ),
    )


def activation_mistakes(dialect: Dialect) -> tuple[Mistake, ...]:
    """Mistakes in what the gates and the candidate go through."""
    module, sigmoid = dialect.module, dialect.sigmoid
    return catalogue(
        dialect.exercise,
        (
            (
                "tanh-gates",
                dialect.gates(f"{module}.tanh({{a}})"),
                "Both gates go through tanh and can be negative. A gate is a share between 0 and "
                "1.",
                STEP,
            ),
            (
                "linear-gates",
                dialect.gates("{a}"),
                "Both gates are bare pre-activations: nothing keeps them between 0 and 1.",
                STEP,
            ),
            (
                "inverted-gates",
                dialect.gates(f"{sigmoid}(-{{a}})"),
                "Both gates are inverted: a sign in the exponent of σ is wrong.",
                STEP,
            ),
            (
                "overflowing-sigmoid",
                dialect.gates(f"{module}.exp({{a}}) / (1 + {module}.exp({{a}}))"),
                "A gate is nan where its pre-activation is large and positive: in your σ infinity "
                "is divided by infinity.",
                STEP,
            ),
            (
                "sigmoid-candidate",
                dialect.candidate(f"{sigmoid}(u_n + m)"),
                "The candidate goes through σ and is never negative; it should go from −1 to 1.",
                STEP,
            ),
            (
                "linear-candidate",
                dialect.candidate("u_n + m"),
                "The candidate is its bare pre-activation: nothing keeps it between −1 and 1.",
                STEP,
            ),
            (
                "relu-candidate",
                dialect.candidate("(u_n + m) * (u_n + m > 0)")
                if module != "keras.ops"
                else dialect.candidate("keras.ops.relu(u_n + m)"),
                "The candidate is cut off at 0 as by a ReLU; it should go from −1 to 1.",
                STEP,
            ),
        ),
    )


def product_mistakes(dialect: Dialect) -> tuple[Mistake, ...]:
    """Mistakes in the products with the weights, and in the biases."""
    x, own = dialect.x, dialect.own
    inputs = f"{x} @ {own}Wx + {own}bx"
    return catalogue(
        dialect.exercise,
        (
            (
                "input-bias-missing",
                ((inputs, f"{x} @ {own}Wx"),),
                "The bias bx is not added.",
                STEP,
            ),
            (
                "hidden-bias-missing",
                (
                    *((dialect.gate(k), dialect.gate(k).replace(f" + bh_{k}", "")) for k in "rz"),
                    (V, "v_n = h @ Wh_n\n"),
                    (BEFORE, "else (r * h) @ Wh_n"),
                ),
                "The bias bh is not added.",
                STEP,
            ),
            (
                "hidden-bias-missing-in-candidate",
                ((V, "v_n = h @ Wh_n\n"), (BEFORE, "else (r * h) @ Wh_n")),
                "The candidate lacks the bias bh; the gates have it.",
                RESET,
            ),
            (
                "input-bias-for-both",
                ((f"{own}bh, 3)", f"{own}bx, 3)"),),
                "The bias bx also stands where bh belongs.",
                STEP,
            ),
            (
                "hidden-state-missing-in-gates",
                (("u_r + h @ Wh_r", "u_r"), ("u_z + h @ Wh_z", "u_z")),
                "The gates do not depend on h: the products with Wh are missing there.",
                STEP,
            ),
            (
                "input-ignored",
                ((inputs, f"0 * ({x} @ {own}Wx) + {own}bx"),),
                "The step does not depend on x.",
                STEP,
            ),
        ),
    )
