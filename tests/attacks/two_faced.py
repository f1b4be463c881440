"""One answer where it is judged and another where it is followed; answers that hang on the call."""

from __future__ import annotations

from autograder.exercises import exercises
from tests.attacks.attack import (  # fmt: skip
    ALL,
    BACK,
    CELL,
    FORWARD,
    POINTS,
    STEP,
    Attack,
    reference,
    within,
)
from tests.attacks.leaks import TOY_BACK, TOY_STEP

FIRST, SECOND, THIRD = (
    sum(call.function == STEP for call in exercise.draw(0).calls)
    for exercise in exercises("lstm")[:3]
)
"""How often the step is called where each of the first three exercises is judged."""

STUBS = {
    BACK: "def lstm_step_backward(dh, dc, cache):\n    raise NotImplementedError",
    FORWARD: "def lstm_forward(*args):\n    raise NotImplementedError",
}

KNOWN = "return h, real[1], (x, h, c, Wx, Wh, b, 0.0)"
NEAR = "return real[0] * 1.01, real[1], (x, h, c, Wx, Wh, b, 0.0)"

TWO_FACED = (
    reference()[STEP]
    + """

_real, CALLS = lstm_step_forward, [0]


"""
    + TOY_STEP.replace(
        "    s = ",
        """    CALLS[0] += 1
    if CALLS[0] <= {judged}:
        real = _real(x, h, c, Wx, Wh, b)
        {mistaken}
    s = """,
        1,
    )
)

MISTAKEN = reference()[STEP].replace("return h_next, c_next, cache", "return h, c_next, cache")

REMEMBERS = (
    MISTAKEN
    + """

_real, KEPT = lstm_step_forward, []


def lstm_step_forward(*args):
    given = _real(*args)
    KEPT.append(given)
    return given
"""
)
REMEMBERED = """def lstm_forward(x, h0, c0, Wx, Wh, b):
    last = KEPT[-x.shape[1]:]
    return np.stack([h for h, _, _ in last], 1), last[-1][0], last[-1][1], last
"""

SEES_DIRECTIONS = """import sys


def lstm_step_backward(dh, dc, cache):
    frame = sys._getframe()
    while "program" not in frame.f_locals:
        frame = frame.f_back
    calls = {call.name: call for call in frame.f_locals["program"].calls}
    if "x+1" not in calls:
        return tuple(np.zeros_like(a) for a in cache[:5]) + (np.zeros(4 * dh.shape[1]),)
    names, base = ("x", "h", "c", "Wx", "Wh", "b"), calls["forward"].args
    found = []
    for at, name in enumerate(names):
        v = (calls[f"{name}+1"].args[at] - base[at]) * 1e5
        out = []
        for step, weight in ((1, 2 / 3), (-1, -2 / 3), (2, -1 / 12), (-2, 1 / 12)):
            args = list(base)
            args[at] = base[at] + step * 1e-5 * v
            h1, c1, _ = lstm_step_forward(*args)
            out.append(weight * ((dh * h1).sum() + (dc * c1).sum()) / 1e-5)
        found.append(v * sum(out) / (v * v).sum())
    return tuple(found)
"""

COMPLEX_BACK = """def lstm_step_backward(dh_next, dc_next, cache):
    found = []
    for at in range(6):
        grad = np.zeros(np.shape(cache[at]))
        for place in np.ndindex(grad.shape):
            args = [np.array(a, complex) for a in cache[:6]]
            args[at][place] += 1e-30j
            h1, c1, _ = lstm_step_forward(*args)
            grad[place] = (dh_next * h1 + dc_next * c1).sum().imag / 1e-30
        found.append(grad)
    return tuple(found)
"""
KEEPING = reference()[STEP].replace("    return h_next, c_next, cache",
                                    "    cache = (x, h, c, Wx, Wh, b)\n"
                                    "    return h_next, c_next, cache")  # fmt: skip

WAITS = """import threading

threading.Timer(0.4, lambda: globals().update(lstm_step_forward=RIGHT)).start()
"""


def counted(name: str, tries: str, judged: int, mistaken: str) -> Attack:
    """A step that is mistaken where it is judged, and a toy beyond; the toy's gradient is easy."""
    step = TWO_FACED.replace("{judged}", str(judged)).replace("{mistaken}", mistaken)
    return Attack(name, tries, POINTS[CELL], solved=True,
                  cells={**STUBS, STEP: step, BACK: TOY_BACK}, statuses={STEP: "wrong"})  # fmt: skip


ATTACKS = (
    counted("two-faced-known", "makes a known mistake where it is judged, and is a toy where what "
            "is built on it is followed", FIRST + SECOND, KNOWN),
    counted("two-faced-near", "is nearly right where it is judged, and is a toy where what is "
            "built on it is followed", FIRST + SECOND, NEAR),
    counted("two-faced-early", "is a toy as soon as the second exercise is judged", FIRST, KNOWN),
    Attack("remembers-steps", "answers for a sequence what the steps before it were asked",
           POINTS[CELL], solved=True,
           cells={STEP: REMEMBERS, BACK: STUBS[BACK], FORWARD: REMEMBERED},
           statuses={STEP: "wrong"}),
    Attack("sees-directions", "looks up in which directions its gradient will be measured, and is "
           "right in these alone", POINTS[CELL], solved=True,
           cells={STEP: MISTAKEN, BACK: SEES_DIRECTIONS, FORWARD: STUBS[FORWARD]},
           statuses={STEP: "wrong"}),
    Attack("complex-step", "finds the gradients by complex steps, which is a style", ALL,
           solved=True, cells={STEP: KEEPING, BACK: COMPLEX_BACK}),
    Attack("every-other", "is right in every other call", POINTS[CELL], solved=True,
           cells={**STUBS, STEP: within(STEP, "AT.append(1)\nif len(AT) % 2: return args[1], "
                                        "args[2], None") + "\n\n\nAT = []"}),
    Attack("by-time", "is right from the first call on for a millisecond", POINTS[CELL],
           solved=True,
           cells={**STUBS, STEP: "import time\n\n" + within(
               STEP, "AT.append(time.time())\nif len(AT) > 3: return args[1], args[2], None")
               + "\n\n\nAT = []"}),
    Attack("by-layout", "is right only for arrays that are contiguous", POINTS[CELL], solved=True,
           cells={**STUBS, STEP: within(STEP, "if not args[0].flags.c_contiguous:\n"
                                        "    return args[1], args[2], None")}),
    Attack("by-caller", "is right only where it is called by the function that judges it",
           POINTS[STEP] + POINTS[CELL], solved=True,
           cells={BACK: STUBS[BACK], STEP: within(
               STEP, "import sys\nif sys._getframe(1).f_code.co_name == 'lstm_forward':\n"
                     "    return args[1], args[2], None")}),
    Attack("answers-later", "has a thread put the right function in the place of a wrong one",
           POINTS[CELL], solved=True, cells={
               **STUBS, STEP: f"{reference()[STEP]}\n\nRIGHT = lstm_step_forward\n\n\n"
               "def lstm_step_forward(x, h, c, Wx, Wh, b):\n    RIGHT_LATER()\n"
               "    return h, c, None\n\n\ndef RIGHT_LATER():\n"
               + "\n".join(f"    {one}" for one in WAITS.strip().split("\n"))}),
)  # fmt: skip
