"""Arrays that are none, memory that is another's, types that lie; and odd arrays of honest work."""

from __future__ import annotations

from tests.attacks.attack import (  # fmt: skip
    ALL,
    BACK,
    CELL,
    FORWARD,
    POINTS,
    STEP,
    Attack,
    lying,
    reference,
    within,
)

STUBS = {
    BACK: "def lstm_step_backward(dh, dc, cache):\n    raise NotImplementedError",
    FORWARD: "def lstm_forward(*args):\n    raise NotImplementedError",
}


def lie(name: str, tries: str, prelude: str, value: str, status: str = "") -> Attack:
    """Answers with this value in all exercises, and gets nothing."""
    return Attack(name, tries, 0.0, cells=lying(prelude, value),
                  statuses={STEP: status} if status else {})  # fmt: skip


def breaks(name: str, tries: str, body: str, status: str = "", before: str = "") -> Attack:
    """A right step in whose call something odd is done, so that there is no answer from it."""
    cell = f"{before}\n\n\n{within(STEP, body)}".lstrip()
    return Attack(name, tries, POINTS[CELL], solved=True, cells={**STUBS, STEP: cell},
                  statuses={STEP: status} if status else {})  # fmt: skip


def honest(name: str, tries: str, results: str, before: str = "") -> Attack:
    """A right step that hands out its right results in an odd form, which costs nothing."""
    step = reference()[STEP].replace("return h_next, c_next, cache", f"return {results}")
    return Attack(name, tries, ALL, solved=True, cells={STEP: f"{before}\n\n\n{step}".lstrip()})


INTERFACE = """class Foreign:
    def __init__(self, address, shape):
        self.__array_interface__ = {"data": (address, False), "shape": shape,
                                    "typestr": "<f8", "version": 3}
"""
FINALIZE = """class Sly(np.ndarray):
    def __array_finalize__(self, other):
        self.answer = 12

    def copy(self, order="C"):
        return Right()

    def astype(self, *args, **kwargs):
        return Right()

    dtype = property(lambda self: np.dtype("f8"))


class Right(np.ndarray):
    __eq__ = __le__ = __lt__ = lambda self, other: True
"""
META = """class Meta(type):
    __name__ = property(lambda self: {name})


class Odd(metaclass=Meta):
    pass
"""
ARRAY = """class Odd:
    def __array__(self, *args, **kwargs):
        {body}
"""
EVIL = """class Evil(Exception):
    def __str__(self):
        {body}
"""

