"""Carrying hidden inputs out by what a student is told; and toys by which followers are judged."""

from __future__ import annotations

from tests.attacks.attack import (  # fmt: skip
    ALL,
    BACK,
    CELL,
    FORWARD,
    POINTS,
    STEP,
    Attack,
    Outcome,
    both,
    lying,
    says,
    within,
)

VALUES = "' '.join(float(v).hex() for v in np.ravel(args[0])[:20])"
ZEROS = "np.zeros(np.shape(like))"
NOT_WRITTEN = {
    name: f"def {name}(*args):\n    raise NotImplementedError" for name in (BACK, FORWARD, CELL)
}


def no_hidden_input(outcome: Outcome) -> None:
    """Nothing that is told or printed holds a hidden input."""
    hidden = outcome.world["HIDDEN"].split()
    assert len(hidden) > 100
    told = outcome.messages + outcome.printed + outcome.notebook
    assert not [value for value in hidden if value in told]


def raises(name: str, tries: str, body: str, *words: str) -> Attack:
    """A step that raises, whose followers are not written."""
    cell = f"def lstm_step_forward(*args):\n    text = {VALUES}\n    {body}"
    return Attack(f"leak-{name}", tries, 0.0, cells={STEP: cell, **NOT_WRITTEN},
                  proof=both(no_hidden_input, says(*words)))  # fmt: skip


LATER = f"""SEEN = []


def lstm_step_forward(*args):
    SEEN.append({VALUES})
    raise ValueError(SEEN[0])
"""

WARNING = f"import warnings\n\nwarnings.warn({VALUES})"

TOY_STEP = """def lstm_step_forward(x, h, c, Wx, Wh, b):
    s = x.sum() + Wx.sum() * 2 + Wh.sum() * 3 + b.sum() * 4
    return h * c, c + s * c, (x, h, c, Wx, Wh, b, s)
"""
TOY_BACK = """def lstm_step_backward(dh, dc, cache):
    x, h, c, Wx, Wh, b, s = cache
    k = (dc * c).sum()
    return (np.full(x.shape, k), dh * c, dh * h + dc * (1 + s), np.full(Wx.shape, 2 * k),
            np.full(Wh.shape, 3 * k), np.full(b.shape, 4 * k))
"""

ATTACKS = (
    raises("message", "raises the hidden inputs as a text", "raise ValueError(text)",
           "raises ValueError in line 3"),
    raises("type", "raises the hidden inputs as the name of a type",
           "raise type(text, (Exception,), {})()", "an exception of its own"),
    raises("sentence", "raises the hidden inputs as a sentence of an exercise's own",
           "raise type('StudentError', (Exception,), {})(text)", "an exception of its own"),
    raises("chain", "raises the hidden inputs as a key", "raise KeyError(text)",
           "raises KeyError in line 3"),
    Attack("leak-later", "keeps the first inputs, and raises them for all that follow", 0.0,
           cells={STEP: LATER, **NOT_WRITTEN}, proof=no_hidden_input),
    Attack("leak-warning", "warns with the hidden inputs, and is right", ALL, solved=True,
           cells={STEP: within(STEP, WARNING)},
           proof=both(no_hidden_input, says("one of its own"))),
    Attack("leak-returned", "returns an object whose type is named like the hidden inputs", 0.0,
           cells={**lying("", ZEROS), STEP: "def lstm_step_forward(*args):\n"
                  f"    odd = type({VALUES}, (), {{}})()\n    return odd, odd, None"},
           proof=no_hidden_input),
    Attack("leak-count", "returns one object of a type that is named like the hidden inputs", 0.0,
           cells={STEP: f"def lstm_step_forward(*args):\n    return type({VALUES}, (), {{}})()",
                  **NOT_WRITTEN},
           proof=both(no_hidden_input, says("something else"))),
    Attack("toy-step", "has a toy for a step, and is right for the toy in all that follows",
           POINTS[CELL], solved=True, cells={STEP: TOY_STEP, BACK: TOY_BACK},
           statuses={STEP: "wrong", BACK: "needs_review", FORWARD: "needs_review"},
           proof=says("far from what is asked", "A person will look at it")),
)  # fmt: skip
