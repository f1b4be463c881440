"""Hidden inputs that leave by what is no text: shapes, lines, ratios; and names that fill pages."""

from __future__ import annotations

import struct

from tests.attacks.attack import (  # fmt: skip
    ALL,
    BACK,
    CELL,
    FORWARD,
    POINTS,
    STEP,
    Attack,
    Outcome,
    reference,
)

STUBS = {
    name: f"def {name}(*args):\n    raise NotImplementedError" for name in (BACK, FORWARD, CELL)
}
BITS = "int.from_bytes(np.float64(args[0].ravel()[0]).tobytes(), 'little')"


def bits(outcome: Outcome) -> list[int]:
    """The bits of each hidden input of the first exercise."""
    values = map(float.fromhex, outcome.world["HIDDEN"].split())
    return [int.from_bytes(struct.pack(">d", value), "big") for value in values]


def digits(outcome: Outcome) -> str:
    """What is told, without the marks that part thousands."""
    return outcome.messages.replace(",", "")


def no_number(outcome: Outcome) -> None:
    """No 46 bits of a hidden input are told as a number."""
    assert not [b for b in bits(outcome) if str(b >> 18) in digits(outcome)]


def no_shape(outcome: Outcome) -> None:
    """No 46 bits of the first hidden input are told as a shape."""
    b = bits(outcome)[0]
    assert f"(0, {b >> 41}, {(b >> 18) % 2**23})" not in outcome.messages


def no_count(outcome: Outcome) -> None:
    assert str(bits(outcome)[0] >> 40) not in digits(outcome)


def no_line(outcome: Outcome) -> None:
    """No 13 bits of the first hidden input are told as a line."""
    assert f"line {(bits(outcome)[0] >> 39) % 8192 + 1000} " not in digits(outcome)


def no_ratio(outcome: Outcome) -> None:
    """No four digits of the first hidden input are told as a ratio."""
    ratio = 2 + ((bits(outcome)[0] >> 40) % 4000) / 1000
    assert f"{ratio:.4g} times" not in outcome.messages


def short(outcome: Outcome) -> None:
    assert max(len(v["message"]) for v in outcome.verdicts.values()) < 10_000


def leak(name: str, tries: str, step: str, proof: object) -> Attack:
    return Attack(f"leak-by-{name}", tries, 0.0, cells={**STUBS, STEP: step},
                  proof=proof)  # type: ignore[arg-type] # fmt: skip


LINE = f"""def lstm_step_forward(*args):
    bits = {BITS}
    line = (bits >> 39) % 8192 + 1000
    exec(compile("\\n" * (line - 1) + "raise ValueError", "<ipython-input-1>", "exec"))
"""
RATIO = (
    reference()[STEP]
    + f"""

_right = lstm_step_forward


def lstm_step_forward(*args):
    h, c, cache = _right(*args)
    if not KEPT:
        KEPT.append(2 + (({BITS} >> 40) % 4000) / 1000)
    return h * KEPT[0], c * KEPT[0], cache


KEPT = []
"""
)
SKIPPED = f"""class Skipped(Exception):
    pass


def lstm_step_forward(*args):
    raise Skipped(str({BITS} >> 18))
"""

ATTACKS = (
    leak("shape", "hands out an empty array, whose sides are as long as a hidden input says",
         f"def lstm_step_forward(*args):\n    bits = {BITS}\n"
         "    odd = np.empty((0, bits >> 41, (bits >> 18) % 2**23))\n"
         "    return odd, odd, None", no_shape),
    leak("line", "raises in a line whose number a hidden input says", LINE, no_line),
    leak("ratio", "is wrong by a ratio that a hidden input says", RATIO, no_ratio),
    leak("skipped", "raises what the grader itself calls a call that was not made", SKIPPED,
         no_number),
    leak("count", "returns as many things as a hidden input says",
         f"def lstm_step_forward(*args):\n    return (0,) * ({BITS} >> 40)", no_count),
    leak("length", "names an exception after a hidden input in one of the ways that are told",
         f"def lstm_step_forward(*args):\n    odd = {BITS} >> 18\n"
         "    raise ValueError(f'operands could not be broadcast with shapes ({odd},)')", no_number),
    Attack("long-names", "defines a function whose name has 300 000 letters", POINTS[CELL],
           solved=True, cells={STEP: f"def {'a' * 300_000}(): pass"}, statuses={STEP: "error"},
           proof=short),
    Attack("many-names", "defines 5000 functions, none of them the one that is asked for",
           POINTS[CELL], solved=True,
           cells={STEP: "".join(f"def other_{k}(): pass\n" for k in range(5000))},
           statuses={STEP: "error"}, proof=short),
    Attack("long-magics", "runs a magic whose name has 100 000 letters", ALL, solved=True,
           cells={STEP: f"%{'a' * 100_000}\n{reference()[STEP]}"}, proof=short),
)  # fmt: skip


def named(name: str, tries: str) -> Attack:
    """A right submission of a student with this name."""
    return Attack(name, tries, ALL, solved=True)


ATTACKS += (
    named('=HYPERLINK("x","y")', "has a name that a table takes for a formula"),
    named("--json", "has a name that a command takes for an option"),
    named("two\nlines", "has a name of two lines"),
    named("Zoe\u0308", "has a name in which a letter and its mark are two"),
    named("Zo\u00eb", "has the same name, in which they are one"),
    named("HONEST-1", "has the name of another student in capitals"),
    named("honest-1 (2)", "has the name that a second student of a name would get"),
    named("*", "has a name that stands for all names"),
    named("[!x]*", "has a name that stands for others"),
    named("null", "has a name that stands for nothing"),
    named(" honest-2 ", "has the name of another student between spaces"),
    named("n" * 200, "has a name of 200 letters"),
    named("lstm", "has the name of the assignment"),
)