ATTACKS = (
    lie("foreign-memory", "hands out memory at an address of its own choice", INTERFACE,
        "Foreign(id(None), np.shape(like))"),
    lie("null-memory", "hands out memory at address zero", INTERFACE,
        "Foreign(8, np.shape(like))", "error"),
    lie("beyond-the-array", "hands out views far beyond their memory", "",
        "np.lib.stride_tricks.as_strided(np.zeros(1), np.shape(like), (1 << 42, 8))"),
    lie("one-number", "hands out an array whose strides are zero", "",
        "np.lib.stride_tricks.as_strided(np.zeros(1), np.shape(like), (0, 0))", "wrong"),
    lie("backwards", "hands out an array whose strides overlap and run backwards", "",
        "np.lib.stride_tricks.as_strided(np.zeros(99), np.shape(like), (8, 8))[::-1, ::-1]",
        "wrong"),
    lie("mapped-zeros", "hands out a file without an end, mapped into memory", "",
        "np.memmap('/dev/zero', 'f8', 'r', shape=np.shape(like))"),
    lie("mapped-memory", "hands out its own memory as a file", "",
        "np.memmap('/proc/self/mem', 'f8', 'r', shape=np.shape(like))"),
    lie("sly-subclass", "hands out a subclass of ndarray whose copies and types lie", FINALIZE,
        "np.zeros(np.shape(like)).view(Sly)", "wrong"),
    lie("raising-name", "hands out an object of a type whose name cannot be told",
        META.format(name="1 / 0"), "Odd()"),
    lie("name-of-bytes", "hands out an object of a type whose name is no text",
        META.format(name='b"ndarray"'), "Odd()"),
    lie("poses-by-name", "hands out an object of a type that is called ndarray",
        META.format(name='"ndarray"'), "Odd()", "wrong"),
    lie("half-name", "hands out an object of a type whose name is half a character",
        META.format(name='"\\ud800<b>"'), "Odd()", "wrong"),
    lie("array-raises", "hands out an object that raises what is no Exception as it is converted",
        ARRAY.format(body="raise SystemExit('12 points')"), "Odd()"),
    lie("array-of-itself", "hands out an object that converts itself into itself",
        ARRAY.format(body="return self"), "Odd()", "wrong"),
    lie("list-in-itself", "hands out a list that holds itself", "loop = []\nloop.append(loop)",
        "loop", "wrong"),
    lie("deep-list", "hands out lists in lists, 100 000 deep",
        "deep = 0.0\nfor _ in range(100_000):\n    deep = [deep]", "deep"),
    lie("endless-list", "hands out a list whose length grows as it is looked at",
        "class Growing(list):\n    def __len__(self):\n        self.append(0.0)\n"
        "        return list.__len__(self)", "Growing([0.0])"),
    lie("short-numbers", "hands out bits in the place of numbers", "",
        "np.zeros(np.shape(like)).astype('?')", "wrong"),
    lie("metadata", "hands out an array whose dtype carries data of its own", "",
        "np.zeros(np.shape(like), np.dtype('f8', metadata={'points': 12}))", "wrong"),
    breaks("str-raises", "raises an exception whose text raises", "raise Evil()",
           "needs_review or error or timeout",
           EVIL.format(body="raise self")),
    breaks("str-hangs", "raises an exception whose text never comes", "raise Evil()", "timeout",
           EVIL.format(body="while True: pass")),
    breaks("str-is-none", "raises an exception whose text is a number", "raise Evil()",
           "error", EVIL.format(body="return 12")),
    breaks("text-of-half", "raises an exception whose text is half a character",
           "raise ValueError('\\ud800' * 9)", "error"),
    breaks("warning-raises", "gives a warning whose text raises",
           "import warnings\nwarnings.warn(Evil())", "needs_review or error or timeout",
           EVIL.format(body="raise self").replace("(Exception)", "(UserWarning)")),
    breaks("interrupts", "raises what Ctrl-C raises", "raise KeyboardInterrupt('correct')",
           "needs_review or error"),
    breaks("deep-traceback", "raises from 20 000 calls below",
           "import sys\nsys.setrecursionlimit(30_000)\ndef down(n):\n"
           "    if n: down(n - 1)\n    raise ValueError\ndown(20_000)", "error"),
    breaks("group", "raises a group of a thousand exceptions",
           "raise ExceptionGroup('all', [ValueError(k) for k in range(1000)])", "error"),
    breaks("stops-iteration", "raises what ends a loop", "raise StopIteration(12.0)", "error"),
    breaks("coroutine", "hands out a coroutine", "return wait()", "wrong",
           "async def wait():\n    return 12.0"),
    breaks("not-implemented", "hands out what operators do", "return NotImplemented", "wrong"),
    honest("big-endian", "hands out numbers in the order of bytes of another machine",
           "h_next.astype('>f8'), c_next.astype('>f8'), cache"),
    honest("long-doubles", "computes in 80 bits, which is more than is asked",
           "np.longdouble(h_next), np.longdouble(c_next), cache"),
    honest("read-only", "hands out arrays that cannot be written",
           "ro(h_next), ro(c_next), cache",
           "def ro(a):\n    a.flags.writeable = False\n    return a"),
    honest("named-tuple", "hands out a tuple with names", "Step(h_next, c_next, cache)",
           "from collections import namedtuple\nStep = namedtuple('Step', 'h c cache')"),
    honest("a-list", "hands out a list", "[h_next, c_next, cache]"),
    honest("mirrored", "hands out views that run backwards",
           "h_next[::-1, ::-1].copy()[::-1, ::-1], c_next[::-1].copy()[::-1], cache"),
    honest("noise", "adds noise that is smaller than the last digits that count",
           "h_next + 1e-14 * np.random.randn(*h.shape), c_next, cache"),
    honest("nested-lists", "hands out arrays that are made of lists",
           "np.array(h_next.tolist()), np.array(c_next.tolist()), cache"),
    Attack("callable-object", "gives the name of the function to an object that is called", ALL,
           solved=True, cells={STEP: reference()[STEP].replace("def lstm_step_forward", "def _step")
                               + "\n\n\nclass Step:\n    def __call__(self, *args):\n"
                               "        return _step(*args)\n\n\nlstm_step_forward = Step()"}),
    Attack("decorated", "decorates the function by one of its own", ALL, solved=True,
           cells={STEP: "import functools\n\n\ndef noted(f):\n    @functools.wraps(f)\n"
                  "    def inner(*args, **kwargs):\n        return f(*args, **kwargs)\n\n"
                  "    return inner\n\n\n"
                  + reference()[STEP].replace("def lstm_step_forward", "@noted\ndef "
                                              "lstm_step_forward")}),
)  # fmt: skip
