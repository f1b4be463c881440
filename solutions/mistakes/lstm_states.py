"""Mistakes in the two states of an LSTM cell, the same in the NumPy step and in the torch cell.

`exercise` is the definition to edit, `module` what it calls tanh from ("np" or "torch"), and
`sigmoid` what it calls the logistic function.
"""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.lstm_sections import CAROUSEL, FORGET, FORWARD, INPUT, OUTPUT, UPDATE


def update_mistakes(exercise: str, module: str) -> tuple[Mistake, ...]:
    """Mistakes in what becomes of the cell state."""

    def update(new: str) -> Edits:
        return (("c_next = f * c + i * g", f"c_next = {new}"),)

    return catalogue(
        exercise,
        (
            (
                "coupled-to-input-gate",
                update("(1 - i) * c + i * g"),
                "What is kept of the old cell state is 1 − i, the rest of the input gate, and "
                "the forget gate is not used. That is a coupled cell; here both gates decide.",
                FORGET,
            ),
            (
                "coupled-to-forget-gate",
                update("f * c + (1 - f) * g"),
                "What is written of the candidate is 1 − f, the rest of the forget gate, and the "
                "input gate is not used. That is a coupled cell; here both gates decide.",
                INPUT,
            ),
            (
                "no-forget-gate",
                update("c + i * g"),
                "The old cell state is kept whole: no gate decides how much of it stays. So it "
                "was in 1997, before the forget gate.",
                FORGET,
            ),
            (
                "no-input-gate",
                update("f * c + g"),
                "The candidate is written whole into the cell state: no gate decides how much "
                "of it enters.",
                INPUT,
            ),
            (
                "nothing-written",
                update("f * c"),
                "Nothing new is written into the cell state: it can only fade.",
                UPDATE,
            ),
            (
                "candidate-missing",
                update("f * c + i"),
                "The input gate itself is written into the cell state. It says how much is "
                "written; what is written is another array.",
                INPUT,
            ),
            (
                "cell-state-ignored",
                update("i * g"),
                "The new cell state does not depend on the old one: what the cell has kept is "
                "lost at every step.",
                CAROUSEL,
            ),
            (
                "hidden-state-for-cell-state",
                update("f * h + i * g"),
                "The forget gate acts on the hidden state h; it should act on the state that is "
                "carried round.",
                UPDATE,
            ),
            (
                "forget-gate-over-the-sum",
                update("f * (c + i * g)"),
                "The forget gate also acts on what is newly written. It should act on the old "
                "cell state alone.",
                UPDATE,
            ),
            (
                "input-gate-over-the-sum",
                update("i * (f * c + g)"),
                "The input gate also acts on what is kept. It should act on the candidate alone.",
                UPDATE,
            ),
            (
                "input-gate-added",
                update("f * c + i + g"),
                "The input gate is added to the candidate; a gate multiplies.",
                UPDATE,
            ),
            (
                "kept-part-subtracted",
                update("i * g - f * c"),
                "The kept part of the cell state has the wrong sign.",
                UPDATE,
            ),
            (
                "written-part-subtracted",
                update("f * c - i * g"),
                "What is written into the cell state has the wrong sign.",
                UPDATE,
            ),
            (
                "cell-state-squashed",
                update(f"{module}.tanh(f * c + i * g)"),
                "The cell state itself is squashed at every step, so that nothing can be carried "
                "far. A tanh belongs where the state is read, not where it is kept.",
                CAROUSEL,
            ),
        ),
    )


def output_mistakes(exercise: str, module: str, sigmoid: str) -> tuple[Mistake, ...]:
    """Mistakes in how the hidden state is read from the cell state, and in what is returned."""

    def output(new: str) -> Edits:
        return ((f"h_next = o * {module}.tanh(c_next)", f"h_next = {new}"),)

    return catalogue(
        exercise,
        (
            (
                "cell-state-not-squashed",
                output("o * c_next"),
                "The output gate acts on the bare cell state, so that the hidden state can leave "
                "−1 to 1; something is missing between the two.",
                OUTPUT,
            ),
            (
                "hidden-state-from-old-cell-state",
                output(f"o * {module}.tanh(c)"),
                "The hidden state is read from the cell state before the step; it should be read "
                "from the one after.",
                OUTPUT,
            ),
            (
                "no-output-gate",
                output(f"{module}.tanh(c_next)"),
                "The hidden state shows the whole cell state: no gate decides how much of it is "
                "shown.",
                OUTPUT,
            ),
            (
                "sigmoid-of-cell-state",
                output(f"o * {sigmoid}(c_next)"),
                "The cell state goes through σ on its way to the hidden state and loses its "
                "sign; another function is meant.",
                OUTPUT,
            ),
            (
                "output-gate-inside-tanh",
                output(f"{module}.tanh(o * c_next)"),
                "The output gate acts before the tanh; the order of the two is exchanged.",
                OUTPUT,
            ),
            (
                "hidden-state-from-candidate",
                output("o * g"),
                "The hidden state is read from the candidate of this step alone; it should be "
                "read from the cell state.",
                OUTPUT,
            ),
            (
                "cell-state-returned-squashed",
                (("    return h_next, c_next", f"    return h_next, {module}.tanh(c_next)"),),
                "The hidden state is right, but the cell state is returned squashed. The tanh is "
                "for the reading alone; the state is carried on as it is.",
                OUTPUT,
            ),
            (
                "old-cell-state-returned",
                (("    return h_next, c_next", "    return h_next, c"),),
                "The cell state is returned as it was before the step.",
                UPDATE,
            ),
            (
                "results-exchanged",
                (("    return h_next, c_next", "    return c_next, h_next"),),
                "The two states are returned in exchanged order: the hidden state comes first.",
                FORWARD,
            ),
        ),
    )
