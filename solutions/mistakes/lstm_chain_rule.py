"""Mistakes of `lstm_step_backward` on the way from the results back to the pre-activations."""

from __future__ import annotations

from autograder.grader.catalogue import Edits
from solutions.mistakes.lstm_gates import ORDER
from solutions.mistakes.lstm_sections import BACKWARD, CAROUSEL, FORGET, INPUT, OUTPUT

TOTAL = "dc_total = dc_next + dh_next * o * (1 - tanh_c**2)"
DERIVATIVES = {
    "i": "da_i = di * i * (1 - i)",
    "f": "da_f = df * f * (1 - f)",
    "g": "da_g = dg * (1 - g**2)",
    "o": "da_o = do * o * (1 - o)",
}
NAMES = {
    "i": ("input gate", INPUT),
    "f": ("forget gate", FORGET),
    "g": ("candidate", INPUT),
    "o": ("output gate", OUTPUT),
}


def total(new: str) -> Edits:
    """The gradient that reaches the cell state replaced."""
    return ((TOTAL, f"dc_total = {new}"),)


def sigmoid_derivatives(new: str) -> Edits:
    """The derivatives of the three gates replaced; `{k}` stands for the gate."""
    return tuple((DERIVATIVES[k], f"da_{k} = d{k} * {new.format(k=k)}") for k in "ifo")


CELL_STATE = (
    (
        "hidden-path-missing",
        total("dc_next"),
        "The cell state gets only dc_next. It also acts on the loss through h_next, and the "
        "gradient of that path is not in dc_next.",
        BACKWARD,
    ),
    (
        "dc-next-ignored",
        total("dh_next * o * (1 - tanh_c**2)"),
        "dc_next is not used: what later steps say about the cell state is lost. With "
        "dc_next = 0 it does not show.",
        CAROUSEL,
    ),
    (
        "tanh-derivative-missing",
        total("dc_next + dh_next * o"),
        "On the path from h_next to the cell state the derivative of tanh is missing.",
        BACKWARD,
    ),
    (
        "tanh-derivative-not-squared",
        total("dc_next + dh_next * o * (1 - tanh_c)"),
        "On the path from h_next to the cell state the derivative of tanh is wrong: something "
        "in it should be squared.",
        BACKWARD,
    ),
    (
        "tanh-derivative-of-the-cell-state",
        total("dc_next + dh_next * o * (1 - c_next**2)"),
        "The derivative of tanh is written in terms of its result; the bare cell state stands "
        "in its place.",
        BACKWARD,
    ),
    (
        "tanh-derivative-of-the-hidden-state",
        total("dc_next + dh_next * o * (1 - (o * tanh_c) ** 2)"),
        "The derivative of tanh is written in terms of its result; the hidden state, which the "
        "output gate has scaled, stands in its place.",
        BACKWARD,
    ),
    (
        "tanh-derivative-at-the-old-cell-state",
        total("dc_next + dh_next * o * (1 - np.tanh(c) ** 2)"),
        "On the path from h_next to the cell state the derivative of tanh is taken at the cell "
        "state before the step.",
        BACKWARD,
    ),
    (
        "tanh-derivative-on-both-paths",
        total("(dc_next + dh_next * o) * (1 - tanh_c**2)"),
        "dc_next is multiplied by the derivative of tanh. It arrives at the cell state itself; "
        "only the path through h_next passes the tanh.",
        BACKWARD,
    ),
    (
        "output-gate-missing",
        total("dc_next + dh_next * (1 - tanh_c**2)"),
        "On the path from h_next to the cell state the output gate is missing.",
        OUTPUT,
    ),
    (
        "output-gate-on-both-paths",
        total("(dc_next + dh_next * (1 - tanh_c**2)) * o"),
        "dc_next is multiplied by the output gate. It arrives at the cell state itself; only "
        "the path through h_next passes the gate.",
        OUTPUT,
    ),
    (
        "hidden-path-subtracted",
        total("dc_next - dh_next * o * (1 - tanh_c**2)"),
        "The two gradients that reach the cell state have opposite signs; they add up.",
        BACKWARD,
    ),
    (
        "forget-gate-missing-in-dc",
        (("dc = dc_total * f", "dc = dc_total"),),
        "dc lacks the forget gate: the old cell state reaches the new one only through it.",
        FORGET,
    ),
    (
        "hidden-path-missing-in-dc",
        (("dc = dc_total * f", "dc = dc_next * f"),),
        "dc is made from dc_next alone, without the path through h_next; the gates have both.",
        BACKWARD,
    ),
    (
        "dc-through-the-input-gate",
        (("dc = dc_total * f", "dc = dc_total * i"),),
        "dc passes the input gate; the old cell state reaches the new one through another gate.",
        FORGET,
    ),
    (
        "dc-is-dc-next",
        (("dc = dc_total * f", "dc = dc_next"),),
        "dc is dc_next unchanged: nothing of this step has been passed.",
        CAROUSEL,
    ),
    (
        "dc-next-added-twice",
        (("dc = dc_total * f", "dc = dc_total * f + dc_next"),),
        "dc contains dc_next a second time, past the forget gate.",
        CAROUSEL,
    ),
    (
        "hidden-path-missing-in-the-gates",
        (
            ("di = dc_total", "di = dc_next"),
            ("df = dc_total", "df = dc_next"),
            ("dg = dc_total", "dg = dc_next"),
        ),
        "The gradients of i, f and g are made from dc_next alone, without the path through "
        "h_next; dc has both.",
        BACKWARD,
    ),
)

GATES = (
    (
        "output-gate-sees-the-bare-cell-state",
        (("do = dh_next * tanh_c", "do = dh_next * c_next"),),
        "The gradient of the output gate is made with the bare cell state; in the forward step "
        "the gate multiplies something else.",
        OUTPUT,
    ),
    (
        "output-gate-sees-the-old-cell-state",
        (("do = dh_next * tanh_c", "do = dh_next * np.tanh(c)"),),
        "The gradient of the output gate is made with the cell state before the step.",
        OUTPUT,
    ),
    (
        "output-gate-gets-the-cell-gradient",
        (("do = dh_next * tanh_c", "do = dc_total * tanh_c"),),
        "The gradient of the output gate is made from the gradient of the cell state; the gate "
        "acts on the hidden state alone.",
        OUTPUT,
    ),
    (
        "output-gate-without-gradient",
        (("do = dh_next * tanh_c", "do = 0 * dh_next"),),
        "The output gate gets no gradient: its columns of dWx, dWh and db are zero.",
        OUTPUT,
    ),
    (
        "input-gate-without-the-candidate",
        (("di = dc_total * g", "di = dc_total"),),
        "The gradient of the input gate lacks what the gate multiplies.",
        INPUT,
    ),
    (
        "forget-gate-without-the-cell-state",
        (("df = dc_total * c\n", "df = dc_total\n"),),
        "The gradient of the forget gate lacks what the gate multiplies.",
        FORGET,
    ),
    (
        "candidate-without-the-input-gate",
        (("dg = dc_total * i", "dg = dc_total"),),
        "The gradient of the candidate lacks the gate that it passes.",
        INPUT,
    ),
    (
        "forget-gate-sees-the-new-cell-state",
        (("df = dc_total * c\n", "df = dc_total * c_next\n"),),
        "The gradient of the forget gate is made with the cell state after the step; the gate "
        "multiplies the one before.",
        FORGET,
    ),
    (
        "forget-gate-sees-the-hidden-state",
        (("df = dc_total * c\n", "df = dc_total * h\n"),),
        "The gradient of the forget gate is made with the hidden state; the gate multiplies the "
        "cell state.",
        FORGET,
    ),
    (
        "input-gate-and-candidate-exchanged",
        (("di = dc_total * g", "di = dc_total * i"), ("dg = dc_total * i", "dg = dc_total * g")),
        "In a product each factor's gradient is made with the other factor; for i and g each "
        "has its own.",
        INPUT,
    ),
    *(
        (
            f"derivative-missing-{gate}",
            ((DERIVATIVES[gate], f"da_{gate} = d{gate}"),),
            f"The derivative of the activation is missing for the {name}: its columns of dWx, "
            "dWh and db are those before the activation's chain rule.",
            section,
        )
        for gate, (name, section) in NAMES.items()
    ),
    (
        "derivatives-missing",
        tuple((DERIVATIVES[gate], f"da_{gate} = d{gate}") for gate in ORDER),
        "The derivatives of all four activations are missing: the gradients of i, f, g and o "
        "stand where those of their pre-activations belong.",
        BACKWARD,
    ),
    (
        "sigmoid-derivative-without-the-gate",
        sigmoid_derivatives("(1 - {k})"),
        "The derivative of σ is incomplete in all three gates: it has two factors.",
        BACKWARD,
    ),
    (
        "sigmoid-derivative-without-the-rest",
        sigmoid_derivatives("{k}"),
        "The derivative of σ is incomplete in all three gates: it has two factors.",
        BACKWARD,
    ),
    (
        "tanh-derivative-for-gates",
        sigmoid_derivatives("(1 - {k}**2)"),
        "The three gates are differentiated as if they had gone through tanh.",
        BACKWARD,
    ),
    (
        "sigmoid-derivative-of-activated-gates",
        sigmoid_derivatives("sigmoid({k}) * (1 - sigmoid({k}))"),
        "The derivative of σ is taken at the activated gates: σ is applied a second time.",
        BACKWARD,
    ),
    (
        "sigmoid-derivative-for-candidate",
        ((DERIVATIVES["g"], "da_g = dg * g * (1 - g)"),),
        "The candidate is differentiated as if it had gone through σ.",
        INPUT,
    ),
    (
        "candidate-derivative-not-squared",
        ((DERIVATIVES["g"], "da_g = dg * (1 - g)"),),
        "The derivative of tanh is wrong for the candidate: something in it should be squared.",
        INPUT,
    ),
    (
        "candidate-derivative-of-activated-candidate",
        ((DERIVATIVES["g"], "da_g = dg * (1 - np.tanh(g) ** 2)"),),
        "The derivative of tanh is taken at the activated candidate: tanh is applied a second "
        "time.",
        INPUT,
    ),
)
